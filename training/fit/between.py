"""Weights between those that a fit started from and those that it led to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def between(start: Sequence[np.ndarray], end: Sequence[np.ndarray], way: float) -> list[np.ndarray]:
    """Weights at a share of the way from ``start``, 0, to ``end``, 1, all arrays of one shape.

    Those between two of one fit read well, and the nearer to the start the less is forgotten (Wortsman et al., "Robust
    fine-tuning of zero-shot models", 2022).
    """
    return [a + way * (b - a) for a, b in zip(start, end, strict=True)]
