"""Leaders: rows of dots that lead the eye from an entry to its page number. They are rules made of dots."""

from __future__ import annotations

import numpy as np

#: A dot is at most this large (x-heights), and its longer side at most this many times the shorter one, or a pixel more
#: than it.
DOT_SIDE, DOT_RATIO = 0.45, 1.34
#: Dots of a leader follow each other at most this far apart and off the row (x-heights); fewer are an ellipsis.
DOT_STEP, DOT_LEVEL, LEAST_DOTS = 1.8, 0.15, 8
#: Steps differ by at most this share of them, or by a pixel or so.
STEP_RATIO, STEP_PIXELS = 0.15, 1.5


def leader_dots(boxes: np.ndarray, x_height: float) -> np.ndarray:
    """Return (N,) bool: True for components that are dots of a leader: alike, level, and equally far apart.

    boxes: (N, 4) x0 y0 x1 y1 of all components of an upright page; x_height: in pixels.
    """
    leader = np.zeros(len(boxes), bool)
    sides = boxes[:, 2:] - boxes[:, :2]
    longer, shorter = sides.max(axis=1), sides.min(axis=1)
    round_enough = (longer <= DOT_RATIO * shorter) | (longer - shorter <= 1)
    dots = np.flatnonzero((longer <= DOT_SIDE * x_height) & round_enough)
    if len(dots) < LEAST_DOTS:
        return leader
    x, y = ((boxes[dots, k] + boxes[dots, k + 2]) / 2 for k in (0, 1))
    level = max(STEP_PIXELS, DOT_LEVEL * x_height)
    by_row = np.argsort(y, kind="stable")
    row = np.zeros(len(dots), np.int64)
    row[by_row[1:]] = np.cumsum(np.diff(y[by_row]) > level)
    order = np.lexsort((x, row))
    dots, x, y, row = dots[order], x[order], y[order], row[order]
    step = np.diff(x)
    follows = (np.diff(row) == 0) & (np.abs(np.diff(y)) <= level) & (step <= DOT_STEP * x_height)
    even = np.abs(np.diff(step)) <= np.maximum(STEP_PIXELS, STEP_RATIO * step[1:])
    both = follows[1:] & follows[:-1] & even  # of each dot but the first and the last: it stands evenly between two
    starts = np.flatnonzero(np.diff(both.astype(np.int8), prepend=0) == 1)
    ends = np.flatnonzero(np.diff(both.astype(np.int8), append=0) == -1)
    long = ends - starts + 3 >= LEAST_DOTS
    for first, last in zip(starts[long].tolist(), ends[long].tolist(), strict=True):
        leader[dots[first : last + 3]] = True
    return leader
