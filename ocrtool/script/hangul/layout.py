"""Lines of a page of Hangul: found as other lines are, but scaled by the height of their syllables."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ocrtool.imaging.page import PreparedPage
from ocrtool.script.hangul.segment import SYLLABLE_TO_X_HEIGHT, syllable_region
from ocrtool.segment.layout import RESCALE, Layout, find_layout
from ocrtool.segment.median import weighted_median
from ocrtool.segment.types import LineRegion

#: A page is viewed at most so many times until the scale fits its syllables.
MAX_VIEWS = 3
#: Lines whose feet are closer than so many of their heights are halves of lines of syllables: the true height is about
#: so many times theirs.
LEAST_LEADING, HALF_LINE_FACTOR = 1.12, 1.8


def find_hangul_text(page: PreparedPage, height: float | None = None) -> Layout | None:
    """The lines of a page of Korean; None if there are none.

    height: guess of the syllables' height in input pixels; None: the typical height of components. Lines of syllables
    stand closer, measured by their height, than lines of Latin: ink is smoothed by the x-height that goes with it.
    Where the lines then show another height, or are halves of lines, the page is viewed again.
    """
    height = height or page.height
    found = None
    for _ in range(MAX_VIEWS):
        view = page.view(height / SYLLABLE_TO_X_HEIGHT)
        layout = find_layout(view, view.x_height)
        if not layout.lines:
            break
        found = layout
        lines = [[syllable_region(line, layout.line_labels) for line in block] for block in layout.blocks]
        x_heights = np.array([line.x_height for block in lines for line in block])
        lengths = np.array([line.box[2] - line.box[0] for block in lines for line in block])
        x_height = weighted_median(x_heights, lengths)
        body = SYLLABLE_TO_X_HEIGHT * x_height
        height = body * view.input_scale
        if _are_half_lines(lines, body):
            height *= HALF_LINE_FACTOR
        elif RESCALE[0] < x_height / view.x_height < RESCALE[1]:
            break
    return found


def _are_half_lines(blocks: list[list[LineRegion]], body: float) -> bool:
    """True if lines stand closer than any are set: rows of syllables taken apart into their upper and lower strokes."""
    steps = []
    for block in blocks:
        bottoms = sorted((line.intercept + line.slope * (line.box[0] + line.box[2]) / 2, line.box) for line in block)
        for (upper, a), (lower, b) in pairwise(bottoms):
            beside = min(a[2], b[2]) - max(a[0], b[0])
            if beside > 0.3 * min(a[2] - a[0], b[2] - b[0]):
                steps.append((lower - upper) / body)
    return bool(steps) and float(np.median(steps)) < LEAST_LEADING
