"""Open combs of forms: a rule with short upright strokes on it, which part the characters that are written above it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ocrtool.segment.quantiles import percentile
from ocrtool.segment.strokes import Strokes

#: Lengths in x-heights. A rule is at least so long; a stroke on it at least so high, and at most so thick. Of fewer
#: cells, those side by side taken together, none is a comb: ligatures of handwriting have two.
RULE, LEAST_STROKE, THICKEST, FEWEST = 4.0, 0.4, 0.45, 3
#: That of the two cells of a day or a month, which count beside others.
SHORT_RULE = 2.5
#: Strokes are equally far apart within this share of their pitch; the pitch, least and greatest; heights of strokes
#: differ by less than this share; strokes that may be missing.
EVEN, PITCH, HEIGHTS, MISSING = 0.12, (1.2, 7.0), 0.3, 0.34
#: Share of the strokes that have the height of this percentile of them: what is written may make others taller.
ALIKE, ALIKE_AT = 0.6, 40.0
#: Strokes are at most so high, in widths of a cell.
SHORT = 0.75
#: Share of its length from which on a stroke is there.
CONTINUED = 0.7
#: What is written above the rule is so high in widths of a cell.
ROOM = 1.25
#: Rows above a rule that belong to its ragged edge.
EDGE = 2


def find_open_combs(ink: np.ndarray, strokes: Strokes, x_height: float) -> list[np.ndarray]:
    """Find the cells of open combs: (N, 4) int32 of each, from left to right.

    ink: (H, W) bool of an upright page; x_height: in its pixels.
    """
    edges = strokes.edges
    found = []
    for rule in edges[edges[:, 2] - edges[:, 0] >= SHORT_RULE * x_height].tolist():
        cells = _cells(ink, strokes.level, rule, x_height)
        if cells is not None:
            found.append(cells)
    return [cells for cells in _joined(found) if len(cells) >= FEWEST]


def _cells(ink: np.ndarray, level: np.ndarray, rule: list[int], x_height: float) -> np.ndarray | None:
    """Return the cells on a rule (x0, y0, x1, y1), None if no even strokes stand on it. level: the mask."""
    x0, y0, x1, y1 = rule
    low, bottom = x0, y0 + (y1 - y0) // 2
    least = max(4, round(LEAST_STROKE * x_height))
    height = min(round(8 * x_height), y0)
    if height <= least + EDGE:
        return None
    part = level[y0:y1, x0:x1]
    across = np.arange(x1 - x0)
    covered = part.any(axis=0)
    row = np.interp(across, across[covered], y0 + part.argmax(axis=0)[covered]).round().astype(int)
    above = ink[row - np.arange(height)[:, None], across + x0]  # from the rule upward, (height, width)
    wide = above | np.roll(above, 1, axis=1) | np.roll(above, -1, axis=1)
    run = np.where(wide.all(axis=0), len(wide), np.argmin(wide, axis=0))  # height of the ink that stands on the rule
    standing = run >= least + EDGE
    changes = np.flatnonzero(np.diff(np.concatenate([[0], standing.astype(np.int8), [0]])))
    starts, ends = changes[::2], changes[1::2]
    thin = ends - starts <= THICKEST * x_height + 2
    at = (starts + ends - 1)[thin] / 2 + low
    heights = np.array([run[a:b].max() for a, b in zip(starts[thin].tolist(), ends[thin].tolist(), strict=True)])
    columns = _even(at, (float(x0), float(x1 - 1)), x_height)
    if columns is None or not _are_alike(at, heights, columns):
        return None
    pitch = float(columns[1] - columns[0])
    typical = percentile(heights, 50.0)
    if typical > SHORT * pitch or _go_on(ink, columns, y1, least) or _are_closed(level, columns, bottom - typical):
        return None  # the sides of boxes, or of the cells of a table
    tall = round(ROOM * pitch)
    return np.array([[round(a), max(0, bottom - tall), round(b), y1] for a, b in pairwise(columns.tolist())], np.int32)


def _go_on(ink: np.ndarray, columns: np.ndarray, bottom: int, least: int) -> bool:
    """Return True if most strokes go on below the rule. least: by so many pixels."""
    below = ink[bottom + 1 : bottom + 1 + least]
    if len(below) < least:
        return False
    near = np.clip(columns.round().astype(int)[:, None] + np.arange(-EDGE, EDGE + 1), 0, ink.shape[1] - 1)
    return bool((below[:, near].any(axis=2).mean(axis=0) > CONTINUED).mean() > 0.5)


def _are_closed(level: np.ndarray, columns: np.ndarray, top: float) -> bool:
    """Return True if a level stroke runs along the upper ends of the strokes."""
    rows = slice(max(0, round(top) - 2 * EDGE), round(top) + 2 * EDGE)
    return bool(level[rows, round(columns[0]) : round(columns[-1])].any(axis=0).mean() > CONTINUED)


def _even(at: np.ndarray, ends: tuple[float, float], x_height: float) -> np.ndarray | None:
    """Return the columns (N + 1,) that part a rule between its ``ends`` into N even cells, None if none fit.

    at: (n,) columns of the strokes that stand on it.
    """
    length = ends[1] - ends[0]
    if len(at) < 2 or length <= 0:
        return None
    best: tuple[int, np.ndarray] | None = None
    counts = {round(length / pitch) for pitch in np.diff(at).tolist() if pitch >= PITCH[0] * x_height}
    for count in sorted(counts):
        if count < 2 or not PITCH[0] * x_height <= length / count <= PITCH[1] * x_height:
            continue
        columns = np.linspace(ends[0], ends[1], count + 1)
        near = np.abs(at[:, None] - columns) <= EVEN * length / count
        missing, loose = np.count_nonzero(~near.any(axis=0)), np.count_nonzero(~near.any(axis=1))
        if near[:, [0, -1]].any() and missing <= MISSING * (count - 1) and (best is None or missing + loose < best[0]):
            best = missing + loose, columns
    return None if best is None else best[1]


def _are_alike(at: np.ndarray, heights: np.ndarray, columns: np.ndarray) -> bool:
    """Return True if most strokes at the inner columns are equally high, as those of letters are not."""
    inner = heights[np.abs(at[:, None] - columns[1:-1]).argmin(axis=0)] if len(columns) > 2 else heights
    typical = percentile(inner, ALIKE_AT)
    return bool((np.abs(inner - typical) <= HEIGHTS * typical + 1).mean() >= ALIKE)


def _joined(combs: list[np.ndarray]) -> list[np.ndarray]:
    """Join combs that stand side by side, as the parts of a date do."""
    combs = sorted(combs, key=lambda cells: int(cells[0, 0]))
    joined: list[np.ndarray] = []
    for cells in combs:
        width, height = cells[0, 2] - cells[0, 0], cells[0, 3] - cells[0, 1]
        for k, other in enumerate(joined):
            gap, off = cells[0, 0] - other[-1, 2], abs(int(cells[0, 3]) - int(other[-1, 3]))
            same = abs(int(other[-1, 2] - other[-1, 0]) - int(width)) <= 2 * EVEN * width
            if same and -2 <= gap <= width and off <= EVEN * height:
                joined[k] = np.concatenate([other, cells])
                break
        else:
            joined.append(cells)
    return joined
