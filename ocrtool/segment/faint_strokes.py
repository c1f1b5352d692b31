"""Faint straight strokes, such as the frames of forms in a drop-out colour, which the threshold breaks into dashes."""

from __future__ import annotations

import cv2
import numpy as np

from ocrtool.segment.strokes import stroke_runs

#: Lengths in x-heights. Soft ink is averaged so far along a stroke, and must be so much fainter so far beside it.
ALONG, BESIDE = 0.45, 0.2
#: Least mean of the soft ink of a stroke, and how much fainter both of its sides are.
LEAST, CONTRAST = 30, 20
#: Level and upright strokes are at least so long: what stands between the cells of an open comb is short.
LEVEL, UPRIGHT = 1.3, 0.6


def with_faint_strokes(ink: np.ndarray, soft: np.ndarray, x_height: float) -> np.ndarray:
    """Return ink (H, W) bool with the straight level and upright strokes that stand out in the soft ink (H, W) uint8.

    x_height: in pixels.
    """
    found = ink.copy()
    for length, level in ((LEVEL, True), (UPRIGHT, False)):
        ridge = _ridge(soft, x_height, level)
        if ridge.any():
            found |= stroke_runs(ridge, max(6, round(length * x_height)), level) > 0
    return np.asarray(found)


def _ridge(soft: np.ndarray, x_height: float, level: bool) -> np.ndarray:
    """Return (H, W) uint8: 1 on the ridges of strokes that are dark and clear enough."""
    mean, over = ridges(soft, max(3, round(ALONG * x_height)), max(2, round(BESIDE * x_height)), level)
    return np.asarray((mean >= LEAST) & (over >= CONTRAST)).view(np.uint8)


def ridges(soft: np.ndarray, along: int, beside: int, level: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of soft ink along strokes, and how much it is above that at both of their sides: (H, W) uint8.

    along, beside: how far the mean goes, and how far off the sides are, in pixels; level: of level strokes, not of
    upright ones.
    """
    mean = cv2.blur(soft, (along, 1) if level else (1, along))
    margins = (beside, beside, 0, 0) if level else (0, 0, beside, beside)
    padded = cv2.copyMakeBorder(mean, *margins, cv2.BORDER_CONSTANT)
    height, width = mean.shape
    before, behind = padded[:height, :width], padded[-height:, -width:]
    return mean, cv2.subtract(mean, cv2.max(np.ascontiguousarray(before), np.ascontiguousarray(behind)))
