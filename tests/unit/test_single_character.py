"""Lines of a single character beside the marks of an item."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_lines import SANS, SERIF, draw_page

from ocrtool.pipeline import read_page
from ocrtool.script.engines import load_engines
from ocrtool.segment.single_character import single_character

LETTER, STOP, OPEN, CLOSE = (20, 10, 34, 30), (38, 26, 42, 30), (8, 2, 15, 36), (40, 2, 47, 36)


@pytest.mark.parametrize(
    ("boxes", "expected"),
    [
        ([LETTER], 0),
        ([LETTER, STOP], 0),
        ([OPEN, LETTER, CLOSE], 1),
        ([CLOSE, LETTER], 1),
        ([(20, 16, 24, 30), (20, 6, 24, 10), STOP], 0),  # an i
        ([LETTER, (38, 10, 52, 30)], None),
        ([(0, 10, 90, 30)], None),  # a word in joined writing
        ([LETTER] * 6, None),
    ],
)
def test_which_component_is_the_only_character(boxes: list[tuple[int, ...]], expected: int | None) -> None:
    assert single_character(np.array(boxes)) == expected


@pytest.mark.parametrize("font", [SANS, SERIF])
@pytest.mark.parametrize("manner", ["{}.", "({})"])
def test_letters_of_items_are_read(manner: str, font: object) -> None:
    lines = [manner.format(letter) for letter in "abcdegh"]
    page = read_page(draw_page(lines, font=font).gray, load_engines("eng"))  # type: ignore[arg-type]
    assert page.text.splitlines() == lines
