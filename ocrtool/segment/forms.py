"""Boxes of forms: tick boxes, and rows of cells for one character each, whether boxes, combs or open combs."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from ocrtool.imaging.components import label_components
from ocrtool.segment.open_combs import find_open_combs
from ocrtool.segment.quantiles import percentile
from ocrtool.segment.strokes import Strokes, find_rectangles, find_strokes, without_doubles

#: Sides of a tick box over the x-height of the page, least and greatest, and width over height.
TICK_SIDES, TICK_ASPECT = (1.2, 5.0), (0.75, 1.33)
#: Share of each of its sides that a frame's ink covers, and how far from its corners its ink may begin, in sides, right
#: and down together: the corners of frames may be round, but not as those of letters are.
SIDE_COVERED, CORNER = 0.72, 0.17
#: Pixels at the ends of a side that do not count.
ENDS = 3
#: The same for frames that are sure.
SURELY_COVERED, SURE_CORNER = 0.88, 0.1
#: How far from the sides of a box its frame may be, in x-heights, and in its sides if it is sure.
BAND, SURE_BAND = 0.25, 0.08
#: Frames are larger than letters are (x-heights) or sure, and white of this width is beside them (x-heights), or beside
#: another that has their size within this share.
LARGE, CLEAR, SAME_SIZE = 1.75, 0.35, 0.12
#: Of two boxes about one place the better covered one is taken, within this share the larger one.
WORTH_STEP = 0.06
#: Cells of a row differ by less than this share in height and width, and follow each other within so many widths.
#: They are at least so high (x-heights): a capital is lower.
ALIKE, CELL_GAP, CELL_HEIGHT = 0.2, 1.3, 1.5
#: Cells may be missing between two that stand as far apart as if they were there, within this share of a width; at most
#: so many.
MISPLACED, MISSING = 0.2, 3
#: A gap between two cells so much wider than the usual one, in widths of a cell, is a space.
GROUP_GAP = 0.3
#: Share of each side and of all sides together that ink covers where another cell of a row is expected.
LIKELY_SIDE, LIKELY_FRAME = 0.6, 0.8
#: Share of the cells with ink that may hold two characters side by side, this far apart (widths of a cell).
DOUBLE, DOUBLE_GAP = 0.34, 0.15
#: Filled tick boxes: ink that holds squares of this side (x-heights), fills this share of its box, and has the size of
#: another tick box within this share.
BLOB, BLOB_FILL, BLOB_SIZE = 0.6, 0.7, 0.3
#: Ink so many pixels outside a box may be its frame; a row of pixels along a side is frame if half of it is ink.
OUTSIDE, HALF = 2, 0.5
#: Strokes of an open comb are at most so high, in widths of a cell.
STANDING = 0.75
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


def _no_boxes() -> np.ndarray:
    return np.zeros((0, 4), np.int32)


@dataclass(frozen=True, slots=True)
class FormBoxes:
    """Boxes of a form. ticks: (K, 4) int32 tick boxes; rows: of cells; ink: (H, W) bool, the ink of all frames."""

    ink: np.ndarray
    ticks: np.ndarray = field(default_factory=_no_boxes)
    rows: tuple[CellRow, ...] = ()


def find_form_boxes(ink: np.ndarray, x_height: float) -> FormBoxes:
    """Find tick boxes and cells. ink: (H, W) bool of an upright page; x_height: in its pixels."""
    strokes = find_strokes(ink, x_height)
    boxes = _frames(ink, strokes, x_height)
    rows, single = _rows(boxes, x_height)
    rows = [_extended(row, ink, x_height) for row in rows if not _is_grid(row, rows) and _holds_single(row, ink)]
    combs = [CellRow(cells) for cells in find_open_combs(ink, strokes, x_height)]
    combs = [row for row in combs if not any(_overlap(row.box, other.box) for other in rows)]
    rows += combs
    cells = np.concatenate([row.boxes for row in rows]) if rows else _no_boxes()
    ticks = _tick_boxes(single, cells, x_height)
    blobs = _tick_boxes(_blobs(ink, ticks, x_height), np.concatenate([ticks, cells]), x_height)
    ticks = np.concatenate([ticks, blobs])
    frames = _frame_ink(ink, strokes, np.concatenate([ticks, cells]), x_height)
    for row in combs:
        frames |= _standing_ink(ink, row)
    return FormBoxes(frames, ticks, tuple(rows))


def _frames(ink: np.ndarray, strokes: Strokes, x_height: float) -> np.ndarray:
    """Return those of the rectangles of strokes that are frames, one for each place: (N, 4)."""
    boxes = find_rectangles(strokes, x_height)
    if not len(boxes):
        return boxes
    strict = np.array([_is_framed(ink, box, x_height, sure=True) for box in boxes.tolist()], bool)
    likely = np.array([_is_framed(ink, box, x_height, sure=False) for box in boxes.tolist()], bool)
    large = (boxes[:, 2:] - boxes[:, :2]).min(axis=1) >= LARGE * x_height
    beside = ink & ~cv2.dilate(strokes.level, np.ones((3, 3), np.uint8)).view(bool)  # edges of cells go on
    clear = np.where(large, _are_clear(beside, boxes, x_height), _are_clear(ink, boxes, x_height))
    sure = likely & strict & clear
    likely &= sure | ((strict | large) & _have_size_of(boxes, boxes[sure]))
    worth = np.array([min(_covered(ink, box, max(3, round(0.12 * x_height)))) for box in boxes.tolist()])
    return without_doubles(boxes[likely], (worth[likely] / WORTH_STEP).round())


def _is_framed(ink: np.ndarray, box: list[int], x_height: float, sure: bool) -> bool:
    """Return True if ink runs along all four sides of a box and into its corners, as around no letter.

    sure: True to be strict.
    """
    x0, y0, x1, y1 = box
    band = max(3, round(SURE_BAND * min(x1 - x0, y1 - y0) if sure else BAND * x_height))
    if min(_covered(ink, box, band)) < (SURELY_COVERED if sure else SIDE_COVERED):
        return False
    part = ink[max(0, y0 - 1) : y1 + 1, max(0, x0 - 1) : x1 + 1]
    reach = 2 + round((SURE_CORNER if sure else CORNER) * min(part.shape))
    corner = np.add.outer(np.arange(reach + 1), np.arange(reach + 1)) <= reach
    views = (part, part[:, ::-1], part[::-1], part[::-1, ::-1])
    return all((view[: reach + 1, : reach + 1] & corner[: view.shape[0], : view.shape[1]]).any() for view in views)


def _covered(ink: np.ndarray, box: list[int], band: int) -> list[float]:
    """Return the share of each side of a box but its ends that ink covers, within a band of so many pixels."""
    x0, y0, x1, y1 = box
    part = ink[max(0, y0 - 1) : y1 + 1, max(0, x0 - 1) : x1 + 1]
    sides = (part[:, :band], part[:, -band:], part[:band].T, part[-band:].T)
    return [float(side[ENDS:-ENDS].any(axis=1).mean()) for side in sides]


def _are_clear(ink: np.ndarray, boxes: np.ndarray, x_height: float) -> np.ndarray:
    """Return (N,) bool: True for boxes (N, 4) with white on both sides."""
    reach = max(3, round(CLEAR * x_height))
    sides = ((boxes[:, 0] - reach, boxes[:, 0] - 2), (boxes[:, 2] + 2, boxes[:, 2] + reach))
    clear = np.ones(len(boxes), bool)
    for lefts, rights in sides:
        for k, (low, high, (_, y0, _, y1)) in enumerate(zip(lefts, rights, boxes.tolist(), strict=True)):
            clear[k] &= not ink[y0:y1, max(0, low) : max(0, high)].any()
    return clear


def _have_size_of(boxes: np.ndarray, sure: np.ndarray) -> np.ndarray:
    """Return (N,) bool: True for boxes (N, 4) as large as one of ``sure`` (M, 4)."""
    sides, known = boxes[:, 2:] - boxes[:, :2], sure[:, 2:] - sure[:, :2]
    return np.asarray((np.abs(sides[:, None] - known) <= SAME_SIZE * known).all(axis=2).any(axis=1))


def _rows(boxes: np.ndarray, x_height: float) -> tuple[list[CellRow], np.ndarray]:
    """Group boxes (N, 4) that stand side by side. Returns the rows, and the boxes that stand alone."""
    rows, alone = [], np.ones(len(boxes), bool)
    high = boxes[:, 3] - boxes[:, 1] >= CELL_HEIGHT * x_height
    for first in np.lexsort((boxes[:, 0], boxes[:, 1])).tolist():
        if not (alone[first] and high[first]):
            continue
        like = np.flatnonzero(alone & high & _are_like(boxes, boxes[first]))
        like = like[np.argsort(boxes[like, 0], kind="stable")]
        width = float(boxes[first, 2] - boxes[first, 0])
        steps = np.diff(boxes[like, 0]).astype(float)
        pitch = float(steps.min()) if len(steps) else width
        even = (np.abs(steps / pitch - (steps / pitch).round()) * pitch <= MISPLACED * width) & (pitch < 1.5 * width)
        apart = (steps - width > CELL_GAP * width) & ~(even & (steps <= (MISSING + 1) * pitch + MISPLACED * width))
        for own in np.split(like, np.flatnonzero(apart) + 1):
            if len(own) > 1 and first in own:
                rows.append(CellRow(_completed(boxes[own])))
                alone[own] = False
    return rows, boxes[alone]


def _are_like(boxes: np.ndarray, one: np.ndarray) -> np.ndarray:
    """Return (N,) bool: True for boxes (N, 4) on the same row as ``one`` and of its size."""
    width, height = one[2:] - one[:2]
    level = (np.abs(boxes[:, [1, 3]] - one[[1, 3]]) <= ALIKE * height).all(axis=1)
    return np.asarray(level & (np.abs(boxes[:, 2] - boxes[:, 0] - width) <= ALIKE * width))


def _completed(boxes: np.ndarray) -> np.ndarray:
    """Add the cells that are missing within a row (N, 4): where two stand apart as if others were between them."""
    steps = np.diff(boxes[:, 0]).astype(float)
    width, pitch = float(percentile(boxes[:, 2] - boxes[:, 0], 50.0)), float(steps.min())
    cells = [boxes[:1]]
    for step, before, cell in zip(steps.tolist(), boxes[:-1], boxes[1:], strict=True):
        missing = round(step / pitch) - 1
        if missing > 0 and abs(step - (missing + 1) * pitch) <= MISPLACED * width:
            left = before[0] + np.arange(1, missing + 1) * step / (missing + 1)
            rows = np.full(missing, before[1]), np.full(missing, before[3])
            cells.append(np.stack([left, rows[0], left + width, rows[1]], axis=1).round().astype(np.int32))
        cells.append(cell[None])
    return np.concatenate(cells)


def _extended(row: CellRow, ink: np.ndarray, x_height: float) -> CellRow:
    """Add the cells at the ends of a row whose frames are hidden by what is written into them."""
    boxes = row.boxes
    pitch, band = percentile(np.diff(boxes[:, 0]).astype(float), 50.0), max(3, round(0.25 * x_height))
    for end, direction in ((0, -1), (-1, 1)):
        while True:
            step = np.array([direction * pitch, 0.0, direction * pitch, 0.0])
            cell = (boxes[end] + step).round().astype(np.int32)
            if cell[0] < 0 or cell[2] > ink.shape[1] or not _is_likely_cell(ink, cell.tolist(), band):
                break
            boxes = np.concatenate([cell[None], boxes] if direction < 0 else [boxes, cell[None]])
    return CellRow(boxes)


def _is_likely_cell(ink: np.ndarray, box: list[int], band: int) -> bool:
    """Return True if ink runs along most of the sides of a box."""
    covered = _covered(ink, box, band)
    return min(covered) >= LIKELY_SIDE and sum(covered) / 4 >= LIKELY_FRAME


def _is_grid(row: CellRow, rows: list[CellRow]) -> bool:
    """Return True for cells with others right above or below them: a ruled table."""
    x0, y0, x1, y1 = row.box
    near = 0.3 * row.size[1]
    for other in rows:
        left, top, right, bottom = other.box
        beside = min(x1, right) - max(x0, left) > 0.5 * min(x1 - x0, right - left)
        if other is not row and beside and (abs(top - y1) < near or abs(bottom - y0) < near):
            return True
    return False


def _holds_single(row: CellRow, ink: np.ndarray) -> bool:
    """Return False if many cells hold several characters side by side."""
    inked = double = 0
    for x0, y0, x1, y1 in row.boxes.tolist():
        margin = max(2, round(0.12 * (x1 - x0)))
        columns = ink[y0 + margin : y1 - margin, x0 + margin : x1 - margin].any(axis=0)
        filled = np.flatnonzero(columns)
        if len(filled):
            inked += 1
            double += bool((np.diff(filled) > 1 + DOUBLE_GAP * (x1 - x0)).any())
    return double <= DOUBLE * inked


def _overlap(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    return min(a[2], b[2]) > max(a[0], b[0]) and min(a[3], b[3]) > max(a[1], b[1])


def _tick_boxes(boxes: np.ndarray, cells: np.ndarray, x_height: float) -> np.ndarray:
    """Return those of single boxes (N, 4) that are tick boxes: square, and not within cells (M, 4)."""
    if not len(boxes):
        return boxes
    sides = boxes[:, 2:] - boxes[:, :2]
    aspect = sides[:, 0] / sides[:, 1]
    kept = (aspect >= TICK_ASPECT[0]) & (aspect <= TICK_ASPECT[1])
    kept &= (sides.min(axis=1) >= TICK_SIDES[0] * x_height) & (sides.max(axis=1) <= TICK_SIDES[1] * x_height)
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    for x0, y0, x1, y1 in cells.tolist():
        kept &= ~((middle[:, 0] >= x0) & (middle[:, 0] < x1) & (middle[:, 1] >= y0) & (middle[:, 1] < y1))
    return np.asarray(boxes[kept])


def _blobs(ink: np.ndarray, ticks: np.ndarray, x_height: float) -> np.ndarray:
    """Find squares of solid ink that are as large as one of the tick boxes (K, 4): filled ones, (N, 4)."""
    if not len(ticks):
        return ticks
    size = max(3, round(BLOB * x_height))
    closed = cv2.morphologyEx(ink.view(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    solid = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((size, size), np.uint8))
    if not solid.any():
        return ticks[:0]
    _, stats = label_components(solid)
    boxes = stats[1:, :4].astype(np.int32)
    boxes[:, 2:] += boxes[:, :2]
    full = stats[1:, 4] >= BLOB_FILL * np.maximum(1, stats[1:, 2] * stats[1:, 3])
    sides, known = boxes[:, 2:] - boxes[:, :2], ticks[:, 2:] - ticks[:, :2]
    near = (np.abs(sides[:, None] - known) <= BLOB_SIZE * known).all(axis=2).any(axis=1)
    return np.asarray(boxes[full & near])


def _standing_ink(ink: np.ndarray, row: CellRow) -> np.ndarray:
    """Return the ink (H, W) bool of the strokes between the cells of an open comb."""
    found: np.ndarray = np.zeros(ink.shape, bool)
    bottom, (width, height) = int(row.boxes[0, 3]), row.size
    bands, heights = [], []
    for column in np.unique(row.boxes[:, [0, 2]]).tolist():
        band = slice(max(0, column - OUTSIDE - 1), column + OUTSIDE + 2)
        above = np.asarray(ink[max(0, bottom - round(height)) : bottom, band].any(axis=1))[::-1]
        lowest = int(np.argmax(above)) if above.any() else 0
        run = np.asarray(above[lowest:])
        bands.append(band)
        heights.append(lowest + (len(run) if run.all() else int(np.argmin(run))))
    top = max(0, bottom - OUTSIDE - round(min(percentile(np.array(heights, float), 50.0), STANDING * width)))
    for band in bands:
        found[top:bottom, band] = True
    return np.asarray(found & ink, bool)


def _frame_ink(ink: np.ndarray, strokes: Strokes, boxes: np.ndarray, x_height: float) -> np.ndarray:
    """Return the ink (H, W) bool of the frames of boxes (N, 4): along their sides, and strokes near them."""
    found = np.zeros(ink.shape, bool)
    reach = max(3, round(0.25 * x_height))
    lines = cv2.dilate(strokes.level | strokes.upright, np.ones((3, 3), np.uint8)).view(bool)
    for x0, y0, x1, y1 in boxes.tolist():
        rows, columns = slice(max(0, y0 - OUTSIDE), y1 + OUTSIDE), slice(max(0, x0 - OUTSIDE), x1 + OUTSIDE)
        part, near, own = ink[rows, columns], lines[rows, columns], found[rows, columns]
        for side, stroke, mine in (
            (part.T, near.T, own.T),
            (part.T[::-1], near.T[::-1], own.T[::-1]),
            (part, near, own),
            (part[::-1], near[::-1], own[::-1]),
        ):
            band = OUTSIDE + reach
            thick = int(np.flatnonzero(side[:band].mean(axis=1) >= HALF).max(initial=OUTSIDE)) + 2
            mine[:thick] = True
            mine[:band] |= stroke[:band]
    return np.asarray(found & ink)
