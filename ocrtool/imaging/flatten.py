"""A page that is not flat in its image, flattened: from perspective by the sheet's corners, from curl by its lines.

Positions on the flat page are kept on a grid, from which places read on it are traced back to the input.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocrtool.imaging.sheet import Sheet

#: Pixels of the flat page between the points of its grid.
GRID = 32
#: Around the sheet so much is kept, in sides of it, for edges that bulge; nearer to its outline than so many pixels of
#: the small image nothing is ink.
MARGIN, RIM = 0.04, 3
#: The brightness of paper beside the sheet is known where the sheet has at least this weight in a blur.
LEAST_WEIGHT = 0.05
#: Most pixels of a flat page, in those of the input.
LARGEST = 1.3


@dataclass(frozen=True, slots=True)
class FlatPage:
    """gray: (H, W) uint8; grid: (h, w, 2) float32, where in the input every GRID-th pixel of it was; source: the input
    that it was made of, (H', W') uint8.
    """

    gray: np.ndarray
    grid: np.ndarray
    source: np.ndarray

    def to_input(self, points: np.ndarray) -> np.ndarray:
        """Trace points (N, 2) of the flat page back to the input, (N, 2) float64."""
        return _sampled(self.grid, points)


def identity(shape: tuple[int, ...]) -> np.ndarray:
    """Return the grid of a page that is as its input. shape: (H, W)."""
    columns = np.arange(0, shape[1] + GRID, GRID, dtype=np.float32)
    rows = np.arange(0, shape[0] + GRID, GRID, dtype=np.float32)
    return np.stack(np.meshgrid(columns, rows), axis=-1)


def _sampled(grid: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Interpolate a grid at points (N, 2) of its page; beyond its rim its last squares go on."""
    at = np.asarray(points, np.float64) / GRID
    low = np.clip(np.floor(at).astype(int), 0, [grid.shape[1] - 2, grid.shape[0] - 2])
    u, v = (at - low).T[:, :, None]
    x, y = low.T
    upper = grid[y, x] * (1 - u) + grid[y, x + 1] * u
    lower = grid[y + 1, x] * (1 - u) + grid[y + 1, x + 1] * u
    return np.asarray(upper * (1 - v) + lower * v, np.float64)


def flattened(gray: np.ndarray, grid: np.ndarray, shape: tuple[int, int]) -> FlatPage:
    """Make the flat page (H, W) of an input whose grid is known. shape: (H, W)."""
    size, half = (GRID * grid.shape[1], GRID * grid.shape[0]), GRID // 2
    places = cv2.resize(grid, size, interpolation=cv2.INTER_LINEAR)[half : half + shape[0], half : half + shape[1]]
    map_x, map_y = (np.ascontiguousarray(places[..., k]) - np.float32(0.5) for k in (0, 1))
    page = cv2.remap(gray, map_x, map_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return FlatPage(page, grid, gray)


def traced(flat: FlatPage, grid: np.ndarray) -> np.ndarray:
    """Return a grid of places on a flat page as one of places in its input."""
    return np.asarray(flat.to_input(grid.reshape(-1, 2)).reshape(grid.shape), np.float32)


def sheet_only(gray: np.ndarray, sheet: Sheet) -> np.ndarray:
    """Return a photograph in which what lies around the sheet is as bright as the paper beside it."""
    kernel = np.ones((2 * RIM + 1,) * 2, np.uint8)
    inside = cv2.erode(sheet.mask, kernel, borderValue=1)
    size = (sheet.mask.shape[1], sheet.mask.shape[0])
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    near = np.ones((5, 5), np.uint8)
    paper = cv2.dilate(small * inside, near).astype(np.float32)  # text hardly shows at this size, and this removes it
    known = cv2.dilate(inside, near).astype(np.float32)
    for reach in (4.0, 16.0, 64.0):
        total, weight = cv2.GaussianBlur(paper * known, (0, 0), reach), cv2.GaussianBlur(known, (0, 0), reach)
        paper = np.where(known > 0, paper, total / np.maximum(weight, np.float32(1e-6)))
        known = np.maximum(known, (weight > LEAST_WEIGHT).astype(np.float32))
    full = (gray.shape[1], gray.shape[0])
    alpha = cv2.resize(inside.astype(np.float32), full, interpolation=cv2.INTER_LINEAR)
    around = cv2.resize(paper, full, interpolation=cv2.INTER_LINEAR)
    mixed: np.ndarray = around + alpha * (gray - around)
    return np.asarray(np.rint(mixed).astype(np.uint8))


def upright_sheet(corners: np.ndarray, pixels: int) -> tuple[np.ndarray, tuple[int, int]]:
    """Return the grid of a sheet by its corners, (4, 2) clockwise from the upper left, and the size (H, W) of its page.

    pixels: of the input.
    """
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    width, height = max(sides[0], sides[2]), max(sides[1], sides[3])
    scale = min(1.0, float(np.sqrt(LARGEST * pixels / (width * height))))
    width, height = scale * width, scale * height
    left, top = MARGIN * width, MARGIN * height
    flat = np.array([[left, top], [left + width, top], [left + width, top + height], [left, top + height]], np.float32)
    shape = (round(height + 2 * top), round(width + 2 * left))
    matrix = cv2.getPerspectiveTransform(flat, corners.astype(np.float32))
    points = identity(shape).reshape(-1, 1, 2)
    grid = cv2.perspectiveTransform(points, matrix).reshape(*identity(shape).shape)
    return np.asarray(grid, np.float32), shape
