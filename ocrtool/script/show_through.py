"""Text of the other side of a leaf that shows through: faint lines that the line reader reads better mirrored."""

from __future__ import annotations

import numpy as np

from ocrtool.imaging.prepare import keep_strong
from ocrtool.script.orientation import Sight, certainty, certainty_of, look
from ocrtool.script.strip_engine import StripEngine
from ocrtool.segment.layout import Layout
from ocrtool.segment.strip import mirrored

#: A line is faint if its ink has less than this share of the strength that most of the page's ink has.
FAINT = 0.62
#: Most faint lines that are scored.
MOST_LINES = 8
#: Every so many pixels of a row and of a column are measured.
STEP = 4


def without_show_through(seen: Sight, engine: StripEngine) -> Sight:
    """Return the page without what shows through from its other side; the same where nothing does."""
    if seen.layout is None or seen.mirrored or not seen.lines:
        return seen
    strength, pixels = line_strengths(seen.layout)
    main = _main_strength(strength, pixels)
    faint = np.flatnonzero(strength < FAINT * main)
    if not 0 < len(faint) < len(strength):
        return seen
    chosen = faint[np.argsort(-pixels[faint], kind="stable")][:MOST_LINES].tolist()
    as_is = certainty([seen.lines[k] for k in chosen])
    back = certainty_of(engine.reader.read([mirrored(seen.lines[k].strip) for k in chosen]))
    if not back.beats(as_is):
        return seen
    level = (float(np.average(strength[faint], weights=pixels[faint])) + main) / 2
    cleared = keep_strong(seen.page, round(level))
    return seen if cleared is None else look(cleared, engine)


def line_strengths(layout: Layout) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean soft ink of each line of a layout, (n,), and about how many ink pixels it has."""
    labels = layout.line_labels[::STEP, ::STEP].ravel()
    numbers = np.array([region.label for region in layout.lines])
    count = int(numbers.max()) + 1
    pixels = np.bincount(labels, minlength=count)[numbers]
    total = np.bincount(labels, weights=layout.page.soft[::STEP, ::STEP].ravel(), minlength=count)[numbers]
    return total / np.maximum(pixels, 1), pixels * STEP**2


def _main_strength(strength: np.ndarray, pixels: np.ndarray) -> float:
    """Return the strength that a quarter of the ink exceeds: faint lines may be many."""
    order = np.argsort(-strength, kind="stable")
    return float(strength[order][np.searchsorted(np.cumsum(pixels[order]), pixels.sum() / 4)])
