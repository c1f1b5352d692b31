"""Tables of a read page: runs of lines whose words leave common white columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ocrtool.segment.quantiles import percentile
from ocrtool.segment.ruled_tables import ruled_table
from ocrtool.segment.rules import RuledArea
from ocrtool.segment.table_cells import CellRow, are_aligned, cell_rows, is_figure, spread_heads
from ocrtool.segment.table_columns import find_separators
from ocrtool.segment.table_rows import Direction, TableRow, least_gap, measure_rows, page_direction
from ocrtool.types import Box, Page, PageTable, TableCell

#: Fewest rows with words in several columns, and their least share of all rows; without figures, of each column's rows.
FEWEST_ROWS, LEAST_SHARE = 3, 0.5
#: Most white between two rows, in x-heights; most successive rows with text in one place only, such as wrapped text.
ROW_GAP, LOOSE_ROWS = 6.0, 3
#: Between rules a line without wide gaps that is longer than this share of the lines of the page is no row of a table.
LONG = 0.6
#: So many lines may stand above the first rule, each at most so far above the next, as a share of the usual distance of
#: rules.
HEADS, HEAD = 2, 1.3
#: Rows that are no table are tried again without the first, of long runs without the first of so many parts.
RETRIES = 8
#: Least share of figures among the cells of a column of figures.
FIGURE_CELLS = 0.6
#: Least share of filled cells in rows with several; fewest rows of a table without figures or rules, and of one whose
#: columns are all filled and aligned.
FULL, WORD_ROWS, ALIGNED_ROWS = 0.6, 5, 4
#: A head fills this share of the columns; rows above it are none of the table if they have no more cells than the
#: second share of the columns and so much white parts them from it (x-heights): the lines of a head stand closer.
HEAD_FULL, SPARSE, CLEAR = 0.8, 0.5, 1.0
#: Words of a cell from which on it is prose. Two columns of prose are columns of text.
PROSE = 4
#: Tick boxes beside words belong to forms.
TICK_BOXES = frozenset("☐☑☒")


@dataclass(slots=True)
class _Separator:
    """A white column while rows are collected. support: rows with words on both sides of it."""

    start: float
    end: float
    support: int = 1


def find_tables(page: Page, areas: Sequence[RuledArea] = ()) -> tuple[PageTable, ...]:
    """Find the tables among the lines of a page, by its rules and by the white between words.

    Without rules a table has at least three rows whose words stand in common columns. Two columns are a table only if
    the second is of figures: label and entry of a form, or the number of a line and its text, are none.

    Parameters
    ----------
    page : Page
        As read; its own tables are ignored.
    areas : sequence of RuledArea
        What its rules divide, rows and columns as points of the input (`ocrtool.segment.rules.moved`).

    Returns
    -------
    tuple of PageTable
        In reading order.
    """
    lines = page.lines
    if not lines:
        return ()
    direction = page_direction(lines)
    rows = measure_rows(lines, direction)
    least = least_gap(rows)
    grids = [ruled_table(rows, area, direction, least) for area in areas if area.is_grid]
    found = _apart([table for table in grids if table is not None])
    for area in areas:
        if not area.is_grid and len(area.rows) > 2:
            found = _apart([*found, *_between_rules(rows, area, direction, least)])
    bounds = [0, *(edge for table in found for edge in (table.line, _end(table))), len(rows)]
    for start, end in zip(bounds[::2], bounds[1::2], strict=True):
        found += _unruled(rows[start:end], start, least)
    return tuple(sorted(found, key=lambda table: table.line))


def _end(table: PageTable) -> int:
    return table.line + table.lines


def _apart(tables: list[PageTable]) -> list[PageTable]:
    """Sort tables by their lines; of those with lines in common the first of the list is kept."""
    kept: list[PageTable] = []
    for table in tables:
        if all(_end(table) <= other.line or _end(other) <= table.line for other in kept):
            kept.append(table)
    return sorted(kept, key=lambda table: table.line)


def _between_rules(
    rows: Sequence[TableRow], area: RuledArea, direction: Direction, least: float
) -> Iterator[PageTable]:
    """Find tables between level rules; text without columns, such as a paragraph between two tables, ends one."""
    at = np.array([direction.place(*point)[1] for point in area.rows])
    middles = np.array([(row.top + row.bottom) / 2 for row in rows])
    high = HEAD * percentile(np.diff(at), 50)
    left, right = sorted(direction.place(*area.columns[k])[0] for k in (0, -1))
    centres = np.array([(row.spans[0, 0] + row.spans[:, 1].max()) / 2 for row in rows])
    own = (centres > left) & (centres < right)
    inside = np.flatnonzero(own & (middles > at[0]) & (middles < at[-1]))
    for _ in range(HEADS):
        above = int(inside[0]) - 1 if len(inside) else -1
        if above < 0 or not own[above] or middles[above + 1] - middles[above] > high:
            break
        if middles[above] > middles[above + 1] or not len(rows[above].wide(least)):
            break
        inside = np.concatenate([[above], inside])
    width = percentile(np.array([row.spans[:, 1].max() - row.spans[0, 0] for row in rows]), 90)
    text = [len(rows[k].wide(least)) == 0 and np.ptp(rows[k].spans) > LONG * width for k in inside.tolist()]
    edges = np.flatnonzero((np.diff(inside) > 1) | np.diff(np.array(text, int)) != 0) + 1
    for part in np.split(inside, edges):
        if len(part) >= FEWEST_ROWS and not text[int(np.searchsorted(inside, part[0]))]:
            table = _table(rows[part[0] : part[-1] + 1], int(part[0]), least, ruled=True)
            if table is not None:
                yield table


def _unruled(rows: Sequence[TableRow], first: int, least: float) -> list[PageTable]:
    """Find tables by the white between words. first: index of the first row among the lines of the page."""
    found: list[PageTable] = []
    start = 0
    while start <= len(rows) - FEWEST_ROWS:
        end = _run(rows, start, least)
        table = _table(rows[start : end + LOOSE_ROWS], first + start, least, sure=end - start)
        if table is not None:
            table = _without_lines_above(rows, table, first, least)
            found.append(table)
        start = start + max(1, (end - start) // RETRIES) if table is None else _end(table) - first
    return found


def _without_lines_above(rows: Sequence[TableRow], table: PageTable, first: int, least: float) -> PageTable:
    """Return the table that begins later, if it has more columns: addresses above it happen to share some of its white.

    rows, first: as of `_unruled`.
    """
    best, start = table, table.line - first
    for later in range(start + 1, start + 1 + min(RETRIES, table.lines // 2)):
        end = _run(rows, later, least)
        other = _table(rows[later : end + LOOSE_ROWS], first + later, least, sure=end - later)
        if other is not None and other.columns > best.columns and 2 * other.lines >= table.lines:
            best = other
    return best


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


def _table(
    rows: Sequence[TableRow], first: int, least: float, ruled: bool = False, sure: int | None = None
) -> PageTable | None:
    """Make a table of rows; None if they are none.

    first: index of the first among the lines of the page; ruled: level rules part them or some of them; sure: how many
    rows share columns, None: all; others follow that may be the rest of the last one's cells.
    """
    sure = sure or len(rows)
    several = [row for row in rows[:sure] if len(row.wide(least))]
    if len(several) < FEWEST_ROWS - ruled:
        return None
    separators = find_separators(several, least)
    columns = len(separators) + 1
    found = cell_rows(rows, separators, least, sure)
    if sum(len(row.cells) > 1 for row in found) < LEAST_SHARE * len(found):
        return None
    while len(found) > 1 and not ruled and _is_title(found[0], found[1], columns):
        first, found = first + found[0].lines, found[1:]
    above = 0 if ruled else _rows_above(found, rows, columns)
    first, found = first + sum(row.lines for row in found[:above]), found[above:]
    if columns < 2 or len(found) < FEWEST_ROWS:
        return None
    cells = []
    for number, row in enumerate(spread_heads(found, rows, columns)):
        for cell in row.cells:
            box = Box.around([rows[line].boxes[word] for line, word in cell.words])
            span = cell.last - cell.first + 1
            cells.append(TableCell(number, cell.first, cell.text(rows), box, column_span=span))
    box, lines = Box.around([cell.box for cell in cells]), sum(row.lines for row in found)
    table = PageTable(box, first, len(found), columns, tuple(cells), lines)
    fewest = FEWEST_ROWS if ruled else ALIGNED_ROWS if are_aligned(found, rows, columns) else WORD_ROWS
    return table if _is_table(table, fewest) else None


def _rows_above(found: Sequence[CellRow], rows: Sequence[TableRow], columns: int) -> int:
    """Count the rows that stand above the head of a table, clear of it, such as the lines of a letterhead."""
    for number, row in enumerate(found[: min(RETRIES, len(found) // 2) + 1]):
        if len(row.cells) >= max(FEWEST_ROWS, HEAD_FULL * columns):
            line = row.cells[0].words[0][0]
            clear = number > 0 and rows[line].top - max(each.bottom for each in rows[:line]) >= CLEAR
            return number if clear and not any(is_figure(cell.text(rows)) for cell in row.cells) else 0
        if len(row.cells) > SPARSE * columns:
            return 0
    return 0


def _is_title(row: CellRow, below: CellRow, columns: int) -> bool:
    """Return True for a row above a table: words in one place, across most of the columns, or above such a line."""
    widest = max(cell.last - cell.first + 1 for cell in row.cells)
    return len(row.cells) < 2 or widest > max(2, columns / 2) or (widest > 1 and len(below.cells) < 2)


def _is_table(table: PageTable, fewest: int) -> bool:
    """Return True for cells as tables have them, False for columns of text, forms and numbered lines.

    fewest: rows of a table without figures.
    """
    single = [cell for cell in table.cells if cell.column_span == 1]
    columns = [[cell.text for cell in single if cell.column == column] for column in range(table.columns)]
    prose = sum(bool(own) and percentile(np.array([len(text.split()) for text in own]), 50) >= PROSE for own in columns)
    counts = np.bincount(np.array([cell.row for cell in single], int), minlength=table.rows)
    full = counts[counts > 1].sum() / max(1, np.count_nonzero(counts > 1) * table.columns)
    if full < FULL or prose > 1:
        return False
    figures = [[is_figure(text) for text in own] for own in columns[1:]]
    if any(sum(own) >= FEWEST_ROWS and float(np.mean(own)) >= FIGURE_CELLS for own in figures):
        return True
    ticked = any(TICK_BOXES.intersection(cell.text) for cell in table.cells)
    sparse = min(map(len, columns)) < LEAST_SHARE * table.rows
    return table.columns > 2 and table.rows >= fewest and prose == 0 and not ticked and not sparse
