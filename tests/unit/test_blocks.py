"""Blocks: columns of running text are read one after the other, cells of a table along the row."""

from __future__ import annotations

import numpy as np
import pytest

from ocrtool.segment.blocks import find_blocks

X_HEIGHT = 20.0
ROWS = 12


def column(left: int, width: int, letter: int = 16) -> np.ndarray:
    """Boxes (N, 4) of letters that fill a column of ROWS lines, 60 pixels apart."""
    x = np.arange(left, left + width - letter + 1, letter + 4)
    x, y = np.tile(x, ROWS), np.repeat(60 * np.arange(ROWS), len(x))
    return np.stack([x, y, x + letter, y + 20], axis=1)


@pytest.mark.parametrize("columns", [4, 5, 6, 8])
@pytest.mark.parametrize("pitch", [180, 250])
def test_cells_of_equal_columns_are_read_along_the_row(columns: int, pitch: int) -> None:
    cells = [column(100, 160)] + [column(100 + 200 + pitch * k, 84) for k in range(columns - 1)]
    assert len(find_blocks(np.vstack(cells), X_HEIGHT)) == 1


@pytest.mark.parametrize("gutter", [40, 120])
def test_columns_of_text_are_blocks(gutter: int) -> None:
    left, right = column(100, 600), column(700 + gutter, 600)
    assert [len(b) for b in find_blocks(np.vstack([left, right]), X_HEIGHT)] == [len(left), len(right)]
    numbers, text = column(700 + gutter, 36), column(736 + 2 * gutter, 600)
    blocks = find_blocks(np.vstack([left, numbers, text]), X_HEIGHT)
    assert sorted(blocks[0].tolist()) == list(range(len(left))), "a column with numbered lines"
