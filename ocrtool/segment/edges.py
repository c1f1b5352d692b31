"""Edges of the lattice: runs of pieces that could be one character."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocrtool.segment.types import X_HEIGHT, Pieces

#: Maximum number of pieces of a character.
MAX_PIECES = 6
#: Maximum width of a character of several pieces (W, m) and of a gap inside one (broken strokes), in x-heights.
MAX_WIDTH = 2.6
MAX_GAP = 0.55


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges of a line, sorted by start, then end; every single piece is an edge.

    start, end: (E,) int32, an edge covers pieces start..end-1; boxes: (E, 4) int32 x0 y0 x1 y1 in line pixels.
    """

    start: np.ndarray
    end: np.ndarray
    boxes: np.ndarray

    def __len__(self) -> int:
        return len(self.start)

    def take(self, index: np.ndarray) -> Edges:
        """Select the edges at ``index`` (integers or a mask)."""
        return Edges(self.start[index], self.end[index], self.boxes[index])


def find_edges(pieces: Pieces) -> Edges:
    """Find all runs of 1 to MAX_PIECES pieces no wider than a character."""
    boxes = pieces.boxes
    n = len(boxes)
    found = [(np.arange(n), np.arange(n) + 1, boxes)]
    running, gap = boxes.copy(), np.zeros(n)
    for length in range(2, min(MAX_PIECES, n) + 1):
        count = n - length + 1
        last = boxes[length - 1 :]
        gap = np.maximum(gap[:count], last[:, 0] - running[:count, 2])
        running = np.concatenate(
            [np.minimum(running[:count, :2], last[:, :2]), np.maximum(running[:count, 2:], last[:, 2:])], axis=1
        )
        fits = (running[:, 2] - running[:, 0] <= MAX_WIDTH * X_HEIGHT) & (gap <= MAX_GAP * X_HEIGHT)
        starts = np.flatnonzero(fits)
        found.append((starts, starts + length, running[starts]))
    start = np.concatenate([f[0] for f in found]).astype(np.int32)
    end = np.concatenate([f[1] for f in found]).astype(np.int32)
    box = np.concatenate([f[2] for f in found]).astype(np.int32).reshape(-1, 4)
    order = np.lexsort((end, start))
    return Edges(start[order], end[order], box[order])


def whole_components(pieces: Pieces, edges: Edges) -> np.ndarray:
    """Return (E,) bool: True for edges that cover all pieces of one connected component and nothing else."""
    component = pieces.component
    changes = np.concatenate([[True], component[1:] != component[:-1], [True]])
    count = np.bincount(component) if len(component) else np.zeros(1, np.int64)
    first, last = component[edges.start], component[edges.end - 1]
    return np.asarray(
        changes[edges.start] & changes[edges.end] & (first == last) & (count[first] == edges.end - edges.start)
    )


def gaps_before(pieces: Pieces) -> np.ndarray:
    """Measure the gap before each piece but the first: (N - 1,) float x-heights; negative where boxes overlap."""
    reach = np.maximum.accumulate(pieces.boxes[:, 2])
    return (pieces.boxes[1:, 0] - reach[:-1]) / X_HEIGHT
