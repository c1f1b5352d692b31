"""Small lines beside a heading are lines of their own, and characters belong to the line that they are level with."""

from __future__ import annotations

import numpy as np

from ocrtool.segment.lines import reassign_strays, split_stacks

X_HEIGHT = 15.0


def letters(count: int, left: int, top: int, height: int, width: int) -> np.ndarray:
    """Boxes (count, 4) of letters in a row."""
    x = left + (width + 4) * np.arange(count)
    return np.stack([x, np.full(count, top), x + width, np.full(count, top + height)], axis=1)


def test_small_lines_behind_a_heading_are_parted_from_it_and_from_each_other() -> None:
    heading = letters(8, 0, 0, 40, 30)
    date, number = letters(10, 600, -4, 15, 10), letters(8, 600, 26, 15, 10)
    parts = split_stacks(np.vstack([heading, date, number]), X_HEIGHT)
    assert [sorted(part.tolist()) for part in parts] == [list(range(8)), list(range(8, 18)), list(range(18, 26))]
    assert len(split_stacks(np.vstack([heading, date]), X_HEIGHT)) == 1
    close = np.vstack([letters(4, 0, 0, 15, 10), letters(4, 60, -4, 15, 10), letters(4, 60, 26, 15, 10)])
    assert len(split_stacks(close, X_HEIGHT)) == 1, "no gap"


def test_characters_level_with_another_line_go_to_it() -> None:
    above, below = letters(20, 0, 0, 20, 14), letters(12, 0, 36, 20, 14)
    boxes = np.vstack([above, below])
    true = np.repeat([0, 1], [20, 12])
    row = true.copy()
    row[[24, 25]] = 0
    far = np.zeros(len(boxes), bool)
    assert reassign_strays(boxes, row, far, 2).tolist() == true.tolist()
    boxes[24] += [0, 10, 0, 10]  # half a line lower: a comma, a descender
    assert reassign_strays(boxes, true, far, 2).tolist() == true.tolist()
