"""Whether text on both sides of a white strip is read column by column or row by row.

Columns of running text fill their width, line after line. The cells of a table, or labels and entries of a form, stand
on the same rows and are shorter than their column is wide. A list set in columns looks much the same, but is set close
and its columns are alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocrtool.segment.gaps import split_at_gaps
from ocrtool.segment.quantiles import percentile

#: Components lower or higher than this (x-heights) say nothing of where a row stands.
BODY = (0.55, 3.0)
#: Rows are parted at white between the cores of their components, the middle halves of their heights, this wide.
CORE, ROW_GAP = 0.25, 0.25
#: Two rows stand on one line if their baselines differ by less than this (x-heights).
LEVEL = 0.45
#: Share of the rows of the shorter side that must have one beside them for a table.
BESIDE = 0.75
#: A line of running text reaches over this share of its column or is longer than the second figure (x-heights); gaps
#: wider than the third (x-heights), such as that after the number of a line, take up no more than the fourth of it.
REACHES, LONG, WORD_GAP, OPEN = 0.7, 20.0, 2.2, 0.25
#: Both columns are running text if this share of the lines of each is such; or if the second share is of one.
RUNNING, SURELY_RUNNING = 0.5, 0.75
#: Least width of a column of running text (x-heights).
NARROWEST = 18.0
#: Running text may stand in slimmer columns, of so many rows that end within so much, or of which this share ends where
#: the first word of the next would not fit; so many have a gap between words, so wide at least (x-heights). As names
#: of things may look so, it is never surely running text.
SLIM, SLIM_ROWS, RAGGED, WRAPPED, SLIM_WORDS, SPACE, SLIM_MOST = 9.0, 10, 3.0, 0.75, 0.6, 0.35, 0.7
#: A column is aligned if the middle half of its rows begin, or end, within this (x-heights).
ALIGNED = 0.7
#: A column wider than this (x-heights) has more than the numbers of lines; of a divided side each has this share of
#: the rows.
NUMBERS, DIVIDED = 3.5, 0.8
#: A table that stands between other text has so many rows at least, each with text on both sides of a white strip.
LEVEL_RUN = 5
#: Rows farther apart than this (x-heights) are those of a form.
LOOSE = 3.6
#: Columns of a list have typical widths that differ by less than the first factor; the shortest has this share of the
#: rows of the longest, and so many at least.
ALIKE, ALIKE_ROWS, LIST_ROWS = 1.8, 0.7, 6
#: Share of the rows of a list that begin at the left edge of its column.
FLUSH = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows of text of a column.

    level: (n,) baselines; left, right: (n,) ends; open: (n,) sum of wide gaps in each; spaces: (n,) sum of gaps between
    words; first: (n,) widths of their first words.
    """

    level: np.ndarray
    left: np.ndarray
    right: np.ndarray
    open: np.ndarray
    spaces: np.ndarray
    first: np.ndarray

    def __len__(self) -> int:
        return len(self.level)


def row_groups(boxes: np.ndarray, x_height: float) -> list[np.ndarray]:
    """Group the boxes (N, 4) of components into rows of text, from the top; marks and pictures are left out."""
    heights = boxes[:, 3] - boxes[:, 1]
    boxes = boxes[(heights >= BODY[0] * x_height) & (heights <= BODY[1] * x_height)]
    if len(boxes) == 0:
        return []
    core = CORE * (boxes[:, 3] - boxes[:, 1])
    order = np.argsort(boxes[:, 1] + core, kind="stable")
    top, bottom = (boxes[:, 1] + core)[order], (boxes[:, 3] - core)[order]
    begins = np.flatnonzero(top[1:] - np.maximum.accumulate(bottom)[:-1] > ROW_GAP * x_height) + 1
    return np.split(boxes[order], begins)


def find_rows(boxes: np.ndarray, x_height: float) -> Rows:
    """Find the rows of text of components, from the top. boxes: (N, 4)."""
    groups = row_groups(boxes, x_height)
    if not groups:
        none = np.zeros(0)
        return Rows(none, none, none, none, none, none)
    level = [percentile(group[:, 3], 50.0) for group in groups]
    return Rows(
        np.array(level, float),
        np.array([group[:, 0].min() for group in groups], float),
        np.array([group[:, 2].max() for group in groups], float),
        np.array([_open_width(group, WORD_GAP * x_height) for group in groups]),
        np.array([_open_width(group, SPACE * x_height) for group in groups]),
        np.array([_first_width(group, SPACE * x_height) for group in groups], float),
    )


