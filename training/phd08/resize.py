"""Pictures of any size to one size, as the known PHD08 script does it: blurred, brought to 0..255, resized bilinearly.

It used SciPy's ``gaussian_filter`` and ``imresize``, which is Pillow's bilinear filter in whole numbers. Both are sums
along rows and columns, so that pictures of one shape are done together in four matrix products, exactly as there.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

#: SciPy cuts its Gaussian off at so many standard deviations.
TRUNCATE = 4.0
#: Pillow computes with weights in units of 2^-22 and rounds to whole numbers after each direction.
WEIGHT_BITS = 22


def to_size(images: Sequence[np.ndarray], height: int, width: int, sigma: float) -> np.ndarray:
    """(N, height, width) uint8, ink bright; images: each (H, W), 1 = ink; sigma: of the blur before, in pixels.

    A picture that is all ink stays so (the known script makes it all paper).
    """
    out = np.empty((len(images), height, width), np.uint8)
    shapes: dict[tuple[int, int], list[int]] = {}
    for number, image in enumerate(images):
        shapes.setdefault(image.shape, []).append(number)
    for numbers in shapes.values():
        out[numbers] = _same_shape(np.stack([images[n] for n in numbers]), height, width, sigma)
    return out


def _same_shape(images: np.ndarray, height: int, width: int, sigma: float) -> np.ndarray:
    """images: (N, H, W), 0 or 1."""
    h, w = images.shape[1:]
    values = _scaled(images, sigma)
    if w != width:
        values = _rounded(values @ _bilinear(w, width).T)  # (N, H, width)
    if h != height:
        values = _rounded(_bilinear(h, height) @ values)  # (N, height, width)
    return values.astype(np.uint8)


def _scaled(images: np.ndarray, sigma: float) -> np.ndarray:
    """Blurred and stretched to whole numbers from 0 to 255: (N, H, W) float64."""
    values = images.astype(np.float64)
    if sigma > 0.0:
        h, w = images.shape[1:]
        values = _gaussian(h, sigma) @ values @ _gaussian(w, sigma).T
    low = values.min(axis=(1, 2), keepdims=True)
    span = values.max(axis=(1, 2), keepdims=True) - low
    flat = span < 1e-9  # but for rounding, one value everywhere
    low = np.where(flat, 0.0, low)
    return np.floor((values - low) * (255.0 / np.where(flat, 1.0, span)) + 0.5)


def _rounded(sums: np.ndarray) -> np.ndarray:
    return np.floor((sums + (1 << (WEIGHT_BITS - 1))) * 2.0**-WEIGHT_BITS)


@lru_cache(maxsize=1024)
def _gaussian(size: int, sigma: float) -> np.ndarray:
    """(size, size): blurs a column; beyond the edge the picture is mirrored."""
    reach = int(TRUNCATE * sigma + 0.5)
    steps = np.arange(-reach, reach + 1)
    weights = np.exp(-0.5 / sigma**2 * steps.astype(np.float64) ** 2)
    weights /= weights.sum()
    matrix = np.zeros((size, size))
    for step, weight in zip(steps, weights, strict=True):
        column = (np.arange(size) + step) % (2 * size)
        np.add.at(matrix, (np.arange(size), np.where(column < size, column, 2 * size - 1 - column)), weight)
    return matrix


@lru_cache(maxsize=1024)
def _bilinear(size: int, wanted: int) -> np.ndarray:
    """(wanted, size) of whole numbers: Pillow's triangle filter, widened where it shrinks."""
    scale = size / wanted
    reach = max(scale, 1.0)
    matrix = np.zeros((wanted, size))
    for row in range(wanted):
        center = (row + 0.5) * scale
        first, last = max(0, int(center - reach + 0.5)), min(size, int(center + reach + 0.5))
        weights = np.maximum(0.0, 1.0 - np.abs((np.arange(first, last) - center + 0.5) * (1.0 / reach)))
        matrix[row, first:last] = np.floor(weights * (1.0 / weights.sum()) * (1 << WEIGHT_BITS) + 0.5)
    return matrix
