"""Faint straight strokes, such as the frames of forms in a drop-out colour, which the threshold breaks into dashes."""

from __future__ import annotations

import cv2
import numpy as np

from ocrtool.segment.quantiles import percentile
from ocrtool.segment.strokes import stroke_runs

#: Lengths in x-heights. Soft ink is averaged so far along a stroke, and must be so much fainter so far beside it.
ALONG, BESIDE = 0.45, 0.2
#: Least mean of the soft ink of a stroke, and how much fainter both of its sides are.
LEAST, CONTRAST = 30, 20
#: Where the long strokes of a page are fainter than this themselves, both are so much less, but not below this share.
#: Strokes are long from so many x-heights on.
USUAL, WEAKEST, LONG = 65.0, 0.6, 3.0
#: Soft ink from this value on is dark.
DARK = 100
#: Level and upright strokes are at least so long: what stands between the cells of an open comb is short. Where all are
#: faint, those of marked tick boxes too: marks break them, and letters do not look like them, since they are darker.
LEVEL, FAINT_LEVEL, UPRIGHT = 1.3, 1.0, 0.6


def with_faint_strokes(ink: np.ndarray, soft: np.ndarray, x_height: float) -> np.ndarray:
    """Return ink (H, W) bool with the straight level and upright strokes that stand out in the soft ink (H, W) uint8.

    x_height: in pixels.
    """
    found = ink.copy()
    along, beside = max(3, round(ALONG * x_height)), max(2, round(BESIDE * x_height))
    share = 1.0
    for length, level in ((LEVEL, True), (UPRIGHT, False)):
        mean, over = ridges(soft, along, beside, level)
        if level:
            share = _faintness(mean, over, x_height)
            length = FAINT_LEVEL if share < 1.0 else length
        ridge = np.asarray((mean >= share * LEAST) & (over >= share * CONTRAST)).view(np.uint8)
        if ridge.any():
            found |= stroke_runs(ridge, max(6, round(length * x_height)), level) > 0
    return np.asarray(found)


def _faintness(mean: np.ndarray, over: np.ndarray, x_height: float) -> float:
    """Return how faint the long level strokes of a page are: WEAKEST to 1, if they are as dark as usual.

    mean, over: of `ridges`.
    """
    ridge = np.asarray((mean >= WEAKEST * LEAST) & (over >= WEAKEST * CONTRAST)).view(np.uint8)
    long = stroke_runs(ridge, max(6, round(LONG * x_height)), True)
    levels = mean[long > 0]
    return max(WEAKEST, min(1.0, percentile(levels, 50.0) / USUAL)) if len(levels) else 1.0


def at_half_size(soft: np.ndarray, x_height: float) -> np.ndarray:
    """Return the faint strokes of soft ink (H, W) uint8 at half its size, where to look for them costs a quarter.

    Returns (H / 2, W / 2) bool, without those of dark ink. x_height: in pixels of ``soft``.
    """
    half = cv2.resize(soft, (soft.shape[1] // 2, soft.shape[0] // 2), interpolation=cv2.INTER_AREA)
    dark = cv2.dilate((half >= DARK).view(np.uint8), np.ones((3, 3), np.uint8)).view(bool)
    return np.asarray(with_faint_strokes(np.zeros(half.shape, bool), half, x_height / 2) & ~dark)


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
