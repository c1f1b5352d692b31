"""Results of segmentation: line regions, line images of fixed geometry, and their pieces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: x-height of every line image in pixels.
X_HEIGHT = 20
#: Rows of a line image, and the row of its baseline: 3.1 x-heights of room above, 1.7 below.
LINE_ROWS = 96
BASELINE_ROW = 62.0


@dataclass(frozen=True, slots=True)
class LineRegion:
    """A line on the working page.

    box: x0, y0, x1, y1; slope, intercept: baseline y = slope * x + intercept; x_height: in working pixels; label: its
    number in the line label map (H, W) of the page; is_capital: a drop capital, which the next line goes on from;
    joined: True if it goes on with the line before it, such as an entry beside its label; cells: number of the row of
    cells that it is written into, -1 for none.
    """

    box: tuple[int, int, int, int]
    slope: float
    intercept: float
    x_height: float
    label: int
    is_capital: bool = False
    joined: bool = False
    cells: int = -1


@dataclass(frozen=True, slots=True)
class LineImage:
    """A rectified line: baseline level at BASELINE_ROW, x-height X_HEIGHT, slant removed.

    soft: (LINE_ROWS, W) uint8 soft ink; to_page: (2, 3) float64, line pixel -> working page pixel; x_height: of the
    line on the working page, in its pixels.
    """

    soft: np.ndarray
    to_page: np.ndarray
    x_height: float


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a line, the atomic segments that characters consist of, left to right.

    labels: (LINE_ROWS, W) int16, 0 = no piece, i + 1 = piece i; boxes: (N, 4) int32 x0 y0 x1 y1 in line pixels;
    component: (N,) int32, the same number for pieces cut from one connected component.
    """

    labels: np.ndarray
    boxes: np.ndarray
    component: np.ndarray

    def __len__(self) -> int:
        return len(self.boxes)
