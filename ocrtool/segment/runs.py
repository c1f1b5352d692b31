"""Runs of a line: parts that are written at other sizes, such as a printed label and the entry by hand behind it."""

from __future__ import annotations

import numpy as np

from ocrtool.segment.forms import CellRow
from ocrtool.segment.quantiles import percentile

#: A run ends at a gap that is at least so wide (x-heights) if the tallest characters on one side are taller than those
#: of print and than those on the other side by this factor; runs have at least so many characters. Capitals of print
#: are so high (x-heights).
GAP, LARGER, FEWEST, CAPITAL = 1.5, 1.3, 2, 1.4
#: Components lower than this share of the tallest usual ones are no characters; percentile of usual ones.
LOW, USUAL = 0.45, 90.0
#: Least and greatest height of what is written into a cell, as a share of its height.
WRITTEN = (0.3, 0.95)


def split_runs(boxes: np.ndarray, x_height: float) -> list[np.ndarray]:
    """Split the components of a line (N, 4) into runs of about one size: indices of each, from the left.

    x_height: of the page, in pixels.
    """
    order = np.argsort(boxes[:, 0], kind="stable")
    reach = np.maximum.accumulate(boxes[order, 2])
    ends = np.flatnonzero(boxes[order, 0][1:] - reach[:-1] >= GAP * x_height) + 1
    parts = np.split(order, ends)
    runs = [parts[0]]
    for part in parts[1:]:
        if _differ(boxes[runs[-1]], boxes[part], x_height):
            runs.append(part)
        else:
            runs[-1] = np.concatenate([runs[-1], part])
    return runs


def _differ(left: np.ndarray, right: np.ndarray, x_height: float) -> bool:
    """Return True if two parts of a line, (N, 4) and (M, 4), are of other sizes."""
    (height, count), (other, number) = (_measure(side) for side in (left, right))
    if min(count, number) < FEWEST:
        return False
    low, high = sorted((height, other))
    return high >= LARGER * low and high >= LARGER * CAPITAL * x_height


def large_height(boxes: np.ndarray, x_height: float) -> float:
    """Return the height of the tallest usual characters of a run (N, 4) if it is larger than print, else 0."""
    height, count = _measure(boxes)
    return height if count >= FEWEST and height >= LARGER * CAPITAL * x_height else 0.0


def _measure(boxes: np.ndarray) -> tuple[float, int]:
    """Return the usual height of the tallest characters, and the number of characters."""
    heights = (boxes[:, 3] - boxes[:, 1]).astype(float)
    usual = percentile(heights, USUAL)
    body = heights >= LOW * usual
    return percentile(heights[body], USUAL), int(body.sum())


def written_height(boxes: np.ndarray, row: CellRow) -> float:
    """Return the usual height of characters (N, 4) written into cells."""
    _, cell = row.size
    return float(np.clip(_measure(boxes)[0], WRITTEN[0] * cell, WRITTEN[1] * cell))
