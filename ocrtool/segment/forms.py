"""Boxes of forms: tick boxes, and rows of cells for one character each, whether boxes, combs or open combs."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from ocrtool.imaging.components import label_components
from ocrtool.segment.box_mates import has_corners, overlap, with_mates
from ocrtool.segment.cell_rows import CellRow, extended, group_cells, holds_single, is_divided, is_grid
from ocrtool.segment.closed_combs import with_combs
from ocrtool.segment.faint_strokes import at_half_size, with_faint_strokes
from ocrtool.segment.form_gate import likely_places
from ocrtool.segment.frames import OUTSIDE, find_frames, frame_ink, without_letters
from ocrtool.segment.open_combs import find_open_combs
from ocrtool.segment.quantiles import percentile
from ocrtool.segment.strokes import find_strokes

#: Sides of a tick box over the x-height of the page, least and greatest, and width over height.
TICK_SIDES, TICK_ASPECT = (1.2, 5.0), (0.75, 1.33)
#: Filled tick boxes: ink that holds squares of this side (x-heights), fills this share of its box, and has the size of
#: another tick box within this share; it begins so near to all four corners of its box, in widths of it.
BLOB, BLOB_FILL, BLOB_SIZE, BLOB_CORNER = 0.6, 0.7, 0.3, 0.25
#: Strokes of an open comb are at most so high, in widths of a cell.
STANDING = 0.75


def _no_boxes() -> np.ndarray:
    return np.zeros((0, 4), np.int32)


@dataclass(frozen=True, slots=True)
class FormBoxes:
    """Boxes of a form. ticks: (K, 4) int32 tick boxes; rows: of cells; ink: (H, W) bool, of all frames, or None."""

    ticks: np.ndarray = field(default_factory=_no_boxes)
    rows: tuple[CellRow, ...] = ()
    ink: np.ndarray | None = None


def find_form_boxes(
    ink: np.ndarray, x_height: float, least_side: float = 0.0, soft: np.ndarray | None = None
) -> FormBoxes:
    """Find tick boxes and cells.

    ink: (H, W) bool of an upright page; x_height: in its pixels; least_side: of boxes, in x-heights, where characters
    of the script look like smaller ones; soft: (H, W) uint8 soft ink, in which faint frames are looked for.
    """
    if not _may_have_boxes(ink, x_height) and (
        soft is None or not _may_have_boxes(at_half_size(soft, x_height), x_height / 2)
    ):
        return FormBoxes()
    plain = ink
    if soft is not None:
        ink = with_faint_strokes(ink, soft, x_height)
    strokes = find_strokes(ink, x_height)
    boxes = find_frames(ink, strokes, x_height)
    boxes = boxes[(boxes[:, 2:] - boxes[:, :2] >= least_side * x_height).all(axis=1)]
    boxes = with_combs(ink, boxes, x_height)
    rows, single = group_cells(boxes, strokes.level, x_height)
    rows = [row for row in rows if not is_grid(row, rows) and not is_divided(row, strokes.level)]
    rows = [extended(row, ink, x_height) for row in rows if holds_single(row, plain)]
    combs = [CellRow(cells) for cells in find_open_combs(ink, strokes, x_height)]
    combs = [row for row in combs if not any(overlap(row.box, other.box) for other in rows)]
    rows += combs
    cells = np.concatenate([row.boxes for row in rows]) if rows else _no_boxes()
    ticks = with_mates(ink, without_letters(ink, _tick_boxes(single, cells, x_height), x_height), cells)
    blobs = _tick_boxes(_blobs(ink, ticks, x_height), np.concatenate([ticks, cells]), x_height)
    ticks = np.concatenate([ticks, blobs])
    frames = frame_ink(ink, strokes, np.concatenate([ticks, cells]), x_height)
    for row in combs:
        frames |= _standing_ink(ink, row)
    return FormBoxes(ticks, tuple(rows), frames)


def _may_have_boxes(ink: np.ndarray, x_height: float) -> bool:
    """Return True if a page, (H, W) bool, has a frame or an open comb; most take a few milliseconds."""
    places = likely_places(ink, x_height)
    if sum(ink[place].size for place in places) > ink.size:  # of a picture: they overlap, and to go through all is dear
        places = [(slice(None), slice(None))]
    return any(_has_boxes(ink[place], x_height) for place in places)


def _has_boxes(ink: np.ndarray, x_height: float) -> bool:
    """Return True if a part of a page has a frame or an open comb."""
    part = np.ascontiguousarray(ink)
    strokes = find_strokes(part, x_height)
    return bool(len(find_frames(part, strokes, x_height)) or find_open_combs(part, strokes, x_height))


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
    square = [has_corners(solid[y0:y1, x0:x1] > 0, round(BLOB_CORNER * (x1 - x0))) for x0, y0, x1, y1 in boxes.tolist()]
    return np.asarray(boxes[full & near & np.array(square, bool)])


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
