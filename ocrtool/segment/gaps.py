"""Components parted at the white between them."""

from __future__ import annotations

import numpy as np


def split_at_gaps(boxes: np.ndarray, least: float) -> list[np.ndarray]:
    """Part components where white columns at least so wide (pixels) run between them: indices of each part's.

    boxes: (n, 4). Parts, and the components of each, are in order from the left.
    """
    order = np.argsort(boxes[:, 0], kind="stable")
    gaps = boxes[order, 0][1:] - np.maximum.accumulate(boxes[order, 2])[:-1]
    return np.split(order, np.flatnonzero(gaps >= least) + 1)
