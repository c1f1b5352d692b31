"""Over-segmentation of a line image into pieces: components are cut where characters may touch, and accents joined.

A piece (an atomic segment or primitive segment in the literature of over-segmentation) is at most one character.
Cutting too often costs only time, since the lattice joins pieces again; cutting too rarely costs the character.
"""

from __future__ import annotations

import cv2
import numpy as np

from ocrtool.imaging.ink import INK_LEVEL
from ocrtool.segment.types import BASELINE_ROW, X_HEIGHT, LineImage, Pieces

#: Components narrower or lower than this (x-heights) are not cut: a dash is thin everywhere.
MIN_CUT_WIDTH = 0.6
MIN_CUT_HEIGHT = 0.4
#: Least distance between two cuts, and between a cut and the component's ends, in x-heights.
CUT_SPACING = 0.3
#: A cut goes through at most this much ink: in stroke widths, or as a share of the taller ink beside it.
THIN_STROKES = 1.6
NECK_SHARE = 0.6
#: Width of the neighbourhood on either side of a neck, in x-heights.
NECK_REACH = 0.5
#: Components with less ink than this (pixels at X_HEIGHT) are dust and are dropped.
DUST = 5
#: A part of at most this side (x-heights) is a dot or accent, joined to the part below or above it.
DOT_SIDE = 0.65
#: A dot that overlaps its letter vertically by more than this share of its height is not an accent: a comma under the
#: arm of a y.
BESIDE = 0.3
#: Parts are joined if they overlap horizontally by this share of the narrower width.
DOT_OVERLAP = 0.5
STACK_OVERLAP = 0.85
#: Wider parts (x-heights) are not joined: they are more than a character.
MAX_STACK_WIDTH = 1.2


def stroke_width(ink: np.ndarray) -> float:
    """Estimate the stroke width in pixels: twice the ink's area over its contour length. ink: (H, W) bool."""
    mask = ink.astype(np.uint8)
    edge = int(np.count_nonzero(mask - cv2.erode(mask, np.ones((3, 3), np.uint8))))
    area = int(np.count_nonzero(mask))
    return float(np.clip(2.0 * area / max(1, edge), 1.5, 0.5 * X_HEIGHT))


