"""Rules that are faint, dotted or broken."""

from __future__ import annotations

import cv2
import numpy as np

from ocrtool.imaging.components import label_components, look_up
from ocrtool.segment.faint_strokes import ridges

#: Lengths are in x-heights. A faint rule is a ridge of the mean ink over ALONG along it, by so many levels above what
#: is BESIDE it; and so long, without larger gaps than FAINT_GAP.
ALONG, BESIDE, RIDGE, FAINT_LENGTH, FAINT_GAP = 2.0, 0.25, 16, 5.0, 0.5
#: Letters on a ridge, which is none of a rule then, stand closer than this; rules that cross one stand farther apart.
LETTER = 2.5
#: Pixels beyond a letter that are its edge.
EDGE = 2
#: Least share of its length that is inked, within so many rows of pixels.
FAINT_COVER, FAINT_BAND = 0.25, 5


def faint_rules(
    soft: np.ndarray, other: np.ndarray, known: np.ndarray, x_height: float, letters: np.ndarray
) -> tuple[np.ndarray, np.ndarray] | None:
    """Mask faint and broken rules, level and upright ones: (H, W) uint8 each; None if there are none.

    They are ridges of the mean along them; the masks have what is inked of them. soft: (H, W) uint8 soft ink; other:
    (H, W) bool, ink of letters and the like; known: (H, W) uint8, 1 on the rules that are found already; letters:
    (N, 4) boxes of what is left and may be letters, or places where rules cross.
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
        ridge = ridges(left, length, beside, not turned)[1] >= RIDGE
        gap = max(3, round(FAINT_GAP * x_height) | 1)  # odd: it moves nothing
        closed = cv2.morphologyEx(inked, cv2.MORPH_CLOSE, np.ones((gap, 1) if turned else (1, gap), np.uint8))
        masks.append(_long(ridge.view(np.uint8), x_height, turned, letters) & closed)
    return (masks[0], masks[1]) if masks[0].any() or masks[1].any() else None


def _long(mask: np.ndarray, x_height: float, turned: bool, letters: np.ndarray) -> np.ndarray:
    """Keep the components of a mask that are long along rules, thin, and no line of grey letters (N, 4)."""
    if not mask.any():
        return mask
    labels, stats = label_components(mask)
    along, across = (1, 0) if turned else (0, 1)
    wide, high = stats[:, 2 + along], stats[:, 2 + across]
    keep = (wide >= round(FAINT_LENGTH * x_height)) & (wide > 6 * high)
    middle = (letters[:, along] + letters[:, 2 + along]) / 2
    for k in np.flatnonzero(keep).tolist():
        start, row = stats[k, along], stats[k, across] + high[k] / 2
        on = (letters[:, across] - EDGE <= row) & (letters[:, 2 + across] + EDGE > row) & (middle >= start)
        keep[k] = np.count_nonzero(on & (middle < start + wide[k])) * LETTER * x_height <= wide[k]
    return look_up(keep, labels, mask).view(np.uint8)
