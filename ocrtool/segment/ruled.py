"""What the rules of a page say about its blocks: what belongs together, what stands apart, and what is in one cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ocrtool.segment.columns import LEVEL, find_rows, runs_on
from ocrtool.segment.leaders import find_leaders
from ocrtool.segment.rules import RuledArea, Rules, find_areas, white_between

#: A cell so high (x-heights) with so many lines of running text is a column of text.
HIGH, LINES = 16.0, 7
#: A rule over this share of the width of text runs across it.
ACROSS = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class Ruled:
    """areas: those that rules divide; grids: (G, 4) boxes of those with columns, which no gutter cuts; white: (K, 4)
    boxes of white between frames; level: (L, 4) boxes of level rules; leaders: (M, 4) boxes of leaders, of dots or a
    rule, which no gutter cuts either.
    """

    areas: Sequence[RuledArea]
    grids: np.ndarray
    white: np.ndarray
    level: np.ndarray
    leaders: np.ndarray = field(default_factory=lambda: np.zeros((0, 4)))

    def within(self, part: np.ndarray) -> np.ndarray:
        """Return the grids and leaders (M, 4) whose middle is within the boxes ``part`` (N, 4)."""
        uncut = np.concatenate([self.grids, self.leaders])
        if not len(part) or not len(uncut):
            return uncut[:0]
        middle = (uncut[:, :2] + uncut[:, 2:]) / 2
        low, high = part[:, :2].min(axis=0), part[:, 2:].max(axis=0)
        return np.asarray(uncut[((middle > low) & (middle < high)).all(axis=1)])

    def parts(self, start: float, end: float, top: float, bottom: float) -> bool:
        """Return True if white between frames stands in a white strip, over half of its height and more."""
        common = np.minimum(self.white[:, 3], bottom) - np.maximum(self.white[:, 1], top)
        inside = (self.white[:, 0] < end) & (self.white[:, 2] > start) & (2 * common > bottom - top)
        return bool(inside.any())

    def across(self, part: np.ndarray) -> np.ndarray:
        """Return the rows, ascending, of the level rules that part the boxes ``part`` (N, 4) from side to side.

        Those of a table are left out.
        """
        low, high = part[:, :2].min(axis=0), part[:, 2:].max(axis=0)
        level = (self.level[:, 1] + self.level[:, 3]) / 2
        common = np.minimum(self.level[:, 2], high[0]) - np.maximum(self.level[:, 0], low[0])
        wide = common >= ACROSS * (high[0] - low[0])
        wide &= (level > low[1]) & (level < high[1])
        for box in self.grids:
            wide &= (level < box[1] - 1) | (level > box[3] + 1)
        return np.sort(level[wide])

    def crossing(self, start: float, end: float, top: float, bottom: float) -> int:
        """Count the level rules that cross a white strip, with text above and below."""
        inside = (self.level[:, 1] > top) & (self.level[:, 3] < bottom)
        return int((inside & (self.level[:, 0] < start) & (self.level[:, 2] > end)).sum())


UNRULED = Ruled((), *(np.zeros((0, 4)) for _ in range(3)))


def find_ruled(rules: Rules, dots: np.ndarray, boxes: np.ndarray, x_height: float) -> Ruled:
    """Find what rules divide, and the leaders.

    dots: (D, 4) of leaders; boxes: (N, 4) of components of text; x_height: in pixels of the working page.
    """
    leaders = find_leaders(rules.level, dots, boxes, x_height)
    if not len(rules.level):
        return replace(UNRULED, leaders=leaders)
    areas = [area for area in find_areas(rules, x_height) if not (area.is_grid and _is_text(area, boxes, x_height))]
    grids = np.array([area.box for area in areas if area.is_grid]).reshape(-1, 4)
    return Ruled(areas, grids, white_between(rules, areas, x_height), rules.level, leaders)


def _is_text(area: RuledArea, boxes: np.ndarray, x_height: float) -> bool:
    """Return True if two cells and more of a grid hold running text: they are columns, or pages on one sheet."""
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    number = 0
    for r, c, high, wide in area.cells.tolist():
        x0, x1, y0, y1 = area.columns[c], area.columns[c + wide], area.rows[r], area.rows[r + high]
        if y1 - y0 >= HIGH * x_height:
            own = (middle[:, 0] > x0) & (middle[:, 0] < x1) & (middle[:, 1] > y0) & (middle[:, 1] < y1)
            number += runs_on(boxes[own], x_height, LINES)
    return number > 1


def split_block(members: np.ndarray, boxes: np.ndarray, ruled: Ruled, x_height: float) -> list[np.ndarray]:
    """Split a block into what stands above, in and below its grids, and these where lines of their cells do not agree.

    members: indices into ``boxes`` (N, 4). Returns parts of it, in reading order.
    """
    parts = [members]
    for area in ruled.areas:
        if not area.is_grid:
            continue
        last = parts[-1]
        middle = (boxes[last, :2] + boxes[last, 2:]) / 2
        within = (middle > area.box[:2]) & (middle < area.box[2:])
        inside = within.all(axis=1)
        if not inside.any() or (within[:, 1] & ~inside).any():
            continue  # what stands beside a grid may be of the same rows
        above = middle[:, 1] < area.box[1]
        parts[-1:] = [last[above], *_cells(last[inside], boxes, area, x_height), last[~inside & ~above]]
    return [part for part in parts if len(part)]


def _cells(members: np.ndarray, boxes: np.ndarray, area: RuledArea, x_height: float) -> list[np.ndarray]:
    """Split what stands in a grid between rows, and into cells where the lines of neighbouring ones do not agree."""
    middle = (boxes[members, :2] + boxes[members, 2:]) / 2
    row = np.clip(np.searchsorted(area.rows, middle[:, 1]) - 1, 0, len(area.rows) - 2)
    column = np.clip(np.searchsorted(area.columns, middle[:, 0]) - 1, 0, len(area.columns) - 2)
    owner = np.zeros((len(area.rows) - 1, len(area.columns) - 1), int)
    for k, (r, c, high, wide) in enumerate(area.cells.tolist()):
        owner[r : r + high, c : c + wide] = k
    cell = owner[row, column]
    starts = [r for r in range(len(owner)) if r == 0 or not (owner[r] == owner[r - 1]).any()]
    band = np.searchsorted(starts, row, "right")
    parts: list[np.ndarray] = []
    agreed: list[np.ndarray] = []
    for number in range(1, len(starts) + 1):
        own = members[band == number]
        cells = [members[cell == k] for k in np.unique(cell[band == number]).tolist()]
        if _agree([boxes[each] for each in cells], x_height):
            agreed.append(own)
            continue
        parts += [np.concatenate(agreed)] if agreed else []
        parts += cells
        agreed = []
    return [*parts, *([np.concatenate(agreed)] if agreed else [])]


def _agree(cells: list[np.ndarray], x_height: float) -> bool:
    """Return True if the lines of cells stand on common baselines. cells: (N, 4) boxes of the components of each."""
    levels = [rows for rows in (find_rows(cell, x_height).level for cell in cells) if len(rows)]
    if len(levels) < 2:
        return True
    most = max(levels, key=len)
    return all((np.abs(rows[:, None] - most).min(axis=1) < LEVEL * x_height).all() for rows in levels)