def _open_width(boxes: np.ndarray, least: float) -> float:
    """Return the sum of the gaps of a row that are at least so wide."""
    order = np.argsort(boxes[:, 0], kind="stable")
    gaps = boxes[order, 0][1:] - np.maximum.accumulate(boxes[order, 2])[:-1]
    return float(gaps[gaps >= least].sum())


def _first_width(boxes: np.ndarray, least: float) -> float:
    """Return the width of the first word of a row: up to the first gap that is so wide."""
    order = np.argsort(boxes[:, 0], kind="stable")
    reach = np.maximum.accumulate(boxes[order, 2])
    gaps = np.flatnonzero(boxes[order, 0][1:] - reach[:-1] >= least)
    return float(reach[gaps[0] if len(gaps) else -1] - boxes[order[0], 0])


def is_table(left: np.ndarray, right: np.ndarray, x_height: float) -> bool:
    """Return True if the components left (N, 4) and right (M, 4) of a white strip are to be read row by row."""
    sides = [find_rows(side, x_height) for side in (left, right)]
    if min(map(len, sides)) == 0 or _beside(sides, x_height) < BESIDE:
        return False
    running = [_side_running(side, x_height) for side in (left, right)]
    if max(running) >= SURELY_RUNNING:
        return False
    if _pitch(sides, x_height) > LOOSE * x_height:
        return True
    columns = [rows for side in (left, right) for rows in _columns(side, x_height)]
    return min(running) < RUNNING and not _is_list(columns, x_height)


def table_within(left: np.ndarray, right: np.ndarray, x_height: float) -> tuple[float, float] | None:
    """Return between which rows the text on both sides of a white strip is a table, if only a part of it is.

    left, right: (N, 4) and (M, 4). Above a table may stand the addresses of a letter, below it its total: rows that
    are not level with each other. Returns the top and bottom of the longest run of level rows; None if there is none
    of LEVEL_RUN, or what stands in it is no table.
    """
    sides = [row_groups(side, x_height) for side in (left, right)]
    if min(map(len, sides)) < LEVEL_RUN:
        return None
    level = [np.array([percentile(group[:, 3], 50.0) for group in groups]) for groups in sides]
    partner = np.abs(level[0][:, None] - level[1])
    paired = [partner.min(axis=1 - axis) < LEVEL * x_height for axis in (0, 1)]
    order = np.argsort(np.concatenate(level), kind="stable")
    together = np.concatenate(paired)[order]
    edges = np.flatnonzero(np.diff(together, prepend=False, append=False))
    starts, ends = edges[::2], edges[1::2]
    if not len(starts):
        return None
    longest = int(np.argmax(ends - starts))
    first, last = int(starts[longest]), int(ends[longest]) - 1
    if last + 1 - first < 2 * LEVEL_RUN:
        return None
    rows = sides[0] + sides[1]
    own = np.concatenate([rows[k] for k in order[first : last + 1].tolist()])
    top, bottom = float(own[:, 1].min()), float(own[:, 3].max())
    inside = [side[(side[:, 3] > top) & (side[:, 1] < bottom)] for side in (left, right)]
    return (top, bottom) if is_table(inside[0], inside[1], x_height) else None


def are_text(left: np.ndarray, right: np.ndarray, x_height: float, least: int) -> bool:
    """Return True if both sides of a white strip, (N, 4) and (M, 4) boxes, are running text, ``least`` rows or more."""
    return all(_is_text(side, x_height, least) for side in (left, right))


def _is_text(side: np.ndarray, x_height: float, least: int) -> bool:
    """Return True if a side of a white strip is running text, of ``least`` rows or more, or slim columns of it."""
    if side[:, 3].max() - side[:, 1].min() < least * x_height:  # too low for so many rows
        return False
    if side[:, 2].max() - side[:, 0].min() >= NARROWEST * x_height:
        rows = find_rows(side, x_height)
        if len(rows) >= least and _running(rows, x_height) >= SURELY_RUNNING:
            return True
    columns = [find_rows(each, x_height) for each in _divided(side, x_height)]
    widths = [float(rows.right.max() - rows.left.min()) if len(rows) else 0.0 for rows in columns]
    return bool(columns) and all(
        _is_slim(rows, width, x_height) and _wrapped(rows, x_height) >= WRAPPED
        for rows, width in zip(columns, widths, strict=True)
    )


def runs_on(boxes: np.ndarray, x_height: float, least: int) -> bool:
    """Return True for ``least`` lines and more of running text. boxes: (N, 4) of components."""
    return len(find_rows(boxes, x_height)) >= least and _side_running(boxes, x_height) >= RUNNING


def _side_running(side: np.ndarray, x_height: float) -> float:
    """Return the share of the rows of a side that are running text; if it is divided, the least of its columns."""
    columns = _divided(side, x_height)
    return min(_running(find_rows(each, x_height), x_height) for each in (columns if len(columns) > 1 else [side]))


