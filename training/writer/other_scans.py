"""Pages as another scanner would give them: which should not change what its writer is identified by."""

from __future__ import annotations

import cv2
import numpy as np

#: Of the scans that are wanted: grey levels of ink and paper, noise, and quality of JPEG.
INK, PAPER, NOISE, QUALITY = 60.0, 245.0, 5.0, 70
#: Light at the left edge and at the bottom, in shares of that at the right and at the top.
LIGHT = 0.75, 0.9
#: Degrees by which a page lies askew.
SKEW = 3.0


def poor(gray: np.ndarray, seed: int) -> np.ndarray:
    """Half the resolution, grey, blurred, noisy, unevenly lit, JPEG. gray: (H, W) uint8, ink dark."""
    small = cv2.resize(cv2.GaussianBlur(gray, (0, 0), 1.0), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    height, width = small.shape
    light = np.linspace(LIGHT[0], 1.0, width)[None] * np.linspace(1.0, LIGHT[1], height)[:, None]
    levels = (INK + small * ((PAPER - INK) / 255.0)) * light
    noisy = np.clip(levels + np.random.default_rng(seed).normal(0.0, NOISE, small.shape), 0, 255).astype(np.uint8)
    stored = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1]
    return np.asarray(cv2.imdecode(stored, cv2.IMREAD_GRAYSCALE))


def fine(gray: np.ndarray, seed: int) -> np.ndarray:
    """Twice the resolution."""
    return cv2.resize(gray, None, fx=2.0, fy=2.0, interpolation=cv2.INTER_LINEAR)


def askew(gray: np.ndarray, seed: int) -> np.ndarray:
    """Turned by SKEW."""
    height, width = gray.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), SKEW, 1.0)
    return cv2.warpAffine(gray, matrix, (width, height), borderValue=255)


#: Scans by name.
OTHER_SCANS = {"half the resolution, grey, noisy, JPEG": poor, "twice the resolution": fine, "3 degrees askew": askew}
