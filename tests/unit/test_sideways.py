"""Single lines that stand sideways on an upright page are read in their direction."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from drawn_lines import draw_page
from PIL import Image

from ocrtool.cli import main as cli
from ocrtool.pipeline import read_page
from ocrtool.script.engines import load_engines
from ocrtool.segment.sideways import sideways_lines

TEXT = """The letter came when nobody was at home
so the postman laid it on the stone before
the door and went his way. It rained in
the night, and in the morning nothing was
left of it that one could have read. She
never knew who had sent for her, nor what
he wanted, and it was not before the end
of the year that she heard of his death.""".splitlines()
NOTE = "Received 12 March"
#: Size of NOTE across and along.
HEIGHT = 20


def column(gap: int, count: int = 8, left: int = 40) -> np.ndarray:
    """Boxes (N, 4) of components of HEIGHT above each other, so far apart."""
    y = 100 + (HEIGHT + gap) * np.arange(count)
    return np.stack([np.full(count, left), y, np.full(count, left + 18), y + HEIGHT], axis=1)


def test_letters_close_above_each_other_and_alone_are_a_line() -> None:
    line = column(4)
    assert [box.tolist() for box in sideways_lines(line, HEIGHT)] == [[40, 100, 58, 288]]
    assert len(sideways_lines(np.vstack([line, column(4, left=100)]), HEIGHT)) == 2, "two heads of a table"


@pytest.mark.parametrize(
    ("boxes", "why"),
    [
        (column(16), "a column of figures"),
        (column(4, count=4), "too short"),
        (np.vstack([column(4), column(4, left=64)]), "lines set close"),
        (np.zeros((0, 4), int), "nothing"),
    ],
)
def test_what_stands_otherwise_is_none(boxes: np.ndarray, why: str) -> None:
    assert not sideways_lines(boxes, HEIGHT), why


def noted(quarters: int) -> np.ndarray:
    """A page with a note at its left edge, turned counter-clockwise by quarter turns: (H, W) uint8."""
    text, note = draw_page(TEXT, leading=1.7).gray, np.rot90(draw_page([NOTE]).gray, quarters)
    page = np.full((max(text.shape[0], note.shape[0]), text.shape[1] + note.shape[1]), 255, np.uint8)
    page[: note.shape[0], : note.shape[1]] = note
    page[: text.shape[0], note.shape[1] :] = text
    return page


@pytest.mark.parametrize(("quarters", "orientation"), [(1, 90), (3, 270)])
def test_a_note_in_the_margin_is_read_in_its_direction(quarters: int, orientation: int, tmp_path: Path) -> None:
    gray, path = noted(quarters), tmp_path / "page.png"
    page = read_page(gray, load_engines("eng"))
    assert page.text.split("\n") == [*TEXT, "", NOTE]
    assert [line.orientation for line in page.lines] == [0] * len(TEXT) + [orientation] and page.orientation == 0
    box = page.lines[-1].box
    assert box.height > 8 * box.width and (gray[box.y0 : box.y1, box.x0 : box.x1] < 128).sum() > 500
    assert not page.tables
    Image.fromarray(gray).save(path)
    assert cli.run(["read", "--lang", "eng", "--format", "json,hocr", "-o", f"{tmp_path}/out/", str(path)]) == 0
    (written,) = json.loads((tmp_path / "out" / "page.json").read_text())["pages"]
    assert [line["orientation"] for line in written["lines"]] == [0] * len(TEXT) + [orientation]
    assert f"textangle {orientation}" in (tmp_path / "out" / "page.hocr").read_text()


def test_on_a_turned_page_its_direction_is_that_of_the_image() -> None:
    page = read_page(np.ascontiguousarray(np.rot90(noted(1), 1)), load_engines("eng"))
    assert page.orientation == 90 and page.lines[-1].text == NOTE
    assert {line.orientation for line in page.lines[:-1]} == {90} and page.lines[-1].orientation == 180
