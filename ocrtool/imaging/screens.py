"""Dots that are no text: the screen of a printed picture, and specks of dirt on an empty page.

Both are solid and about as wide as high. Of the letters of a text fewer than two in three are, bold ones included; of
figures hardly any.
"""

from __future__ import annotations

import cv2
import numpy as np

#: A solid square or disc: the longer side is at most so many times the shorter one, or a pixel more; it fills at least
#: this share of its box, as a diamond does.
DOT_RATIO, DOT_FILL = 1.35, 0.5
#: Components are dots of a screen if in a window of this side, in typical dots, there are so many, this share of them
#: dots; larger ones than so many dots are not.
WINDOW, LEAST_DOTS, SCREEN_SHARE, LARGEST = 31, 100, 0.85, 2.0
#: Nothing but specks: so many components, this share of them dots; or fewer, all lower than LOW pixels, on a page of
#: more than LARGE pixels: print so small is not scanned so large.
ONLY_SHARE, LEAST_SPECKS, LOW, LARGE = 0.95, 20, 7, 1_500_000


def are_dots(boxes: np.ndarray, area: np.ndarray) -> np.ndarray:
    """Return (N,) bool: True for solid squares and discs. boxes: (N, 4) x0 y0 x1 y1; area: (N,) pixels of ink."""
    sides = boxes[:, 2:] - boxes[:, :2]
    longer, shorter = sides.max(axis=1), sides.min(axis=1)
    square = (longer <= DOT_RATIO * shorter) | (longer - shorter <= 1)
    return np.asarray(square & (area >= DOT_FILL * longer * shorter))


def screen_dots(boxes: np.ndarray, area: np.ndarray) -> np.ndarray:
    """Return (N,) bool: True for components of a screen: they crowd, and nearly all around them are dots.

    boxes: (N, 4) x0 y0 x1 y1 of all components; area: (N,) pixels of ink.
    """
    dots = are_dots(boxes, area)
    if np.count_nonzero(dots) < LEAST_DOTS:
        return np.zeros(len(boxes), bool)
    side = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    dot = float(np.median(side[dots]))
    cell = (boxes[:, :2] + boxes[:, 2:]) / (2.0 * dot)
    x, y = cell.astype(np.int64).T
    counts = np.zeros((2, int(y.max()) + 1, int(x.max()) + 1), np.float32)
    np.add.at(counts[0], (y, x), 1.0)
    np.add.at(counts[1], (y[dots], x[dots]), 1.0)
    every, own = (
        cv2.boxFilter(each, -1, (WINDOW, WINDOW), None, (-1, -1), False, cv2.BORDER_CONSTANT) for each in counts
    )
    screen = (every >= LEAST_DOTS) & (own >= SCREEN_SHARE * every)
    return np.asarray(screen[y, x] & (side <= LARGEST * dot))


def only_specks(boxes: np.ndarray, dots: np.ndarray, pixels: int) -> bool:
    """Return True for a page with nothing but specks.

    boxes: (N, 4) of the components that are large enough for characters; dots: (N,) bool, as of `are_dots`; pixels: of
    the page.
    """
    if len(boxes) < LEAST_SPECKS:
        return bool(len(boxes) and pixels > LARGE and (boxes[:, 3] - boxes[:, 1]).max() < LOW)
    return bool(dots.mean() >= ONLY_SHARE)
