"""Drop capitals: large letters that begin a paragraph, with several of its lines at their right."""

from __future__ import annotations

import numpy as np

from ocrtool.segment.columns import find_rows

#: Heights of a drop capital in those of typical components; its width as a share of its height, least and largest.
HEIGHT, WIDTH = (2.1, 9.0), (0.12, 1.6)
#: So many lines stand beside it, at most so far away, the first this near to its top, the last on its baseline (heights
#: of typical components).
ROWS, AWAY, TOP, LEVEL = 2, 1.6, 0.75, 0.45
#: Text goes on below it within so much, from its left edge on, this near (heights of typical components).
BELOW, ALIGNED = 2.6, 1.0
#: Nothing stands nearer at its left (heights of typical components).
LEFT = 1.0
#: Rows beside it are measured over this width (heights of typical components).
REACH = 14.0


def drop_capitals(boxes: np.ndarray, height: float) -> np.ndarray:
    """Return (N,) bool: True for components that are drop capitals.

    boxes: (N, 4) x0 y0 x1 y1 of all components of an upright page; height: typical height of a component.
    """
    found = np.zeros(len(boxes), bool)
    tall, wide = boxes[:, 3] - boxes[:, 1], boxes[:, 2] - boxes[:, 0]
    large = (tall >= HEIGHT[0] * height) & (tall <= HEIGHT[1] * height)
    large &= (wide >= WIDTH[0] * tall) & (wide <= WIDTH[1] * tall)
    letters = boxes[(tall > 0.5 * height) & (tall < HEIGHT[0] * height)]
    for k in np.flatnonzero(large).tolist():
        found[k] = _is_capital(boxes[k], letters, height)
    return found


def _is_capital(box: np.ndarray, letters: np.ndarray, height: float) -> bool:
    """Return True if lines of ``letters``, (M, 4), stand beside a large component and go on below it."""
    x0, y0, x1, y1 = box.tolist()
    middle = (letters[:, 1] + letters[:, 3]) / 2
    level = (middle > y0) & (middle < y1)
    if (level & (letters[:, 0] < x0) & (letters[:, 2] > x0 - LEFT * height)).any():
        return False
    beside = letters[level & (letters[:, 0] >= x1 - height / 4) & (letters[:, 0] < x1 + REACH * height)]
    if len(beside) < 2 * ROWS:
        return False
    rows = find_rows(beside, height)
    if len(rows) < ROWS or rows.left.min() > x1 + AWAY * height:
        return False
    if beside[:, 1].min() > y0 + TOP * height or abs(rows.level[-1] - y1) > LEVEL * height:
        return False
    below = letters[(middle > y1) & (middle < y1 + BELOW * height) & (letters[:, 2] > x0 - ALIGNED * height)]
    below = below[below[:, 0] < x1]
    return bool(len(below)) and abs(float(below[:, 0].min()) - x0) < ALIGNED * height
