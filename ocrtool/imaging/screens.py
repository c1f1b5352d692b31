"""Dots that are no text: the screen of a printed picture, and specks of dirt on an empty page.

Both are convex, solid and about as wide as high. Of the components of text at most one in nine is, in any weight.
"""

from __future__ import annotations

import cv2
import numpy as np

#: A solid square or disc: the longer side is at most so many times the shorter one, or a pixel more; it fills at least
#: this share of its box, as a diamond does; and it has hardly more runs of ink than rows.
DOT_RATIO, DOT_FILL, CONVEX = 1.35, 0.5, 1.05
#: Components are dots of a screen if in a window of this side, in typical dots, there are so many, this share of them
#: dots; larger ones than so many dots are not.
WINDOW, LEAST_DOTS, SCREEN_SHARE, LARGEST = 31, 100, 0.6, 2.0
#: Nothing but specks: so many components, dots cover this share of their area, and half of them are
#: no higher than SPECK pixels: the dots of leaders are many, but the entries cover more. Or fewer,
#: all lower than LOW pixels, on a page of more than LARGE pixels: print so small is not scanned so large.
ONLY_SHARE, LEAST_SPECKS, SPECK, LOW, LARGE = 0.7, 20, 12, 7, 1_500_000
#: Or so many that they merge: so many components, of which this share are dots; of those large enough for characters
#: this share is no higher than SPECK or so many times the usual height, and they lie as if strewn: in cells of 1 to 8
#: typical heights, either way, their numbers vary by less than so many times their mean, where they vary by their mean
#: if each lies anywhere and by several times it if they stand in lines.
MANY, SOME_DOTS, ALL_SMALL, MERGED, STREWN, CELL = 300, 0.2, 0.95, 4.0, 1.6, 8


def are_dots(stats: np.ndarray) -> np.ndarray:
    """Return (N,) bool: True for solid squares and discs. stats: (N, 6) as of `label_components`."""
    longer, shorter = stats[:, 2:4].max(axis=1), stats[:, 2:4].min(axis=1)
    square = (longer <= DOT_RATIO * shorter) | (longer - shorter <= 1)
    solid = (stats[:, 4] >= DOT_FILL * longer * shorter) & (stats[:, 5] <= CONVEX * stats[:, 3])
    return np.asarray(square & solid)


def screen_dots(stats: np.ndarray, dots: np.ndarray) -> np.ndarray:
    """Return (N,) bool: True for components of a screen: they crowd, and nearly all around them are dots.

    stats: (N, 6) as of `label_components`; dots: (N,) bool, as of `are_dots`.
    """
    if np.count_nonzero(dots) < LEAST_DOTS:
        return np.zeros(len(stats), bool)
    side = stats[:, 2:4].max(axis=1)
    dot = float(np.median(side[dots]))
    cell = (stats[:, :2] + stats[:, 2:4] / 2.0) / dot
    x, y = cell.astype(np.int64).T
    counts = np.zeros((2, int(y.max()) + 1, int(x.max()) + 1), np.float32)
    np.add.at(counts[0], (y, x), 1.0)
    np.add.at(counts[1], (y[dots], x[dots]), 1.0)
    every, own = (
        cv2.boxFilter(each, -1, (WINDOW, WINDOW), None, (-1, -1), False, cv2.BORDER_CONSTANT) for each in counts
    )
    screen = (every >= LEAST_DOTS) & (own >= SCREEN_SHARE * every)
    return np.asarray(screen[y, x] & (side <= LARGEST * dot))


def only_specks(boxes: np.ndarray, dots: np.ndarray, pixels: int, every: np.ndarray) -> bool:
    """Return True for a page with nothing but specks.

    boxes: (N, 4) of the components that are large enough for characters; dots: (N,) bool, as of `are_dots`; pixels: of
    the page; every: (M,) bool, as ``dots`` of all components.
    """
    if not len(boxes):
        return False
    heights = boxes[:, 3] - boxes[:, 1]
    if len(boxes) < LEAST_SPECKS:
        return bool(pixels > LARGE and heights.max() < LOW)
    small = heights <= max(SPECK, MERGED * float(np.median(heights)))
    many = len(every) >= MANY and every.mean() >= SOME_DOTS and small.mean() >= ALL_SMALL
    if many and are_strewn(boxes):
        return True
    area = heights * (boxes[:, 2] - boxes[:, 0])
    return bool(area[dots].sum() >= ONLY_SHARE * area.sum() and np.median(heights) <= SPECK)


def are_strewn(boxes: np.ndarray) -> bool:
    """Return True if components lie anyhow or evenly, not in lines. boxes: (N, 4)."""
    height = float(np.median(boxes[:, 3] - boxes[:, 1]))
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2.0 - boxes[:, :2].min(axis=0)
    for sides in ((CELL * height, height), (height, CELL * height)):
        x, y = (middles / sides).astype(np.int64).T
        counts = np.bincount(y * (int(x.max()) + 1) + x, minlength=(int(x.max()) + 1) * (int(y.max()) + 1))
        if counts.var() > STREWN * counts.mean():
            return False
    return True
