"""Whether lines of text run across a page or down it, from the places of its components."""

from __future__ import annotations

import cv2
import numpy as np

#: Cells per typical height of a component, and the length along which the page is smoothed, in heights.
CELLS, ALONG = 3, 10
#: Components of these sizes count, in typical heights.
SIZES = (0.4, 6.0)
#: The typical height may be that of dots or of small print, so that the page is seen at these multiples of it.
SCALES = (1.0, 2.0)
#: Lines may run down the page if columns contrast by so many octaves more than rows, over both scales. Turned pages
#: have 1 or more; upright ones have it the other way, save charts and tables of few lines; specks and pictures have
#: neither.
DOWN_OCTAVES = 0.5


def run_down(boxes: np.ndarray, height: float, shape: tuple[int, ...]) -> bool:
    """Return True if lines may run down the page.

    Smoothed along lines of text, their cores and the white between them stay apart; smoothed across, all is grey.

    boxes: (N, 4) x0 y0 x1 y1 of components; height: their typical height, in pixels; shape: (H, W) of the page.
    """
    return direction(boxes, height, shape) < -DOWN_OCTAVES


def direction(boxes: np.ndarray, height: float, shape: tuple[int, ...]) -> float:
    """Return by how many octaves the contrast of rows exceeds that of columns, over both scales."""
    return sum(_across(boxes, scale * height, shape) for scale in SCALES)


def _across(boxes: np.ndarray, height: float, shape: tuple[int, ...]) -> float:
    """Return by how many octaves the contrast of rows exceeds that of columns; 0 where there is nothing to compare."""
    side = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    counted = boxes[(side > SIZES[0] * height) & (side < SIZES[1] * height)]
    if len(counted) < 2:
        return 0.0
    page = _covered(counted, max(1.0, height / CELLS), shape)
    rows, columns = (max(_row_contrast(seen), 1e-9) for seen in (page, np.ascontiguousarray(page.T)))
    return float(np.log2(rows / columns))


def _covered(boxes: np.ndarray, cell: float, shape: tuple[int, ...]) -> np.ndarray:
    """Return the cells that boxes cover: (h, w) float32, 1 or 0. cell: its side in pixels."""
    low = np.floor(boxes[:, :2] / cell).astype(np.int64)
    high = np.maximum(np.ceil(boxes[:, 2:] / cell).astype(np.int64), low + 1)
    count = np.zeros((int(shape[0] / cell) + 3, int(shape[1] / cell) + 3), np.int32)
    for y, x, step in ((low, low, 1), (high, high, 1), (low, high, -1), (high, low, -1)):
        np.add.at(count, (y[:, 1], x[:, 0]), step)
    return (count.cumsum(axis=0).cumsum(axis=1) > 0).astype(np.float32)


def _row_contrast(page: np.ndarray) -> float:
    """Return how much the rows of a page differ from the next ones after smoothing along them."""
    smooth = cv2.blur(page, (CELLS * ALONG + 1, 1), borderType=cv2.BORDER_CONSTANT)
    return float(np.square(np.diff(smooth, axis=0)).sum())
