"""Skew of a page, from the bottoms of its characters."""

from __future__ import annotations

import numpy as np

#: Largest skew measured, in degrees either way.
MAX_SKEW = 15.0
#: With fewer components, the angle reflects the letters rather than the page.
MIN_COMPONENTS = 25
#: More are not needed: so many, spread over the page, are measured.
MAX_COMPONENTS = 6000
#: A column of single characters has no direction: the middles of the components lie at least this far apart (heights).
MIN_SPREAD = 6.0
#: Smaller angles (degrees) are not corrected: rotation costs sharpness, and each line's baseline is fitted anyway.
LEAST_SKEW = 0.15


def sharpness(x: np.ndarray, y: np.ndarray, degrees: np.ndarray, bin_height: float) -> np.ndarray:
    """Measure how sharply the points fall on level rows after rotation by each angle: (A,) float, larger is sharper."""
    radians = np.deg2rad(degrees)[:, None]
    rows = (y[None, :] * np.cos(radians) + x[None, :] * np.sin(radians)) / bin_height  # (A, N)
    rows -= rows.min()
    rows = rows.astype(np.int64)
    width = int(rows.max()) + 2
    flat = rows + np.arange(len(degrees))[:, None] * width
    counts = np.bincount(flat.ravel(), minlength=width * len(degrees)).reshape(len(degrees), width)
    paired = counts[:, :-1] + counts[:, 1:]  # two neighbouring bins: no edge effect of the binning
    return np.asarray((paired.astype(np.float64) ** 2).sum(axis=1))


def measure_skew(boxes: np.ndarray, height: float) -> float:
    """Measure the skew of a page in degrees, counter-clockwise positive.

    boxes: (N, 4) x0 y0 x1 y1 of character-like components; height: their typical height in pixels. After Baird, "The
    skew angle of printed documents" (1987): project the bottoms of components and maximise the profile's sharpness.
    """
    if len(boxes) < MIN_COMPONENTS:
        return 0.0
    boxes = boxes[:: -(-len(boxes) // MAX_COMPONENTS)]
    x = (boxes[:, 0] + boxes[:, 2]) / 2.0
    if np.ptp(x) < MIN_SPREAD * height:
        return 0.0
    y = boxes[:, 3].astype(np.float64)
    x = x - x.mean()
    coarse = np.arange(-MAX_SKEW, MAX_SKEW + 0.01, 0.25)
    best = coarse[int(np.argmax(sharpness(x, y, coarse, max(2.0, height / 4))))]
    fine = np.arange(best - 0.3, best + 0.301, 0.05)
    return float(fine[int(np.argmax(sharpness(x, y, fine, max(1.0, height / 8))))])
