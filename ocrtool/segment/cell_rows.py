"""Rows of cells of forms, for one character each: boxes that stand side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocrtool.segment.frames import covered_sides, frame_rims
from ocrtool.segment.quantiles import percentile

#: Cells of a row differ by less than this share in height and width, and follow each other within so many widths.
#: They are at least so high (x-heights): a capital is lower; and begin so many widths apart.
ALIKE, CELL_GAP, CELL_HEIGHT, NEAREST = 0.2, 1.3, 1.5, 0.75
#: A row may slope: its cells are compared with those within so many widths.
NEAR = 8.0
#: Cells may be missing between two that stand as far apart as if they were there, within this share of a width; at most
#: so many.
MISPLACED, MISSING = 0.2, 3
#: Cells whose left sides are nearer than this many widths are neighbours. Level strokes within so many pixels of the
#: edges of two cells join them if they cover this share of the columns between them; then any number may be missing.
BESIDE, EDGE, BRIDGED = 1.5, 6, 0.9
#: A gap between two cells so much wider than the usual one, in widths of a cell, is a space.
GROUP_GAP = 0.3
#: Share of each side and of all sides together that ink covers where another cell of a row is expected.
LIKELY_SIDE, LIKELY_FRAME = 0.6, 0.8
#: Where it is expected within so many widths.
OFF = 0.1
#: A rule runs through a cell if it covers so much of its width, and is farther from its edges than this share of its
#: height; share of the cells of a row that one runs through if they are those of a table.
THROUGH, INNER, DIVIDED = 0.85, 0.2, 0.5
#: Share of the cells with ink that may hold two characters side by side, this far apart (widths of a cell).
DOUBLE, DOUBLE_GAP = 0.34, 0.15
#: How far what is written into cells may reach beyond them, in heights and widths of a cell.
BEYOND, ASIDE = 0.35, 0.2


@dataclass(frozen=True, slots=True)
class CellRow:
    """Cells of a form for one character each. boxes: (N, 4) int32 x0 y0 x1 y1, from left to right."""

    boxes: np.ndarray

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Around all cells."""
        low, high = self.boxes[:, :2].min(axis=0), self.boxes[:, 2:].max(axis=0)
        return int(low[0]), int(low[1]), int(high[0]), int(high[1])

    @property
    def size(self) -> tuple[float, float]:
        """Typical width and height of a cell."""
        sides = self.boxes[:, 2:] - self.boxes[:, :2]
        return percentile(sides[:, 0], 50.0), percentile(sides[:, 1], 50.0)

    def members(self, boxes: np.ndarray) -> np.ndarray:
        """Return (N,) bool: True for components (N, 4) that are written into the cells."""
        x0, y0, x1, y1 = self.box
        width, height = self.size
        middle = (boxes[:, :2] + boxes[:, 2:]) / 2
        inside = (middle[:, 0] > x0 - ASIDE * width) & (middle[:, 0] < x1 + ASIDE * width)
        return np.asarray(inside & (middle[:, 1] > y0 - BEYOND * height) & (middle[:, 1] < y1 + BEYOND * height))

    @property
    def breaks(self) -> np.ndarray:
        """Return (N - 1,) bool: True where the gap behind a cell parts two groups."""
        gaps = (self.boxes[1:, 0] - self.boxes[:-1, 2]).astype(float)
        usual = percentile(gaps, 50.0) if len(gaps) else 0.0
        return np.asarray(gaps > usual + GROUP_GAP * self.size[0])


def group_cells(boxes: np.ndarray, level: np.ndarray, x_height: float) -> tuple[list[CellRow], np.ndarray]:
    """Group boxes (N, 4) that stand side by side. Returns the rows, and the boxes that stand alone.

    level: (H, W) uint8 mask of level strokes, which are the edges of the cells of a comb.
    """
    rows, alone = [], np.ones(len(boxes), bool)
    high = boxes[:, 3] - boxes[:, 1] >= CELL_HEIGHT * x_height
    for first in np.lexsort((boxes[:, 0], boxes[:, 1])).tolist():
        if not (alone[first] and high[first]):
            continue
        like = np.flatnonzero(_chained(boxes, alone & high, first))
        like = like[np.argsort(boxes[like, 0], kind="stable")]
        width = float(boxes[first, 2] - boxes[first, 0])
        steps = np.diff(boxes[like, 0]).astype(float)
        pitch = _pitch(steps, width)
        if pitch < NEAREST * width:  # they overlap, as in a screen
            continue
        even = np.abs(steps / pitch - (steps / pitch).round()) * pitch <= MISPLACED * width
        near = (steps <= (MISSING + 1) * pitch + MISPLACED * width) & (steps < BESIDE * width).any()
        apart = (steps - width > CELL_GAP * width) & ~(even & (near | _are_bridged(level, boxes[like])))
        for own in np.split(like, np.flatnonzero(apart) + 1):
            if len(own) > 1 and first in own:
                rows.append(CellRow(_completed(boxes[own], pitch)))
                alone[own] = False
    return rows, boxes[alone]


def _chained(boxes: np.ndarray, free: np.ndarray, first: int) -> np.ndarray:
    """Return (N,) bool: True for boxes (N, 4) of one row, each like one near it; the row may slope. free: (N,)."""
    found = np.zeros(len(boxes), bool)
    found[first] = True
    ahead = [first]
    while ahead:
        one = boxes[ahead.pop()]
        near = np.abs(boxes[:, 0] - one[0]) <= NEAR * (one[2] - one[0])
        fresh = free & near & ~found & _are_like(boxes, one)
        found |= fresh
        ahead += np.flatnonzero(fresh).tolist()
    return found


