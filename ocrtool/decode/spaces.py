"""Probability that a gap between two pieces is a space between words."""

from __future__ import annotations

import numpy as np

from ocrtool.recognize.network import sigmoid

#: Gaps are clipped to this (x-heights).
WIDEST = 3.0
FEATURES = ("gap", "gap squared", "gap over letter gap", "gap less the line's split", "contrast of the split", "one")


def split_level(gaps: np.ndarray) -> tuple[float, float]:
    """Split a line's white gaps into those within and between words by Otsu's method.

    gaps: (n,) x-heights, positive. Returns the threshold and its contrast (0..1, the share of the variance explained).
    """
    if len(gaps) < 2:
        return 0.5, 0.0
    ordered = np.sort(np.minimum(gaps, WIDEST))
    n = len(ordered)
    total = ordered.sum()
    below = np.cumsum(ordered)[:-1]
    count = np.arange(1, n)
    between = count * (n - count) / n**2 * (below / count - (total - below) / (n - count)) ** 2
    k = int(np.argmax(between))
    variance = float(ordered.var())
    return float((ordered[k] + ordered[k + 1]) / 2), float(between[k] / variance) if variance > 1e-9 else 0.0


def space_features(gaps: np.ndarray) -> np.ndarray:
    """Compute the features of each gap: (n, len(FEATURES)) float64. gaps: (n,) x-heights, negative for overlaps."""
    g = np.clip(gaps, -0.3, WIDEST)
    white = g[g > 0.02]
    letter = float(np.median(white[white < 0.6])) if (white < 0.6).any() else 0.25
    split, contrast = split_level(white)
    relative = np.clip(g / max(0.08, letter), -1, 8)
    return np.stack(
        [g, np.minimum(g, 1.5) ** 2, relative, g - split, np.full_like(g, contrast), np.ones_like(g)], axis=1
    )


def space_probabilities(gaps: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the probability of a space at each node of a line: (n + 2,) float32, 0 at both ends."""
    out = np.zeros(len(gaps) + 2, np.float32)
    if len(gaps):
        out[1:-1] = sigmoid(space_features(gaps) @ weights)
    return out
