"""Layout of a page of Hangul, scaled by the height of syllables."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ocrtool.imaging.page import PreparedPage
from ocrtool.script.hangul.segment import SYLLABLE_TO_X_HEIGHT, syllable_region
from ocrtool.segment.layout import RESCALE, Layout, find_layout
from ocrtool.segment.quantiles import weighted_median
from ocrtool.segment.types import LineRegion

#: Maximum number of views of a page until the scale fits its syllables.
MAX_VIEWS = 3
#: Baseline distance (line heights) below which lines are halves of lines of syllables, and the ratio of the true line
#: height to theirs.
LEAST_LEADING, HALF_LINE_FACTOR = 1.12, 1.8

#: Boxes of forms are larger than syllables by this factor: ㅁ and printed signs such as □ look like smaller ones.
LEAST_BOX = 1.25


def find_hangul_text(page: PreparedPage, height: float | None = None) -> Layout | None:
    """Find the lines of a page of Korean; None if there are none.

    height: estimated syllable height in input pixels; None: the typical height of components. Relative to their height,
    lines of syllables are set closer than lines of Latin, so ink is smoothed by the corresponding x-height. If the
    lines found have another height, or are halves of lines, the page is analysed again.
    """
    height = height or page.height
    found = None
    for _ in range(MAX_VIEWS):
        view = page.view(height / SYLLABLE_TO_X_HEIGHT)
        layout = find_layout(view, view.x_height, LEAST_BOX * SYLLABLE_TO_X_HEIGHT)
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
    """Return True if lines are closer than any are set: lines of syllables split into their upper and lower strokes."""
    steps = []
    for block in blocks:
        bottoms = sorted((line.intercept + line.slope * (line.box[0] + line.box[2]) / 2, line.box) for line in block)
        for (upper, a), (lower, b) in pairwise(bottoms):
            beside = min(a[2], b[2]) - max(a[0], b[0])
            if beside > 0.3 * min(a[2] - a[0], b[2] - b[0]):
                steps.append((lower - upper) / body)
    return bool(steps) and float(np.median(steps)) < LEAST_LEADING
