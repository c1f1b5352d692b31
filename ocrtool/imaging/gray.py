"""Any kind of pixel Pillow knows -> grey, 8 bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL.Image import Image

#: Full scales that grey values of more than 8 bits may have: scanners pack 10, 12 and 14 bits into 16.
_FULL_SCALES = (255, 1023, 4095, 16383, 65535)
#: Grey levels between darkest and lightest below which a page shows nothing.
_LEAST_CONTRAST = 24
_PHOTOMETRIC = 262  # TIFF tag; 0: the largest value is black


def to_gray(image: Image) -> np.ndarray:
    """A decoded Pillow image of any mode -> (H, W) uint8 grey, polarity as in the file."""
    if image.has_transparency_data:
        return np.asarray(_without_alpha(image))
    if image.mode in ("I", "F") or image.mode.startswith("I;"):
        gray = scaled(np.asarray(image))
        tags = getattr(image, "tag_v2", {})
        return 255 - gray if tags.get(_PHOTOMETRIC) == 0 else gray  # Pillow turns 1 and 8 bits over, not these
    if image.mode == "LAB":
        return np.asarray(image.getchannel("L"))
    if image.mode not in ("1", "L", "RGB"):
        image = image.convert("RGB")
    return np.asarray(image.convert("L"))


def scaled(values: np.ndarray) -> np.ndarray:
    """(H, W) of any number type -> (H, W) uint8.

    Whole numbers are measured on the smallest usual scale that holds the largest of them; floats in 0..1 and 0..255
    are taken at their word, others stretched from least to most. What is no number becomes the largest: paper.
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


def _without_alpha(image: Image) -> Image:
    """Laid on white; on black if it vanishes there (white text); its bare colours if it vanishes on both."""
    from PIL import Image as images

    rgba = image.convert("RGBA")
    if rgba.getchannel("A").getextrema() == (255, 255):
        return rgba.convert("L")
    for paper in ("white", "black"):
        laid = images.alpha_composite(images.new("RGBA", rgba.size, paper), rgba).convert("L")
        if np.ptp(np.asarray(laid)) >= _LEAST_CONTRAST:
            return laid
    return rgba.convert("RGB").convert("L")
