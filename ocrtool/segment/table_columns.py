"""The columns of a table without rules: white that runs through its rows, and the cells between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from ocrtool.segment.quantiles import percentile
from ocrtool.segment.table_rows import COMMON, TableRow

#: Least ratio of the gaps between columns to the gaps between the words of a cell: rivers of running text have 1.
RIVER = 2.0
#: One of so many rows may cross a white column: a head or a total that spans several columns.
CROSSING = 4
#: Least share of rows with words on both sides of a white column, and with words in a column.
BOTH_SIDES, FILLED = 0.3, 0.15

#: A cell of a row: its first and last column, and the indices of its words.
Cut: TypeAlias = tuple[int, int, np.ndarray]


def find_separators(rows: Sequence[TableRow], least: float) -> np.ndarray:
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
            filled[number, [low for low, high, _ in cut_row(row, separators, least) if low == high]] = True
        poor = filled.sum(axis=0) < max(2, FILLED * len(rows))
        useless = ~(filled[:, :-1] & filled[:, 1:]).any(axis=0)
        if not useless.any():
            useless = poor[:-1] | poor[1:]
        if not useless.any():
            break
        widths = np.where(useless, separators[:, 1] - separators[:, 0], np.inf)
        separators = np.delete(separators, int(np.argmin(widths)), axis=0)
    return separators


def cut_row(row: TableRow, separators: np.ndarray, least: float) -> list[Cut]:
    """Cut a row into cells: at white columns that it leaves as they are, and at other gaps between two columns."""
    columns = np.maximum.accumulate(np.searchsorted(separators.mean(axis=1), row.spans.mean(axis=1)))
    reach = np.maximum.accumulate(row.spans[:, 1])
    start, end = reach[:-1], row.spans[1:, 0]
    left = np.searchsorted(separators[:, 1], end, "right") > np.searchsorted(separators[:, 0], start)
    apart = (np.diff(columns) > 0) & (left | (end - start >= least))
    parts = np.split(np.arange(len(columns)), np.flatnonzero(apart) + 1)
    return [(int(columns[own[0]]), int(columns[own[-1]]), own) for own in parts]
