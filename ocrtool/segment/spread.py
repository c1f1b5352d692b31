"""Double-page spreads: two pages of an open book side by side in one image, and where to cut between them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocrtool.imaging.prepare import prepare
from ocrtool.imaging.skew import LEAST_SKEW, measure_skew
from ocrtool.segment.columns import runs_on
from ocrtool.segment.direction import run_down
from ocrtool.types import Box

#: An open book is at least so many times as wide as it is high, and its fold stands within these shares of the width.
LANDSCAPE, MIDDLE = 1.12, (0.4, 0.6)
#: White between the two pages is at least so wide, in x-heights: gutters between columns are narrower by half.
WHITE = 6.0
#: Lines of running text that a page has at least.
LINES = 5
#: Components that count, in x-heights: lowest, highest and widest.
LOWEST, HIGHEST, WIDEST = 0.5, 5.0, 15.0
#: The fold is seen if it is darker than the paper of both pages by so many grey levels, in an image of this size.
SHADOW, SMALL = 20.0, (256, 64)
#: Paper is as bright as this percentile of a column.
PAPER = 70.0


@dataclass(frozen=True, slots=True)
class Gutter:
    """The line along which a spread is cut.

    sideways: the pages lie one above the other, since their text runs down the image: all else is of the image with
    rows and columns exchanged. at, slope: column = at + slope * row; white: columns at row 0 between which, along the
    same slope, nothing is printed.
    """

    at: float
    slope: float
    white: tuple[float, float]
    sideways: bool = False


def find_gutter(gray: np.ndarray) -> Gutter | None:
    """Find where to cut a double-page spread; None if a page (H, W) uint8 is none.

    White as wide as inner margins stands in the middle of it from the top to the bottom, with running text on both
    sides, or on one side and the shadow of a fold between.
    """
    height, width = gray.shape
    if max(height, width) < LANDSCAPE * min(height, width):
        return None
    page = prepare(gray)
    if page is None or run_down(page.boxes, page.height, gray.shape) != (height > width):
        return None
    if height > width:
        found = _upright_gutter(gray.T, page.boxes[:, [1, 0, 3, 2]], page.height)
        return None if found is None else Gutter(found.at, found.slope, found.white, True)
    return _upright_gutter(gray, page.boxes, page.height)


def _upright_gutter(gray: np.ndarray, boxes: np.ndarray, x_height: float) -> Gutter | None:
    """Find the gutter of a page on which text runs from left to right. boxes: (N, 4) of its characters."""
    high, wide = boxes[:, 3] - boxes[:, 1], boxes[:, 2] - boxes[:, 0]
    boxes = boxes[(high > LOWEST * x_height) & (high < HIGHEST * x_height) & (wide < WIDEST * x_height)]
    skew = measure_skew(boxes, x_height)
    slope = float(np.tan(np.deg2rad(skew))) if abs(skew) >= LEAST_SKEW else 0.0
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    moved = np.stack([-slope * middle[:, 1], slope * middle[:, 0]], axis=1)
    level = boxes + np.tile(moved, 2)  # as if the page were not askew; row 0 stays in its column
    half = slope * gray.shape[0] / 2
    run = _white_run(level, (gray.shape[1] * MIDDLE[0] - half, gray.shape[1] * MIDDLE[1] - half))
    if run is None or run[1] - run[0] < WHITE * x_height:
        return None
    running = [_is_text(side, x_height) for side in (level[level[:, 2] <= run[0]], level[level[:, 0] >= run[1]])]
    fold = _fold(gray, slope, run)
    if not any(running) or (fold is None and not all(running)):
        return None
    return Gutter((run[0] + run[1]) / 2 if fold is None else fold, slope, run)


def _is_text(side: np.ndarray, x_height: float) -> bool:
    """Return True for lines of running text, which begin at the left, or at the right if the page is upside down."""
    return any(runs_on(boxes, x_height, LINES) for boxes in (side, side[:, [2, 1, 0, 3]] * [-1, 1, -1, 1]))


def _white_run(boxes: np.ndarray, within: tuple[float, float]) -> tuple[float, float] | None:
    """Return the widest stretch of columns without boxes, (N, 4), that reaches into ``within``; None without one."""
    order = np.argsort(boxes[:, 0], kind="stable")
    reach = np.maximum.accumulate(boxes[order, 2])
    starts, ends = reach[:-1], boxes[order, 0][1:]
    widths = np.where((ends > within[0]) & (starts < within[1]), ends - starts, 0)
    if len(widths) == 0 or widths.max() <= 0:
        return None
    k = int(np.argmax(widths))
    return float(starts[k]), float(ends[k])


def _fold(gray: np.ndarray, slope: float, run: tuple[float, float]) -> float | None:
    """Return the column, at row 0, of the shadow of a fold within a white stretch; None if there is none."""
    height, width = gray.shape
    level = cv2.warpAffine(
        gray, np.array([[1.0, -slope, 0.0], [0.0, 1.0, 0.0]]), (width, height), borderMode=cv2.BORDER_REPLICATE
    )
    small = cv2.resize(level, SMALL, interpolation=cv2.INTER_AREA).astype(np.float32)
    paper = np.sort(small, axis=0)[round(PAPER / 100 * (SMALL[1] - 1))]
    scale = SMALL[0] / width
    first, last = (int(np.clip(round(column * scale), 1, SMALL[0] - 1)) for column in run)
    if last <= first:
        return None
    darkest = first + int(np.argmin(paper[first:last]))
    sides = min(float(np.sort(part)[len(part) // 2]) for part in (paper[:first], paper[last:]))
    return (darkest + 0.5) / scale if sides - float(paper[darkest]) >= SHADOW else None


def halves(gray: np.ndarray, gutter: Gutter) -> list[tuple[Box, np.ndarray]]:
    """Cut a spread: the box of each half in the image and its pixels (h, w) uint8, from the left or from the top.

    What a slanting cut leaves of the other page is as bright as the paper beside it.
    """
    page = gray.T if gutter.sideways else gray
    height, width = page.shape
    rows = np.arange(height)
    cut = np.clip(np.rint(gutter.at + gutter.slope * rows), 1, width - 1).astype(int)
    found = []
    for side, edge in enumerate(gutter.white):
        x0, x1 = (0, int(cut.max())) if side == 0 else (int(cut.min()), width)
        part = page[:, x0:x1].copy()
        if gutter.slope:
            inside = np.clip(np.rint((gutter.at + edge) / 2 + gutter.slope * rows), 0, width - 1).astype(int)
            columns = np.arange(x0, x1)
            other = columns[None, :] >= cut[:, None] if side == 0 else columns[None, :] < cut[:, None]
            part = np.where(other, page[rows, inside][:, None], part)
        box = Box(0, x0, height, x1) if gutter.sideways else Box(x0, 0, x1, height)
        found.append((box, np.ascontiguousarray(part.T if gutter.sideways else part)))
    return found
