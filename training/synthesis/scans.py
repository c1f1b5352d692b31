"""Four scans of one drawn page, the same for every page: clean, 200 dpi, noisy, two degrees askew."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from training.synthesis.degrade import smooth_noise

#: Resolution that pages are drawn at, and the lower one.
DPI, LOW_DPI = 300, 200
#: Degrees of the skewed pages, one way or the other.
SKEW = 2.0
#: Noisy: blur in pixels; grey levels of ink and paper, of the paper's unevenness and of grain; share of specked pixels.
BLUR, FAINT_INK, GREY_PAPER, UNEVEN, GRAIN, SPECKS = 0.9, 45.0, 225.0, 6.0, 22.0, 4e-4
#: Pixels over which the paper's grey changes.
UNEVEN_PIXELS = 600.0


def clean(gray: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """As drawn."""
    return gray


def low(gray: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """At LOW_DPI."""
    return cv2.resize(gray, None, fx=LOW_DPI / DPI, fy=LOW_DPI / DPI, interpolation=cv2.INTER_AREA)


def noisy(gray: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Soft faint print on uneven grey paper, with grain, and specks of one or two pixels, black and white."""
    soft = cv2.GaussianBlur(gray, (0, 0), BLUR).astype(np.float32) / 255
    page = FAINT_INK + (GREY_PAPER - FAINT_INK) * soft + UNEVEN * smooth_noise(gray.shape, UNEVEN_PIXELS, rng)
    page += GRAIN * rng.standard_normal(gray.shape, np.float32)
    for value in (0, 255):
        specks = (rng.random(gray.shape, np.float32) < SPECKS / 2).astype(np.uint8)
        page[cv2.dilate(specks, np.ones((1, 2), np.uint8)) > 0] = value
    return np.clip(page, 0, 255).astype(np.uint8)


def skewed(gray: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turned by SKEW degrees to a side that is drawn by lot; the paper goes on beyond its edges."""
    angle = SKEW if rng.random() < 0.5 else -SKEW
    h, w = gray.shape
    matrix = cv2.getRotationMatrix2D((w / 2, h / 2), angle, 1.0)
    return cv2.warpAffine(gray, matrix, (w, h), flags=cv2.INTER_CUBIC, borderValue=255)


#: Each takes a page (H, W) uint8 at DPI, ink dark, and gives the scan; with the resolution of what it gives.
SCANS: dict[str, tuple[Callable[[np.ndarray, np.random.Generator], np.ndarray], int]] = {
    "clean": (clean, DPI),
    "200dpi": (low, LOW_DPI),
    "noisy": (noisy, DPI),
    "skew": (skewed, DPI),
}
