"""Convert pixels of any kind that Pillow knows to 8-bit grey."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL.Image import Image

#: Full scales that grey values of more than 8 bits may have: scanners pack 10, 12 and 14 bits into 16.
_FULL_SCALES = (255, 1023, 4095, 16383, 65535)
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
    """Scale (H, W) values of any number type to (H, W) uint8.

    Integers use the smallest common full scale that holds their maximum. Floats in 0..1 and 0..255 keep that scale;
    others are stretched from minimum to maximum. NaN becomes the maximum: paper.
    """
    if values.dtype.kind == "f":
        finite = values[np.isfinite(values)]
        if finite.size == 0:
            return np.full(values.shape, 255, np.uint8)
        low, high = float(finite.min()), float(finite.max())
        values = np.nan_to_num(values, nan=high, posinf=high, neginf=low)
        if low >= 0 and high <= 255:
            low, high = 0.0, 1.0 if high <= 1 else 255.0
    else:
        low, high = min(0, int(values.min())), int(values.max())
        high = next((scale for scale in _FULL_SCALES if high <= scale), high)
    span = max(high - low, 1e-12)
    return np.asarray(
        np.rint((values.astype(np.float32) - low) * np.float32(255.0 / span)).clip(0, 255).astype(np.uint8)
    )


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
