"""Lines of handwriting as strips of fixed geometry, from which patches are cut.

A strip keeps what is characteristic of the writer: slant, and the proportions of letter heights and stroke widths. It
removes what depends on the scanner: resolution, skew, grey values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocrtool.imaging.affine import scale_of
from ocrtool.imaging.ink import ink_mask
from ocrtool.imaging.page import WINDOW_X_HEIGHTS
from ocrtool.imaging.prepare import prepare
from ocrtool.segment.layout import Layout, find_text
from ocrtool.segment.rectify import level, line_map, own_mask
from ocrtool.segment.types import LineRegion

#: Rows of a strip, the side of a patch. DeepWriter (Xing & Qiao, 2016) cuts its lines to this height.
STRIP_ROWS = 113
#: x-height of a strip in pixels, and the row of its baseline: 2.9 x-heights above and 1.6 below, for handwriting with
#: long ascenders and descenders.
STRIP_X_HEIGHT = 25.0
BASELINE_ROW = 72.0
#: Least value of an ink pixel of a strip.
INK = 128
#: Number of rows of letter bodies at an x-height of STRIP_X_HEIGHT, and the last of them (`body_rows`).
BODY_ROWS, BODY_BOTTOM = 24.2, 70.6
#: Passes of measuring the body height, bounds of its correction factor per pass, and of the baseline's in rows.
BODY_PASSES, BODY_RATIOS, MOST_OFF = 2, (0.6, 1.6), 8.0
#: Maximum width of a strip in pixels, beyond any sheet of paper; longer ones are truncated.
MAX_WIDTH = 40_000
#: A line whose x-height differs by more than this (octaves) from the page's is a title or note, and keeps its own.
OWN_HEIGHT_OCTAVES = 0.6
#: Paper left and right of the ink, in pixels.
SIDE_MARGIN = 8
#: Paper kept around a line when it is cut out, in working pixels.
RIM = 3


@dataclass(frozen=True, slots=True)
class Strip:
    """A line at fixed geometry.

    image: (STRIP_ROWS, W) uint8, 255 = ink, smoothed by resampling; to_input: (2, 3) float64, strip -> input pixel;
    x_height: of the writing, in input pixels.
    """

    image: np.ndarray
    to_input: np.ndarray
    x_height: float


def find_strips(gray: np.ndarray) -> list[Strip]:
    """Find the lines of a page in reading order; none if it is blank. gray: (H, W) uint8, any polarity, resolution."""
    page = prepare(gray)
    layout = None if page is None else find_text(page)
    return [] if page is None or layout is None else cut_strips(page.soft, layout)


def cut_strips(soft: np.ndarray, layout: Layout) -> list[Strip]:
    """Cut the lines of a page with known layout. soft: (H, W) uint8 soft ink of the input.

    All lines are scaled by the page's x-height, since a line's is an estimate from a few letters. The x-height and the
    distance of letter bottoms from the baselines are then refined on all strips together.
    """
    ink = page_ink(soft, layout.x_height * layout.page.input_scale)
    x_height, drop = layout.x_height, 0.0
    strips = _cut_all(ink, layout, x_height, drop)
    for _ in range(BODY_PASSES if strips else 0):
        top, bottom = body_rows(strips)
        ratio = float(np.clip((bottom - top) / BODY_ROWS, *BODY_RATIOS))
        off = bottom - BODY_BOTTOM
        if abs(ratio - 1.0) < 0.02 and abs(off) < 1.0:
            break
        x_height, drop = x_height * ratio, drop + float(np.clip(off, -MOST_OFF, MOST_OFF)) / ratio
        strips = _cut_all(ink, layout, x_height, drop) or strips
    return strips


def body_rows(strips: Sequence[Strip]) -> tuple[float, float]:
    """Find the first and last row of letter bodies, over all strips.

    These are the rows that cross at least half as many strokes as the row that crosses most: each row of the bodies
    crosses about as many upright strokes, whoever the writer.
    """
    dark = [strip.image >= INK for strip in strips]
    counts = sum((image[:, 1:] & ~image[:, :-1]).sum(axis=1) for image in dark)
    rows = cv2.GaussianBlur(np.asarray(counts, np.float32)[:, None], (1, 0), 1.5, borderType=cv2.BORDER_CONSTANT)[:, 0]
    peak = int(rows.argmax())
    half = 0.5 * rows[peak]
    below = np.flatnonzero(rows[peak:] < half)
    above = np.flatnonzero(rows[: peak + 1] < half)
    last = peak + int(below[0]) if len(below) else STRIP_ROWS - 1
    first = int(above[-1]) if len(above) else 0
    # interpolate between the row below half and its neighbour above half
    top = (
        first + float((half - rows[first]) / max(1e-6, rows[min(first + 1, peak)] - rows[first])) if len(above) else 0.0
    )
    drop = float((rows[last - 1] - half) / max(1e-6, rows[last - 1] - rows[last])) if len(below) else 1.0
    return top, last - 1 + drop


def _cut_all(ink: np.ndarray, layout: Layout, x_height: float, drop: float) -> list[Strip]:
    strips = [_strip(ink, layout, region, x_height, drop) for region in layout.lines]
    return [strip for strip in strips if strip is not None]


def page_ink(soft: np.ndarray, x_height: float) -> np.ndarray:
    """Threshold ink at the input's resolution, (H, W) uint8 of 0 and 255, so that grey and two-level scans are alike.

    soft: (H, W) uint8 soft ink of the input; x_height: of the writing in input pixels.
    """
    mask = ink_mask(soft, round(WINDOW_X_HEIGHTS * x_height))
    scaled: np.ndarray = mask.astype(np.uint8) * np.uint8(255)
    return scaled


def _strip(ink: np.ndarray, layout: Layout, region: LineRegion, x_height: float, drop: float) -> Strip | None:
    """Cut one line, level and to scale, without its neighbours' ink; None if it has no ink.

    x_height: of the page, in working pixels; drop: rows by which letter bottoms are below the baseline, corrected for.
    """
    own_height = abs(np.log2(region.x_height / layout.x_height)) > OWN_HEIGHT_OCTAVES
    x_height = region.x_height if own_height else x_height
    turn = level(region.slope, STRIP_X_HEIGHT / x_height)
    matrix, width = line_map(region, turn, SIDE_MARGIN, BASELINE_ROW - drop)
    width = int(np.clip(width, STRIP_ROWS, MAX_WIDTH))
    to_page = cv2.invertAffineTransform(matrix)
    to_input = layout.page.to_input @ np.vstack([to_page, [0.0, 0.0, 1.0]])
    image = _resampled(ink, to_input, width)
    mask = cv2.warpAffine(
        _rimmed_mask(layout.line_labels, region),
        _moved(to_page, region.box),
        (width, STRIP_ROWS),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
    )
    image[mask < 128] = 0
    return Strip(image, to_input, x_height * layout.page.input_scale) if image.any() else None


def _rimmed_mask(line_labels: np.ndarray, region: LineRegion) -> np.ndarray:
    """Mask the line's ink within its box and a rim: (h, w) uint8 of 0 and 255."""
    x0, y0, x1, y1 = _rimmed(region.box)
    mask: np.ndarray = own_mask(line_labels[y0:y1, x0:x1], region.label) * np.uint8(255)
    return mask


