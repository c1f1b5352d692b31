"""Leaders and fill-in lines: rows of dots or dashes. They are rules made of dots.

Leaders lead the eye from an entry to its page number; fill-in lines are there to be written on.
"""

from __future__ import annotations

import numpy as np

from ocrtool.segment.quantiles import percentile

#: A dot or dash is at most so high and so long (x-heights), and thinner than this share of its length, or a dot: its
#: longer side at most this many times the shorter one, or a pixel more than it.
DOT_SIDE, DASH_LENGTH, DASH_RATIO, DOT_RATIO = 0.45, 1.6, 0.5, 1.34
#: They follow each other at most this far apart and off the row (x-heights); fewer are an ellipsis.
DOT_STEP, DOT_LEVEL, LEAST_DOTS = 3.0, 0.15, 8
#: Dots are at most so far apart (x-heights).
WIDEST_DOTS = 1.8
#: Steps differ by at most this share of them, or by a pixel or so; so many even steps begin a row.
STEP_RATIO, STEP_PIXELS, SEED = 0.15, 1.5, 5
#: Rows are farther apart than this (x-heights).
ROW_LEVEL = 0.5
#: A rule is a leader if words end and begin so near to its ends (x-heights).
BESIDE_WORD = 1.5
#: What lies on the line of a row within so many steps of its ends belongs to it: some dots are lost or touch letters.
REACH = 6.0


def leader_dots(boxes: np.ndarray, x_height: float) -> np.ndarray:
    """Return (N,) bool: True for components that are dots or dashes of a row: alike, level, and equally far apart.

    boxes: (N, 4) x0 y0 x1 y1 of all components of an upright page; x_height: in pixels.
    """
    leader = np.zeros(len(boxes), bool)
    sides = boxes[:, 2:] - boxes[:, :2]
    longer, shorter = sides.max(axis=1), sides.min(axis=1)
    dots = (longer <= DOT_SIDE * x_height) & ((longer <= DOT_RATIO * shorter) | (longer - shorter <= 1))
    dashes = (sides[:, 1] <= DOT_SIDE * x_height) & (sides[:, 1] <= DASH_RATIO * sides[:, 0])
    dashes &= sides[:, 0] <= DASH_LENGTH * x_height
    for kind, widest in ((dots, WIDEST_DOTS), (dashes & ~dots, DOT_STEP)):
        members = np.flatnonzero(kind)
        if len(members) >= LEAST_DOTS:
            letters = boxes[sides[:, 1] > DOT_SIDE * x_height]
            leader[members[_in_rows(boxes[members], letters, x_height, widest * x_height)]] = True
    return leader


def dot_rows(boxes: np.ndarray, x_height: float) -> list[np.ndarray]:
    """Group the dots (N, 4) of leaders into rows, each from left to right; dashes are left out."""
    sides = boxes[:, 2:] - boxes[:, :2]
    boxes = boxes[sides[:, 0] <= DOT_RATIO * sides[:, 1] + 2]
    if not len(boxes):
        return []
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    boxes = boxes[np.argsort(middle, kind="stable")]
    begins = np.flatnonzero(np.diff(np.sort(middle)) > max(STEP_PIXELS, ROW_LEVEL * x_height)) + 1
    return [row[np.argsort(row[:, 0], kind="stable")] for row in np.split(boxes, begins)]


