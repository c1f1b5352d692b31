"""Lines that are the numbers of items, ``a)`` or ``(g)``: their common mark shows where their baselines are.

In ``g)`` all ink goes below the baseline, and nothing beside it shows this; in ``b)`` none is as low as a small letter.
But the bracket stands as high in each of them, and is as large.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from ocrtool.segment.layout import Layout
from ocrtool.segment.quantiles import percentile
from ocrtool.segment.types import LineRegion

#: Lines are items if they are at most so wide (x-heights); so many are needed, and this share must have the mark.
WIDEST, FEWEST, WITH_MARK = 6.0, 4, 0.6
#: Marks differ in height by less than this share of it, or so many pixels.
SAME, PIXELS = 0.1, 1.0
#: Of the x-heights of items this percentile is that of the small letters: none is found too low.
LOW = 25.0
#: Lines whose baselines or x-heights are off by less than this (x-heights) stay as they are.
OFF = 0.12


def level_items(layout: Layout, regions: Sequence[LineRegion]) -> list[LineRegion]:
    """Return lines of which items have the x-height and the baseline that their common mark tells of."""
    narrow = [k for k, r in enumerate(regions) if r.box[2] - r.box[0] <= WIDEST * r.x_height and r.cells < 0]
    if len(narrow) < FEWEST:
        return list(regions)
    marks = np.array([_last_part(layout, regions[k]) for k in narrow], float)  # bottom and height
    height = percentile(marks[:, 1], 50.0)
    same = np.abs(marks[:, 1] - height) <= max(PIXELS, SAME * height)
    if same.sum() < max(FEWEST, WITH_MARK * len(narrow)):
        return list(regions)
    own = [k for k, alike in zip(narrow, same.tolist(), strict=True) if alike]
    bottoms = marks[same, 0]
    x_heights = np.array([regions[k].x_height for k in own])
    x_height = percentile(x_heights, LOW)
    below = bottoms - np.array([_baseline(regions[k]) for k in own])
    usual = percentile(below[x_heights <= (1 + OFF) * x_height], 50.0)
    levelled = list(regions)
    for k, bottom, depth in zip(own, bottoms.tolist(), below.tolist(), strict=True):
        region = regions[k]
        if abs(depth - usual) > OFF * x_height or abs(region.x_height - x_height) > OFF * x_height:
            moved = bottom - usual - _baseline(region)
            levelled[k] = replace(region, x_height=x_height, intercept=region.intercept + moved)
    return levelled


def _baseline(region: LineRegion) -> float:
    """Return the row of the baseline at the right end of a line."""
    return region.slope * region.box[2] + region.intercept


def _last_part(layout: Layout, region: LineRegion) -> tuple[int, int]:
    """Return the bottom row and the height of the rightmost connected part of a line."""
    x0, y0, x1, y1 = region.box
    own = (layout.line_labels[y0:y1, x0:x1] == region.label).view(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(own, connectivity=8)
    if count < 2:
        return y1, 0
    _, top, _, height, _ = stats[1 + int(stats[1:, cv2.CC_STAT_LEFT].argmax())].tolist()
    return y0 + top + height, height
