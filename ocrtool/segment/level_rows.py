"""Rows of text that are level and clear of each other, where ridges of the smoothed ink run into each other.

Ink is smoothed as the usual height of the page's components wants it. Type that is smaller, and set close, loses the
white between its rows then; but where all rows are level, the components themselves tell them apart.
"""

from __future__ import annotations

import numpy as np

from ocrtool.segment.gaps import split_at_gaps
from ocrtool.segment.quantiles import percentile

#: Components lower than this share of the usual height of a block are marks, and belong to no row by themselves.
BODY = 0.5
#: Rows are parted where no core of a component, all but this share of its height above and below, stands. The cores of
#: a row reach over no more than so many of its heights, and its parts behind gaps so wide (heights) differ in size by
#: no more than this factor: otherwise it is several, such as a heading beside smaller lines, or not level.
CORE, HIGHEST, GAP, ONE_SIZE = 0.25, 1.2, 3.0, 1.4
#: Fewer components are no row beside another that is nearer than this (heights), such as figures above the line.
FEWEST, NEAR = 3, 0.35
#: Lines disagree with rows where so many components of a row are on another line than the others, or so many of a line
#: on another row.
ASTRAY = 2
#: Number of a mark, and of what is in no row.
MARK, UNCLEAR = -1, -2


def level_rows(boxes: np.ndarray) -> np.ndarray | None:
    """Number the rows of components from the top: (n,) int64, `MARK` for marks, `UNCLEAR` in what is no row.

    boxes: (n, 4) of a block. Returns None if most are in no row, or all in one.
    """
    heights = (boxes[:, 3] - boxes[:, 1]).astype(np.float64)
    body = np.flatnonzero(heights > BODY * percentile(heights, 75.0))
    if len(body) < 2 * FEWEST:
        return None
    top, bottom = boxes[body, 1] + CORE * heights[body], boxes[body, 3] - CORE * heights[body]
    order = np.argsort(top, kind="stable")
    reach = np.maximum.accumulate(bottom[order])
    rows = np.split(body[order], np.flatnonzero(top[order][1:] > reach[:-1]) + 1)
    rows = _with_neighbours(rows, boxes)
    number, count = np.full(len(boxes), MARK, np.int64), 0
    for row in rows:
        if _is_row(boxes[row]):
            number[row], count = count, count + 1
        else:
            number[row] = UNCLEAR
    return number if count > 1 and 2 * np.count_nonzero(number >= 0) > len(body) else None


def _is_row(boxes: np.ndarray) -> bool:
    """Return True if components (n, 4) without white between them from the top to the bottom are one level row."""
    heights = (boxes[:, 3] - boxes[:, 1]).astype(np.float64)
    typical, core = percentile(heights, 75.0), CORE * heights
    if (boxes[:, 3] - core).max() - (boxes[:, 1] + core).min() > HIGHEST * typical:
        return False
    parts = split_at_gaps(boxes, GAP * typical)
    sizes = [percentile(heights[part], 75.0) for part in parts if len(part) >= FEWEST]
    return not sizes or max(sizes) <= ONE_SIZE * min(sizes)


def _with_neighbours(rows: list[np.ndarray], boxes: np.ndarray) -> list[np.ndarray]:
    """Join rows of a few components to the nearest one, if it is near."""
    spans = [(percentile(boxes[row, 1], 50.0), percentile(boxes[row, 3], 50.0)) for row in rows]
    joined: list[list[np.ndarray]] = [[row] for row in rows]
    for k, row in enumerate(rows):
        if len(row) >= FEWEST:
            continue
        near = [other for other in (k - 1, k + 1) if 0 <= other < len(rows) and len(rows[other]) >= FEWEST]
        white = {other: max(spans[k][0], spans[other][0]) - min(spans[k][1], spans[other][1]) for other in near}
        best = min(white, key=lambda other: white[other], default=-1)
        if best >= 0 and white[best] < NEAR * (spans[best][1] - spans[best][0]):
            joined[best].append(row)
            joined[k] = []
    return [np.concatenate(parts) for parts in joined if parts]


def disagree(line: np.ndarray, far: np.ndarray, number: np.ndarray) -> bool:
    """Return True if lines found otherwise part a row, or have parts of several.

    line: (n,) of each component; far: (n,) bool, on none; number: (n,) its row, as of `level_rows`.
    """
    known = (number >= 0) & ~far
    table = np.zeros((int(line.max()) + 1, int(number.max()) + 1), np.int64)
    np.add.at(table, (line[known], number[known]), 1)
    second = [np.sort(table, axis=axis).take(-2, axis=axis).max() for axis in (0, 1) if table.shape[axis] > 1]
    return max(second, default=0) >= ASTRAY


def middle_lines(boxes: np.ndarray, number: np.ndarray, width: int) -> list[np.ndarray]:
    """Return the middle of each row at each column: (width,) float each, from the top.

    boxes, number: as of `level_rows`.
    """
    x, y = ((boxes[:, k] + boxes[:, k + 2]) / 2 for k in (0, 1))
    columns = np.arange(width, dtype=np.float64)
    found = []
    for k in range(int(number.max()) + 1):
        own = np.flatnonzero(number == k)
        about = x[own] - x[own].mean()
        slope = float(about @ y[own] / (about @ about)) if len(own) > FEWEST else 0.0
        found.append(percentile(y[own] - slope * about, 50.0) + slope * (columns - x[own].mean()))
    return found
