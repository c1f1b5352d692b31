"""Single lines that stand sideways on an upright page: notes in the margin, heads of table columns, stamps.

Letters of a line that runs from left to right have neighbours at their sides; those of a line that runs up or down the
page have them above and below, as near.
"""

from __future__ import annotations

import numpy as np

#: All measures in typical heights of a component. A neighbour at the side is nearer than this; rows are formed of this
#: height; letters of a line that runs down follow each other within LINK, half of them within TIGHT, and overlap by
#: this share of the narrower one.
BESIDE, ROW, LINK, TIGHT, OVERLAP = 0.6, 0.5, 1.3, 0.45, 0.4
#: Sizes of components that count; a line has so many without neighbours at the side, is so long and at most so wide.
LOWEST, HIGHEST, FEWEST, LONG, WIDE = 0.25, 3.0, 5, 4.0, 2.4
#: With more components without neighbours a page is a picture or noise.
MOST = 600


def sideways_lines(boxes: np.ndarray, height: float) -> list[np.ndarray]:
    """Find what may be lines that run up or down a page: (4,) int x0 y0 x1 y1 of each, the longest first.

    boxes: (N, 4) of the components of an upright page; height: their typical height, both in pixels.
    """
    sides = boxes[:, 2:] - boxes[:, :2]
    boxes = boxes[(sides.max(axis=1) >= LOWEST * height) & (sides.max(axis=1) <= HIGHEST * height)]
    free = boxes[~_have_neighbours(boxes, height)]
    if not FEWEST <= len(free) <= MOST:
        return []
    lines = [free[chain] for chain in _chains(free, height)]
    found = [line for line in lines if _is_line(line, height)]
    around = [np.concatenate([line[:, :2].min(axis=0), line[:, 2:].max(axis=0)]) for line in found]
    return sorted(around, key=lambda box: int(box[1] - box[3]))


def _have_neighbours(boxes: np.ndarray, height: float) -> np.ndarray:
    """Return (N,) bool: True for components with another one close to their left or right."""
    found = np.zeros(len(boxes), bool)
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    for shift in (0.0, 0.5):  # what stands on one row may be on two sides of a bound, but not twice
        row = np.floor(middle / (ROW * height) + shift)
        order = np.lexsort((boxes[:, 0], row))
        near = (np.diff(row[order]) == 0) & (boxes[order[1:], 0] - boxes[order[:-1], 2] < BESIDE * height)
        found[order[1:][near]] = True
        found[order[:-1][near]] = True
    return found


def _chains(boxes: np.ndarray, height: float) -> list[np.ndarray]:
    """Group components that stand close above each other: indices of each group."""
    low, high = np.maximum(boxes[:, None, 0], boxes[None, :, 0]), np.minimum(boxes[:, None, 2], boxes[None, :, 2])
    width = boxes[:, 2] - boxes[:, 0]
    gap = boxes[None, :, 1] - boxes[:, None, 3]
    linked = (high - low >= OVERLAP * np.minimum(width[:, None], width)) & (gap > -0.5 * height) & (gap < LINK * height)
    linked |= linked.T
    np.fill_diagonal(linked, False)
    left = linked.sum(axis=1) > 0
    groups = []
    while left.any():
        group = np.zeros(len(boxes), bool)
        edge = np.zeros(len(boxes), bool)
        edge[int(np.argmax(left))] = True
        while edge.any():
            group |= edge
            edge = linked[edge].any(axis=0) & ~group
        left &= ~group
        groups.append(np.flatnonzero(group))
    return groups


def _is_line(boxes: np.ndarray, height: float) -> bool:
    """Return True for components (n, 4) in a narrow column, most of them close above each other."""
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    if len(boxes) < FEWEST or high[1] - low[1] < LONG * height or high[0] - low[0] > WIDE * height:
        return False
    order = np.argsort(boxes[:, 1], kind="stable")
    gaps = boxes[order[1:], 1] - np.maximum.accumulate(boxes[order, 3])[:-1]
    return bool(np.count_nonzero(gaps < TIGHT * height) * 2 > len(gaps))
