"""Rows of a block whose type is much larger or smaller than that of the page, such as the totals of a receipt."""

from __future__ import annotations

import numpy as np

from ocrtool.segment.quantiles import percentile

#: Rows are parted where no core of a component, the middle half of its height, stands. Lower components than this share
#: of the high ones of a row do not count.
CORE, BODY = 0.25, 0.4
#: A row is of another size if its components are smaller or larger than those of the page by these factors, and if it
#: has so many of them.
SMALLER, LARGER, FEWEST = 0.62, 1.6, 3
#: Rows of components lower than this share of the page's are dots of a line above them.
DOTS = 0.25
#: Two rows are one if the white between their typical boxes is lower than this share of the lower ones: commas, quotes,
#: the halves of a line that a rule or a crack parts.
CLEAR = 0.7
#: A row is of the dots of the letters below if it is lower than this share of them, so near, and of fewer components.
MARK, MARK_WHITE = 0.5, 0.5
#: A mark is of the row that it is least outside of; between rows the distance from their middles counts so much.
NEAREST = 0.05
#: Neighbouring rows are of one size if theirs differ by no more than this factor.
SAME = 1.35


def by_type_size(boxes: np.ndarray, height: float) -> list[tuple[np.ndarray, float]]:
    """Part the components of a block where the size of its type changes.

    boxes: (N, 4); height: typical height of the page's components. Returns the indices of each part's components, from
    the top, and their typical height; one part of the page's where all is of about that size.
    """
    whole = [(np.arange(len(boxes)), height)]
    heights = (boxes[:, 3] - boxes[:, 1]).astype(np.float64)
    counted = np.flatnonzero(heights > BODY * SMALLER * height / 2)
    if len(counted) < 2 * FEWEST:
        return whole
    core = CORE * heights
    order = counted[np.argsort((boxes[:, 1] + core)[counted], kind="stable")]
    reach = np.maximum.accumulate((boxes[:, 3] - core)[order])
    begins = np.flatnonzero((boxes[:, 1] + core)[order][1:] > reach[:-1]) + 1
    rows = _whole_rows(np.split(order, begins), boxes)
    telling = np.array([len(row) >= FEWEST and percentile(heights[row], 50.0) >= DOTS * height for row in rows])
    if not telling.any():
        return whole
    middles = np.array([percentile((boxes[row, 1] + boxes[row, 3]) / 2, 50.0) for row in rows])
    sizes = np.array([_size(heights[row], height) for row in rows])
    nearest = np.abs(middles[:, None] - middles[None, telling]).argmin(axis=1)
    sizes = np.where(telling, sizes, sizes[telling][nearest])
    if (sizes == height).all():
        return whole
    parts = np.concatenate([[0], np.cumsum(_changes(sizes))])
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    tops, bottoms = (np.array([percentile(boxes[row, edge], q) for row in rows]) for edge, q in ((1, 10.0), (3, 90.0)))
    outside = np.maximum(np.maximum(tops - middle[:, None], middle[:, None] - bottoms), 0.0)  # of several lines, too
    part = parts[(outside + NEAREST * np.abs(middle[:, None] - middles)).argmin(axis=1)]
    for row, number in zip(rows, parts.tolist(), strict=True):
        part[row] = number
    return [
        (np.flatnonzero(part == k), percentile(sizes[parts == k], 50.0))
        for k in range(int(parts[-1]) + 1)
        if (part == k).any()
    ]


def _whole_rows(rows: list[np.ndarray], boxes: np.ndarray) -> list[np.ndarray]:
    """Join rows with too little white between their typical boxes for lines."""
    joined = rows[:1]
    for row in rows[1:]:
        above, below = ([percentile(boxes[members, edge], 50.0) for edge in (1, 3)] for members in (joined[-1], row))
        high, low = above[1] - above[0], below[1] - below[0]
        marks = high < MARK * low and len(joined[-1]) < len(row)
        if below[0] - above[1] < (MARK_WHITE * low if marks else CLEAR * min(high, low)):
            joined[-1] = np.concatenate([joined[-1], row])
        else:
            joined.append(row)
    return joined


def _size(heights: np.ndarray, usual: float) -> float:
    """Return the typical height of a row's components; the page's if it differs little."""
    body = heights[heights > BODY * percentile(heights, 90.0)]
    typical = percentile(body, 50.0)
    if SMALLER * usual <= typical <= LARGER * usual:
        return usual
    return typical


def _changes(sizes: np.ndarray) -> np.ndarray:
    """Return (n - 1,) bool: where the size of a row differs from that of the row above."""
    ratio = sizes[1:] / sizes[:-1]
    return np.asarray((ratio > SAME) | (ratio < 1 / SAME))
