"""Percentiles and the weighted median."""

from __future__ import annotations

import numpy as np


def percentile(values: np.ndarray, percent: float) -> float:
    """Return the percentile of values (n,), at least one, interpolated linearly.

    As ``np.percentile``, which takes 0.1 ms a call, and loads NumPy's masked arrays first, for 10 ms.
    """
    place = percent / 100.0 * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    ordered = np.partition(values, (low, high))
    return float(ordered[low]) + (float(ordered[high]) - float(ordered[low])) * (place - low)


def weighted_median(values: np.ndarray, weights: np.ndarray) -> float:
    """Return the least value with half of the weight at or below it. values, weights: (n,), at least one."""
    order = np.argsort(values, kind="stable")
    return float(values[order][np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2)])