def find_leaders(level: np.ndarray, dots: np.ndarray, boxes: np.ndarray, x_height: float) -> np.ndarray:
    """Return the boxes (K, 4) of leaders: of rows of dots, and of rules from a word to another on its baseline.

    level: (L, 4) level rules; dots: (D, 4) of leaders; boxes: (N, 4) of components of text.
    """
    found = [
        np.concatenate([run[:, :2].min(axis=0), run[:, 2:].max(axis=0)])
        for row in dot_rows(dots, x_height)
        for run in np.split(row, np.flatnonzero(np.diff(row[:, 0]) > DOT_STEP * x_height) + 1)
        if len(run) >= LEAST_DOTS
    ]
    y = (level[:, 1] + level[:, 3]) / 2
    for k, (x0, _, x1, _) in enumerate(level):
        on_line = np.abs(boxes[:, 3] - y[k]) <= ROW_LEVEL * x_height
        before = on_line & (np.abs(x0 - boxes[:, 2]) <= BESIDE_WORD * x_height)
        behind = on_line & (np.abs(boxes[:, 0] - x1) <= BESIDE_WORD * x_height)
        if before.any() and behind.any():
            found.append(level[k])
    return np.array(found, float).reshape(-1, 4)


def _in_rows(boxes: np.ndarray, letters: np.ndarray, x_height: float, widest: float) -> np.ndarray:
    """Return (N,) bool: True for dots (N, 4) that stand evenly in a row, without letters (M, 4) between them.

    widest: step, in pixels.
    """
    x, y = ((boxes[:, k] + boxes[:, k + 2]) / 2 for k in (0, 1))
    level = max(STEP_PIXELS, DOT_LEVEL * x_height)
    by_row = np.argsort(y, kind="stable")
    row = np.zeros(len(boxes), np.int64)
    row[by_row[1:]] = np.cumsum(np.diff(y[by_row]) > level)
    order = np.lexsort((x, row))
    across, down, row = x[order], y[order], row[order]
    step = np.diff(across)
    follows = (np.diff(row) == 0) & (np.abs(np.diff(down)) <= level) & (step > 0) & (step <= widest)
    even = np.abs(np.diff(step)) <= np.maximum(STEP_PIXELS, STEP_RATIO * step[1:])
    both = follows[1:] & follows[:-1] & even  # of each dot but the first and the last: it stands evenly between two
    starts = np.flatnonzero(np.diff(both.astype(np.int8), prepend=0) == 1)
    ends = np.flatnonzero(np.diff(both.astype(np.int8), append=0) == -1)
    found = np.zeros(len(boxes), bool)
    for first, last in zip(starts.tolist(), ends.tolist(), strict=True):
        seed = order[first : last + 3]
        if len(seed) >= SEED + 1 and not found[seed].all():
            own = _on_line(x, y, seed, level, letters)
            if np.count_nonzero(own) >= LEAST_DOTS:
                found |= own
    return found


def _on_line(x: np.ndarray, y: np.ndarray, seed: np.ndarray, level: float, letters: np.ndarray) -> np.ndarray:
    """Return (N,) bool: True for dots on the line of the dots ``seed``, as far as others of it are near, and in step.

    The full stop of an abbreviation before a leader is out of step, but by chance; the decimal point of the amount
    behind it is not always, but there are figures between. letters: (M, 4).
    """
    step = percentile(np.diff(x[seed]), 50.0)
    on_line = np.zeros(len(x), bool)
    on_line[seed] = True
    middle = (letters[:, 0] + letters[:, 2]) / 2
    while True:
        own = np.flatnonzero(on_line)
        slope, start = np.polyfit(x[own] - x[seed[0]], y[own], 1)
        near = np.abs(y - start - slope * (x - x[seed[0]])) <= level
        first, last = float(x[own].min()), float(x[own].max())
        beyond = np.maximum(np.maximum(first - x, x - last), 0.0)
        near &= beyond <= REACH * step
        near &= np.abs(beyond - step * np.round(beyond / step)) <= max(STEP_PIXELS, STEP_RATIO * step)
        row = start + slope * (middle - x[seed[0]])
        beside = middle[(letters[:, 1] <= row + level) & (letters[:, 3] >= row - level)]
        near &= (x > beside[beside < first].max(initial=-np.inf)) & (x < beside[beside > last].min(initial=np.inf))
        if np.count_nonzero(near | on_line) == len(own):
            return on_line
        on_line |= near
