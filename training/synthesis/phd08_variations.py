"""The five variations of PHD08 as printing and scanning; their strengths are fitted to three of its files.

`training.phd08.calibrate` measures how well they fit.
"""

from __future__ import annotations

from itertools import product

from training.phd08.text_form import VARIATIONS
from training.synthesis.hangul_glyphs import Glyph
from training.synthesis.hangul_scan import Scan

#: Levels of each variation.
LEVELS = 3
#: a: sizes of the print in points: 1, 1.08 and 1.17 of the smallest.
POINTS = (12.0, 13.0, 14.0)
#: b: by which share of their thickness level strokes grow with the darkness of the print; upright ones hardly do.
SPREAD = (0.17, 0.0, -0.14)
#: b: noise of a scanned pixel; a lighter print has more.
NOISE = (0.05, 0.065, 0.075)
#: c: resolutions of the scan in dots an inch: 1, 1.2 and 1.4 of the lowest.
DPI = (200.0, 240.0, 280.0)
#: d: thresholds.
THRESHOLDS = (0.385, 0.5, 0.615)
#: e: turns in degrees, counter-clockwise.
TURNS = (-3.1, 0.0, 3.1)
#: Standard deviation of the scanner's blur in pixels.
BLUR = 0.4
#: Area of ink after the threshold in shares of the amount of grey, at least: hardly a stroke is lost.
KEPT = 0.85
#: Resolution in which weights are given.
WEIGHT_DPI = 240.0
POINTS_AN_INCH = 72.0


def all_variations() -> tuple[tuple[int, ...], ...]:
    """The 243 of them, (a, b, c, d, e), in order."""
    return tuple(product(range(LEVELS), repeat=VARIATIONS))


def phd08_scan(
    glyph: Glyph,
    variation: tuple[int, ...],
    size: float = 1.0,
    stretch: float = 1.0,
    weight: tuple[float, float] = (0.0, 0.0),
) -> Scan:
    """How PHD08 would have printed and scanned a character in this variation.

    size, stretch, weight: what sets the font apart from those there: share of the em, share of the width, and pixels
    at 240 dpi by which (upright, level) strokes are thicker.
    """
    a, b, c, d, e = variation
    em = size * POINTS[a] * DPI[c] / POINTS_AN_INCH
    upright, level = (thicker * DPI[c] / WEIGHT_DPI for thicker in weight)
    return Scan(
        size=em,
        turn=TURNS[e],
        stretch=stretch,
        spread=(upright, level + SPREAD[b] * max(0.0, glyph.stroke * em + level)),
        blur=BLUR,
        noise=NOISE[b],
        level=THRESHOLDS[d],
        keep=KEPT,
    )
