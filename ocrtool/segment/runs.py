"""Runs of a line: parts that are written at other sizes, such as a printed label and the entry by hand behind it."""

from __future__ import annotations

import numpy as np

from ocrtool.segment.cell_rows import CellRow
from ocrtool.segment.quantiles import percentile

#: A run ends at a gap that is at least so wide (x-heights) if the tallest characters on one side are taller than those
#: of print and than those on the other side by this factor; runs have at least so many characters. Capitals of print
#: are so high (x-heights).
GAP, LARGER, FEWEST, CAPITAL = 1.5, 1.3, 2, 1.4
#: Smaller components (x-heights) are dirt or marks of others.
SMALL = 0.4
#: An entry stands on a rule or row of dots that is at most so far below it (x-heights), and has some of it in each
#: step (x-heights) of this share of its length.
BELOW, FILL_STEP, FILLED = 1.5, 1.5, 0.6
#: Components lower than this share of the tallest usual ones are no characters; percentile of usual ones.
LOW, USUAL = 0.45, 90.0
#: Least and greatest height of what is written into a cell, as a share of its height.
WRITTEN = (0.3, 0.95)


def split_runs(boxes: np.ndarray, fills: np.ndarray, x_height: float) -> list[np.ndarray]:
    """Split the components of a line (N, 4) into runs of about one size: indices of each, from the left.

    Entries stand on what is there to be written on, labels beside it: elsewhere a line is one run, whatever its sizes.
    fills: (M, 4) boxes of level rules, and of the dots and dashes of rows; x_height: of the page, in pixels.
    """
    order = np.argsort(boxes[:, 0], kind="stable")
    if not len(fills):
        return [order]
    sides = (boxes[order, 2:] - boxes[order, :2]).max(axis=1)
    own = boxes[order[sides >= SMALL * x_height]]  # dirt, such as the end of a rule, bridges no gap
    gaps = own[1:, 0] - np.maximum.accumulate(own[:, 2])[:-1]
    starts = own[1:, 0][gaps >= GAP * x_height]
    parts = np.split(order, np.searchsorted(boxes[order, 0], starts))
    runs, below = [parts[0]], [_is_entry(boxes[parts[0]], fills, x_height)]
    for part in parts[1:]:
        entry = _is_entry(boxes[part], fills, x_height)
        if entry != below[-1] and _differ(boxes[runs[-1]], boxes[part], x_height):
            runs.append(part)
            below.append(entry)
        else:
            runs[-1] = np.concatenate([runs[-1], part])
    return runs


def _is_entry(part: np.ndarray, fills: np.ndarray, x_height: float) -> bool:
    """Return True if what is there to be written on runs below most of a part of a line (N, 4)."""
    (x0, top), (x1, bottom) = part[:, :2].min(axis=0).tolist(), part[:, 2:].max(axis=0).tolist()
    level = (fills[:, 1] + fills[:, 3]) / 2
    own = fills[(level > (top + bottom) / 2) & (level < bottom + BELOW * x_height)]
    cells = np.arange(x0, max(x1, x0 + 1), max(1.0, FILL_STEP * x_height))
    covered = (own[:, :1] <= cells + FILL_STEP * x_height) & (own[:, 2:3] > cells)
    return bool(len(own)) and bool(covered.any(axis=0).mean() >= FILLED)


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