def _profiles(labels: np.ndarray, stats: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Lay the column profiles of all components end to end, with white between them.

    labels: (H, W) int32 with statistics stats (K, 5) of OpenCV; dust is left out. Returns row, column and position in
    the profile of each ink pixel, (n,) each, and start (K + 1,) of each component's profile; start[-1] is the end.
    """
    width = np.where(stats[:, cv2.CC_STAT_AREA] >= DUST, stats[:, cv2.CC_STAT_WIDTH], 0)
    width[0] = 0
    between = round(NECK_REACH * X_HEIGHT) + 1
    start = np.concatenate([[0], np.cumsum(width + between)]) + between
    ys, xs = np.nonzero(labels)
    component = labels[ys, xs]
    keep = width[component] > 0
    ys, xs, component = ys[keep], xs[keep], component[keep]
    return ys, xs, start[component] + xs - stats[component, cv2.CC_STAT_LEFT], start


def _cut_costs(amount: np.ndarray, stroke: float) -> np.ndarray:
    """Compute the cost of a cut at each column of a profile, inf if forbidden. amount: (n,) ink pixels per column."""
    row = amount.astype(np.float32)[None]
    smooth = cv2.filter2D(row, -1, np.array([[0.25, 0.5, 0.25]], np.float32), borderType=cv2.BORDER_CONSTANT)
    reach = round(NECK_REACH * X_HEIGHT)
    window = np.ones((1, reach + 1), np.uint8)
    left = cv2.dilate(smooth, window, anchor=(reach, 0), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    right = cv2.dilate(smooth, window, anchor=(0, 0), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    neck = smooth <= NECK_SHARE * np.minimum(left, right)
    thin = row <= THIN_STROKES * stroke
    flat = cv2.blur(smooth, (7, 1), borderType=cv2.BORDER_CONSTANT)
    return np.asarray(np.where(neck | thin, smooth + 0.3 * flat, np.inf)[0])


def _choose_cuts(cost: np.ndarray) -> list[int]:
    """Choose the columns at which one component is cut, cheapest first and not too close. cost: (w,) of its columns."""
    spacing = round(CUT_SPACING * X_HEIGHT)
    if len(cost) < MIN_CUT_WIDTH * X_HEIGHT:
        return []
    cost = cost.copy()
    cost[:spacing] = cost[len(cost) - spacing + 1 :] = np.inf
    cuts: list[int] = []
    while np.isfinite(cost[column := int(np.argmin(cost))]):
        cuts.append(column)
        cost[max(0, column - spacing) : column + spacing + 1] = np.inf
    return cuts


def split_components(labels: np.ndarray, stats: np.ndarray, stroke: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cut components (or stacks of them) into parts where characters may touch.

    labels: (H, W) int32; stats: (K, 5) as from OpenCV, the first of the background. Returns the part map (H, W) int32,
    (N, 4) boxes x0 y0 x1 y1, not sorted, and the (N,) component of each part.
    """
    ys, xs, position, start = _profiles(labels, stats)
    parts = np.zeros_like(labels)
    if len(ys) == 0:
        return parts, np.zeros((0, 4), np.int32), np.zeros(0, np.int64)
    cost = _cut_costs(np.bincount(position, minlength=int(start[-1])), stroke)
    border = np.zeros(int(start[-1]) + 1, np.int64)
    border[start[:-1]] = 1
    for k in np.flatnonzero(stats[:, cv2.CC_STAT_HEIGHT] >= MIN_CUT_HEIGHT * X_HEIGHT)[1:]:
        first = start[k]
        for column in _choose_cuts(cost[first : first + stats[k, cv2.CC_STAT_WIDTH]]):
            border[first + column] = 1
    _, number = np.unique(np.cumsum(border)[position], return_inverse=True)
    parts[ys, xs] = number + 1
    order = np.argsort(number, kind="stable")
    edge = np.flatnonzero(np.diff(number[order], prepend=-1))
    low = [np.minimum.reduceat(v[order], edge) for v in (xs, ys)]
    high = [np.maximum.reduceat(v[order], edge) + 1 for v in (xs, ys)]
    return parts, np.stack([*low, *high], axis=1).astype(np.int32), labels[ys, xs][order][edge]


def _join_upward(boxes: np.ndarray) -> np.ndarray:
    """Group dots and accents with their letters, and the parts of = : ; ! ? with each other: (N,) numbers."""
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    x0, y0, x1, y1 = boxes.T
    overlap = np.minimum(x1[:, None], x1) - np.maximum(x0[:, None], x0)  # (N, N), of part i with part j
    share = overlap / np.minimum(width[:, None], width)
    is_dot = np.maximum(width, height) <= DOT_SIDE * X_HEIGHT
    number = np.arange(len(boxes))
    wider = (width > width[:, None]) | ((width == width[:, None]) & (number > number[:, None]))
    beside = np.minimum(y1[:, None], y1) - np.maximum(y0[:, None], y0) > BESIDE * height[:, None]
    share[~(wider | is_dot[:, None]) | (is_dot[:, None] & beside) | (number == number[:, None])] = 0.0
    below = y0 > y0[:, None]
    target = np.argmax(share + 0.001 * below, axis=1)
    joins = share[number, target] >= np.where(is_dot, DOT_OVERLAP, STACK_OVERLAP)
    joins &= is_dot | (width <= MAX_STACK_WIDTH * X_HEIGHT)
    parent = number.copy()

    def root(i: int) -> int:
        while parent[i] != i:
            i = int(parent[i])
        return i

    for i in np.flatnonzero(joins):
        parent[root(int(i))] = root(int(target[i]))
    return np.array([root(i) for i in range(len(boxes))], np.int64)


def cut_pieces(line: LineImage) -> Pieces:
    """Segment a line into pieces, left to right by their middles."""
    ink = line.soft > INK_LEVEL
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    parts, boxes, component = split_components(labels, stats, stroke_width(ink))
    return pieces_of(parts, boxes, component, _join_upward(boxes) if len(boxes) else None)


def pieces_of(parts: np.ndarray, boxes: np.ndarray, component: np.ndarray, group: np.ndarray | None = None) -> Pieces:
    """Build the pieces, left to right by their middles, from the results of `split_components`.

    group: (N,) number of each part, parts of one number make one piece; None: each part is a piece.
    """
    if len(boxes) == 0:
        return Pieces(np.zeros(parts.shape, np.int16), np.zeros((0, 4), np.int32), np.zeros(0, np.int32))
    _, group = np.unique(np.arange(len(boxes)) if group is None else group, return_inverse=True)
    joined = np.concatenate([np.full((group.max() + 1, 2), 10**6), np.full((group.max() + 1, 2), -1)], axis=1)
    np.minimum.at(joined[:, 0], group, boxes[:, 0])
    np.minimum.at(joined[:, 1], group, boxes[:, 1])
    np.maximum.at(joined[:, 2], group, boxes[:, 2])
    np.maximum.at(joined[:, 3], group, boxes[:, 3])
    order = np.argsort(joined[:, 0] + joined[:, 2], kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    table = np.concatenate([[0], rank[group] + 1]).astype(np.int16)
    whole = np.zeros(len(joined), np.int32)
    by_width = np.argsort(boxes[:, 2] - boxes[:, 0], kind="stable")
    whole[group[by_width]] = component[by_width]  # a joined piece has the component of its widest part
    return Pieces(table[parts], joined[order].astype(np.int32), whole[order])


def above_baseline(rows: np.ndarray) -> np.ndarray:
    """Convert row coordinates of a line image to x-heights above the baseline."""
    return (BASELINE_ROW - rows) / X_HEIGHT