def _divided(side: np.ndarray, x_height: float) -> list[np.ndarray]:
    """Return the columns of a side, (N, 4) each: wider than numbers, each with text on most of its rows."""
    groups = row_groups(side, x_height)
    if not groups:
        return []
    left = min(group[:, 0].min() for group in groups)
    inked = np.zeros((len(groups), int((side[:, 2].max() - left) / x_height) + 2), bool)
    for k, group in enumerate(groups):
        for x0, x1 in zip(group[:, 0] - left, group[:, 2] - left, strict=True):
            inked[k, int(x0 / x_height) : int(x1 / x_height) + 1] = True
    white = np.concatenate([[True], inked.sum(axis=0) <= (1 - DIVIDED) * len(groups), [True]])
    starts, ends = np.flatnonzero(white[:-1] & ~white[1:]), np.flatnonzero(~white[:-1] & white[1:])
    middle = ((side[:, 0] + side[:, 2]) / 2 - left) / x_height
    return [
        side[(middle >= a) & (middle <= b)]
        for a, b in zip(starts.tolist(), ends.tolist(), strict=True)
        if b - a > NUMBERS and inked[:, a:b].any(axis=1).mean() >= DIVIDED
    ]


def _is_list(columns: list[Rows], x_height: float) -> bool:
    """Return True for columns that are alike: as long, as wide, aligned left and ragged right."""
    lengths = [len(rows) for rows in columns]
    if min(lengths) < max(LIST_ROWS, ALIKE_ROWS * max(lengths)):
        return False
    widths = [percentile(rows.right - rows.left, 50.0) for rows in columns]
    aligned = ALIGNED * x_height
    ragged = all(_indent(rows.left) < aligned <= _spread(rows.right) for rows in columns)
    return ragged and max(widths) <= ALIKE * min(widths)


def _indent(starts: np.ndarray) -> float:
    """Return how far most rows begin from the left edge of their column; fewer may be indented, as under a keyword."""
    return percentile(starts, 100.0 * FLUSH) - percentile(starts, 5.0)


def _spread(ends: np.ndarray) -> float:
    """Return how far the middle half of the ends spreads."""
    return percentile(ends, 75.0) - percentile(ends, 25.0)


def _beside(sides: list[Rows], x_height: float) -> float:
    """Return the share of the rows of the side with fewer rows that have one of the other beside them."""
    few, many = sorted(sides, key=len)
    distance = np.abs(few.level[:, None] - many.level).min(axis=1)
    return float((distance < LEVEL * x_height).mean())


def _running(rows: Rows, x_height: float) -> float:
    """Return the share of the rows that are lines of running text; 0 for figures, which are aligned right."""
    if len(rows) == 0:
        return 0.0
    width = rows.right.max() - rows.left.min()
    slim = width < NARROWEST * x_height
    if slim and not _is_slim(rows, width, x_height):
        return 0.0
    if _spread(rows.right) < ALIGNED * x_height < _spread(rows.left) / 2:
        return 0.0
    lengths = rows.right - rows.left
    full = lengths >= min(REACHES * width, LONG * x_height)
    share = float((full & (rows.open <= OPEN * lengths)).mean())
    return min(share, SLIM_MOST) if slim else share


def _is_slim(rows: Rows, width: float, x_height: float) -> bool:
    """Return True for a slim column of text: aligned left, with words on most rows, which end where they must."""
    several = len(rows) >= SLIM_ROWS and float((rows.spaces > 0).mean()) >= SLIM_WORDS
    if width < SLIM * x_height or not several or _spread(rows.left) >= ALIGNED * x_height:
        return False
    return bool(_spread(rows.right) < RAGGED * x_height or _wrapped(rows, x_height) >= WRAPPED)


def _wrapped(rows: Rows, x_height: float) -> float:
    """Return the share of the rows that end where the first word of the next row would not fit."""
    room = percentile(rows.right, 95.0) - SPACE * x_height
    return float((rows.right[:-1] + rows.first[1:] > room - SPACE * x_height).mean())


def _pitch(sides: list[Rows], x_height: float) -> float:
    """Return the typical distance of neighbouring rows of the side with more rows."""
    rows = max(sides, key=len)
    return percentile(np.diff(np.sort(rows.level)), 50.0) if len(rows) > 1 else 0.0


def _columns(boxes: np.ndarray, x_height: float) -> list[Rows]:
    """Return the rows of each column of a side, between the white strips that run through it."""
    return [find_rows(boxes[part], x_height) for part in split_at_gaps(boxes, WORD_GAP * x_height)]
