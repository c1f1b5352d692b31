"""Closed combs of forms: two level rules, one below the other, and upright bars that part the cells between them."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from ocrtool.segment.cell_rows import CELL_HEIGHT
from ocrtool.segment.quantiles import percentile

#: Breaks of the rules are no wider than this, in widths of a cell.
GAP = 0.06
#: A bar covers this share of the rows between the rules, and is at most so thick (x-heights).
BAR, THICKEST = 0.85, 0.5
#: Bars are equally far apart within this share of their pitch; so many may be hidden, as a share of all.
EVEN, HIDDEN = 0.12, 0.34
#: Share of the bars that may have another stroke so near: between boxes side by side are two sides each.
DOUBLE = 0.5
#: Width over height of a cell, least and greatest.
ASPECTS = (0.55, 1.6)
#: The upper and the lower edge are looked for within so many pixels of where they are expected.
REACH = 2


def with_combs(ink: np.ndarray, frames: np.ndarray, x_height: float) -> np.ndarray:
    """Return frames (N, 4) with all cells of the combs that they are part of: cells whose bars are hidden are added.

    ink: (H, W) bool of an upright page; x_height: in its pixels.
    """
    combs: list[np.ndarray] = []
    around = np.zeros((0, 4), np.int64)  # of the cells of each
    for frame in frames[frames[:, 3] - frames[:, 1] >= CELL_HEIGHT * x_height]:
        if _hold(around, frame).any():
            continue
        cells = closed_comb(ink, tuple(frame.tolist()), x_height)
        if cells is not None:
            own = np.concatenate([cells[:, :2].min(axis=0), cells[:, 2:].max(axis=0)])
            apart = np.array([not _hold(own[None], other)[0] for other in around], bool)
            combs = [other for other, kept in zip(combs, apart, strict=True) if kept] + [cells]
            around = np.concatenate([around[apart], own[None]])
    free = np.array([not _hold(around, frame).any() for frame in frames], bool)
    return np.concatenate([frames[free], *combs]).astype(np.int32)


def _hold(boxes: np.ndarray, frame: np.ndarray) -> np.ndarray:
    """Return (N,) bool: True for boxes (N, 4) in which the middle of a frame (4,) is."""
    middle = (frame[:2] + frame[2:]) / 2
    return np.asarray((boxes[:, :2] <= middle).all(axis=1) & (middle < boxes[:, 2:]).all(axis=1))


def closed_comb(ink: np.ndarray, frame: tuple[int, int, int, int], x_height: float) -> np.ndarray | None:
    """Return the cells (N, 4) int32 of the comb that a frame is part of, None if no even bars part it.

    ink: (H, W) bool of an upright page; x_height: in its pixels.
    """
    x0, y0, x1, y1 = frame
    (above, top), (below, bottom) = (_followed(ink, (x0, x1), y) for y in (y0, y1 - 1))
    first, end = max(above, below), min(above + len(top), below + len(bottom))
    tops, bottoms = top[first - above : end - above], bottom[first - below : end - below]
    at = _bars(ink, first, tops, bottoms, x_height)
    height = float(percentile((bottoms - tops).astype(float), 50.0))
    columns = even_columns(at, (ASPECTS[0] * height, ASPECTS[1] * height))
    if columns is None:
        return None
    cells = []
    for left, right in pairwise(columns.tolist()):
        middle = min(max(round((left + right) / 2) - first, 0), len(tops) - 1)
        cells.append([round(left) - 1, int(tops[middle]), round(right) + 2, int(bottoms[middle]) + 1])
    return np.array(cells, np.int32)


def _followed(ink: np.ndarray, columns: tuple[int, int], row: int) -> tuple[int, np.ndarray]:
    """Follow a rule from some of its columns on to both sides. Returns its first column, and its row on each: (n,)."""
    width = columns[1] - columns[0]
    step, gap = max(4, width // 3), max(2, round(GAP * width))
    start = _inked_row(ink, columns, row)
    rows = {1: [np.full(width, start)], -1: []}
    for direction, found in rows.items():
        at, y, length = columns[direction > 0], start, step
        while length == step:
            part = slice(max(0, min(at, at + direction * step)), max(0, at, at + direction * step))
            covered = np.asarray(ink[max(0, y - REACH) : y + REACH + 1, part].any(axis=0))[::direction]
            length = _unbroken(covered, gap)
            y = _inked_row(ink, (part.start, part.stop), y)
            found.append(np.full(length, y))
            at += direction * length
    before = rows[-1][::-1]
    return columns[0] - sum(map(len, before)), np.concatenate([*before, *rows[1]])


def _inked_row(ink: np.ndarray, columns: tuple[int, int], row: int) -> int:
    """Return the row within reach that has the most ink between two columns."""
    low = max(0, row - REACH)
    share = ink[low : row + REACH + 1, columns[0] : columns[1]].sum(axis=1)
    return low + int(share.argmax()) if share.any() else row


def _unbroken(covered: np.ndarray, gap: int) -> int:
    """Return how far (n,) bool goes on without more than ``gap`` in succession that are not covered."""
    inked = np.flatnonzero(covered)
    if not len(inked):
        return 0
    breaks = np.flatnonzero(np.diff(inked, prepend=-1) > gap + 1)
    last = inked[breaks[0] - 1] if len(breaks) and breaks[0] else -1 if len(breaks) else inked[-1]
    return len(covered) if len(covered) - 1 - last <= gap else int(last) + 1


def _bars(ink: np.ndarray, first: int, tops: np.ndarray, bottoms: np.ndarray, x_height: float) -> np.ndarray:
    """Return the columns (n,) float of the bars between two rules. tops, bottoms: their rows on each column."""
    low, high = int(tops.min()), int(bottoms.max()) + 1
    part = ink[low:high, first : first + len(tops)]
    rows = np.arange(low, high)[:, None]
    inside = (rows > tops + REACH) & (rows < bottoms - REACH)
    wide = cv2.dilate(part.view(np.uint8), np.ones((1, 3), np.uint8)) > 0
    share = (wide & inside).sum(axis=0) / np.maximum(1, inside.sum(axis=0))
    changes = np.flatnonzero(np.diff((share >= BAR).astype(np.int8), prepend=0, append=0))
    starts, ends = changes[::2], changes[1::2]
    thin = ends - starts <= THICKEST * x_height + 2
    return np.asarray((starts + ends - 1)[thin] / 2 + first)


def even_columns(at: np.ndarray, pitches: tuple[float, float]) -> np.ndarray | None:
    """Return the columns (N + 1,) that part N even cells, None if none fit.

    at: (n,) columns of bars, the first and the last of which are the ends, and strokes of what is written among them;
    pitches: least and greatest. Of pitches that fit, the one is taken on which the most bars stand.
    """
    if len(at) < 3 or pitches[0] <= 0:  # no room between the rules
        return None
    length = float(at[-1] - at[0])
    best: tuple[float, np.ndarray] | None = None
    counts = {round(length / step) for step in np.abs(np.subtract.outer(at, at)).ravel().tolist() if step >= pitches[0]}
    for count in sorted(counts):
        if count < 2 or not pitches[0] <= length / count <= pitches[1]:
            continue
        columns = np.linspace(at[0], at[-1], count + 1)
        off = np.abs(at[:, None] - columns)
        hidden = np.count_nonzero(off.min(axis=0) > EVEN * length / count)
        loose = np.count_nonzero(off.min(axis=1) > EVEN * length / count)
        double = np.count_nonzero((off[:, 1:-1] <= EVEN * length / count).sum(axis=0) > 1)
        if double > DOUBLE * (count - 1):
            continue
        if hidden <= HIDDEN * (count - 1) and (best is None or hidden + loose < best[0]):
            best = hidden + loose, columns
    return None if best is None else best[1]
