"""Tables of a read page: runs of lines whose words leave common white columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from ocrtool.segment.quantiles import percentile
from ocrtool.segment.table_rows import COMMON, TableRow, least_gap, measure_rows
from ocrtool.types import Box, Page, PageTable, TableCell

#: Least ratio of the gaps between columns to the gaps between the words of a cell: rivers of running text have 1.
RIVER = 2.0
#: Fewest rows with words in several columns, and their least share of all rows; without figures, of each column's rows.
FEWEST_ROWS, LEAST_SHARE = 3, 0.5
#: Most white between two rows, in x-heights; most successive rows with text in one place only, such as wrapped text.
ROW_GAP, LOOSE_ROWS = 6.0, 2
#: Rows that are no table are tried again without the first, of long runs without the first of so many parts.
RETRIES = 8
#: One of so many rows may cross a white column: a head or a total that spans several columns.
CROSSING = 4
#: Least share of rows with words on both sides of a white column, and with words in a column.
BOTH_SIDES, FILLED = 0.3, 0.15
#: Least share of the cells of a column of figures, and of the figures among the characters of such a cell.
FIGURE_CELLS, FIGURES = 0.6, 0.5
#: Least share of filled cells in rows with several; fewest rows of a table without figures.
FULL, WORD_ROWS = 0.6, 5
#: Words of a cell from which on it is prose. Two columns of prose are columns of text.
PROSE = 4
#: Tick boxes beside words belong to forms.
TICK_BOXES = frozenset("☐☑☒")

#: A cell of a row: its first and last column, and the indices of its words.
_Cut: TypeAlias = tuple[int, int, np.ndarray]


@dataclass(slots=True)
class _Separator:
    """A white column while rows are collected. support: rows with words on both sides of it."""

    start: float
    end: float
    support: int = 1


def find_tables(page: Page) -> tuple[PageTable, ...]:
    """Find the tables among the lines of a page, by their words alone.

    A table has at least three rows whose words stand in common columns. Two columns are a table only if the second is
    of figures: label and entry of a form, or the number of a line and its text, are none.

    Parameters
    ----------
    page : Page
        As read; its own tables are ignored.

    Returns
    -------
    tuple of PageTable
        In reading order.
    """
    lines = page.lines
    if len(lines) < FEWEST_ROWS:
        return ()
    rows = measure_rows(lines)
    least = least_gap(rows)
    found: list[PageTable] = []
    start = 0
    while start <= len(rows) - FEWEST_ROWS:
        end = _run(rows, start, least)
        table = _table(rows[start:end], start, least)
        if table is not None:
            found.append(table)
        start = start + max(1, (end - start) // RETRIES) if table is None else end
    return tuple(found)


def _run(rows: Sequence[TableRow], start: int, least: float) -> int:
    """Return the end of the run of rows from ``start`` on that may be a table: they share white columns."""
    separators = [_Separator(*gap) for gap in rows[start].wide(least).tolist()]
    end, sure, loose, odd = start + 1, start + 1, 0, 0
    for before, row in pairwise(range(start, len(rows))):
        if not separators or not _follows(rows[before], rows[row]):
            break
        several = len(rows[row].wide(least)) > 0
        shared, crossed = _compare(separators, rows[row])
        loose = 0 if several else loose + 1
        odd = odd + 1 if crossed else 0
        if odd > 1 or loose > LOOSE_ROWS or (several and not shared):
            break
        if several:
            end = row + 1
            _add(separators, rows[row].wide(least))
        if not odd:
            sure = end
    return sure if odd > 1 else end


def _follows(above: TableRow, row: TableRow) -> bool:
    """Return True if ``row`` stands below ``above``, not far from it."""
    return above.top + above.bottom < row.top + row.bottom and row.top - above.bottom <= ROW_GAP


def _compare(separators: list[_Separator], row: TableRow) -> tuple[int, bool]:
    """Narrow white columns to what ``row`` leaves of them.

    Returns how many it has words on both sides of, and whether it crosses one that two rows agree about.
    """
    shared, crossed = 0, False
    for separator in list(separators):
        white = row.white(separator.start, separator.end)
        if white is not None:
            separator.start, separator.end = white
            both = bool(row.gap_at(sum(white) / 2) > 0)
            separator.support += both
            shared += both
        elif separator.support > 1:
            crossed = True
        elif len(row.spans) > 1:
            separators.remove(separator)
    return shared, crossed


def _add(separators: list[_Separator], gaps: np.ndarray) -> None:
    known = [(separator.start, separator.end) for separator in separators]
    for start, end in gaps.tolist():
        if all(end <= low or start >= high for low, high in known):
            separators.append(_Separator(start, end))


def _table(rows: Sequence[TableRow], first: int, least: float) -> PageTable | None:
    """Make a table of rows; None if they are none. first: index of the first among the lines of the page."""
    several = [row for row in rows if len(row.wide(least))]
    if len(several) < max(FEWEST_ROWS, LEAST_SHARE * len(rows)):
        return None
    separators = _separators(several, least)
    cuts = [_cut(row, separators, least) for row in rows]
    while len(cuts) > 1 and _is_title(cuts[0], cuts[1], len(separators) + 1):
        cuts, rows, first = cuts[1:], rows[1:], first + 1
    if not len(separators) or len(cuts) < FEWEST_ROWS:
        return None
    cells = []
    for number, (row, cut) in enumerate(zip(rows, cuts, strict=True)):
        for low, high, own in cut:
            text, box = " ".join(row.texts[k] for k in own), Box.around([row.boxes[k] for k in own])
            cells.append(TableCell(number, low, text, box, column_span=high - low + 1))
    table = PageTable(Box.around([cell.box for cell in cells]), first, len(rows), len(separators) + 1, tuple(cells))
    return table if _is_table(table) else None


def _separators(rows: Sequence[TableRow], least: float) -> np.ndarray:
    """Find the white columns between the columns of rows: (N, 2) start and end, from left to right."""
    strict = _common_white(rows, 0)
    some = _common_white(rows, len(rows) // CROSSING)
    strict += [(a, b) for a, b in some if all(b <= low or a >= high for low, high in strict)]
    found = np.array(sorted(strict)).reshape(-1, 2)
    typical = np.array([_typical_gap(rows, at) for at in found.mean(axis=1)])
    found, typical = found[typical >= least], typical[typical >= least]
    inner = _inner_gaps(rows, found)
    if len(inner) >= len(rows):
        found = found[typical >= RIVER * percentile(inner, 50)]
    return _useful(rows, found, least)


def _typical_gap(rows: Sequence[TableRow], at: float) -> float:
    """Return the median gap of the rows with words on both sides of a white column, 0 if these are too few."""
    gaps = np.array([row.gap_at(at) for row in rows])
    both = gaps[gaps > 0]  # 0 where a row crosses it, NaN where all words are on one side
    return percentile(both, 50) if len(both) >= max(2, BOTH_SIDES * len(rows)) else 0.0


def _common_white(rows: Sequence[TableRow], crossing: int) -> list[tuple[float, float]]:
    """List the white columns that at most ``crossing`` rows cross: start and end of each."""
    starts = np.concatenate([[row.spans[0, 0], *row.gaps[:, 1]] for row in rows])
    ends = np.concatenate([[*row.gaps[:, 0], row.spans[:, 1].max()] for row in rows])
    at, change = np.concatenate([ends, starts]), np.repeat([-1, 1], len(starts))
    order = np.lexsort((change, at))
    at, covered = at[order], np.cumsum(change[order])[:-1]  # rows with words between two edges that follow each other
    white = np.concatenate([[False], covered <= crossing, [False]])
    first, last = np.flatnonzero(~white[:-1] & white[1:]), np.flatnonzero(white[:-1] & ~white[1:])
    found = [(float(at[a]), float(at[b])) for a, b in zip(first, last, strict=True)]
    return [(a, b) for a, b in found if b - a >= COMMON]


def _inner_gaps(rows: Sequence[TableRow], separators: np.ndarray) -> np.ndarray:
    """Widths of the gaps that no white column runs through."""
    gaps, middles = np.concatenate([row.gaps for row in rows]), separators.mean(axis=1)
    inner = np.searchsorted(middles, gaps[:, 0]) == np.searchsorted(middles, gaps[:, 1])
    return np.asarray(np.diff(gaps[inner], axis=1)[:, 0])


def _useful(rows: Sequence[TableRow], separators: np.ndarray, least: float) -> np.ndarray:
    """Join neighbouring columns that no row fills both of, then those that hardly a row fills, to the nearer side."""
    while len(separators):
        filled = np.zeros((len(rows), len(separators) + 1), bool)
        for number, row in enumerate(rows):
            filled[number, [low for low, high, _ in _cut(row, separators, least) if low == high]] = True
        poor = filled.sum(axis=0) < max(2, FILLED * len(rows))
        useless = ~(filled[:, :-1] & filled[:, 1:]).any(axis=0)
        if not useless.any():
            useless = poor[:-1] | poor[1:]
        if not useless.any():
            break
        widths = np.where(useless, separators[:, 1] - separators[:, 0], np.inf)
        separators = np.delete(separators, int(np.argmin(widths)), axis=0)
    return separators


def _cut(row: TableRow, separators: np.ndarray, least: float) -> list[_Cut]:
    """Cut a row into cells: at white columns that it leaves as they are, and at other gaps between two columns."""
    columns = np.maximum.accumulate(np.searchsorted(separators.mean(axis=1), row.spans.mean(axis=1)))
    reach = np.maximum.accumulate(row.spans[:, 1])
    start, end = reach[:-1], row.spans[1:, 0]
    left = np.searchsorted(separators[:, 1], end, "right") > np.searchsorted(separators[:, 0], start)
    apart = (np.diff(columns) > 0) & (left | (end - start >= least))
    parts = np.split(np.arange(len(columns)), np.flatnonzero(apart) + 1)
    return [(int(columns[own[0]]), int(columns[own[-1]]), own) for own in parts]


def _is_title(cut: list[_Cut], below: list[_Cut], columns: int) -> bool:
    """Return True for a row above a table: words in one place, across most of the columns, or above such a line."""
    spans = [high - low + 1 for low, high, _ in cut]
    return len(cut) < 2 or max(spans) > max(2, columns / 2) or (max(spans) > 1 and len(below) < 2)


def _is_table(table: PageTable) -> bool:
    """Return True for cells as tables have them, False for columns of text, forms and numbered lines."""
    single = [cell for cell in table.cells if cell.column_span == 1]
    columns = [[cell.text for cell in single if cell.column == column] for column in range(table.columns)]
    prose = sum(bool(own) and percentile(np.array([len(text.split()) for text in own]), 50) >= PROSE for own in columns)
    counts = np.bincount(np.array([cell.row for cell in single], int), minlength=table.rows)
    full = counts[counts > 1].sum() / max(1, np.count_nonzero(counts > 1) * table.columns)
    if full < FULL or prose > 1:
        return False
    figures = [[_is_figure(text) for text in own] for own in columns[1:]]
    if any(sum(own) >= FEWEST_ROWS and float(np.mean(own)) >= FIGURE_CELLS for own in figures):
        return True
    ticked = any(TICK_BOXES.intersection(cell.text) for cell in table.cells)
    sparse = min(map(len, columns)) < LEAST_SHARE * table.rows
    return table.columns > 2 and table.rows >= WORD_ROWS and prose == 0 and not ticked and not sparse


def _is_figure(text: str) -> bool:
    characters = [c for c in text if c.isalnum()]
    return sum(c.isdigit() for c in characters) >= max(1, FIGURES * len(characters))
