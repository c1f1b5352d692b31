"""The ink of an input page, and views of it: upright, at a fixed x-height."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocrtool.imaging.affine import compose, rotation, scale_of, turned_back, warp
from ocrtool.imaging.ink import ink_mask
from ocrtool.imaging.skew import LEAST_SKEW, measure_skew

#: x-height of the working page in pixels. It is fixed, so that cost depends on the text, not on the resolution.
WORKING_X_HEIGHT = 20.0
#: Maximum enlargement: below 4 px of x-height nothing can be read.
MAX_ENLARGE = 5.0
#: A change of scale within these bounds is not worth the resampling.
KEEP_SCALE = (0.8, 1.3)
#: Maximum number of pixels of the working page, for memory: a poster of tiny print.
MAX_WORKING_PIXELS = 40_000_000
#: Maximum number of pixels after enlargement, in all and for each character: a page of specks, or a picture with a few
#: small spots, would be taken for tiny print.
MAX_ENLARGED_PIXELS, PIXELS_EACH = 16_000_000, 20_000
#: Text covers this many pixels of ink at most for each square of its x-height; what has more is mostly no text.
MOST_INK = 3.3
#: Side of the local threshold's window in x-heights: wider than any stroke, narrower than a shadow.
WINDOW_X_HEIGHTS = 2.2


@dataclass(frozen=True, slots=True)
class WorkingPage:
    """The page for layout analysis: upright, x-height about WORKING_X_HEIGHT.

    soft: (H, W) uint8 soft ink; ink: (H, W) bool; x_height: estimate in working pixels; part_height: typical height of
    a connected component, the x-height in print but more in cursive handwriting; to_input: (2, 3) float64, working
    pixel -> input pixel; skew: measured, in degrees counter-clockwise; input_soft: soft ink of the input, turned as the
    page was to be read; to_soft: (2, 3) float64, working pixel -> pixel of it.
    """

    soft: np.ndarray
    ink: np.ndarray
    x_height: float
    part_height: float
    to_input: np.ndarray
    skew: float
    input_soft: np.ndarray
    to_soft: np.ndarray

    @property
    def input_scale(self) -> float:
        """Input pixels per working pixel."""
        return scale_of(self.to_input)


def working_scale(
    x_height: float, shape: tuple[int, int], wanted: float = WORKING_X_HEIGHT, most: float = MAX_ENLARGED_PIXELS
) -> float:
    """Return the scale factor from input to working page. wanted: x-height of it; most: its pixels, if enlarged."""
    scale = min(MAX_ENLARGE, wanted / x_height)
    if KEEP_SCALE[0] <= scale <= KEEP_SCALE[1]:
        scale = 1.0
    size = shape[0] * shape[1]
    if scale > 1.0:
        scale = max(1.0, min(scale, float(np.sqrt(most / size))))
    return min(scale, float(np.sqrt(MAX_WORKING_PIXELS / size)))


@dataclass(frozen=True, slots=True)
class PreparedPage:
    """The ink of an input page, computed once; working pages of any scale are views of it.

    soft: (H, W) uint8 soft ink of the input, turned clockwise by ``quarters`` quarter turns; boxes: (N, 4) int boxes of
    components that could be characters; height: their typical height, both in pixels of ``soft``; inked: number of
    pixels of ink.
    """

    soft: np.ndarray
    boxes: np.ndarray
    height: float
    quarters: int = 0
    inked: int = 0

    @property
    def ink_of_each(self) -> float:
        """Pixels of ink for each component that could be a character, in squares of their height."""
        return self.inked / max(1.0, self.height**2 * len(self.boxes))

    @property
    def is_mostly_text(self) -> bool:
        """False if characters account for little of the ink, as on a page with pictures, or of noise."""
        return self.ink_of_each <= MOST_INK

    def view(self, x_height: float | None = None, wanted: float = WORKING_X_HEIGHT) -> WorkingPage:
        """Return the page upright at the x-height ``wanted`` in pixels.

        x_height: of the text in input pixels, if known; None: estimated from component heights.
        """
        x_height = x_height or self.height
        heights = self.boxes[:, 3] - self.boxes[:, 1]
        skew = measure_skew(self.boxes[(heights > 0.5 * x_height) & (heights < 3.5 * x_height)], x_height)
        if abs(skew) < LEAST_SKEW:
            skew = 0.0
        _, turned = rotation(skew, 1.0, self.soft.shape)  # a narrow strip becomes many times as large
        most = min(MAX_ENLARGED_PIXELS, PIXELS_EACH * len(self.boxes))
        scale = working_scale(x_height, turned, wanted, most)
        soft, matrix = self.soft, np.eye(2, 3)
        if skew != 0.0 or scale != 1.0:
            matrix, shape = rotation(skew, scale, self.soft.shape)
            soft = warp(self.soft, matrix, shape)
        ink = soft >= 128 if is_small(soft) else ink_mask(soft, round(WINDOW_X_HEIGHTS * x_height * scale))
        part_height = max(self.height, x_height) * scale
        to_soft = cv2.invertAffineTransform(matrix)
        to_input = to_soft if self.quarters == 0 else compose(turned_back(self.quarters, self.soft.shape), to_soft)
        return WorkingPage(soft, ink, x_height * scale, part_height, to_input, skew, self.soft, to_soft)


def is_small(soft: np.ndarray) -> bool:
    """Return True for a crop of about a word, which has too little paper for a local threshold."""
    return bool(min(soft.shape) < 3 * WORKING_X_HEIGHT)
