"""A line image to pieces: components joined upward, cut where characters may touch.

A piece is at most a character. Cutting too often costs time only (the lattice joins pieces again); cutting too rarely
costs the character.
"""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from ocrtool.imaging.ink import INK_LEVEL
from ocrtool.segment.types import BASELINE_ROW, X_HEIGHT, LineImage, Pieces

#: Components narrower than this (x-heights) are not cut.
MIN_CUT_WIDTH = 0.6
#: Least distance of two cuts, and of a cut from the component's ends, in x-heights.
CUT_SPACING = 0.3
#: A cut goes through at most this much ink: in stroke widths, or as a share of the taller ink beside it.
THIN_STROKES = 1.6
NECK_SHARE = 0.6
#: How far either way the ink beside a neck is looked at, in x-heights.
NECK_REACH = 0.5
#: Components with less ink than this (pixels at X_HEIGHT) are dust and leave the line.
DUST = 5
#: A part so small (x-heights) is a dot or an accent: it joins what it stands over.
DOT_SIDE = 0.65
#: Shares of the narrower width that must lie one over the other to be joined.
DOT_OVERLAP = 0.5
STACK_OVERLAP = 0.85


def stroke_width(ink: np.ndarray) -> float:
    """Typical stroke width in pixels: twice ink area over contour length. ink: (H, W) bool."""
    mask = ink.astype(np.uint8)
    edge = int(np.count_nonzero(mask - cv2.erode(mask, np.ones((3, 3), np.uint8))))
    area = int(np.count_nonzero(mask))
    return float(np.clip(2.0 * area / max(1, edge), 1.5, 0.5 * X_HEIGHT))


def cut_columns(part: np.ndarray, stroke: float) -> list[int]:
    """Columns at which a component may be two characters. part: (h, w) bool. A cut at c parts columns < c from >= c."""
    width = part.shape[1]
    if width < MIN_CUT_WIDTH * X_HEIGHT:
        return []
    amount = part.sum(axis=0).astype(np.float32)
    smooth = np.convolve(np.pad(amount, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    reach = round(NECK_REACH * X_HEIGHT)
    padded = np.pad(smooth, reach)
    windows = np.lib.stride_tricks.sliding_window_view(padded, reach + 1)
    left, right = windows[:width].max(axis=1), windows[reach : reach + width].max(axis=1)
    neck = smooth <= NECK_SHARE * np.minimum(left, right)
    thin = amount <= THIN_STROKES * stroke
    spacing = round(CUT_SPACING * X_HEIGHT)
    allowed = (neck | thin) & (np.arange(width) >= spacing) & (np.arange(width) <= width - spacing)
    # cheapest columns first, each keeping its neighbourhood free of more cuts; drawn to the middle of flat stretches
    flat = np.convolve(np.pad(smooth, 3, mode="edge"), np.ones(7) / 7, mode="valid")
    cost = np.where(allowed, smooth + 0.3 * flat, np.inf)
    cuts: list[int] = []
    while np.isfinite(cost).any():
        column = int(np.argmin(cost))
        cuts.append(column)
        cost[max(0, column - spacing) : column + spacing + 1] = np.inf
    return sorted(cuts)


def _split(labels: np.ndarray, stats: np.ndarray, stroke: float) -> tuple[np.ndarray, np.ndarray]:
    """Components to parts. Returns part map (H, W) int32 and (N, 4) boxes x0 y0 x1 y1, in no order yet."""
    parts = np.zeros_like(labels)
    boxes: list[tuple[int, int, int, int]] = []
    for k in range(1, len(stats)):
        x, y, w, h, area = (int(v) for v in stats[k])
        if area < DUST:
            continue
        own = labels[y : y + h, x : x + w] == k
        edges = [0, *cut_columns(own, stroke), w]
        for a, b in pairwise(edges):
            strip = own[:, a:b]
            rows = np.flatnonzero(strip.any(axis=1))
            if len(rows) == 0:
                continue
            boxes.append((x + a, y + int(rows[0]), x + b, y + int(rows[-1]) + 1))
            parts[y : y + h, x + a : x + b][strip] = len(boxes)
    return parts, np.array(boxes, np.int32).reshape(-1, 4)


def _join_upward(boxes: np.ndarray) -> np.ndarray:
    """Group number of each part: dots and accents with what they stand over, parts of = : ; ! ? with each other."""
    n = len(boxes)
    parent = np.arange(n)

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    order = np.argsort(boxes[:, 0], kind="stable")
    starts = boxes[order, 0]
    for i in range(n):
        if max(width[i], height[i]) > DOT_SIDE * X_HEIGHT and width[i] > 1.2 * X_HEIGHT:
            continue
        last = int(np.searchsorted(starts, boxes[i, 2]))
        near = order[:last]
        overlap = np.minimum(boxes[near, 2], boxes[i, 2]) - np.maximum(boxes[near, 0], boxes[i, 0])
        share = overlap / np.minimum(width[near], width[i])
        is_dot = max(width[i], height[i]) <= DOT_SIDE * X_HEIGHT
        share[near == i] = 0.0
        share[~((width[near] > width[i]) | ((width[near] == width[i]) & (near > i)) | is_dot)] = 0.0
        if len(share) == 0 or share.max() < (DOT_OVERLAP if is_dot else STACK_OVERLAP):
            continue
        best = int(near[int(np.argmax(share + 0.001 * (boxes[near, 1] > boxes[i, 1])))])
        parent[root(i)] = root(best)
    return np.array([root(i) for i in range(n)], np.int64)


def cut_pieces(line: LineImage) -> Pieces:
    """Pieces of a line, left to right by their middles."""
    ink = line.soft > INK_LEVEL
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    parts, boxes = _split(labels, stats, stroke_width(ink))
    if len(boxes) == 0:
        return Pieces(np.zeros(ink.shape, np.int16), np.zeros((0, 4), np.int32))
    group = _join_upward(boxes)
    _, group = np.unique(group, return_inverse=True)
    joined = np.concatenate([np.full((group.max() + 1, 2), 10**6), np.full((group.max() + 1, 2), -1)], axis=1)
    np.minimum.at(joined[:, 0], group, boxes[:, 0])
    np.minimum.at(joined[:, 1], group, boxes[:, 1])
    np.maximum.at(joined[:, 2], group, boxes[:, 2])
    np.maximum.at(joined[:, 3], group, boxes[:, 3])
    order = np.argsort(joined[:, 0] + joined[:, 2], kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    table = np.concatenate([[0], rank[group] + 1]).astype(np.int16)
    return Pieces(table[parts], joined[order].astype(np.int32))


def above_baseline(rows: np.ndarray) -> np.ndarray:
    """Row coordinates of a line image to x-heights above the baseline."""
    return (BASELINE_ROW - rows) / X_HEIGHT
