"""Convert pixels of any kind that Pillow knows to 8-bit grey."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL.Image import Image

#: Full scales that grey values of more than 8 bits may have: scanners pack 10, 12 and 14 bits into 16.
_FULL_SCALES = (255, 1023, 4095, 16383, 65535)
#: That of signed values of 16 bits.
_SIGNED_SCALE = 32767
#: Range of grey levels below which a page counts as blank.
_LEAST_CONTRAST = 24
#: Rows converted at a time, so that a page is in memory once, not as Pillow's image, its conversion and its bytes.
_ROWS = 256
_PHOTOMETRIC = 262  # TIFF tag; 0: the largest value is black


def to_gray(image: Image) -> np.ndarray:
    """Convert a decoded Pillow image of any mode to (H, W) uint8 grey, polarity as in the file."""
    if image.has_transparency_data:
        return _levels(opaque(image))
    if image.mode in ("I", "F") or image.mode.startswith("I;"):
        gray = scaled(np.asarray(image))
        tags = getattr(image, "tag_v2", {})
        return 255 - gray if tags.get(_PHOTOMETRIC) == 0 else gray  # Pillow inverts 1 and 8 bits, not these
    if image.mode == "LAB":
        return _levels(image.getchannel("L"))
    if image.mode not in ("1", "L", "RGB"):
        image = image.convert("RGB")
    return _levels(image)


def _levels(image: Image) -> np.ndarray:
    """Return the grey levels of an image of mode 1, L or RGB: (H, W) uint8."""
    width, height = image.size
    gray = np.empty((height, width), np.uint8)
    for top in range(0, height, _ROWS):
        rows = image.crop((0, top, width, min(height, top + _ROWS)))
        gray[top : top + _ROWS] = np.asarray(rows if rows.mode == "L" else rows.convert("L"))
    return gray


def scaled(values: np.ndarray) -> np.ndarray:
    """Scale values of any number type, rows first, such as (H, W), to uint8 in the same shape.

    Integers use the smallest common full scale that holds their maximum; if some are negative, the smallest range of
    signed integers that holds all. Floats in 0..1 and 0..255 keep that scale; others are stretched from minimum to
    maximum. NaN becomes the maximum: paper.
    """
    if values.dtype.kind == "b":
        return np.asarray(values * np.uint8(255))
    low, high = _float_range(values) if values.dtype.kind == "f" else _integer_range(values)
    span = max(high - low, 1e-12)
    exact = np.float64 if values.dtype.itemsize > 4 else np.float32
    gray = np.empty(values.shape, np.uint8)
    for top in range(0, len(values), _ROWS):
        rows = values[top : top + _ROWS].astype(exact)
        if values.dtype.kind == "f":
            rows = np.nan_to_num(rows, nan=high, posinf=high, neginf=low)
        gray[top : top + _ROWS] = np.rint((rows - exact(low)) * exact(255.0 / span)).clip(0, 255)
    return gray


def _float_range(values: np.ndarray) -> tuple[float, float]:
    """Return the values of black and white of floats: those of a common scale, else minimum and maximum."""
    lows, highs = [], []
    for top in range(0, len(values), _ROWS):
        rows = values[top : top + _ROWS]
        finite = rows[np.isfinite(rows)]
        if finite.size:
            lows.append(float(finite.min()))
            highs.append(float(finite.max()))
    if not lows:
        return 0.0, 1.0
    low, high = min(lows), max(highs)
    if low >= 0 and high <= 255:
        return 0.0, 1.0 if high <= 1 else 255.0
    return low, high


def _integer_range(values: np.ndarray) -> tuple[int, int]:
    """Return the values of black and white of integers."""
    low, high = int(values.min()), int(values.max())
    if low < 0:
        bits = next((bits for bits in (7, 15, 31) if -(1 << bits) <= low and high < 1 << bits), 63)
        return -(1 << bits), (1 << bits) - 1
    scales = (*_FULL_SCALES, _SIGNED_SCALE) if values.dtype == np.int16 else _FULL_SCALES
    return 0, next((scale for scale in sorted(scales) if high <= scale), high)


def opaque(image: Image) -> Image:
    """Return an image of mode RGB without its transparency.

    It is laid over white, over black if it cannot be seen there (white text), else the alpha channel is dropped.
    """
    from PIL import Image as images

    rgba = image.convert("RGBA")
    if rgba.getchannel("A").getextrema() == (255, 255):
        return rgba.convert("RGB")
    for paper in ("white", "black"):
        laid = images.alpha_composite(images.new("RGBA", rgba.size, paper), rgba).convert("RGB")
        if np.ptp(np.asarray(laid.convert("L"))) >= _LEAST_CONTRAST:
            return laid
    return rgba.convert("RGB")
