"""What segmentation hands on: line images of a fixed geometry, and their pieces."""

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
    """A found line on the working page.

    box: x0, y0, x1, y1; slope, intercept: baseline y = slope * x + intercept; x_height in working pixels;
    label: its number in the owner map (H, W) of the page.
    """

    box: tuple[int, int, int, int]
    slope: float
    intercept: float
    x_height: float
    label: int


@dataclass(frozen=True, slots=True)
class LineImage:
    """A line, rectified: baseline level at BASELINE_ROW, x-height X_HEIGHT, slant undone.

    soft: (LINE_ROWS, W) uint8, ink bright; to_page: (2, 3) float64, local pixel -> working page pixel;
    x_height: what X_HEIGHT stands for on the working page.
    """

    soft: np.ndarray
    to_page: np.ndarray
    x_height: float


@dataclass(frozen=True, slots=True)
class Pieces:
    """The smallest parts of a line that a character may consist of, left to right.

    labels: (LINE_ROWS, W) int16, 0 = no piece, i + 1 = piece i; boxes: (N, 4) int32 x0 y0 x1 y1 in line pixels;
    component: (N,) int32, pieces with the same number were cut from one connected component.
    """

    labels: np.ndarray
    boxes: np.ndarray
    component: np.ndarray

    def __len__(self) -> int:
        return len(self.boxes)
