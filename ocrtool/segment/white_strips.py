"""White strips that run down between the components of a page: where a gutter between columns may be."""

from __future__ import annotations

import cv2
import numpy as np

#: Gutter between columns, in x-heights: least width, and least height of the text on either side; a narrower one may
#: count from the last figure on.
GUTTER_WIDTH, GUTTER_HEIGHT, NARROW_WIDTH = 1.6, 9.0, 1.0
#: Fewer components are no column.
FEWEST = 8
#: Side of a cell of the grid on which white strips are found (x-heights).
CELL = 0.4
#: Widths and heights of the strips that are looked for (x-heights): wider than the gaps between words, and so tall that
#: such gaps do not stand above each other by chance.
STRIPS = ((GUTTER_WIDTH, GUTTER_HEIGHT), (GUTTER_WIDTH, 4.5), (NARROW_WIDTH, 12.0))
#: A strip is measured in the middle of its columns that are so tall, as a share of its tallest.
NEARLY = 0.75


def white_strips(boxes: np.ndarray, x_height: float) -> list[tuple[float, float, float, float]]:
    """Find upright white strips between boxes (N, 4): left, right, top, bottom of each, the tallest first."""
    cell = CELL * x_height
    origin = boxes[:, :2].min(axis=0)
    white = _white_cells((boxes - np.tile(origin, 2)) / cell)
    first = white.argmin(axis=1)  # text of each row of cells, from the left and from the right
    last = white.shape[1] - 1 - white[:, ::-1].argmin(axis=1)
    blank = white.all(axis=1)
    first[blank], last[blank] = white.shape[1], -1
    found = []
    for width, height in STRIPS:
        kernel = np.ones((round(height / CELL) | 1, max(1, int(width / CELL) - 1)), np.uint8)  # odd: it moves nothing
        strips = cv2.morphologyEx(white, cv2.MORPH_OPEN, kernel, borderValue=0)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(strips, connectivity=4)
        for k in range(1, count):
            x, y, w, h, _ = stats[k].tolist()
            if first[y : y + h].min() >= x + w or last[y : y + h].max() < x:  # text begins or ends here
                continue
            own = labels[y : y + h, x : x + w] == k
            counts = own.sum(axis=0)
            tall = np.flatnonzero(counts >= NEARLY * counts.max())
            column = int(tall[len(tall) // 2])  # the middle: beside the gaps of a heading above
            rows = np.flatnonzero(own[:, column]) + y
            top, bottom = origin[1] + rows[0] * cell, origin[1] + (rows[-1] + 1) * cell
            inside = boxes[(boxes[:, 1] < bottom) & (boxes[:, 3] > top)]
            at = origin[0] + (x + column + 0.5) * cell
            left, right = inside[inside[:, 2] <= at, 2], inside[inside[:, 0] >= at, 0]
            if min(len(left), len(right)) >= FEWEST:
                found.append((float(left.max()), float(right.min()), float(top), float(bottom)))
    return sorted(set(found), key=lambda strip: strip[2] - strip[3])


def _white_cells(boxes: np.ndarray) -> np.ndarray:
    """Return the cells of a grid that no box touches: (h, w) uint8. boxes: (N, 4) in cells."""
    low, high = np.floor(boxes[:, :2]).astype(int), np.ceil(boxes[:, 2:]).astype(int)
    change = np.zeros(high.max(axis=0)[::-1] + 1, np.int32)
    for rows, columns, step in ((low, low, 1), (high, high, 1), (low, high, -1), (high, low, -1)):
        np.add.at(change, (rows[:, 1], columns[:, 0]), step)
    return np.asarray(change.cumsum(axis=0).cumsum(axis=1)[:-1, :-1] == 0).astype(np.uint8)
