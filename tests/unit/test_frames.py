"""Bold letters are no tick boxes, and cells of a table are no boxes for one character each."""

from __future__ import annotations

import numpy as np

from ocrtool.segment.cell_rows import CellRow, is_divided
from ocrtool.segment.frames import without_letters

X_HEIGHT = 15.0


def framed(ink: np.ndarray, x: int, y: int, side: int, thick: int) -> list[int]:
    """Draw a square of so thick sides; its box."""
    ink[y : y + side, x : x + side] = True
    ink[y + thick : y + side - thick, x + thick : x + side - thick] = False
    return [x, y, x + side, y + side]


def test_a_small_box_with_thick_sides_is_a_letter_unless_others_of_its_size_are_none() -> None:
    ink = np.zeros((100, 200), bool)
    thick, thin = framed(ink, 10, 10, 20, 6), framed(ink, 60, 10, 20, 2)
    filled, large = framed(ink, 110, 10, 18, 9), framed(ink, 10, 50, 40, 10)
    assert without_letters(ink, np.array([thick]), X_HEIGHT).tolist() == []
    assert without_letters(ink, np.array([thin, thick]), X_HEIGHT).tolist() == [thin, thick], "its mark touches it"
    assert without_letters(ink, np.array([filled, large]), X_HEIGHT).tolist() == [filled, large]


def test_a_large_box_with_letters_close_beside_it_is_one_of_them() -> None:
    ink = np.zeros((100, 300), bool)
    letter, alone = framed(ink, 60, 30, 40, 3), framed(ink, 200, 30, 40, 3)
    ink[30:70, 30:54] = True
    ink[40:70, 250:270] = True  # lower, as a label beside a box is
    assert without_letters(ink, np.array([letter, alone]), X_HEIGHT).tolist() == [alone]
    beside = framed(ink, 104, 30, 40, 3)
    ink[30:70, 30:54] = False
    assert without_letters(ink, np.array([letter, beside]), X_HEIGHT).tolist() == [letter, beside], "boxes side by side"


def test_cells_with_a_rule_through_them_are_those_of_a_table() -> None:
    row = CellRow(np.array([[10, 10, 110, 90], [110, 10, 210, 90], [210, 10, 310, 90]], np.int32))
    level = np.zeros((100, 320), np.uint8)
    level[[10, 89], 10:310] = 1
    level[50, 10:60] = 1  # the bar of a T
    level[50, 112:208] = 1  # a dash
    assert not is_divided(row, level)
    level[50, 210:310] = 1
    assert is_divided(row, level)
