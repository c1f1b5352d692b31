"""Strips: lines as the line reader sees them, low, level, at a fixed x-height, with long gaps shortened.

A strip keeps what a line image of `ocrtool.segment.rectify` loses: specks between its letters, which may be decimal
points, and the slant. Other lines' ink, rules and pictures are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ocrtool.imaging.affine import compose, scale_of
from ocrtool.imaging.page import PreparedPage
from ocrtool.segment.layout import Layout, find_text
from ocrtool.segment.quantiles import percentile
from ocrtool.segment.rectify import level, line_map, own_mask
from ocrtool.segment.types import LineRegion

#: Rows of a strip, its x-height in pixels, and the row of its baseline: 2 x-heights of room above, 0.8 below.
STRIP_ROWS = 40
STRIP_X_HEIGHT = 14
STRIP_BASELINE = 29.0
#: x-height in pixels of the page on which lines are found.
LAYOUT_X_HEIGHT = 15.0
#: Paper kept left and right of the ink, and the widest gap kept between ink, in x-heights.
STRIP_MARGIN = 0.6
LONGEST_GAP = 3.0
#: Gap kept between the characters of neighbouring boxes of a comb, in x-heights.
COMB_GAP = 0.3
#: Maximum width of a strip in pixels, for memory: 850 x-heights, a line of some 800 characters; the rest is cut off.
MAX_WIDTH = 12_000
#: Strips are warped at this multiple of their size and averaged down, so that thin strokes survive.
OVERSAMPLING = 2
#: Ink is stretched to full strength if this percentile of it is weaker.
INK_PERCENTILE, FULL_INK, LEAST_INK = 80, 230.0, 24.0
#: Ink that the threshold of the page missed counts from this share of the strength of the line's ink on, as near to it
#: as this (x-heights): farther away it is the grain of the paper.
FAINT_INK, FAINT_REACH = 0.3, 0.2
#: Ink of a line that may be cut off above and below, such as specks taken for accents, as a share of it and in
#: square x-heights; how far the rest stays from the strip's edges (rows).
CUT_SHARE, CUT_AREA, EDGE_ROWS = 0.004, 0.15, 1.0
#: Soft ink below this is paper where gaps are measured.
GAP_LEVEL = 48
#: Views make a line smaller than its own x-height says by this factor at most, so that its tallest strokes fit.
MOST_SHRUNK = 1.75


@dataclass(frozen=True, slots=True)
class Strip:
    """A line ready for the line reader.

    soft: (STRIP_ROWS, W) uint8 soft ink, baseline level at STRIP_BASELINE, x-height STRIP_X_HEIGHT; columns: (W,)
    float32, where each column stood before gaps were shortened; to_page: (2, 3) float64, pixel before gaps were
    shortened -> working page pixel.
    """

    soft: np.ndarray
    columns: np.ndarray
    to_page: np.ndarray

    def page_columns(self, columns: np.ndarray) -> np.ndarray:
        """Map columns (n,) of the strip to columns before gaps were shortened, between pixels too."""
        return np.asarray(np.interp(columns, np.arange(len(self.columns)), self.columns))


@dataclass(frozen=True, slots=True)
class View:
    """Another cut of a line: smaller by ``shrink``, wider by ``stretch``, upright if its strokes lean by ``shear``.

    shear: columns per row upward.
    """

    shrink: float = 1.0
    stretch: float = 1.0
    shear: float = 0.0


def find_strip_layout(page: PreparedPage) -> Layout | None:
    """Find the lines of a page for strips; None if there are none.

    The page on which lines are found is small, which is cheap: the pixels of strips come from the input.
    """
    return find_text(page, wanted=LAYOUT_X_HEIGHT)


def cut_strip(layout: Layout, region: LineRegion) -> Strip:
    """Cut the strip of one line from the input.

    A line that is too tall for the strip, such as hand-printing behind a small printed label, is made smaller.
    """
    return _cut(layout, replace(region, x_height=_fitting_x_height(layout, region)), View())


def cut_views(layout: Layout, region: LineRegion, views: Sequence[View]) -> list[Strip]:
    """Cut other strips of a line. Long tails and loops that would make its letters too small are cut off."""
    x_height = min(_fitting_x_height(layout, region), MOST_SHRUNK * region.x_height)
    return [_cut(layout, replace(region, x_height=x_height * view.shrink), view) for view in views]


def _cut(layout: Layout, region: LineRegion, view: View) -> Strip:
    """Cut the strip of a line at the scale of the region's x-height, stretched and sheared as the view says."""
    lean = np.array([[view.stretch, view.stretch * view.shear], [0.0, 1.0]])
    turn = lean @ level(region.slope, OVERSAMPLING * STRIP_X_HEIGHT / region.x_height)
    margin = OVERSAMPLING * STRIP_MARGIN * STRIP_X_HEIGHT
    to_large, width = line_map(region, turn, margin, OVERSAMPLING * STRIP_BASELINE)
    size = (OVERSAMPLING * int(np.clip(np.ceil(width / OVERSAMPLING), 4, MAX_WIDTH)), OVERSAMPLING * STRIP_ROWS)
    mask, strength = _own_band(layout, region, to_large, size)
    ink = _warp_input(layout, to_large, size)
    large = cv2.multiply(ink, mask, scale=1.0 / strength)
    soft = cv2.resize(large, (size[0] // OVERSAMPLING, STRIP_ROWS), interpolation=cv2.INTER_AREA)
    shrink = np.diag([1.0 / OVERSAMPLING] * 2)
    half = (1.0 / OVERSAMPLING - 1.0) / 2.0  # of a pixel: averaging moves the middles of pixels
    to_strip = np.hstack([shrink @ to_large[:, :2], shrink @ to_large[:, 2:] + half])
    kept = _kept_columns(soft, _cell_columns(layout, region, to_strip))
    return Strip(soft[:, kept], kept.astype(np.float32), cv2.invertAffineTransform(to_strip))


def _cell_columns(layout: Layout, region: LineRegion, to_strip: np.ndarray) -> np.ndarray:
    """Return the columns of the strip, (M,), where neighbouring cells meet that the line is written into."""
    if region.cells < 0:
        return np.zeros(0)
    row = layout.components.rows[region.cells]
    boxes = row.boxes.astype(float)
    meet = ((boxes[:-1, 2] + boxes[1:, 0]) / 2)[~row.breaks]
    points = np.stack([meet, np.full(len(meet), (boxes[0, 1] + boxes[0, 3]) / 2)], axis=1)
    return np.asarray(points @ to_strip[0, :2] + to_strip[0, 2])


def upside_down(strip: Strip) -> Strip:
    """Return the strip turned by 180 degrees; what was above the small letters, and fits no more, is cut off."""
    soft = np.zeros_like(strip.soft)
    drop = round(2 * STRIP_BASELINE) - STRIP_X_HEIGHT - STRIP_ROWS
    soft[drop:] = strip.soft[::-1, ::-1][: STRIP_ROWS - drop]
    return replace(strip, soft=soft)


def mirrored(strip: Strip) -> Strip:
    """Return the strip with left and right exchanged."""
    return replace(strip, soft=np.ascontiguousarray(strip.soft[:, ::-1]))


def _fitting_x_height(layout: Layout, region: LineRegion) -> float:
    """Return the x-height by which to scale the line: larger than its own if its ink would not fit into the strip."""
    x0, y0, x1, y1 = region.box
    inked = np.flatnonzero(layout.line_labels[y0:y1, x0:x1] == region.label)
    if len(inked) == 0:
        return region.x_height
    ys, xs = np.divmod(inked, x1 - x0)  # several times as fast as ``np.nonzero`` of two dimensions
    rise = region.slope * (xs + x0) + region.intercept - (ys + y0)
    spared = min(len(rise) - 1, int(max(CUT_SHARE * len(rise), CUT_AREA * region.x_height**2)))
    low, high = np.partition(rise, [spared, len(rise) - 1 - spared])[[spared, len(rise) - 1 - spared]]
    rows = max(high / (STRIP_BASELINE - EDGE_ROWS), -low / (STRIP_ROWS - STRIP_BASELINE - EDGE_ROWS))
    return max(region.x_height, float(rows) * STRIP_X_HEIGHT)


def _own_band(
    layout: Layout, region: LineRegion, to_large: np.ndarray, size: tuple[int, int]
) -> tuple[np.ndarray, float]:
    """Return where the line's own ink may be in the large strip, (h, w) uint8 0..255, and the strength of its ink.

    Ink is kept with a rim, specks that belong to nothing included; other lines' ink, rules, pictures and the grain of
    the paper are not.
    """
    unit = region.x_height / STRIP_X_HEIGHT
    x0, _, x1, _ = region.box
    ends = [region.slope * x + region.intercept for x in (x0, x1)]
    top = int(np.floor(min(ends) - unit * STRIP_BASELINE)) - 2
    bottom = int(np.ceil(max(ends) + unit * (STRIP_ROWS - STRIP_BASELINE))) + 2
    height, width = layout.line_labels.shape
    reach = int(np.ceil(STRIP_MARGIN * region.x_height)) + 2
    x0, x1 = max(0, x0 - reach), min(width, x1 + reach)
    y0, y1 = max(0, top), min(height, max(bottom, top + 1))
    if y1 <= y0:
        return np.zeros(size[::-1], np.uint8), 255.0
    labels = layout.line_labels[y0:y1, x0:x1]
    own = own_mask(labels, region.label)
    foreign = ((labels != region.label) & (labels != 0)) | layout.components.removed[y0:y1, x0:x1]
    rim = cv2.dilate(foreign.astype(np.uint8), np.ones((3, 3), np.uint8))
    soft, mine = layout.page.soft[y0:y1, x0:x1], labels == region.label
    strength = percentile(soft[mine], INK_PERCENTILE) if mine.any() else 255.0
    near = cv2.dilate(mine.astype(np.uint8), np.ones((2 * round(FAINT_REACH * region.x_height) + 1,) * 2, np.uint8))
    faint = (near > 0) & (soft >= max(LEAST_INK, FAINT_INK * strength))
    inked = (layout.page.ink[y0:y1, x0:x1] | faint) & (labels == 0)
    specks = cv2.dilate(inked.astype(np.uint8), np.ones((3, 3), np.uint8))
    band = np.maximum(own, np.minimum(specks, 1 - rim)) * np.uint8(255)
    moved = to_large.copy()
    moved[:, 2] += to_large[:, :2] @ np.array([x0, y0], float)
    mask = cv2.warpAffine(band, moved, size, flags=cv2.INTER_LINEAR, borderValue=0)
    return mask, 255.0 if strength >= FULL_INK else max(strength, LEAST_INK)


def _warp_input(layout: Layout, to_large: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return the input's soft ink in the large strip, (h, w) uint8."""
    soft = layout.page.input_soft
    matrix = compose(to_large, cv2.invertAffineTransform(layout.page.to_soft))
    back = cv2.invertAffineTransform(matrix)
    corners = cv2.transform(np.array([[[0, 0], [size[0], 0], [0, size[1]], size]], np.float64), back)[0]
    low = np.clip(np.floor(corners.min(axis=0)).astype(int) - 3, 0, None)
    high = np.ceil(corners.max(axis=0)).astype(int) + 4
    cut = soft[low[1] : max(high[1], low[1] + 1), low[0] : max(high[0], low[0] + 1)]
    if cut.size == 0:
        return np.zeros(size[::-1], np.uint8)
    matrix[:, 2] += matrix[:, :2] @ low
    scale = scale_of(matrix)
    if scale < 0.6:
        cut = cv2.blur(cut, (max(2, round(0.7 / scale)),) * 2)
    flags = cv2.INTER_CUBIC if scale > 1.2 else cv2.INTER_LINEAR
    return np.asarray(cv2.warpAffine(cut, matrix, size, flags=flags, borderValue=0))


def _kept_columns(soft: np.ndarray, bars: np.ndarray) -> np.ndarray:
    """Return the indices of the columns that are kept: of a gap longer than LONGEST_GAP, its two ends.

    bars: (M,) columns where neighbouring boxes of a comb meet; of a gap with one of them a letter's gap is kept.
    """
    width = soft.shape[1]
    blank = soft.max(axis=0) < GAP_LEVEL
    edges = np.flatnonzero(np.diff(np.concatenate([[0], blank.astype(np.int8), [0]])))
    keep = np.ones(width, bool)
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        joined = len(bars) > 0 and start > 0 and end < width and np.count_nonzero((bars > start) & (bars < end)) == 1
        longest = round((COMB_GAP if joined else LONGEST_GAP) * STRIP_X_HEIGHT)
        if end - start > longest:
            half = longest // 2
            keep[(start + half if start else 0) : (end - half if end < width else width)] = False
    if not keep.any():
        keep[:8] = True
    return np.flatnonzero(keep)
