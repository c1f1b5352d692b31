"""Three ways that an office page becomes an image: clean print, a flatbed scan, a screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from training.synthesis.degrade import smooth_noise

PRINT_DPI, SCAN_DPI, SCREEN_DPI = 300, 200, 96
#: Skew of the scan, degrees either way: least and largest.
SKEW = (0.2, 0.8)
#: Of the scan: blur in pixels at PRINT_DPI; grey of ink and paper; fall of the light from one side of the page to the
#: other, unevenness besides and grain, in grey levels.
BLUR, INK, PAPER, FALL, UNEVEN, GRAIN = 1.2, 40.0, 238.0, 22.0, 4.0, 5.0
#: Pixels over which the unevenness changes.
UNEVEN_PIXELS = 400.0


def as_drawn(gray: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The page itself, a copy of (H, W) uint8."""
    return np.array(gray)


def skew_matrix(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """A page of ``shape`` (H, W) laid down slightly askew: (2, 3) float64."""
    angle = float(rng.uniform(*SKEW)) * (1 if rng.random() < 0.5 else -1)
    return np.asarray(cv2.getRotationMatrix2D((shape[1] / 2, shape[0] / 2), angle, 1.0))


def flatbed(gray: np.ndarray, rng: np.random.Generator, turn: np.ndarray | None = None) -> np.ndarray:
    """From PRINT_DPI to SCAN_DPI: slightly askew, soft, lit unevenly, with grain.

    turn: (2, 3) how the page lies, None: drawn by lot.
    """
    h, w = gray.shape
    turn = skew_matrix((h, w), rng) if turn is None else turn
    turned = cv2.warpAffine(gray, turn, (w, h), flags=cv2.INTER_CUBIC, borderValue=255)
    soft = cv2.GaussianBlur(turned, (0, 0), BLUR)
    scale = SCAN_DPI / PRINT_DPI
    small = cv2.resize(soft, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    light = FALL * np.linspace(-0.5, 0.5, small.shape[1], dtype=np.float32) * (1 if rng.random() < 0.5 else -1)
    light = light + UNEVEN * smooth_noise(small.shape, UNEVEN_PIXELS, rng)
    page = INK + (PAPER - INK + light) * small + GRAIN * rng.standard_normal(small.shape, np.float32)
    return np.clip(page, 0, 255).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Scan:
    """drawn_at, dpi: resolution of the drawing and of the image; make: from one to the other, ink dark, uint8."""

    drawn_at: int
    dpi: int
    make: Callable[[np.ndarray, np.random.Generator], np.ndarray]


SCANS = {
    "print": Scan(PRINT_DPI, PRINT_DPI, as_drawn),
    "200dpi": Scan(PRINT_DPI, SCAN_DPI, flatbed),
    "screen": Scan(SCREEN_DPI, SCREEN_DPI, as_drawn),
}
