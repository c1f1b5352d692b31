"""Tick boxes: found by their frames, whatever is drawn into them, and distinguished from letters."""

from __future__ import annotations

import json

import numpy as np
import pytest
from drawn_lines import SANS
from PIL import Image, ImageDraw, ImageFont

import ocrtool
from ocrtool.export.documents import ExportPage
from ocrtool.export.formats.json import page_text
from ocrtool.export.overlay import MARKED, UNMARKED, draw_overlay
from ocrtool.types import Box, Mark, MarkState, Page

SIDE = 38
#: Strokes of marks in shares of a side; some reach beyond the box.
STROKES: dict[str, list[list[tuple[float, float]]]] = {
    "": [],
    "cross": [[(0.1, 0.1), (0.9, 0.9)], [(0.1, 0.9), (0.9, 0.1)]],
    "large cross": [[(-0.15, -0.1), (1.15, 1.1)], [(-0.1, 1.15), (1.1, -0.15)]],
    "tick": [[(0.15, 0.5), (0.4, 0.85), (0.9, 0.1)]],
    "long tick": [[(0.1, 0.5), (0.4, 0.85), (1.2, -0.5)]],
    "scribble": [[(0.05 + 0.9 * (k % 2), 0.05 + 0.1 * k) for k in range(10)]],
}
STATES = {
    "": MarkState.EMPTY,
    "cross": MarkState.CROSSED,
    "large cross": MarkState.CROSSED,
    "tick": MarkState.TICKED,
    "long tick": MarkState.TICKED,
    "scribble": MarkState.FILLED,
}


def draw_choices(*choices: tuple[str, str], pen: int = 5) -> Image.Image:
    """A line of tick boxes, each with its label behind it. choices: label and mark."""
    picture = Image.new("L", (120 + 260 * len(choices), 160), 255)
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(str(SANS), 36)
    for k, (label, mark) in enumerate(choices):
        x, y = 60 + 260 * k, 60
        draw.rectangle((x, y, x + SIDE, y + SIDE), outline=0, width=3)
        for stroke in STROKES[mark]:
            draw.line([(x + SIDE * a, y + SIDE * b) for a, b in stroke], fill=0, width=pen, joint="curve")
        draw.text((x + SIDE + 22, y - 3), label, font=font, fill=0)
    return picture


@pytest.mark.parametrize("mark", [mark for mark in STROKES if mark])
def test_a_mark_is_found_beside_empty_boxes(mark: str) -> None:
    page = ocrtool.read(draw_choices(("post", mark), ("mail", ""), ("none", "")))
    state = STATES[mark]
    assert [each.state for each in page.marks] == [state, MarkState.EMPTY, MarkState.EMPTY]
    assert page.text == f"{state.sign} post ☐ mail ☐ none"
    assert all(each.probability > 0.5 for each in page.marks)


def test_places_of_marks() -> None:
    page = ocrtool.read(draw_choices(("post", "tick"), ("mail", "")))
    for k, mark in enumerate(page.marks):
        expected = np.array([60 + 260 * k, 60, 61 + 260 * k + SIDE, 61 + SIDE])
        box = mark.box
        assert np.abs(np.array([box.x0, box.y0, box.x1, box.y1]) - expected).max() <= 3
    words = [word for line in page.lines for word in line.words]
    assert [word.box for word in words if word.text in "☐☑☒"] == [mark.box for mark in page.marks]


def test_a_box_that_stands_alone_is_a_line() -> None:
    picture = draw_choices(("post", ""), ("mail", ""))
    both = Image.new("L", (picture.width, 400), 255)
    both.paste(picture, (0, 0))
    draw = ImageDraw.Draw(both)
    draw.rectangle((60, 300, 60 + SIDE, 300 + SIDE), outline=0, width=3)
    page = ocrtool.read(both)
    assert page.text.split() == ["☐", "post", "☐", "mail", "☐"]
    assert page.lines[-1].text == "☐" and len(page.marks) == 3


@pytest.mark.parametrize("text", ["DOOR OD 00 08 BOBO", "O D 0 B 8 Q", "H II III EE"])
def test_letters_are_no_tick_boxes(text: str) -> None:
    picture = Image.new("L", (900, 160), 255)
    ImageDraw.Draw(picture).text((40, 50), text, font=ImageFont.truetype(str(SANS), 40), fill=0)
    assert ocrtool.read(picture).marks == ()


def test_marks_in_json_and_on_the_overlay() -> None:
    marks = (
        Mark(Box(10, 10, 40, 40), MarkState.FILLED, 0.912345),
        Mark(Box(60, 10, 90, 40), MarkState.EMPTY, 1.0),
    )
    page = Page(100, 50, marks=marks)
    assert json.loads(page_text(ExportPage(page)))["marks"] == [
        {"box": [10, 10, 40, 40], "state": "filled", "probability": 0.9123},
        {"box": [60, 10, 90, 40], "state": "empty", "probability": 1.0},
    ]
    drawn = draw_overlay(np.full((50, 100), 255, np.uint8), page)
    assert tuple(drawn[6, 20]) == MARKED and tuple(drawn[6, 70]) == UNMARKED


def test_a_mark_has_a_probability() -> None:
    with pytest.raises(ValueError, match=r"1\.5"):
        Mark(Box(0, 0, 9, 9), MarkState.EMPTY, 1.5)
