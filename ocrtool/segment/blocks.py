"""Columns and blocks: a recursive X-Y cut over component boxes.

After Nagy & Seth, "Hierarchical representation of optically scanned documents" (1984). The direction of a cut depends
on what the white space separates: a gutter counts only if text runs over several lines on both sides.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ocrtool.segment.around_columns import centred_rows, crossing_rows, first_of_tail
from ocrtool.segment.columns import are_text, find_rows, is_table, table_within
from ocrtool.segment.quantiles import percentile
from ocrtool.segment.ruled import UNRULED, Ruled
from ocrtool.segment.white_strips import FEWEST, GUTTER_HEIGHT, GUTTER_WIDTH, white_strips

#: Least width of a column (x-heights).
COLUMN_WIDTH = 9.0
#: A narrower gutter counts between so many lines of running text; a lower one between so many.
NARROW_LINES, SHORT_LINES = 6, 3
#: White bands wider than this (x-heights) separate blocks; it is the largest gap between the lines of a block.
BAND_HEIGHT = 3.2
#: Least height of a white band between two lines (x-heights).
BAND_LEAST = 0.5
#: So many level rules that cross a white strip make cells of what stands beside it, unless that is running text.
CROSSING = 2
#: Maximum depth of the recursion; pages need little, noise could need much.
MAX_DEPTH = 12


def _gaps(low: np.ndarray, high: np.ndarray, least: float) -> list[tuple[float, float]]:
    """List the white intervals (start, end) of at least ``least`` between the intervals low..high, in order."""
    order = np.argsort(low, kind="stable")
    reach = np.maximum.accumulate(high[order])
    starts, ends = reach[:-1], low[order][1:]
    wide = ends - starts >= least
    return list(zip(starts[wide].tolist(), ends[wide].tolist(), strict=True))


def _line_count(boxes: np.ndarray, x_height: float) -> int:
    """Estimate the number of text lines of the boxes: runs of rows that contain their middles."""
    if len(boxes) == 0:
        return 0
    middles = np.sort((boxes[:, 1] + boxes[:, 3]) / 2)
    return 1 + int(np.count_nonzero(np.diff(middles) > 0.8 * x_height))


def _is_gutter(boxes: np.ndarray, start: float, end: float, ruled: Ruled, x_height: float) -> bool:
    """Return True if text on both sides of the white strip start..end (columns) is read column by column."""
    left, right = boxes[boxes[:, 2] <= start + 0.5], boxes[boxes[:, 0] >= end - 0.5]
    if min(len(left), len(right)) < FEWEST:
        return False
    top, bottom = boxes[:, 1].min(), boxes[:, 3].max()
    if ruled.parts(start, end, top, bottom):
        return True
    if ruled.crossing(start, end, top, bottom) >= CROSSING:
        return are_text(left, right, x_height, SHORT_LINES)
    if end - start < GUTTER_WIDTH * x_height:
        return are_text(left, right, x_height, NARROW_LINES)
    for side in (left, right):
        tall = side[:, 3].max() - side[:, 1].min() >= GUTTER_HEIGHT * x_height
        width = float(side[:, 2].max() - side[:, 0].min())
        covered = float((side[:, 2] - side[:, 0]).sum())
        lines = max(1, _line_count(side, x_height))
        # running text fills its column; a column of prices or numbers beside its labels is read along the row
        if width < COLUMN_WIDTH * x_height or covered < 0.3 * width * lines:
            return False
        if not tall or lines < 4:
            return are_text(left, right, x_height, SHORT_LINES)
    if is_table(left, right, x_height):
        return False
    # of one side alone, it may be the line numbers of a transcript, or the numbers of a list
    return not (_is_cells(left, 2, x_height) and _is_cells(right, 0, x_height))


def _is_cells(side: np.ndarray, inner: int, x_height: float) -> bool:
    """Return True if a narrow column, with white beyond it, stands next to a white strip: cells of a table.

    side: (N, 4) boxes beside the strip; inner: the edge of ``side`` at it, 0 left, 2 right.
    """
    gaps = _gaps(side[:, 0], side[:, 2], GUTTER_WIDTH * x_height)
    if not gaps:
        return False
    width = gaps[0][0] - side[:, 0].min() if inner == 0 else side[:, 2].max() - gaps[-1][1]
    return bool(width < COLUMN_WIDTH * x_height)


def _cut(boxes: np.ndarray, members: np.ndarray, ruled: Ruled, x_height: float, depth: int) -> list[np.ndarray]:
    part = boxes[members]
    if len(members) > 16 and depth < MAX_DEPTH:
        found = _between_rules(part, ruled, x_height)
        if found is None:
            found = _at_gutters(part, ruled, x_height)
        if found is not None:
            return [block for own in found for block in _cut(boxes, members[own], ruled, x_height, depth + 1)]
    solid = np.concatenate([part, ruled.within(part)])
    bands = _gaps(solid[:, 1], solid[:, 3], BAND_HEIGHT * x_height)
    if not bands or depth >= MAX_DEPTH:
        return [members]
    edges = np.array([(a + b) / 2 for a, b in bands])
    row = np.searchsorted(edges, (part[:, 1] + part[:, 3]) / 2)
    return [
        block for k in range(len(edges) + 1) for block in _cut(boxes, members[row == k], ruled, x_height, depth + 1)
    ]


def _at_gutters(part: np.ndarray, ruled: Ruled, x_height: float) -> list[np.ndarray] | None:
    """Part boxes (N, 4) at gutters, or around a table that one runs through: (N,) bool each; None if there is none."""
    solid = np.concatenate([part, ruled.within(part)])
    gutters = [
        gap
        for gap in _gaps(solid[:, 0], solid[:, 2], GUTTER_WIDTH * x_height)
        if _is_gutter(part, gap[0], gap[1], ruled, x_height)
    ]
    gutters = _between_columns(part, gutters, x_height)
    for gutter in gutters:
        around = _around_table(part, part, gutter, ruled, x_height)
        if around is not None:
            return around
    if gutters:
        return _columns(part, gutters, x_height)
    return _partial_gutter(part, solid, ruled, x_height)


def _between_rules(part: np.ndarray, ruled: Ruled, x_height: float) -> list[np.ndarray] | None:
    """Part boxes (N, 4) at level rules that run across all of them, where columns stand above or below one.

    Returns the columns and the rest, (N,) bool each; None if there are no such rules or columns.
    """
    rules = ruled.across(part)
    if not len(rules):
        return None
    middle = (part[:, 1] + part[:, 3]) / 2
    band = np.searchsorted(rules, middle)
    found: list[np.ndarray] = []
    several, rest = False, np.zeros(len(part), bool)
    for k in range(len(rules) + 1):
        own = np.flatnonzero(band == k)
        columns = None
        if len(own) > 16 and np.ptp(middle[own]) >= GUTTER_HEIGHT * x_height:
            columns = _at_gutters(part[own], ruled, x_height)
        if columns is None:
            rest[own] = True
            continue
        several = True
        found.append(rest)
        rest = np.zeros(len(part), bool)
        for inside in columns:
            found.append(np.zeros(len(part), bool))
            found[-1][own[inside]] = True
    return [*found, rest] if several else None


def _around_table(
    part: np.ndarray, beside: np.ndarray, gutter: tuple[float, float], ruled: Ruled, x_height: float
) -> list[np.ndarray] | None:
    """Part boxes (N, 4) above, in and below a table that a gutter of some of them, (M, 4), runs through: (N,) bool.

    None if there is none, if rules part the sides of the gutter, or if what was taken for a table is columns itself.
    """
    if ruled.parts(*gutter, beside[:, 1].min(), beside[:, 3].max()):
        return None
    left, right = beside[beside[:, 2] <= gutter[0] + 0.5], beside[beside[:, 0] >= gutter[1] - 0.5]
    rows = table_within(left, right, x_height)
    if rows is None:
        return None
    middle = (part[:, 1] + part[:, 3]) / 2
    inside = (middle >= rows[0]) & (middle <= rows[1])
    if not inside.all() and _at_gutters(part[inside], ruled, x_height) is not None:
        return None
    return [middle < rows[0], inside, middle > rows[1]]


def _columns(part: np.ndarray, gutters: list[tuple[float, float]], x_height: float) -> list[np.ndarray]:
    """Part boxes (N, 4) at gutters: (N,) bool of rows above that cross them, of each column, and of rows below."""
    middle = (part[:, 1] + part[:, 3]) / 2
    limits = [crossing_rows(part, (a + b) / 2, x_height) for a, b in gutters]
    upper, lower = min(limit[0] for limit in limits), max(limit[1] for limit in limits)
    edges = np.array([(a + b) / 2 for a, b in gutters])
    above, below = centred_rows(part, edges, x_height)
    upper, lower = max(upper, above), min(lower, below)
    column = np.searchsorted(edges, (part[:, 0] + part[:, 2]) / 2)
    within = (middle > upper) & (middle < lower)
    if len(edges) == 1 and np.isfinite(lower):
        lower = min(lower, first_of_tail(part[within], float(edges[0]), x_height))
        within &= middle < lower
    return [middle <= upper, *(within & (column == k) for k in range(len(edges) + 1)), middle >= lower]


def _between_columns(
    part: np.ndarray, gutters: list[tuple[float, float]], x_height: float
) -> list[tuple[float, float]]:
    """Drop gutters beside what is too narrow for a column, such as the numbers of lines: that on the nearer side.

    part: (N, 4) boxes. How near a side is, most of its rows tell: one line may end close to the numbers of the next
    column.
    """
    kept = list(gutters)
    while len(kept) > 1:
        widths = [right[0] - left[1] for left, right in pairwise(kept)]
        k = int(np.argmin(widths))
        if widths[k] >= COLUMN_WIDTH * x_height:
            break
        start, end = kept[k][1], kept[k + 1][0]
        before = part[(part[:, 2] < start) & (part[:, 0] > (kept[k - 1][0] if k else -np.inf))]
        behind = part[(part[:, 0] > end) & (part[:, 2] < (kept[k + 2][1] if k + 2 < len(kept) else np.inf))]
        ends, starts = find_rows(before, x_height).right, find_rows(behind, x_height).left
        white = start - (percentile(ends, 50.0) if len(ends) else kept[k][0])
        del kept[k if white < (percentile(starts, 50.0) if len(starts) else kept[k + 1][1]) - end else k + 1]
    return kept


def _partial_gutter(part: np.ndarray, solid: np.ndarray, ruled: Ruled, x_height: float) -> list[np.ndarray] | None:
    """Find a gutter that does not run through the whole part, for headings above it or footers below.

    solid: the boxes of the part and those that no gutter crosses, (M, 4). Returns who stands above it, left and right
    of it and below, or above, in and below a table that it runs through, (N,) bool each; None if there is no gutter.
    """
    middle = (part[:, 1] + part[:, 3]) / 2
    bands = np.array([(a + b) / 2 for a, b in _gaps(part[:, 1], part[:, 3], BAND_LEAST * x_height)])
    for left, right, top, bottom in white_strips(solid, x_height):
        first = bands[bands >= top - BAND_LEAST * x_height]
        last = bands[bands <= bottom + BAND_LEAST * x_height]
        upper = float(first[0]) if top > part[:, 1].min() and len(first) else -np.inf
        lower = float(last[-1]) if bottom < part[:, 3].max() and len(last) else np.inf
        within = (middle > upper) & (middle < lower)
        beside = part[within]
        if np.count_nonzero((beside[:, 0] < right - 0.5) & (beside[:, 2] > left + 0.5)):
            continue
        if _is_gutter(beside, left, right, ruled, x_height):
            around = _around_table(part, beside, (left, right), ruled, x_height)
            if around is not None:
                return around
            before = part[:, 2] <= left + 0.5
            above, below = crossing_rows(beside, (left + right) / 2, x_height)
            upper, lower = max(upper, above), min(lower, below)
            within = (middle > upper) & (middle < lower)
            if np.isfinite(lower):
                lower = min(lower, first_of_tail(part[within], (left + right) / 2, x_height))
                within &= middle < lower
            return [middle <= upper, within & before, within & ~before, middle >= lower]
    return None


def find_blocks(boxes: np.ndarray, x_height: float, ruled: Ruled = UNRULED) -> list[np.ndarray]:
    """Find blocks in reading order. boxes: (N, 4) of text components. Returns index arrays into ``boxes``."""
    if len(boxes) == 0:
        return []
    return [block for block in _cut(boxes, np.arange(len(boxes)), ruled, x_height, 0) if len(block)]
