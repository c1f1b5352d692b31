"""Drawing on pages: the page in lighter ink, outlines with sub-pixel precision."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

#: Share of the page's darkness that is kept under a drawing.
INK_KEPT = 0.55
#: Corners are drawn to 1/16 pixel, for smooth slanted lines.
_SHIFT = 4


def faded(gray: np.ndarray, scale: int = 1) -> np.ndarray:
    """Lighten a page (H, W) uint8 for drawing on it: (scale H, scale W, 3) uint8 BGR."""
    levels = np.arange(256)
    light: np.ndarray = cv2.LUT(gray, (255 - (255 - levels) * INK_KEPT).astype(np.uint8))
    if scale > 1:
        light = cv2.resize(light, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    return cv2.cvtColor(light, cv2.COLOR_GRAY2BGR)


def outline(
    picture: np.ndarray, shapes: Iterable[np.ndarray], colour: tuple[int, int, int], thickness: int, scale: int = 1
) -> None:
    """Draw closed polygons. shapes: (N, 2) float corners x, y each, in pixels before enlargement by ``scale``."""
    points = [np.rint(np.asarray(shape, np.float64) * (scale << _SHIFT)).astype(np.int32) for shape in shapes]
    cv2.polylines(picture, points, True, colour, thickness, cv2.LINE_AA, _SHIFT)


def as_png(picture: np.ndarray) -> bytes:
    """Encode a PNG file. picture: grey (H, W) or BGR (H, W, 3), uint8."""
    return cv2.imencode(".png", picture)[1].tobytes()
