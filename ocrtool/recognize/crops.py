"""Inputs of the glyph classifier for each edge: a crop with its surroundings, and geometry features."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocrtool.segment.edges import Edges
from ocrtool.segment.types import BASELINE_ROW, X_HEIGHT, LineImage, Pieces

#: Number of geometry features: known, top, bottom, height, width, gap left, gap right, log scale.
GEOMETRY_SIZE = 8
#: Gaps are clipped to this (x-heights): wider ones are spaces anyway.
WIDEST_GAP = 2.0


@dataclass(frozen=True, slots=True)
class CropShape:
    """Size of crops. side: of the crop; glyph: the longer side of the glyph after scaling; both in pixels."""

    side: int
    glyph: int


def glyph_images(line: LineImage, pieces: Pieces, edges: Edges, shape: CropShape) -> np.ndarray:
    """Cut the crops of a line's edges: (E, side, side, 2) uint8.

    Channel 0 is the soft ink of the edge's pieces, channel 1 all other ink in the window.
    """
    out = np.zeros((len(edges), shape.side, shape.side, 2), np.uint8)
    if len(edges) == 0:
        return out
    pad = 3 * X_HEIGHT
    soft = cv2.copyMakeBorder(line.soft, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=0)
    labels = cv2.copyMakeBorder(_grown(pieces.labels), pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=0)
    boxes = edges.boxes + pad
    side = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    window = side * (shape.side / shape.glyph)
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2.0
    low = np.floor(centre - window[:, None] / 2).astype(int)
    high = np.ceil(centre + window[:, None] / 2).astype(int)
    low, high = np.maximum(low, 0), np.minimum(high, [soft.shape[1], soft.shape[0]])
    scale = shape.glyph / side
    shift = shape.side / 2 - 0.5 - (centre - 0.5 - low) * scale[:, None]
    for i in range(len(edges)):
        (x0, y0), (x1, y1) = low[i], high[i]
        ink, window_labels = soft[y0:y1, x0:x1], labels[y0:y1, x0:x1]
        glyph_mask = cv2.inRange(window_labels, int(edges.start[i]) + 1, int(edges.end[i]))
        both = cv2.merge((cv2.bitwise_and(ink, glyph_mask), cv2.bitwise_and(ink, cv2.bitwise_not(glyph_mask))))
        s = float(scale[i])
        if s < 0.75:  # shrinking without a blur would drop thin strokes
            both = cv2.blur(both, (2, 2) if s > 0.45 else (3, 3))
        matrix = np.array([[s, 0.0, shift[i, 0]], [0.0, s, shift[i, 1]]])
        out[i] = cv2.warpAffine(both, matrix, (shape.side, shape.side), flags=cv2.INTER_LINEAR)
    return out


def _grown(labels: np.ndarray) -> np.ndarray:
    """Grow piece labels (H, W) int16 by a rim of one pixel, so that a piece keeps its soft edge."""
    grown = cv2.dilate(labels, np.ones((3, 3), np.uint8))
    return np.where(labels > 0, labels, grown)


def isolated_image(glyph: np.ndarray, shape: CropShape) -> np.ndarray:
    """Cut the crop of an isolated character: (side, side, 2) uint8. glyph: (h, w) uint8, ink bright."""
    out = np.zeros((shape.side, shape.side, 2), np.uint8)
    x, y, w, h = cv2.boundingRect((glyph > 60).astype(np.uint8))
    if w == 0 or h == 0:
        return out
    s = shape.glyph / max(w, h)
    if s < 0.75:
        glyph = cv2.blur(glyph, (max(2, round(0.7 / s)),) * 2)
    shift = [shape.side / 2 - 0.5 - (a + b / 2.0 - 0.5) * s for a, b in ((x, w), (y, h))]
    matrix = np.array([[s, 0.0, shift[0]], [0.0, s, shift[1]]])
    out[:, :, 0] = cv2.warpAffine(glyph, matrix, (shape.side, shape.side), flags=cv2.INTER_LINEAR)
    return out


def glyph_geometry(pieces: Pieces, edges: Edges) -> np.ndarray:
    """Compute the geometry features of each edge: (E, GEOMETRY_SIZE) float32.

    [1, top, bottom, height, width, gap to the left, gap to the right, log2 of the longer side], all in x-heights, up
    positive from the baseline; gaps are clipped to -0.5..WIDEST_GAP. All 0 stands for an unknown geometry.
    """
    if len(edges) == 0:
        return np.zeros((0, GEOMETRY_SIZE), np.float32)
    boxes = edges.boxes.astype(np.float32)
    x0, y0, x1, y1 = boxes.T
    reach = np.maximum.accumulate(pieces.boxes[:, 2])
    ahead = np.minimum.accumulate(pieces.boxes[::-1, 0])[::-1]
    far = WIDEST_GAP * X_HEIGHT
    before = np.where(edges.start > 0, x0 - reach[np.maximum(edges.start - 1, 0)], far)
    behind = np.where(edges.end < len(pieces), ahead[np.minimum(edges.end, len(pieces) - 1)] - x1, far)
    columns = [
        np.ones_like(x0),
        (BASELINE_ROW - y0) / X_HEIGHT,
        (BASELINE_ROW - y1) / X_HEIGHT,
        (y1 - y0) / X_HEIGHT,
        (x1 - x0) / X_HEIGHT,
        np.clip(before / X_HEIGHT, -0.5, WIDEST_GAP),
        np.clip(behind / X_HEIGHT, -0.5, WIDEST_GAP),
        np.log2(np.maximum(x1 - x0, y1 - y0) / X_HEIGHT),
    ]
    return np.stack(columns, axis=1).astype(np.float32)
