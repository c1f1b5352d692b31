"""Whether a page may have boxes of forms at all, from its level strokes: a test that costs next to nothing."""

from __future__ import annotations

import cv2
import numpy as np

from ocrtool.segment.open_combs import EDGE, FEWEST, LEAST_STROKE, RULE, THICKEST

#: Lengths in x-heights. Edges of boxes are at least so long, and so far apart, least and greatest; their ends differ by
#: at most so much.
LENGTH, HEIGHTS, ENDS = 1.0, (1.1, 8.0), 0.3
#: A side is within so many pixels of the ends of the edges, and covers this share of the rows between them. Beside it
#: (x-heights), at most the second share of the rows has ink: letters have neighbours.
SIDE, COVERED, CLEAR, NEIGHBOURS, SAMPLES = 3, 0.8, 0.3, 0.5, 16
#: Margin of a place around its box or rule (x-heights).
AROUND = 3.0
#: Most edges that are compared at a time.
MOST = 128
#: A page with more level runs has a picture or scribble: forms have ten or so for each box, the densest print 6,000.
MOST_RUNS = 20_000
#: With more pairs of edges that enclose something a page has the dots of a picture: a box of a form has about ten.
MOST_ENCLOSED = 30_000


def likely_places(ink: np.ndarray, x_height: float) -> list[tuple[slice, slice]]:
    """Return rows and columns that may hold a box or an open comb: upright ink joins or stands on level strokes there.

    ink: (H, W) bool; x_height: in pixels. Most pages of text have none, others a few letters that look like boxes.
    """
    runs = level_runs(ink, max(6, round(LENGTH * x_height)))
    if not 0 < len(runs) <= MOST_RUNS:
        return []
    long = runs[:, 2] - runs[:, 1] >= RULE * x_height
    found = [[x0, y, x1, y] for y, x0, x1 in runs[long].tolist() if _has_strokes(ink, y, x0, x1, x_height)]
    found += _boxes(ink, runs, x_height).tolist()
    if not found:
        return []
    places: list[tuple[slice, slice]] = []
    around = round(AROUND * x_height)
    covered = np.zeros(ink.shape, bool)  # a picture of dots may have thousands of places
    for x0, y0, x1, y1 in found:
        if not covered[(y0 + y1) // 2, (x0 + x1) // 2]:
            place = slice(max(0, y0 - around), y1 + around), slice(max(0, x0 - around), x1 + around)
            covered[place] = True
            places.append(place)
    return places


def _has_strokes(ink: np.ndarray, row: int, x0: int, x1: int, x_height: float) -> bool:
    """Return True if several thin strokes stand on a rule."""
    height = max(4, round(LEAST_STROKE * x_height))
    standing = ink[max(0, row - height - EDGE) : max(0, row - EDGE), x0:x1].all(axis=0)
    changes = np.flatnonzero(np.diff(standing.astype(np.int8), prepend=0, append=0))
    return bool(np.count_nonzero(changes[1::2] - changes[::2] <= THICKEST * x_height + 2) >= FEWEST - 1)


def level_runs(ink: np.ndarray, length: int) -> np.ndarray:
    """List runs of ink (H, W) bool that are ``length`` pixels long or longer: (N, 3) int32 row, first column, end.

    A run may wander by a pixel. Only even rows are searched: strokes that wander cover three rows and more.
    """
    rect = cv2.getStructuringElement
    wide = cv2.dilate(ink.view(np.uint8), rect(cv2.MORPH_RECT, (1, 3)))[::2]
    found = np.zeros((len(wide), -(-(wide.shape[1] + 1) // 8) * 8), np.uint8)  # whole words, the last column white
    within = found[:, : wide.shape[1]]
    within[:] = cv2.erode(wide, rect(cv2.MORPH_RECT, (length, 1)), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    words = np.flatnonzero(found.reshape(-1).view(np.uint64))  # eight pixels at a time: nearly all are white
    at = (8 * words[:, None] + np.arange(8)).reshape(-1)
    at = at[found.reshape(-1)[at] > 0]
    if not len(at):
        return np.zeros((0, 3), np.int32)
    starts = np.flatnonzero(np.diff(at, prepend=-2) > 1)
    ends = np.append(starts[1:], len(at)) - 1
    row, first = np.divmod(at[starts], found.shape[1])
    last = at[ends] - row * found.shape[1]
    before = length // 2  # of the pixel that stands for the window
    return np.stack([2 * row, first - before, last - before + length], axis=1).astype(np.int32)


def _boxes(ink: np.ndarray, runs: np.ndarray, x_height: float) -> np.ndarray:
    """Find boxes (N, 4) x0 y0 x1 y1 between runs (R, 3) that begin and end one below the other and are joined there.

    None on a page of a picture.
    """
    found, pairs = [np.zeros((0, 4), np.int32)], [np.zeros((0, 2), np.int64)]
    reach = ENDS * x_height
    order = np.argsort(runs[:, 1], kind="stable")
    row, first, end = runs[order].T.astype(np.int16 if runs.max() < 30_000 else np.int32)
    least, most = round(HEIGHTS[0] * x_height), round(HEIGHTS[1] * x_height)
    for start in range(0, len(runs), MOST):
        own = slice(start, start + MOST)
        before = int(np.searchsorted(first, int(first[own][0]) - reach))
        near = slice(before, int(np.searchsorted(first, int(first[own][-1]) + reach, side="right")))
        below = row[near] - row[own, None]
        fits = (below >= least) & (below <= most)
        fits &= (np.abs(first[near] - first[own, None]) <= reach) & (np.abs(end[near] - end[own, None]) <= reach)
        upper, lower = np.nonzero(fits)
        pair = np.stack([order[start + upper], order[before + lower]], axis=1)
        above, under = runs[pair[:, 0]], runs[pair[:, 1]]
        left, right = np.minimum(above[:, 1], under[:, 1]), np.maximum(above[:, 2], under[:, 2])
        boxes = np.stack([left, above[:, 0], right, under[:, 0]], axis=1)
        enclosed = _are_enclosed(ink, boxes, x_height)
        found.append(boxes[enclosed])
        pairs.append(pair[enclosed])
        if sum(map(len, found)) > MOST_ENCLOSED:
            return found[0]
    lower, upper = np.concatenate(pairs).T[::-1]
    return np.concatenate(found)[np.lexsort((lower, upper))]


def _are_enclosed(ink: np.ndarray, boxes: np.ndarray, x_height: float) -> np.ndarray:
    """Return (N,) bool: True for boxes (N, 4) with upright ink at both ends, and little beside it.

    SAMPLES rows of each are tested.
    """
    inside = np.linspace(0, 1, SAMPLES)
    rows = (boxes[:, 1:2] + inside * (boxes[:, 3:] - boxes[:, 1:2])).astype(np.int32)  # (N, SAMPLES)
    beyond = SIDE + 1 + np.arange(max(2, round(CLEAR * x_height)))
    enclosed = np.ones(len(boxes), bool)
    for at, away in ((boxes[:, 0], -1), (boxes[:, 2] - 1, 1)):
        for columns, least, most in ((np.arange(-SIDE, SIDE + 1), COVERED, 1.0), (away * beyond, 0.0, NEIGHBOURS)):
            across = np.clip(at[enclosed, None] + columns, 0, ink.shape[1] - 1)
            share = ink[rows[enclosed][:, :, None], across[:, None, :]].any(axis=2).mean(axis=1)
            enclosed[enclosed] = (share >= least) & (share <= most)
    return enclosed
