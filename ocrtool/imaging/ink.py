"""Grey page to ink: polarity, uneven light, local threshold.

Throughout ocrtool, *soft ink* (arrays named ``soft``) is ink intensity, (H, W) uint8 with 0 = paper and 255 = full ink;
*ink* is the boolean foreground mask made from it.
"""

from __future__ import annotations

import cv2
import numpy as np

#: A page with fewer pixels between its two extremes than this share of the rarer extreme is already binarised.
BETWEEN_SHARE = 0.1
TWO_LEVEL_MARGIN = 32
#: Sauvola & Pietikäinen, "Adaptive document image binarization" (2000): k = 0.2..0.5, R = 128 for 8-bit images.
SAUVOLA_K = 0.22
SAUVOLA_RANGE = 128.0
#: Polarity is measured on an image of at most this many pixels on its long side.
POLARITY_LONG_SIDE = 1200
#: Paper is estimated on an image of at most this many pixels on its long side; light changes slowly.
PAPER_LONG_SIDE = 400
#: A page is blank if the contrast of paper and the darkest thousandth of its pixels is below this (grey levels).
MIN_CONTRAST = 24
#: Soft ink from this value on counts as ink where a local threshold is not worth its cost.
INK_LEVEL = 110


def dark_on_light(gray: np.ndarray) -> np.ndarray:
    """Invert a light-on-dark page. gray: (H, W) uint8. Returns the same array, or its negative.

    Ink is rarer than paper, so the brightness about the local mean is skewed toward ink, whatever the lighting.
    """
    shrink = max(1.0, max(gray.shape) / POLARITY_LONG_SIDE)
    size = (max(1, round(gray.shape[1] / shrink)), max(1, round(gray.shape[0] / shrink)))
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    window = max(15, round(max(size) / 12))
    about = small - cv2.blur(small, (window, window), borderType=cv2.BORDER_REPLICATE)
    about -= about.mean()
    return 255 - gray if float((about * about * about).mean()) > 0.0 else gray


def is_two_level(gray: np.ndarray) -> bool:
    """Return True if nearly every pixel is black or white, as in fax and archive scans."""
    low, high = int(gray.min()), int(gray.max())
    margin = min(TWO_LEVEL_MARGIN, (high - low) // 4)
    dark, bright = np.count_nonzero(gray <= low + margin), np.count_nonzero(gray >= high - margin)
    return bool(gray.size - dark - bright < BETWEEN_SHARE * min(dark, bright))


def paper_level(gray: np.ndarray) -> np.ndarray:
    """Estimate the brightness of the paper under each pixel, (H, W) uint8, by a morphological closing."""
    shrink = max(1.0, max(gray.shape) / PAPER_LONG_SIDE)
    size = (max(1, round(gray.shape[1] / shrink)), max(1, round(gray.shape[0] / shrink)))
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    reach = max(3, min(31, (min(size) // 4) | 1))
    small = cv2.morphologyEx(small, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    small = cv2.GaussianBlur(small, (0, 0), reach / 4)
    return cv2.resize(small, (gray.shape[1], gray.shape[0]), interpolation=cv2.INTER_LINEAR)


def flatten_light(gray: np.ndarray) -> np.ndarray:
    """Divide by the paper's brightness and stretch, so that paper is 255 and the darkest ink about 0."""
    if is_two_level(gray):
        low, high = int(gray.min()), int(gray.max())
        if high - low < MIN_CONTRAST:
            return np.full_like(gray, 255)
        return cv2.convertScaleAbs(gray, alpha=255.0 / (high - low), beta=-low * 255.0 / (high - low))
    flat = cv2.divide(gray, paper_level(gray), scale=255.0)
    histogram = np.cumsum(np.bincount(flat.ravel(), minlength=256))
    darkest = int(np.searchsorted(histogram, flat.size * 0.001))
    if 255 - darkest < MIN_CONTRAST:
        return np.full_like(gray, 255)
    table = np.clip((np.arange(256) - darkest) * (255.0 / max(1, 245 - darkest)), 0, 255).astype(np.uint8)
    return cv2.LUT(flat, table)


def sauvola(gray: np.ndarray, window: int) -> np.ndarray:
    """Threshold ink locally, (H, W) bool, by Sauvola's m * (1 + k * (s / R - 1)); ``window`` in pixels, odd."""
    mean = cv2.boxFilter(gray, cv2.CV_32F, (window, window), borderType=cv2.BORDER_REPLICATE)
    square = cv2.sqrBoxFilter(gray, cv2.CV_32F, (window, window), borderType=cv2.BORDER_REPLICATE)
    deviation = np.sqrt(np.maximum(square - mean * mean, 0.0))
    threshold = mean * (1.0 + SAUVOLA_K * (deviation / SAUVOLA_RANGE - 1.0))
    return gray <= threshold


def soft_ink(gray: np.ndarray) -> np.ndarray:
    """Convert a grey page of any polarity and light to soft ink (H, W) uint8, bright on black."""
    return 255 - flatten_light(dark_on_light(gray))


def ink_mask(soft: np.ndarray, window: int) -> np.ndarray:
    """Threshold soft ink (H, W) uint8 to an ink mask (H, W) bool. Full ink counts as ink whatever surrounds it."""
    if is_two_level(soft):
        return soft >= 128
    local = sauvola(255 - soft, window | 1)
    return (local & (soft >= 48)) | (soft >= 215)
