"""Metrics of a line about its baseline: slope, offset, ascenders and descenders.

Lengths are rounded first as in JSON, so that a document made from JSON equals the one made when the page was read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ocrtool.types import Line

#: Decimals of lengths in pixels, and of probabilities.
LENGTH_DIGITS, DIGITS = 1, 4


@dataclass(frozen=True, slots=True)
class LineMetrics:
    """Metrics of a line, in pixels.

    slope: of the baseline, rows per column; offset: of the baseline below the bottom of the box, at its left edge;
    ascent: of the tallest word above the x-height; descent: of the deepest word below the baseline; size: x-height,
    ascent and descent together.
    """

    slope: float
    offset: float
    ascent: float
    descent: float
    size: float


def measure(line: Line) -> LineMetrics:
    """Measure a line; ascent and descent at right angles to its baseline, whichever way the line runs."""
    x0, y0, x1, y1 = (round(value, LENGTH_DIGITS) for value in line.baseline)
    length = math.hypot(x1 - x0, y1 - y0)
    along = ((x1 - x0) / length, (y1 - y0) / length) if length else (1.0, 0.0)
    slope = along[1] / along[0] if along[0] > 0.0 else 0.0
    upright = abs(along[0]) >= abs(along[1])
    x_height = round(line.x_height, LENGTH_DIGITS)
    ascent, descent = 0.0, 0.0
    for box in (word.box for word in line.words):
        below = along[0] * ((box.y0 + box.y1) / 2 - y0) - along[1] * ((box.x0 + box.x1) / 2 - x0)
        half = (box.height if upright else box.width) / 2
        ascent, descent = max(ascent, half - below - x_height), max(descent, half + below)
    return LineMetrics(
        slope, y0 + slope * (line.box.x0 - x0) - line.box.y1, ascent, descent, x_height + ascent + descent
    )
