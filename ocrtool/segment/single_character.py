"""Lines of a single character, with no more than the marks of an item beside it: ``7``, ``c.``, ``(g)``."""

from __future__ import annotations

import numpy as np

#: Such a line has so few components. Dots are lower than this share of the highest one; brackets slimmer than this part
#: of their height, and higher than the character by this factor, which is at most so many times as wide as high.
SHORT, DOT, BRACKET, WIDEST = 5, 0.45, (0.5, 1.12), 2.0
#: A character reaches below a full stop by this share of its height, at least.
BELOW = 0.12


def single_character(boxes: np.ndarray) -> int | None:
    """Return which component of a line is its only character; None for a line of several.

    The marks beside it tell nothing of baseline and size: a bracket ends below the line, and a full stop is as high as
    no letter. boxes: (N, 4) of the components.
    """
    if len(boxes) > SHORT:
        return None
    order = np.argsort(boxes[:, 0], kind="stable")
    wide, high = (boxes[:, k + 2] - boxes[:, k] for k in (0, 1))
    left = high >= DOT * high.max()
    for k in {int(order[0]), int(order[-1])}:
        rest = left.copy()
        rest[k] = False
        if rest.any() and wide[k] < BRACKET[0] * high[k] and high[k] > BRACKET[1] * high[rest].min():
            left[k] = False
    found = np.flatnonzero(left)
    if len(found) != 1 or wide[found[0]] > WIDEST * high[found[0]]:
        return None
    return int(found[0])


def level_of_stop(boxes: np.ndarray, core: int) -> int | None:
    """Return the bottom of a full stop at the right of a character that reaches below it; None without one.

    boxes: (N, 4); core: index of the character.
    """
    high = boxes[core, 3] - boxes[core, 1]
    dots = (boxes[:, 0] >= boxes[core, 2] - 1) & (boxes[:, 3] - boxes[:, 1] < DOT * high)
    low = boxes[dots, 3]
    below = boxes[core, 3] - BELOW * high
    middle = (boxes[core, 1] + boxes[core, 3]) / 2
    return int(low[0]) if len(low) == 1 and middle < low[0] < below else None
