"""Cells of a table without rules: lines that go on in the next one, and heads over several columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocrtool.segment.quantiles import percentile
from ocrtool.segment.table_columns import cut_row
from ocrtool.segment.table_rows import TableRow

#: Least share of figures among the characters of a cell of figures.
FIGURES = 0.5
#: A text of more words is none.
FIGURE_WORDS = 2
#: A line with text in one column goes on from the cell above it if it is at most so far below, as a share of the
#: distance of rows; so does one with text in several if it is closer than the second figure.
CLOSE, TIGHT = 1.05, 0.85
#: Cells that begin within so many x-heights are aligned.
ALIGNED = 0.5
#: The middle of a head is at most so far from the middle of its columns: in x-heights, and as a share of their width.
OFF_CENTRE, OFF_SHARE = 1.5, 0.15


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a row. first, last: its columns; words: the row of the page and the word of it, of each."""

    first: int
    last: int
    words: tuple[tuple[int, int], ...]

    def text(self, rows: Sequence[TableRow]) -> str:
        return " ".join(rows[row].texts[word] for row, word in self.words)


@dataclass(frozen=True, slots=True)
class CellRow:
    """A row of cells from left to right. lines: how many lines of the page it has."""

    cells: tuple[Cell, ...]
    lines: int = 1


def is_figure(text: str) -> bool:
    """Return True if half of the letters and digits of a text, and at least one, are digits."""
    characters = [c for c in text if c.isalnum()]
    return sum(c.isdigit() for c in characters) >= max(1, FIGURES * len(characters))


def cell_rows(rows: Sequence[TableRow], separators: np.ndarray, least: float, sure: int) -> list[CellRow]:
    """Cut lines into cells, and join those that go on from the row above.

    separators: (N, 2), between columns; sure: how many lines are of the table; of the others those that go on.
    """
    middles = np.array([(row.top + row.bottom) / 2 for row in rows])
    single = [
        CellRow(tuple(Cell(low, high, tuple((number, int(k)) for k in own)) for low, high, own in cut))
        for number, cut in enumerate(cut_row(row, separators, least) for row in rows)
    ]
    down = np.diff(middles)
    full = [k for k in range(len(down)) if len(single[k + 1].cells) > 1]
    typical = percentile(down[full], 50.0) if full else 0.0
    found = single[:1]
    for k, row in enumerate(single[1:]):
        if _continues(row, found[-1], rows, down[k] / max(typical, 1e-6)):
            found[-1] = _joined(found[-1], row)
        elif k + 1 >= sure:
            break
        else:
            found.append(row)
    return found


def _continues(row: CellRow, above: CellRow, rows: Sequence[TableRow], distance: float) -> bool:
    """Return True if the text of a row goes on from cells above. distance: between them, as a share of the usual."""
    if not row.cells or len(row.cells) >= len(above.cells) or row.cells[0].first == 0:
        return False
    known = {(cell.first, cell.last) for cell in above.cells}
    if any((cell.first, cell.last) not in known for cell in row.cells):
        return False
    texts = [cell.text(rows) for cell in row.cells]
    if any(is_figure(text) and len(text.split()) <= FIGURE_WORDS for text in texts):
        return False
    return distance <= (CLOSE if len(row.cells) == 1 else TIGHT)


def _joined(above: CellRow, row: CellRow) -> CellRow:
    more = {cell.first: cell.words for cell in row.cells}
    cells = (replace(cell, words=cell.words + more.get(cell.first, ())) for cell in above.cells)
    return CellRow(tuple(cells), above.lines + row.lines)


def are_aligned(found: Sequence[CellRow], rows: Sequence[TableRow], columns: int) -> bool:
    """Return True if every row has a cell in every column, and those of each column begin at the same place."""
    if any([(cell.first, cell.last) for cell in row.cells] != [(k, k) for k in range(columns)] for row in found):
        return False
    starts = np.array([[rows[cell.words[0][0]].spans[cell.words[0][1], 0] for cell in row.cells] for row in found])
    return bool((np.ptp(starts, axis=0) <= ALIGNED).all())


def spread_heads(found: list[CellRow], rows: Sequence[TableRow], columns: int) -> list[CellRow]:
    """Let the cells of head rows span the columns that they stand over the middle of."""
    full = next((k for k, row in enumerate(found) if len(row.cells) >= columns - 1), 0)
    if full == 0:
        return found
    left, right = _extents(found[full:], rows, columns)
    return [_spread(row, rows, left, right) for row in found[:full]] + found[full:]


def _extents(found: Sequence[CellRow], rows: Sequence[TableRow], columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Return where the text of each column begins and ends, (columns,) each, in x-heights along the lines."""
    left, right = np.full(columns, np.inf), np.full(columns, -np.inf)
    for cell in (cell for row in found for cell in row.cells if cell.first == cell.last):
        spans = np.array([rows[row].spans[word] for row, word in cell.words])
        left[cell.first] = min(left[cell.first], spans[:, 0].min())
        right[cell.first] = max(right[cell.first], spans[:, 1].max())
    return left, right


def _spread(row: CellRow, rows: Sequence[TableRow], left: np.ndarray, right: np.ndarray) -> CellRow:
    """Give each column to the nearest cell of a head row, but for columns at the left that may have heads of their own.

    The row stays as it is unless all of its cells then stand over the middle of their columns.
    """
    spans = [np.array([rows[line].spans[word] for line, word in cell.words]) for cell in row.cells]
    if not spans or not np.isfinite(left).all() or any(cell.first != cell.last for cell in row.cells):
        return row
    middles = np.array([(span[:, 0].min() + span[:, 1].max()) / 2 for span in spans])
    nearest = np.abs((left + right)[:, None] / 2 - middles).argmin(axis=1)
    best = row
    uneven = len(left)
    for stub in range(len(left) - 1):
        owner = nearest.copy()
        owner[:stub] = -1
        for k, cell in enumerate(row.cells):
            if cell.first < stub:
                owner[stub:][owner[stub:] == k] = -1
                owner[cell.first] = k
        if not _centred(owner, middles, left, right):
            continue
        counts = np.bincount(owner[owner >= 0])
        if np.ptp(counts) < uneven:
            uneven = int(np.ptp(counts))
            own = [np.flatnonzero(owner == k) for k in range(len(row.cells))]
            cells = [replace(c, first=int(o[0]), last=int(o[-1])) for c, o in zip(row.cells, own, strict=True)]
            best = CellRow(tuple(cells), row.lines)
    return best


def _centred(owner: np.ndarray, middles: np.ndarray, left: np.ndarray, right: np.ndarray) -> bool:
    """Return True if each head has columns, and the middle (N,) of one with several is that of them."""
    for k, middle in enumerate(middles):
        own = np.flatnonzero(owner == k)
        if len(own) == 0 or own[-1] - own[0] >= len(own):
            return False
        low, high = left[own[0]], right[own[-1]]
        if len(own) > 1 and abs(middle - (low + high) / 2) > OFF_CENTRE + OFF_SHARE * (high - low):
            return False
    return bool((owner[np.flatnonzero(owner >= 0)[0] :] >= 0).all())
