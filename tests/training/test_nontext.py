"""Pages with ink that is not there to be read, and the measuring of what is made of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from drawn_lines import SANS
from PIL import Image

from training.benchmark import nontext
from training.synthesis.fonts import FontFile
from training.synthesis.nontext_pages import ALONE, KINDS, Lot

FACE = FontFile(SANS, "dejavu-sans", "sans")
#: Needs scikit-image, whose pictures it shows.
SHOWN = ("photograph", "halftone")


def lot(seed: int, dpi: int = 72) -> Lot:
    return Lot(np.random.default_rng(seed), FACE, dpi, "validation")


@pytest.mark.parametrize("name", [name for name in KINDS if not name.endswith(SHOWN)])
def test_pages_hold_what_their_name_says(name: str) -> None:
    page, lines = KINDS[name](lot(5))
    again, _ = KINDS[name](lot(5))
    assert np.array_equal(page, again), "the same seed gives the same page"
    assert bool(lines) == (not name.startswith("alone"))
    assert page.ndim == 2 and page.std() > 0.1
    if lines and not name.startswith("lone"):
        assert sum(map(len, lines)) > 60


def test_what_stands_beside_text_changes_its_page_and_not_its_lines() -> None:
    for name in ALONE:
        if f"beside_{name}" not in KINDS or name in SHOWN:
            continue
        _, lines = KINDS[f"beside_{name}"](lot(3))
        plain, same = KINDS["plain"](lot(3))
        assert lines == same and not np.array_equal(plain, KINDS[f"beside_{name}"](lot(3))[0])


def test_the_table_counts_lines_and_invented_text(tmp_path: Path) -> None:
    pages = {
        "plain": ("one line of it\nanother of them\n", "one line of it\nanother of them\n"),
        "alone_x": ("", "bo"),
        "beside_x": ("one line of it\nanother of them\n", "one line 0f it\n~~"),
    }
    for name, (truth, read) in pages.items():
        folder = tmp_path / name
        folder.mkdir()
        Image.new("L", (60, 40), 255).save(folder / "a.png")
        (folder / "a.gt.txt").write_text(truth, encoding="utf-8")
        (folder / "a.read").write_text(read, encoding="utf-8")
    result = CliRunner().invoke(nontext.main, [str(tmp_path), "--engine", "f={image}; cat ${{f%.png}}.read"])
    assert result.exit_code == 0, result.output
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in result.output.splitlines()[2:] if line]
    assert [row[0] for row in rows] == ["plain", "alone_x", "beside_x"]
    assert rows[0][1:6] == ["1", "–", "0 of 2", "0.0000", "0"]
    assert rows[1][1:6] == ["1", "1", "–", "–", "2"]
    assert rows[2][3] == "1 of 2" and float(rows[2][4]) == pytest.approx(15 / 30, abs=0.06)
