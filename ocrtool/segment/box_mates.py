"""Tick boxes in a row or a column with others of their size, whose frames are hidden by what is drawn into them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

#: How far a box may be off the row of the other (pixels), and how far its sides may wander.
OFF, WANDER = 2, 1
#: Share of each of its sides that ink covers, and how near to its corners ink is (pixels).
COVERED, CORNER = 0.88, 2
#: Boxes of a row are within so many sides of each other, those of a column, between which entries stand, within fewer.
REACH, REACH_DOWN = 40.0, 9.0
#: A page with more tick boxes has the pattern of a picture.
MOST_TICKS = 1000


def with_mates(ink: np.ndarray, ticks: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """Return tick boxes (K, 4) with those beside, above and below them that have their size.

    ink: (H, W) bool of an upright page; taken: (M, 4) cells, where none is looked for.
    """
    found = ticks.tolist()
    if len(found) > MOST_TICKS:
        return ticks
    occupied = np.zeros(ink.shape, bool)
    for x0, y0, x1, y1 in [*found, *taken.tolist()]:
        occupied[max(0, y0) : y1, max(0, x0) : x1] = True
    flipped = np.ascontiguousarray(ink.T)
    for x0, y0, x1, y1 in ticks.tolist():
        beside = _mates(ink, (x0, y0, x1, y1), REACH)
        below = [[a, b, c, d] for b, a, d, c in _mates(flipped, (y0, x0, y1, x1), REACH_DOWN)]
        for left, top, right, bottom in beside + below:
            place = occupied[max(0, top) : bottom, max(0, left) : right]
            if not place.any():
                found.append([left, top, right, bottom])
                place[:] = True
    return np.array(found, np.int32).reshape(-1, 4)


def overlap(a: Sequence[int], b: Sequence[int]) -> bool:
    """Return True if two boxes x0, y0, x1, y1 have pixels in common."""
    return min(a[2], b[2]) > max(a[0], b[0]) and min(a[3], b[3]) > max(a[1], b[1])


def _mates(ink: np.ndarray, box: tuple[int, int, int, int], sides: float) -> list[list[int]]:
    """Return the boxes on the row of a box that have its size, the best covered first. sides: how far away they are."""
    x0, y0, x1, y1 = box
    width, height, reach = x1 - x0, y1 - y0, round(sides * (x1 - x0))
    first, end = max(0, x0 - reach), min(ink.shape[1], x1 + reach)
    best: list[tuple[float, list[int]]] = []
    for top in range(max(WANDER, y0 - OFF), y0 + OFF + 1):
        bottom = top + height - 1
        part = ink[top - WANDER : bottom + WANDER + 1, first:end]
        if len(part) < height + 2 * WANDER or part.shape[1] < width:
            continue
        edges = [part[: 2 * WANDER + 1].any(axis=0), part[-2 * WANDER - 1 :].any(axis=0)]
        level = np.minimum(*(np.convolve(edge, np.ones(width) / width, "valid") for edge in edges))
        wide = part.copy()
        wide[:, 1:] |= part[:, :-1]
        wide[:, :-1] |= part[:, 1:]
        side = wide[WANDER:-WANDER].mean(axis=0)
        covered = np.minimum(level, np.minimum(side[: len(level)], side[width - 1 : width - 1 + len(level)]))
        for x in np.flatnonzero(covered >= COVERED).tolist():
            if has_corners(part[WANDER:-WANDER, x : x + width]):
                best.append((float(covered[x]), [first + x, top, first + x + width, top + height]))
    return [place for _, place in sorted(best, key=lambda each: -each[0])]


def has_corners(part: np.ndarray, reach: int = CORNER) -> bool:
    """Return True if ink is near all four corners of a box (h, w) bool. reach: how near, in pixels."""
    corner = np.add.outer(np.arange(reach + 1), np.arange(reach + 1)) <= reach
    views = (part, part[:, ::-1], part[::-1], part[::-1, ::-1])
    own = corner[: part.shape[0], : part.shape[1]]  # of a flat one less than the corner
    return all(bool((view[: reach + 1, : reach + 1] & own).any()) for view in views)
