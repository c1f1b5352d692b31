"""Combs of forms: boxes side by side, one for each character.

Their bars are no text, and what stands in neighbouring boxes is one word, however far apart the boxes hold it.
"""

from __future__ import annotations

import numpy as np

#: A bar is thinner than the first and taller than the second figure (x-heights), and a rule crosses each of its ends
#: within so many pixels.
BAR_WIDTH, BAR_HEIGHT, TOUCH = 0.4, 1.2, 3


def find_bars(boxes: np.ndarray, rules: np.ndarray, x_height: float) -> np.ndarray:
    """Tell bars between rules, the sides of boxes: (N,) bool.

    boxes: (N, 4) of components; rules: (H, W) bool, ink of rules.
    """
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    bars = np.zeros(len(boxes), bool)
    for k in np.flatnonzero((width < BAR_WIDTH * x_height) & (height > BAR_HEIGHT * x_height)).tolist():
        x0, y0, x1, y1 = boxes[k].tolist()
        columns = slice(max(0, x0 - 1), x1 + 1)
        bars[k] = rules[max(0, y0 - TOUCH) : y0 + 1, columns].any() and rules[y1 - 1 : y1 + TOUCH, columns].any()
    return bars
