"""Tables whose cells rules part: words go to the cell that they stand in, whatever lines they are read on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocrtool.segment.rules import RuledArea
from ocrtool.segment.table_rows import SIGNS, Direction, TableRow
from ocrtool.types import Box, PageTable, TableCell

#: Least share of the cells that hold text; most of the lines with words beside the grid, and of the lines of cells with
#: white in them as wide as between columns: then rules do not part all columns.
FILLED, BESIDE, OPEN = 0.35, 0.2, 0.2
#: Fewest cells with text.
FEWEST_CELLS = 4
#: Between two rules stand several rows, not one whose cells have several lines, if so many lines fill several cells,
#: and this share of all does. Lines whose middles differ by less than SAME_ROW x-heights are one.
SEVERAL_LINES, SEVERAL_SHARE, SAME_ROW = 3, 0.6, 0.6
#: A head stands at most so far above a grid, with words over this share of its columns; they reach over its borders by
#: no more than the last figure (x-heights).
HEAD_ABOVE, HEAD_FILLED, OVER = 2.5, 0.6, 0.4


@dataclass(frozen=True, slots=True, eq=False)
class _Words:
    """Words in a grid, as they are read. line, part: (N,) line of the page and word of it; across: (N,) in x-heights;
    row, cell: (N,) of the grid.
    """

    line: np.ndarray
    part: np.ndarray
    across: np.ndarray
    row: np.ndarray
    cell: np.ndarray


def ruled_table(rows: Sequence[TableRow], area: RuledArea, direction: Direction, least: float) -> PageTable | None:
    """Make a table of a grid and the words in it; None if rules do not part all of its cells, or most are empty.

    rows: lines of the page; area: its rows and columns as points of the input; least: width of a gap that is no space.
    """
    area = _with_head(rows, area, direction, least)
    words, beside = _words(rows, area, direction)
    lines = np.unique(words.line)
    if len(lines) == 0 or len(lines) <= lines[-1] - lines[0] or beside > BESIDE * len(lines):
        return None
    filled = len(np.unique(words.cell))
    if filled < max(FEWEST_CELLS, FILLED * len(area.cells)) or _open(rows, words, least) > OPEN:
        return None
    cells = _cells(rows, words, area)
    used = [sorted({place[k] for place, _ in cells}) for k in range(2)]
    if min(map(len, used)) < 2:
        return None
    found = []
    for (r, c, high, wide), own in sorted(cells, key=lambda each: each[0]):
        (row, row_span), (column, column_span) = _within(used[0], r, high), _within(used[1], c, wide)
        pairs = [(int(words.line[n]), int(words.part[n])) for n in own]
        box = Box.around([rows[line].boxes[part] for line, part in pairs])
        text = " ".join(rows[line].texts[part] for line, part in pairs)
        found.append(TableCell(row, column, text, box, row_span, column_span))
    box = Box.around([cell.box for cell in found])
    return PageTable(box, int(lines[0]), len(used[0]), len(used[1]), tuple(found), len(lines))


def _with_head(rows: Sequence[TableRow], area: RuledArea, direction: Direction, least: float) -> RuledArea:
    """Add a row for a head above a grid, as on a dark ground, which no rules part: words over most of its columns.

    least: width of a gap that is no space; the words of two columns are no nearer.
    """
    top, bottom = (direction.place(*area.rows[k])[1] for k in (0, -1))
    edges = np.array([direction.place(*point)[0] for point in area.columns])
    middles = [(row.top + row.bottom) / 2 for row in rows]
    first = next((k for k, middle in enumerate(middles) if top < middle < bottom), 0)
    head = rows[first - 1]
    if first == 0 or not (-OVER <= top - head.bottom <= HEAD_ABOVE):
        return area
    inner = edges[1:-1, None]
    crossing = (head.spans[:, 0] < inner - OVER) & (head.spans[:, 1] > inner + OVER)
    outside = head.spans[0, 0] < edges[0] - OVER or head.spans[:, 1].max() > edges[-1] + OVER
    column = np.maximum.accumulate(np.searchsorted(edges, head.spans.mean(axis=1)))
    filled, apart = np.unique(column), head.spans[1:, 0] - head.spans[:-1, 1]
    if (
        (apart[np.diff(column) > 0] < least).any()
        or outside
        or crossing.any()
        or len(filled) < max(2, HEAD_FILLED * (len(edges) - 1))
    ):
        return area
    rise = (head.top - OVER - top) / (direction.cos**2 + direction.sin**2)
    border = area.rows[0] + rise * np.array([-direction.sin, direction.cos])
    cells = [(0, number, 1, 1) for number in range(len(edges) - 1)]
    below = area.cells + np.array([1, 0, 0, 0])
    return replace(area, rows=np.vstack([border, area.rows]), cells=np.vstack([cells, below]))


def _within(used: list[int], first: int, count: int) -> tuple[int, int]:
    """Return the place of ``first`` among the rows or columns in use, and how many of these the span has."""
    return used.index(first), sum(first <= place < first + count for place in used)


def _words(rows: Sequence[TableRow], area: RuledArea, direction: Direction) -> tuple[_Words, int]:
    """Find the words that stand in a grid, and how many lines with such words have others beside it."""
    at = np.array([direction.place(*point)[1] for point in area.rows])
    columns = np.array([direction.place(*point)[0] for point in area.columns])
    owner = np.zeros((len(at) - 1, len(columns) - 1), int)
    for k, (r, c, high, wide) in enumerate(area.cells.tolist()):
        owner[r : r + high, c : c + wide] = k
    found: list[tuple[int, int, float, int, int]] = []
    beside = 0
    for number, line in enumerate(rows):
        across = (line.top + line.bottom) / 2
        if not at[0] < across < at[-1]:
            continue
        middles = [direction.place((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2) for box in line.boxes]
        inside = [part for part, (x, y) in enumerate(middles) if columns[0] < x < columns[-1] and at[0] < y < at[-1]]
        beside += 0 < len(inside) < len(middles)
        for part in inside:
            x, y = middles[part]
            row, column = int(np.searchsorted(at, y)) - 1, int(np.searchsorted(columns, x)) - 1
            found.append((number, part, y, row, int(owner[row, column])))
    values = np.array(found, float).reshape(-1, 5).T
    line, part, row, cell = values[[0, 1, 3, 4]].astype(int)
    return _Words(line, part, values[2], row, cell), beside


def _open(rows: Sequence[TableRow], words: _Words, least: float) -> float:
    """Return the share of the lines of cells that have white as wide as that between columns."""
    same = (np.diff(words.line) == 0) & (np.diff(words.cell) == 0)
    wide = 0
    for n in np.flatnonzero(same).tolist():
        line, part = rows[int(words.line[n])], int(words.part[n])
        gap = line.spans[int(words.part[n + 1]), 0] - line.spans[part, 1]
        wide += gap >= least and line.texts[part] not in SIGNS
    return wide / max(1, len(same) + 1 - int(same.sum()))


def _cells(
    rows: Sequence[TableRow], words: _Words, area: RuledArea
) -> list[tuple[tuple[int, int, int, int], np.ndarray]]:
    """List the cells that hold words: first row and column, rows and columns, and their words."""
    levels = _levels(words, area)
    offset = np.concatenate([[0], np.cumsum([len(each) for each in levels])])
    cells = []
    for k, (r, c, high, wide) in enumerate(area.cells.tolist()):
        own = np.flatnonzero(words.cell == k)
        sub = np.abs(words.across[own][:, None] - levels[r]).argmin(axis=1) if high == 1 else np.zeros(len(own), int)
        for number in np.unique(sub).tolist():
            span = 1 if high == 1 else int(offset[r + high] - offset[r])
            cells.append(((int(offset[r]) + number, c, span, wide), own[sub == number]))
    return cells


def _levels(words: _Words, area: RuledArea) -> list[np.ndarray]:
    """Return where the rows between each two rules stand: one level for a row whose cells may have several lines."""
    spanned = np.zeros(len(area.rows) - 1, bool)
    for r, _, high, _ in area.cells.tolist():
        spanned[r : r + high] |= high > 1
    levels = []
    for r in range(len(spanned)):
        own = np.flatnonzero(words.row == r)
        own = own[np.argsort(words.across[own], kind="stable")]
        groups = np.split(own, np.flatnonzero(np.diff(words.across[own]) > SAME_ROW) + 1) if len(own) else []
        several = sum(len(np.unique(words.cell[group])) > 1 for group in groups)
        if not spanned[r] and several >= max(SEVERAL_LINES, SEVERAL_SHARE * len(groups)):
            levels.append(np.array([float(words.across[group].mean()) for group in groups]))
        else:
            levels.append(np.zeros(1))
    return levels