def _rimmed(box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    return max(0, box[0] - RIM), max(0, box[1] - RIM), box[2] + RIM, box[3] + RIM


def _moved(to_page: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
    """Shift the map ``to_page`` to the crop of ``box``."""
    moved: np.ndarray = to_page.copy()
    moved[:, 2] -= _rimmed(box)[:2]
    return moved


def _resampled(ink: np.ndarray, to_input: np.ndarray, width: int) -> np.ndarray:
    """Resample ink to a strip (STRIP_ROWS, width) uint8; a scan finer than the strip is smoothed first."""
    corners = np.array([[0, 0], [width, 0], [0, STRIP_ROWS], [width, STRIP_ROWS]], float)
    where = corners @ to_input[:, :2].T + to_input[:, 2]
    low = np.maximum(0, np.floor(where.min(axis=0)).astype(int) - RIM)
    high = np.ceil(where.max(axis=0)).astype(int) + RIM
    cut = ink[low[1] : high[1], low[0] : high[0]]
    if cut.size == 0:
        return np.zeros((STRIP_ROWS, width), np.uint8)
    matrix = to_input.copy()
    matrix[:, 2] -= low
    shrink = scale_of(to_input)
    cut = cv2.GaussianBlur(cut, (0, 0), 0.45 * max(1.0, shrink))
    return cv2.warpAffine(cut, matrix, (width, STRIP_ROWS), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
