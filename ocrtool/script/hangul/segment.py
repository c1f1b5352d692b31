"""Lines of Hangul: their geometry from whole syllables, and their pieces.

A syllable is a square of separate strokes. Its height, not the x-height, is what lines of Korean have in common, and
its strokes are put together before anything is cut.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from ocrtool.imaging.ink import INK_LEVEL
from ocrtool.segment.edges import Edges
from ocrtool.segment.pieces import DUST, pieces_of, split_components, stroke_width
from ocrtool.segment.types import BASELINE_ROW, X_HEIGHT, LineImage, LineRegion, Pieces

#: Height of a syllable in x-heights of the Latin letters that stand beside it in most Korean fonts, and how far its
#: foot is below their baseline.
SYLLABLE_TO_X_HEIGHT = 1.75
BASELINE_DROP = 0.2
#: Columns of ink at least so high (share of the tallest) are whole syllables, tall letters, digits.
TALL_SHARE = 0.8
#: Strokes join if so much of the narrower one lies over or under the other.
STACK_OVERLAP = 0.5
#: A stroke wider than this and flatter (x-heights) is a rule under or between words: it joins nothing and is no piece.
RULE_WIDTH, RULE_HEIGHT = 3.0, 0.3
#: A level run of ink so long (x-heights), no higher than so far above the bottoms of the syllables, is an underline.
UNDERLINE, UNDERLINE_TOP = 1.7 * SYLLABLE_TO_X_HEIGHT, 0.12
#: Widths of a run of strokes that may be a whole syllable, in x-heights.
SYLLABLE_WIDTH = (0.55 * SYLLABLE_TO_X_HEIGHT, 1.2 * SYLLABLE_TO_X_HEIGHT)


def column_runs(ink: np.ndarray) -> np.ndarray:
    """Runs of inked columns: (n, 4) int x0, top, x1, bottom (half open). ink: (H, W) bool."""
    filled = ink.any(axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], filled.astype(np.int8), [0]])))
    if len(edges) == 0:
        return np.zeros((0, 4), np.int64)
    starts, ends = edges[::2], edges[1::2]
    top = np.where(filled, np.argmax(ink, axis=0), ink.shape[0])
    foot = np.where(filled, ink.shape[0] - np.argmax(ink[::-1], axis=0), 0)
    bounds = np.minimum(np.stack([starts, ends], axis=1).ravel(), ink.shape[1] - 1)
    tops = np.minimum.reduceat(top, bounds)[::2]
    bottoms = np.maximum.reduceat(foot, bounds)[::2]
    return np.stack([starts, tops, ends, bottoms], axis=1)


def syllable_region(region: LineRegion, line_labels: np.ndarray) -> LineRegion:
    """The line with baseline and x-height as its syllables have them.

    line_labels: (H, W) int, line label of each ink pixel. The body of the line is from the median top to the median
    foot of its tall columns; the x-height is that by SYLLABLE_TO_X_HEIGHT.
    """
    x0, y0, x1, y1 = region.box
    runs = column_runs(line_labels[y0:y1, x0:x1] == region.label)
    if len(runs) == 0:
        return region
    height = runs[:, 3] - runs[:, 1]
    width = runs[:, 2] - runs[:, 0]
    order = np.argsort(height)
    tallest = height[order][np.searchsorted(np.cumsum(width[order]), 0.9 * width.sum())]
    tall = runs[height >= TALL_SHARE * tallest]
    slant = region.slope * (tall[:, 0] + tall[:, 2]) / 2.0  # rows by which the line has fallen there
    top, foot = float(np.median(tall[:, 1] - slant)), float(np.median(tall[:, 3] - slant))
    x_height = max(1.0, (foot - top) / SYLLABLE_TO_X_HEIGHT)
    intercept = y0 + foot - BASELINE_DROP * x_height - region.slope * x0
    return replace(region, intercept=intercept, x_height=x_height)


def without_underline(line: LineImage) -> LineImage:
    """The line without a rule under its words, but where a syllable stands on it."""
    first = round(BASELINE_ROW + (BASELINE_DROP - UNDERLINE_TOP) * X_HEIGHT)
    ink = (line.soft > INK_LEVEL).astype(np.uint8)
    low = cv2.morphologyEx(ink[first:], cv2.MORPH_CLOSE, np.ones((1, 5), np.uint8))
    runs = cv2.morphologyEx(low, cv2.MORPH_OPEN, np.ones((1, round(UNDERLINE * X_HEIGHT)), np.uint8))
    if not runs.any():
        return line
    rule = cv2.dilate(runs, np.ones((5, 5), np.uint8))
    top = first + np.argmax(rule, axis=0)
    above = ink[np.maximum(top - 1, 0), np.arange(ink.shape[1])] > 0  # a syllable's foot
    soft = line.soft.copy()
    soft[first:][(rule > 0) & ~above[None, :]] = 0
    return replace(line, soft=soft)


def cut_syllables(line: LineImage) -> Pieces:
    """Pieces of a line of Hangul, left to right. Pieces of one stack of strokes share their ``component``."""
    ink = line.soft > INK_LEVEL
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    stats = stats.astype(np.int64)
    w, h = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    keep = (stats[:, cv2.CC_STAT_AREA] >= DUST) & ~((w > RULE_WIDTH * X_HEIGHT) & (h < RULE_HEIGHT * X_HEIGHT))
    keep[0] = False
    kept = np.flatnonzero(keep)
    group = _stacks(stats[kept])
    table = np.zeros(len(stats), np.int32)
    table[kept] = group + 1
    stacks, merged = table[labels], _merged(stats[kept], group)
    return pieces_of(*split_components(stacks, merged, stroke_width(ink)))


def _stacks(stats: np.ndarray) -> np.ndarray:
    """Group number of each component (n, 5): those that lie over one another are one. Numbered from 0."""
    x0 = stats[:, cv2.CC_STAT_LEFT]
    x1 = x0 + stats[:, cv2.CC_STAT_WIDTH]
    order = np.argsort(x0, kind="stable")
    group = np.zeros(len(stats), np.int64)
    number, left, right = -1, 0, -1
    for i in order:  # a few hundred components
        shared = min(right, int(x1[i])) - int(x0[i])
        if number < 0 or shared < STACK_OVERLAP * min(right - left, int(x1[i] - x0[i])):
            number, left, right = number + 1, int(x0[i]), int(x1[i])
        right = max(right, int(x1[i]))
        group[i] = number
    return group


def _merged(stats: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Statistics (groups + 1, 5) of groups of components, as OpenCV has them; the first is the paper's."""
    count = int(group.max(initial=-1)) + 1
    low = np.full((count + 1, 2), np.iinfo(np.int32).max, np.int64)
    high, area = np.zeros((count + 1, 2), np.int64), np.zeros(count + 1, np.int64)
    corner = stats[:, :2]
    np.minimum.at(low, group + 1, corner)
    np.maximum.at(high, group + 1, corner + stats[:, 2:4])
    np.add.at(area, group + 1, stats[:, cv2.CC_STAT_AREA])
    low[0] = high[0] = 0
    return np.concatenate([low, high - low, area[:, None]], axis=1)


def whole_stacks(pieces: Pieces, edges: Edges) -> np.ndarray:
    """(E,) bool: edges of one whole stack of strokes, or of several that are as wide as a syllable."""
    component = pieces.component
    changes = np.concatenate([[True], component[1:] != component[:-1], [True]])
    whole = changes[edges.start] & changes[edges.end]
    single = component[edges.start] == component[edges.end - 1]
    width = (edges.boxes[:, 2] - edges.boxes[:, 0]) / X_HEIGHT
    return np.asarray(whole & (single | ((width >= SYLLABLE_WIDTH[0]) & (width <= SYLLABLE_WIDTH[1]))))
