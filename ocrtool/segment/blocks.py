"""Columns and blocks: a recursive X-Y cut over component boxes.

After Nagy & Seth, "Hierarchical representation of optically scanned documents" (1984). The direction of a cut depends
on what the white space separates: a gutter counts only if text runs over several lines on both sides.
"""

from __future__ import annotations

import numpy as np

#: Gutter between columns, in x-heights: least width, and least height and width of the text on either side.
GUTTER_WIDTH = 1.6
GUTTER_HEIGHT = 9.0
COLUMN_WIDTH = 9.0
#: White bands wider than this (x-heights) separate blocks; it is the largest gap between the lines of a block.
BAND_HEIGHT = 3.2
#: Pairs of a band and a gap that are tried for a gutter below a heading; a page of text has a few dozen.
MAX_TRIED = 300
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


def _is_gutter(boxes: np.ndarray, start: float, end: float, x_height: float) -> bool:
    """Return True if running text stands on both sides of the white strip start..end (columns)."""
    left, right = boxes[boxes[:, 2] <= start + 0.5], boxes[boxes[:, 0] >= end - 0.5]
    for side in (left, right):
        if len(side) < 8:
            return False
        tall = side[:, 3].max() - side[:, 1].min() >= GUTTER_HEIGHT * x_height
        width = float(side[:, 2].max() - side[:, 0].min())
        covered = float((side[:, 2] - side[:, 0]).sum())
        lines = max(1, _line_count(side, x_height))
        # running text fills its column; a column of prices or numbers beside its labels is read along the row
        if not tall or width < COLUMN_WIDTH * x_height or covered < 0.3 * width * lines or lines < 4:
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


def _cut(boxes: np.ndarray, members: np.ndarray, x_height: float, depth: int) -> list[np.ndarray]:
    part = boxes[members]
    if len(members) > 16 and depth < MAX_DEPTH:
        gutters = [
            gap
            for gap in _gaps(part[:, 0], part[:, 2], GUTTER_WIDTH * x_height)
            if _is_gutter(part, gap[0], gap[1], x_height)
        ]
        if gutters:
            edges = np.array([(a + b) / 2 for a, b in gutters])
            column = np.searchsorted(edges, (part[:, 0] + part[:, 2]) / 2)
            return [
                block for k in range(len(edges) + 1) for block in _cut(boxes, members[column == k], x_height, depth + 1)
            ]
        bands = _gaps(part[:, 1], part[:, 3], 0.5 * x_height)
        split = _heading_above_columns(part, bands, x_height)
        if split is not None:
            upper = (part[:, 1] + part[:, 3]) / 2 < split
            return _cut(boxes, members[upper], x_height, depth + 1) + _cut(boxes, members[~upper], x_height, depth + 1)
    bands = _gaps(part[:, 1], part[:, 3], BAND_HEIGHT * x_height)
    if not bands or depth >= MAX_DEPTH:
        return [members]
    edges = np.array([(a + b) / 2 for a, b in bands])
    row = np.searchsorted(edges, (part[:, 1] + part[:, 3]) / 2)
    return [block for k in range(len(edges) + 1) for block in _cut(boxes, members[row == k], x_height, depth + 1)]


def _heading_above_columns(part: np.ndarray, bands: list[tuple[float, float]], x_height: float) -> float | None:
    """Find a row to cut at so that a gutter appears above or below it; None if there is none."""
    middle = (part[:, 1] + part[:, 3]) / 2
    tried = 0
    for a, b in bands:
        row = (a + b) / 2
        for side in (part[middle >= row], part[middle < row]):
            if len(side) < 16:
                continue
            for gap in _gaps(side[:, 0], side[:, 2], GUTTER_WIDTH * x_height):
                if _is_gutter(side, gap[0], gap[1], x_height):
                    return row
                tried += 1
        if tried > MAX_TRIED:
            break
    return None


def find_blocks(boxes: np.ndarray, x_height: float) -> list[np.ndarray]:
    """Find blocks in reading order. boxes: (N, 4) of text components. Returns index arrays into ``boxes``."""
    if len(boxes) == 0:
        return []
    return [block for block in _cut(boxes, np.arange(len(boxes)), x_height, 0) if len(block)]
