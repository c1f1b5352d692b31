"""Segmentation of lines of Hangul: line geometry from whole syllables, and pieces.

A syllable is a square of separate strokes. Its height, not the x-height, is common to a line, and its strokes are
grouped before they are cut.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from ocrtool.imaging.ink import INK_LEVEL
from ocrtool.segment.edges import Edges
from ocrtool.segment.pieces import DUST, pieces_of, split_components, stroke_width
from ocrtool.segment.types import BASELINE_ROW, X_HEIGHT, LineImage, LineRegion, Pieces

#: Height of a syllable in x-heights of the Latin letters of most Korean fonts, and how far its bottom is below their
#: baseline.
SYLLABLE_TO_X_HEIGHT = 1.75
BASELINE_DROP = 0.2
#: Runs of columns of at least this height (share of the tallest) are whole syllables, tall letters or digits.
TALL_SHARE = 0.8
#: Strokes are grouped if they overlap horizontally by this share of the narrower width.
STACK_OVERLAP = 0.5
#: A stroke at least this wide and at most this high (x-heights) is a rule under or between words and is dropped.
RULE_WIDTH, RULE_HEIGHT = 3.0, 0.3
#: An underline: least length of a level run of ink, and its greatest height above the bottoms of syllables, x-heights.
UNDERLINE, UNDERLINE_TOP = 1.7 * SYLLABLE_TO_X_HEIGHT, 0.12
#: Least and greatest width of several stacks of strokes that may be a whole syllable, in x-heights.
SYLLABLE_WIDTH = (0.55 * SYLLABLE_TO_X_HEIGHT, 1.2 * SYLLABLE_TO_X_HEIGHT)


def column_runs(ink: np.ndarray) -> np.ndarray:
    """Find the runs of inked columns: (n, 4) int x0, top, x1, bottom (half open). ink: (H, W) bool."""
    filled = ink.any(axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], filled.astype(np.int8), [0]])))
    if len(edges) == 0:
        return np.zeros((0, 4), np.int64)
    starts, ends = edges[::2], edges[1::2]
    top = np.where(filled, np.argmax(ink, axis=0), ink.shape[0])
    bottom = np.where(filled, ink.shape[0] - np.argmax(ink[::-1], axis=0), 0)
    bounds = np.minimum(np.stack([starts, ends], axis=1).ravel(), ink.shape[1] - 1)
    tops = np.minimum.reduceat(top, bounds)[::2]
    bottoms = np.maximum.reduceat(bottom, bounds)[::2]
    return np.stack([starts, tops, ends, bottoms], axis=1)


def syllable_region(region: LineRegion, line_labels: np.ndarray) -> LineRegion:
    """Return the line with baseline and x-height fitted to its syllables.

    line_labels: (H, W) int label map, the line of each ink pixel. The body height of the line is measured from the
    median top to the median bottom of its tall columns; the x-height is that over SYLLABLE_TO_X_HEIGHT.
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
    top, bottom = float(np.median(tall[:, 1] - slant)), float(np.median(tall[:, 3] - slant))
    x_height = max(1.0, (bottom - top) / SYLLABLE_TO_X_HEIGHT)
    intercept = y0 + bottom - BASELINE_DROP * x_height - region.slope * x0
    return replace(region, intercept=intercept, x_height=x_height)


def without_underline(line: LineImage) -> LineImage:
    """Remove a rule under the words of a line, except where a syllable touches it."""
    first = round(BASELINE_ROW + (BASELINE_DROP - UNDERLINE_TOP) * X_HEIGHT)
    ink = (line.soft > INK_LEVEL).astype(np.uint8)
    low = cv2.morphologyEx(ink[first:], cv2.MORPH_CLOSE, np.ones((1, 5), np.uint8))
    runs = cv2.morphologyEx(low, cv2.MORPH_OPEN, np.ones((1, round(UNDERLINE * X_HEIGHT)), np.uint8))
    if not runs.any():
        return line
    rule = cv2.dilate(runs, np.ones((5, 5), np.uint8))
    top = first + np.argmax(rule, axis=0)
    above = ink[np.maximum(top - 1, 0), np.arange(ink.shape[1])] > 0  # a syllable touches the rule
    soft = line.soft.copy()
    soft[first:][(rule > 0) & ~above[None, :]] = 0
    return replace(line, soft=soft)


def cut_syllables(line: LineImage) -> Pieces:
    """Segment a line of Hangul into pieces, left to right. Pieces of one stack of strokes share their ``component``."""
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
    """Group components that overlap horizontally. stats: (n, 5). Returns group numbers (n,), from 0."""
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
    """Compute the statistics (groups + 1, 5) of groups of components, as from OpenCV; the first is the background's."""
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
    """Return (E,) bool: True for edges of one whole stack of strokes, or of several as wide as a syllable."""
    component = pieces.component
    changes = np.concatenate([[True], component[1:] != component[:-1], [True]])
    whole = changes[edges.start] & changes[edges.end]
    single = component[edges.start] == component[edges.end - 1]
    width = (edges.boxes[:, 2] - edges.boxes[:, 0]) / X_HEIGHT
    return np.asarray(whole & (single | ((width >= SYLLABLE_WIDTH[0]) & (width <= SYLLABLE_WIDTH[1]))))
