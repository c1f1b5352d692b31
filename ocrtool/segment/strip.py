"""Strips: lines as the line reader sees them, low, level, at a fixed x-height, with long gaps shortened.

A strip keeps what a line image of `ocrtool.segment.rectify` loses: specks between its letters, which may be decimal
points, and the slant. Other lines' ink, rules and pictures are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from ocrtool.imaging.affine import scale_of
from ocrtool.segment.layout import Layout
from ocrtool.segment.rectify import MAX_WIDTH, level, line_map, own_mask
from ocrtool.segment.types import LineRegion

#: Rows of a strip, its x-height in pixels, and the row of its baseline: 2 x-heights of room above, 0.8 below.
STRIP_ROWS = 40
STRIP_X_HEIGHT = 14
STRIP_BASELINE = 29.0
#: Paper kept left and right of the ink, and the widest gap kept between ink, in x-heights.
STRIP_MARGIN = 0.6
LONGEST_GAP = 3.0
#: Strips are warped at this multiple of their size and averaged down, so that thin strokes survive.
OVERSAMPLING = 2
#: Ink is stretched to full strength if this percentile of it is weaker.
INK_PERCENTILE, FULL_INK, LEAST_INK = 80, 230.0, 24.0
#: Share of a line's ink that may be cut off above and below, and how far the rest stays from the strip's edges (rows).
CUT_SHARE, EDGE_ROWS = 0.004, 1.0
#: Soft ink below this is paper where gaps are measured.
GAP_LEVEL = 48


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


def cut_strip(layout: Layout, region: LineRegion) -> Strip:
    """Cut the strip of one line from the working page.

    A line that is too tall for the strip, such as hand-printing behind a small printed label, is made smaller.
    """
    region = replace(region, x_height=_fitting_x_height(layout, region))
    turn = level(region.slope, OVERSAMPLING * STRIP_X_HEIGHT / region.x_height)
    margin = OVERSAMPLING * STRIP_MARGIN * STRIP_X_HEIGHT
    matrix, width = line_map(region, turn, margin, OVERSAMPLING * STRIP_BASELINE)
    width = OVERSAMPLING * int(np.clip(np.ceil(width / OVERSAMPLING), 4, MAX_WIDTH))
    cut, (x0, y0) = _cut_band(layout, region)
    matrix[:, 2] += matrix[:, :2] @ np.array([x0, y0], float)
    scale = scale_of(matrix)
    if scale < 0.6:
        cut = cv2.blur(cut, (max(2, round(0.7 / scale)),) * 2)
    large = cv2.warpAffine(
        cut,
        matrix,
        (width, OVERSAMPLING * STRIP_ROWS),
        flags=cv2.INTER_CUBIC if scale > 1.2 else cv2.INTER_LINEAR,
        borderValue=0,
    )
    soft = cv2.resize(large, (width // OVERSAMPLING, STRIP_ROWS), interpolation=cv2.INTER_AREA)
    matrix[:, 2] -= matrix[:, :2] @ np.array([x0, y0], float)
    shrink = np.diag([1.0 / OVERSAMPLING] * 2)
    half = (1.0 / OVERSAMPLING - 1.0) / 2.0  # of a pixel: averaging moves the middles of pixels
    to_strip = np.hstack([shrink @ matrix[:, :2], shrink @ matrix[:, 2:] + half])
    kept = _kept_columns(soft)
    return Strip(soft[:, kept], kept.astype(np.float32), cv2.invertAffineTransform(to_strip))


def _fitting_x_height(layout: Layout, region: LineRegion) -> float:
    """Return the x-height by which to scale the line: larger than its own if its ink would not fit into the strip."""
    x0, y0, x1, y1 = region.box
    ys, xs = np.nonzero(layout.line_labels[y0:y1, x0:x1] == region.label)
    if len(ys) == 0:
        return region.x_height
    rise = region.slope * (xs + x0) + region.intercept - (ys + y0)
    low, high = np.quantile(rise, [CUT_SHARE, 1.0 - CUT_SHARE])
    rows = max(high / (STRIP_BASELINE - EDGE_ROWS), -low / (STRIP_ROWS - STRIP_BASELINE - EDGE_ROWS))
    return max(region.x_height, float(rows) * STRIP_X_HEIGHT)


def _cut_band(layout: Layout, region: LineRegion) -> tuple[np.ndarray, tuple[int, int]]:
    """Crop what may belong to the line at full contrast, (h, w) uint8; returns the crop and its origin (x, y)."""
    soft, unit = layout.page.soft, region.x_height / STRIP_X_HEIGHT
    x0, y0, x1, y1 = region.box
    ends = [region.slope * x + region.intercept for x in (x0, x1)]
    top = int(np.floor(min(ends) - unit * STRIP_BASELINE)) - 2
    bottom = int(np.ceil(max(ends) + unit * (STRIP_ROWS - STRIP_BASELINE))) + 2
    x0, x1 = max(0, x0 - 3), min(soft.shape[1], x1 + 3)
    y0, y1 = max(0, top), min(soft.shape[0], max(bottom, top + 1))
    if y1 <= y0:
        return np.zeros((1, 1), np.uint8), (x0, y0)
    labels = layout.line_labels[y0:y1, x0:x1]
    own = own_mask(labels, region.label)
    foreign = ((labels != region.label) & (labels != 0)) | layout.removed[y0:y1, x0:x1]
    rim = cv2.dilate(foreign.astype(np.uint8), np.ones((3, 3), np.uint8))
    cut = soft[y0:y1, x0:x1] * np.maximum(own, 1 - rim)
    return _full_contrast(cut, labels == region.label), (x0, y0)


def _full_contrast(cut: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Stretch faint ink to full strength."""
    strength = float(np.percentile(cut[own], INK_PERCENTILE)) if own.any() else 255.0
    return cv2.convertScaleAbs(cut, alpha=255.0 / max(strength, LEAST_INK)) if strength < FULL_INK else cut


def _kept_columns(soft: np.ndarray) -> np.ndarray:
    """Return the indices of the columns that are kept: of a gap longer than LONGEST_GAP, its two ends."""
    width = soft.shape[1]
    blank = soft.max(axis=0) < GAP_LEVEL
    edges = np.flatnonzero(np.diff(np.concatenate([[0], blank.astype(np.int8), [0]])))
    keep = np.ones(width, bool)
    longest = round(LONGEST_GAP * STRIP_X_HEIGHT)
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if end - start > longest:
            half = longest // 2
            keep[(start + half if start else 0) : (end - half if end < width else width)] = False
    if not keep.any():
        keep[:8] = True
    return np.flatnonzero(keep)
