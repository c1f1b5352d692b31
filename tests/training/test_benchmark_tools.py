"""Figures beside the benchmark: errors by stage, reliability of probabilities, variants of a page, the speed page."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image
from transcribed_files import BOOK, draw_lines, make_transcribed

from ocrtool.charset import LATIN
from ocrtool.decode.lattice import Lattice
from training.benchmark import breakdown, reliability, robustness, speed_page
from training.benchmark.breakdown import Tally, only_true_cuts
from training.decoder.align import Alignment


def output(command: object, *arguments: str) -> str:
    result = CliRunner().invoke(command, arguments)  # type: ignore[arg-type]
    assert result.exit_code == 0, result.output
    return result.output


def table_rows(text: str) -> list[list[str]]:
    """Cells of the rows of Markdown tables, without headers."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return [row for row in rows if re.search(r"\d", "".join(row[1:])) and not set("".join(row)) <= set("-:")]


def test_errors_of_print_are_broken_down_by_stage(tmp_path: Path) -> None:
    printed = output(breakdown.main, "--data", str(make_transcribed(tmp_path / "data")))
    rows = {row[0]: dict(zip(Tally().rates(), map(float, row[1:]), strict=True)) for row in table_rows(printed)}
    assert list(rows) == ["old_books", "iam_hand_printed", "hand_printed_words"]
    # the caption, which is not in the truth, counts as read and as lost by the layout; the lines themselves are read
    edit = 1.01 / 150
    assert rows["old_books"]["as read"] == pytest.approx(29 / 150, abs=edit)
    assert rows["old_books"]["layout"] == pytest.approx(29 / 150, abs=edit)
    assert rows["old_books"]["on true cuts"] <= edit
    for rates in rows.values():
        assert rates["on true cuts"] <= 0.018 and rates["never found"] == 0.0  # one edit of IAM's 58 characters
        assert rates["as read"] == pytest.approx(rates["layout"] + rates["pieces"] + rates["on true cuts"], abs=2e-4)


def test_only_the_cuts_of_the_alignment_stay() -> None:
    def column(*values: float) -> np.ndarray:
        return np.array(values, np.float32)

    labels = np.array([[LATIN.index(c)] for c in "abcde"], np.int32)
    lattice = Lattice(
        np.array([0, 0, 1, 2, 3]), np.array([1, 2, 2, 3, 4]), labels, column(*[-1] * 5)[:, None], column(*[-2] * 5),
        np.zeros(5, np.float32), 4,
    )  # fmt: skip
    chosen = Alignment(np.array([1, 3]), np.zeros(2, int), np.zeros(2), np.arange(2), np.zeros(2, bool), 0.0)
    found = only_true_cuts(lattice, chosen)
    assert list(zip(found.start.tolist(), found.end.tolist(), strict=True)) == [(0, 2), (2, 3), (3, 4)]
    assert found.labels[:, 0].tolist() == [LATIN.index("b"), LATIN.index("d"), -1]


def test_probabilities_are_compared_with_what_is_right(tmp_path: Path) -> None:
    data, picture = make_transcribed(tmp_path / "data"), tmp_path / "plot.png"
    printed = output(reliability.main, "--data", str(data), "--plot", str(picture))
    assert "old_books: " in printed and "iam_hand_printed: " in printed and "hand_printed_words" not in printed
    # 31 words of the text are right, the 5 of the caption, which is not in it, wrong
    assert "old_books: 36 words at 0.9 and above, 0.861 of them right" in printed
    assert sum(int(row[0]) for row in table_rows(printed.split("iam_hand_printed")[0])) == 36
    assert Image.open(picture).size == (550, 550)


def test_bins_hold_the_words_of_their_probabilities() -> None:
    rows = reliability.bins(np.array([0.1, 0.85, 0.87, 1.0]), np.array([False, True, False, True]))
    assert rows == [(1, 0.1, 0.0), (2, pytest.approx(0.86), 0.5), (1, 1.0, 1.0)]


def test_variants_of_a_page_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(robustness, "RESOLUTIONS", (150, 300))
    monkeypatch.setattr(robustness, "ANGLES", (3.0,))
    page, text = tmp_path / "a.png", tmp_path / "a.txt"
    Image.fromarray(draw_lines(BOOK)[0]).save(page)
    text.write_text("\n".join(BOOK), encoding="utf-8")
    printed = output(robustness.main, str(page), str(text), "--lang", "eng").splitlines()
    found = [re.fullmatch(r"(.+): CER ([\d.]+), skew found (.+)", line) for line in printed]
    names = [match[1] for match in found if match]
    assert names == ["150 dpi", "300 dpi", "turned +3 degrees", "negative", "uneven light"]
    errors = {match[1]: float(match[2]) for match in found if match}
    assert max(errors.values()) <= 0.007, errors  # one character of the page
    skew = {match[1]: float(match[3]) for match in found if match}
    assert skew == pytest.approx(dict.fromkeys(names, 0.0) | {"turned +3 degrees": 3.0}, abs=0.05)
    refused = CliRunner().invoke(robustness.main, [str(page)])
    assert refused.exit_code == 2 and "PAGE needs its TEXT" in refused.output


def test_the_speed_page_is_an_a4_page_of_3000_characters(tmp_path: Path) -> None:
    output(speed_page.main, str(tmp_path / "out"))
    page = Image.open(tmp_path / "out" / "a4.png")
    assert page.size == (2480, 3508) and page.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    text = (tmp_path / "out" / "a4.txt").read_text(encoding="utf-8")
    assert len(text) == 3000 + len("\n")
    dark = np.asarray(page) < 128
    assert dark.mean() == pytest.approx(0.06, abs=0.005) and not dark[:200].any()
