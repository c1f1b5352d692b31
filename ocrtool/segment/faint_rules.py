"""Rules that are faint, dotted or broken."""

from __future__ import annotations

import cv2
import numpy as np

from ocrtool.imaging.components import label_components, look_up

#: Lengths are in x-heights. A faint rule is a ridge of the mean ink over ALONG along it, by so many levels above what
#: is BESIDE it; and so long, without larger gaps than FAINT_GAP.
ALONG, BESIDE, RIDGE, FAINT_LENGTH, FAINT_GAP = 2.0, 0.25, 16, 5.0, 0.5
#: Least share of its length that is inked, within so many rows of pixels.
FAINT_COVER, FAINT_BAND = 0.25, 5


def faint_rules(
    soft: np.ndarray, other: np.ndarray, known: np.ndarray, x_height: float
) -> tuple[np.ndarray, np.ndarray] | None:
    """Mask faint and broken rules, level and upright ones: (H, W) uint8 each; None if there are none.

    They are ridges of the mean along them; the masks have what is inked of them. soft: (H, W) uint8 soft ink; other:
    (H, W) bool, ink of letters and the like; known: (H, W) uint8, 1 on the rules that are found already.
    """
    left = soft.copy()
    left[cv2.dilate(other.view(np.uint8), np.ones((3, 3), np.uint8)).view(bool)] = 0
    beyond = cv2.subtract(left, cv2.dilate(known, np.ones((5, 5), np.uint8)) * np.uint8(255)) >= RIDGE
    counts = (cv2.reduce(beyond.view(np.uint8), axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel() for axis in (0, 1))
    most = max(int(np.convolve(each, np.ones(FAINT_BAND, int)).max()) for each in counts)
    if most < FAINT_COVER * FAINT_LENGTH * x_height:
        return None
    inked = cv2.dilate((left >= RIDGE).view(np.uint8), np.ones((3, 3), np.uint8))
    length, beside = max(3, round(ALONG * x_height)), max(2, round(BESIDE * x_height))
    masks = []
    for turned in (False, True):
        mean = cv2.blur(left, (1, length) if turned else (length, 1))
        padded = np.pad(mean, ((0, 0), (beside, beside)) if turned else ((beside, beside), (0, 0)))
        before, behind = (
            (np.s_[:, : -2 * beside], np.s_[:, 2 * beside :]) if turned else (np.s_[: -2 * beside], np.s_[2 * beside :])
        )
        ridge = cv2.subtract(mean, cv2.max(padded[before], padded[behind])) >= RIDGE
        gap = max(3, round(FAINT_GAP * x_height) | 1)  # odd: it moves nothing
        closed = cv2.morphologyEx(inked, cv2.MORPH_CLOSE, np.ones((gap, 1) if turned else (1, gap), np.uint8))
        masks.append(_long(ridge.view(np.uint8), round(FAINT_LENGTH * x_height), turned) & closed)
    return (masks[0], masks[1]) if masks[0].any() or masks[1].any() else None


def _long(mask: np.ndarray, least: int, turned: bool) -> np.ndarray:
    """Keep the components of a mask that are so long along rules, and thin."""
    if not mask.any():
        return mask
    labels, stats = label_components(mask)
    wide, high = (stats[:, k] for k in ((3, 2) if turned else (2, 3)))
    keep = (wide >= least) & (wide > 6 * high)
    return look_up(keep, labels, mask).view(np.uint8)
