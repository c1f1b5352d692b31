"""Line rectification: level baseline, fixed x-height, slant removed."""

from __future__ import annotations

import cv2
import numpy as np

from ocrtool.imaging.affine import scale_of
from ocrtool.imaging.ink import INK_LEVEL
from ocrtool.segment.quantiles import percentile
from ocrtool.segment.types import BASELINE_ROW, LINE_ROWS, X_HEIGHT, LineImage, LineRegion

#: Paper kept left and right of a line, in x-heights.
SIDE_MARGIN = 0.6
#: Shears tried: horizontal shift per row upward. Handwriting slants forward more than backward.
SHEARS = np.arange(-0.4, 0.81, 0.05)
#: The line is taken to be upright unless another shear makes the column profile sharper by this share.
SHEAR_GAIN = 0.03
#: A line is faint, and stretched to full ink, if most of its soft ink is below this.
FAINT = 190.0
#: Maximum width of a line image (pixels at X_HEIGHT), beyond any sheet of paper; longer lines are truncated.
MAX_WIDTH = 40_000


def measure_slant(soft: np.ndarray) -> float:
    """Measure the slant of the strokes: columns per row upward, 0 if upright. soft: (LINE_ROWS, W) uint8.

    The shear that maximises the sum of squares of the column histogram stands the strokes upright (Vinciarelli &
    Luettin, 2001, without their restriction to full columns).
    """
    ys, xs = np.nonzero(soft > INK_LEVEL)
    if len(xs) < 60:
        return 0.0
    if len(xs) > 20_000:
        step = len(xs) // 20_000 + 1
        ys, xs = ys[::step], xs[::step]
    rise = BASELINE_ROW - ys
    columns = np.round((xs[None, :] - SHEARS[:, None] * rise[None, :]) / 1.5).astype(np.int64)
    columns -= columns.min()
    width = int(columns.max()) + 1
    flat = (columns + np.arange(len(SHEARS))[:, None] * width).ravel()
    counts = np.bincount(flat, minlength=width * len(SHEARS)).reshape(len(SHEARS), width).astype(np.float64)
    peaky = (counts**2).sum(axis=1)
    upright = int(np.argmin(np.abs(SHEARS)))
    best = int(np.argmax(peaky))
    return float(SHEARS[best]) if peaky[best] > (1.0 + SHEAR_GAIN) * peaky[upright] else 0.0


def _line_matrix(region: LineRegion, slant: float) -> tuple[np.ndarray, int]:
    """Return the affine map working page -> line image, and the width of the line image."""
    shear = np.array([[1.0, slant], [0.0, 1.0]])  # y grows downward: rows above are shifted back by the slant
    turn = shear @ level(region.slope, X_HEIGHT / region.x_height)
    matrix, width = line_map(region, turn, SIDE_MARGIN * X_HEIGHT, BASELINE_ROW)
    return matrix, int(np.clip(width, 8, MAX_WIDTH))


def level(slope: float, scale: float) -> np.ndarray:
    """Return the rotation (2, 2) that levels a baseline of this slope (rows per column), times the scale."""
    angle = np.arctan(slope)
    cos, sin = np.cos(angle), np.sin(angle)
    turn: np.ndarray = scale * np.array([[cos, sin], [-sin, cos]])
    return turn


def line_map(region: LineRegion, turn: np.ndarray, margin: float, baseline_row: float) -> tuple[np.ndarray, int]:
    """Return the affine map (2, 3) working page -> image of the line, and the width of the image.

    turn: (2, 2) linear part of the map, which levels the baseline; margin: paper left and right of the line's box, in
    pixels of the image; baseline_row: where the baseline comes to lie.
    """
    x0, y0, x1, y1 = region.box
    origin = turn @ np.array([x0, region.slope * x0 + region.intercept])
    corners = np.array([[x0, y0], [x1, y0], [x0, y1], [x1, y1]], float) @ turn.T - origin
    left = corners[:, 0].min() - margin
    width = int(np.ceil(corners[:, 0].max() + margin - left))
    shift = np.array([-left, baseline_row]) - origin
    return np.hstack([turn, shift[:, None]]), width


def own_mask(labels: np.ndarray, label: int) -> np.ndarray:
    """Return the ink of one line with a rim of a pixel, other lines' ink excluded: (h, w) uint8, 1 or 0.

    labels: (h, w) int label map, the line of each ink pixel, 0 = none.
    """
    mask: np.ndarray = cv2.dilate((labels == label).astype(np.uint8), np.ones((3, 3), np.uint8))
    mask[(labels != label) & (labels != 0)] = 0
    return mask


def _masked(soft: np.ndarray, line_labels: np.ndarray, region: LineRegion) -> tuple[np.ndarray, tuple[int, int]]:
    """Crop the line's own ink with its soft rim from the page; returns the crop and its origin (x, y)."""
    x0, y0, x1, y1 = region.box
    x0, y0 = max(0, x0 - 3), max(0, y0 - 3)
    x1, y1 = min(soft.shape[1], x1 + 3), min(soft.shape[0], y1 + 3)
    labels = line_labels[y0:y1, x0:x1]
    cut = soft[y0:y1, x0:x1] * own_mask(labels, region.label)
    return _full_contrast(cut, labels == region.label), (x0, y0)


def _full_contrast(cut: np.ndarray, ink: np.ndarray) -> np.ndarray:
    """Stretch a faint line to full ink, such as a dot-matrix line beside bold print."""
    ink_level = percentile(cut[ink], 80.0) if ink.any() else 255.0
    return cv2.convertScaleAbs(cut, alpha=255.0 / max(ink_level, 32.0)) if ink_level < FAINT else cut


def rectify(soft: np.ndarray, line_labels: np.ndarray, region: LineRegion) -> LineImage:
    """Crop one line from the working page and rectify it.

    soft: (H, W) uint8 soft ink; line_labels: (H, W) int label map, the line of each ink pixel, 0 = none.
    """
    cut, (x0, y0) = _masked(soft, line_labels, region)
    matrix, width = _line_matrix(region, 0.0)
    first = _warp_cut(cut, matrix, x0, y0, width)
    slant = measure_slant(first)
    if slant != 0.0:
        matrix, width = _line_matrix(region, slant)
        first = _warp_cut(cut, matrix, x0, y0, width)
    return LineImage(first, cv2.invertAffineTransform(matrix), region.x_height)


def _warp_cut(cut: np.ndarray, matrix: np.ndarray, x0: int, y0: int, width: int) -> np.ndarray:
    moved = matrix.copy()
    moved[:, 2] += matrix[:, :2] @ np.array([x0, y0], float)
    scale = scale_of(matrix)
    if scale < 0.6:
        cut = cv2.blur(cut, (max(2, round(0.7 / scale)),) * 2)
    flags = cv2.INTER_CUBIC if scale > 1.2 else cv2.INTER_LINEAR
    return cv2.warpAffine(cut, moved, (width, LINE_ROWS), flags=flags, borderValue=0)