def _are_like(boxes: np.ndarray, one: np.ndarray) -> np.ndarray:
    """Return (N,) bool: True for boxes (N, 4) on the same row as ``one`` and of its size."""
    width, height = one[2:] - one[:2]
    level = (np.abs(boxes[:, [1, 3]] - one[[1, 3]]) <= ALIKE * height).all(axis=1)
    return np.asarray(level & (np.abs(boxes[:, 2] - boxes[:, 0] - width) <= ALIKE * width))


def _pitch(steps: np.ndarray, width: float) -> float:
    """Return the distance of neighbouring cells. steps: (N,) columns from one that was found to the next."""
    if not len(steps):
        return width
    near = steps[steps < BESIDE * width]
    if len(near):
        return float(percentile(near, 50.0))
    return float(steps.min()) / max(1, round(float(steps.min()) / width))


def _are_bridged(level: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Return (N - 1,) bool: True where level strokes join both edges of a box (N, 4) to those of the next."""
    bridged = np.zeros(max(0, len(boxes) - 1), bool)
    for k, (one, other) in enumerate(zip(boxes[:-1].tolist(), boxes[1:].tolist(), strict=True)):
        columns = slice(one[2], max(one[2] + 1, other[0]))
        edges = [(min(one[k], other[k]) - EDGE, max(one[k], other[k]) + EDGE) for k in (1, 3)]
        bridged[k] = all(level[max(0, low) : high, columns].any(axis=0).mean() >= BRIDGED for low, high in edges)
    return bridged


def _completed(boxes: np.ndarray, pitch: float) -> np.ndarray:
    """Add the cells that are missing within a row (N, 4): where two stand apart as if others were between them."""
    steps = np.diff(boxes[:, 0]).astype(float)
    width = float(percentile(boxes[:, 2] - boxes[:, 0], 50.0))
    cells = [boxes[:1]]
    for step, before, cell in zip(steps.tolist(), boxes[:-1], boxes[1:], strict=True):
        missing = round(step / pitch) - 1
        if missing > 0 and abs(step - (missing + 1) * pitch) <= MISPLACED * width:
            left = before[0] + np.arange(1, missing + 1) * step / (missing + 1)
            rows = np.full(missing, before[1]), np.full(missing, before[3])
            cells.append(np.stack([left, rows[0], left + width, rows[1]], axis=1).round().astype(np.int32))
        cells.append(cell[None])
    return np.concatenate(cells)


def extended(row: CellRow, ink: np.ndarray, x_height: float) -> CellRow:
    """Add the cells at the ends of a row whose frames are hidden by what is written into them."""
    boxes = row.boxes
    pitch, band = percentile(np.diff(boxes[:, 0]).astype(float), 50.0), max(3, round(0.25 * x_height))
    for end, direction in ((0, -1), (-1, 1)):
        while True:
            step = np.array([direction * pitch, 0.0, direction * pitch, 0.0])
            cell = _likely_cell(ink, (boxes[end] + step).round().astype(np.int32), band)
            if cell is None:
                break
            boxes = np.concatenate([cell[None], boxes] if direction < 0 else [boxes, cell[None]])
    return CellRow(boxes)


def _likely_cell(ink: np.ndarray, expected: np.ndarray, band: int) -> np.ndarray | None:
    """Return the cell (4,) near where one is expected whose sides ink covers the most; None if it covers too little."""
    reach = round(OFF * (expected[2] - expected[0]))
    best: tuple[float, np.ndarray] | None = None
    for shift in sorted(range(-reach, reach + 1), key=abs):
        cell = expected + np.array([shift, 0, shift, 0], np.int32)
        if cell[0] < 0 or cell[2] > ink.shape[1]:
            continue
        covered = covered_sides(ink, cell.tolist(), band)
        if (
            min(covered) >= LIKELY_SIDE
            and sum(covered) / 4 >= LIKELY_FRAME
            and (best is None or sum(covered) > best[0])
        ):
            best = sum(covered), cell
    return None if best is None else best[1]


def is_grid(row: CellRow, rows: list[CellRow]) -> bool:
    """Return True for cells with others right above or below them: a ruled table."""
    x0, y0, x1, y1 = row.box
    near = 0.3 * row.size[1]
    for other in rows:
        left, top, right, bottom = other.box
        beside = min(x1, right) - max(x0, left) > 0.5 * min(x1 - x0, right - left)
        if other is not row and beside and (abs(top - y1) < near or abs(bottom - y0) < near):
            return True
    return False


def is_divided(row: CellRow, level: np.ndarray) -> bool:
    """Return True if a level rule runs through half of the cells from side to side: they are several of a table.

    Upright strokes do not tell: figures written into cells are such. level: (H, W) uint8 mask of level strokes.
    """
    divided = 0
    for x0, y0, x1, y1 in row.boxes.tolist():
        strokes = level[y0:y1, x0:x1]
        inner = strokes[round(INNER * len(strokes)) : round((1 - INNER) * len(strokes))]
        divided += bool(inner.size and inner.mean(axis=1).max() >= THROUGH)
    return divided >= DIVIDED * len(row.boxes)


def holds_single(row: CellRow, ink: np.ndarray) -> bool:
    """Return False if many cells hold several characters side by side."""
    inked = double = 0
    for x0, y0, x1, y1 in row.boxes.tolist():
        left, top, right, bottom = frame_rims(ink[y0:y1, x0:x1])
        columns = ink[y0 + top : y1 - bottom, x0 + left : x1 - right].any(axis=0)
        filled = np.flatnonzero(columns)
        if len(filled):
            inked += 1
            double += bool((np.diff(filled) > 1 + DOUBLE_GAP * (x1 - x0)).any())
    return double <= DOUBLE * inked
