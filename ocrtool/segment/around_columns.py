"""Rows above and below columns: headings and footers that cross their gutter, and what stands below the shorter one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ocrtool.segment.columns import row_groups, runs_on
from ocrtool.segment.quantiles import percentile

#: A row above or below columns crosses their gutter if its gap there is narrower than this share of the narrow ones of
#: the other rows, and than this share of its own height: a gap between words of a headline or a footnote.
CROSSED, WORD_GAP = 0.6, 1.0
#: A line that is centred over columns begins so far right of the left edge of the one that it stands in (x-heights).
INDENT = 2.0
#: What goes on in one column below the end of another begins behind white so many times as high as that between the
#: lines above it, and so high (x-heights).
TAIL, TAIL_WHITE = 1.6, 1.0


def centred_rows(part: np.ndarray, edges: np.ndarray, x_height: float) -> tuple[float, float]:
    """Return below which row and above which one no line is centred over the columns: a heading, a page number.

    It stands in an inner column alone, and does not begin where that does. part: (N, 4) boxes; edges: (G,) middles of
    its gutters. Without such lines the two are infinite.
    """
    limits = [-np.inf, np.inf]
    if len(edges) < 2:
        return limits[0], limits[1]
    rows = row_groups(part, x_height)
    for side, ordered in enumerate((rows, rows[::-1])):
        for row, following in pairwise(ordered):
            left, right = float(row[:, 0].min()), float(row[:, 2].max())
            column = int(np.searchsorted(edges, left))
            inner = 0 < column == np.searchsorted(edges, right) < len(edges)
            if not inner or left - part[part[:, 0] >= edges[column - 1], 0].min() < INDENT * x_height:
                break
            nearest = following[:, 1].min() if side == 0 else following[:, 3].max()
            limits[side] = float((row[:, 3].max() if side == 0 else row[:, 1].min()) + nearest) / 2
    return limits[0], limits[1]


def crossing_rows(part: np.ndarray, at: float, x_height: float) -> tuple[float, float]:
    """Return below which row and above which one text does not cross a gutter, though white stands in it by chance.

    part: (N, 4) boxes; at: the middle of the gutter. Without such rows the two are infinite.
    """
    middles, gaps, high = [], [], []
    for row in row_groups(part, x_height):
        left, right = row[row[:, 2] <= at, 2], row[row[:, 0] >= at, 0]
        both = len(left) > 0 and len(right) > 0
        middles.append(float((row[:, 1].min() + row[:, 3].max()) / 2))
        gaps.append(float(right.min() - left.max()) if both else np.inf)
        high.append(percentile(row[:, 3] - row[:, 1], 75.0))
    beside = [k for k, gap in enumerate(gaps) if np.isfinite(gap)]
    if len(beside) < 2:
        return -np.inf, np.inf
    least = CROSSED * percentile(np.array(gaps)[beside], 25.0)
    columns = [k for k in beside if gaps[k] >= min(least, WORD_GAP * high[k])]
    above, below = [k for k in beside if k < columns[0]], [k for k in beside if k > columns[-1]]
    upper = (middles[above[-1]] + middles[above[-1] + 1]) / 2 if above else -np.inf
    lower = (middles[below[0] - 1] + middles[below[0]]) / 2 if below else np.inf
    return upper, lower


def first_of_tail(part: np.ndarray, at: float, x_height: float) -> float:
    """Return above which row stand two columns; infinite if all does.

    Below the end of the right one, the left one may go on with what belongs to the text below both: the address of a
    letter, with the date at its right, and `Dear Sir` below. part: (N, 4) boxes; at: the middle of the gutter.
    """
    left, right = part[part[:, 2] <= at], part[part[:, 0] >= at]
    rows = row_groups(left, x_height)
    if len(rows) < 3 or not len(right) or runs_on(left, x_height, 1):
        return np.inf
    tops, bottoms = (np.array([percentile(row[:, edge], 50.0) for row in rows]) for edge in (1, 3))
    white = tops[1:] - bottoms[:-1]
    for k in np.flatnonzero(tops[1:] > right[:, 3].max()).tolist():
        if white[k] >= max(TAIL_WHITE * x_height, TAIL * percentile(white, 25.0)):
            return float(bottoms[k] + tops[k + 1]) / 2
    return np.inf
