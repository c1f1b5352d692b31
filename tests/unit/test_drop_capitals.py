"""Drop capitals: what is one, and that it is read as the beginning of its word."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_lines import SERIF, SIZE_20
from PIL import Image, ImageDraw, ImageFont

from ocrtool.pipeline import read_page
from ocrtool.script.engines import load_engines
from ocrtool.segment.drop_capitals import drop_capitals

HEIGHT = 20.0


def letters(left: int, right: int, top: int) -> np.ndarray:
    """Boxes (N, 4) of a line of letters of HEIGHT."""
    x = np.arange(left, right, 20)
    return np.stack([x, np.full(len(x), top), x + 16, np.full(len(x), top + 20)], axis=1)


def paragraph(capital: tuple[int, int, int, int], rows: int = 6, indented: int = 2, indent: int = 80) -> np.ndarray:
    """A large component, and lines 40 pixels apart, the first of which begin farther to the right."""
    lines = [letters(100 + (indent if k < indented else 0), 700, 100 + 40 * k) for k in range(rows)]
    return np.vstack([np.array([capital]), *lines])


def test_a_large_letter_with_lines_beside_and_below_it_is_a_drop_capital() -> None:
    assert np.flatnonzero(drop_capitals(paragraph((100, 96, 165, 160)), HEIGHT)).tolist() == [0]
    three = paragraph((100, 96, 190, 200), indented=3, indent=110)
    assert np.flatnonzero(drop_capitals(three, HEIGHT)).tolist() == [0]


@pytest.mark.parametrize(
    ("boxes", "why"),
    [
        (paragraph((100, 96, 165, 130), indented=1), "one line beside it"),
        (paragraph((100, 40, 165, 160)), "higher than the lines beside it"),
        (paragraph((100, 96, 165, 178)), "it ends between lines"),
        (paragraph((20, 96, 85, 160), indented=0), "in the margin: a number of an item"),
        (paragraph((100, 96, 165, 160), rows=2), "nothing below: a figure beside two lines"),
    ],
)
def test_other_large_components_are_not(boxes: np.ndarray, why: str) -> None:
    assert not drop_capitals(boxes, HEIGHT).any(), why


def page(capital: str, lines: list[str]) -> np.ndarray:
    """Lines of text 48 pixels apart, the first two beside a capital of two lines: (H, W) uint8."""
    image = Image.new("L", (900, 120 + 48 * len(lines)), 255)
    pen = ImageDraw.Draw(image)
    small, large = (ImageFont.truetype(str(SERIF), size) for size in (SIZE_20, 104))
    pen.text((60, 60 + 2 * 48), capital, 0, large, anchor="ls")
    indent = 60 + large.getlength(capital) + 8
    for k, line in enumerate(lines):
        pen.text((indent if k < 2 else 60, 60 + 48 * (k + 1)), line, 0, small, anchor="ls")
    return np.asarray(image)


@pytest.mark.parametrize(
    ("capital", "rest", "first"),
    [
        ("W", "hen the letter came, he", "When the letter came, he"),
        ("A", "letter came, and he", "A letter came, and he"),
    ],
)
def test_a_drop_capital_begins_the_first_word(capital: str, rest: str, first: str) -> None:
    lines = [
        "read it and laid it down",
        "without a word. The others waited",
        "for him to speak, but he went out",
        "again.",
    ]
    read = read_page(page(capital, [rest, *lines]), load_engines("eng"))
    assert read.text.splitlines() == [first, *lines]
    assert read.lines[0].words[0].box.height > 70 > read.lines[1].words[0].box.height
