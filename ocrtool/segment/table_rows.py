"""Rows that may be of a table: lines of a read page, measured along their baselines in x-heights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ocrtool.segment.quantiles import percentile
from ocrtool.types import Box, Line, Word

#: Lengths are in x-heights of the page. Least width of a white column through all rows, and of the gaps in a row that
#: it is made of, which also have to be wider than the spaces of the page by a factor.
COMMON, WIDE, WIDER_THAN_SPACE = 0.8, 1.0, 1.5
#: Signs of currencies, which may stand apart from the figure of their cell.
SIGNS = frozenset(("$", "€", "£", "¥", "₩", "EUR", "USD", "GBP", "CHF", "US$"))
#: White between characters that no word has.
TORN = 3.0
#: Least divisor where the size of slanted text is computed from its upright box; 0 is reached at 45 degrees.
STEEP = 0.5


@dataclass(frozen=True, slots=True)
class TableRow:
    """A line along its baseline.

    spans: (N, 2) start and end of each word, sorted by start, with its text and box; gaps: (M, 2) white between them.
    """

    spans: np.ndarray
    gaps: np.ndarray
    top: float
    bottom: float
    texts: tuple[str, ...]
    boxes: tuple[Box, ...]

    def wide(self, least: float) -> np.ndarray:
        """Gaps of at least ``least``: (M, 2)."""
        return np.asarray(self.gaps[self.gaps[:, 1] - self.gaps[:, 0] >= least])

    def white(self, start: float, end: float) -> tuple[float, float] | None:
        """Return the widest white part of start..end, None if it is too narrow for a white column."""
        edges = [(-np.inf, self.spans[0, 0]), *self.gaps.tolist(), (self.spans[:, 1].max(), np.inf)]
        parts = [(max(start, low), min(end, high)) for low, high in edges]
        best = max(parts, key=lambda part: part[1] - part[0])
        return best if best[1] - best[0] >= COMMON else None

    def gap_at(self, at: float) -> float:
        """Width of the gap between words that ``at`` stands in; 0 on a word, NaN beside the row."""
        if not self.spans[0, 0] < at < self.spans[:, 1].max():
            return np.nan
        inside = self.gaps[(self.gaps[:, 0] <= at) & (at <= self.gaps[:, 1])]
        return float(inside[0, 1] - inside[0, 0]) if len(inside) else 0.0


@dataclass(frozen=True, slots=True)
class Direction:
    """The direction of a page's baselines. cos, sin: of its angle, over the x-height of the page in pixels."""

    cos: float
    sin: float

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point stands along the lines and across them, in x-heights."""
        return x * self.cos + y * self.sin, y * self.cos - x * self.sin


def page_direction(lines: Sequence[Line]) -> Direction:
    """Return the direction that most baselines have."""
    x_height = max(1.0, percentile(np.array([line.x_height for line in lines]), 50))
    ends = np.array([line.baseline for line in lines])
    along = np.array([percentile(ends[:, 2 + k] - ends[:, k], 50) for k in range(2)])
    if not along.any():
        along = np.array([1.0, 0.0])
    cos, sin = along / float(np.hypot(*along)) / x_height
    return Direction(float(cos), float(sin))


def measure_rows(lines: Sequence[Line], direction: Direction) -> list[TableRow]:
    """Measure lines along the direction of the page's baselines, in x-heights."""
    return [_row(line, direction) for line in lines]


def _row(line: Line, direction: Direction) -> TableRow:
    parts = [part for word in line.words for part in _parts(word, direction)]
    places = [_turned(box, direction) for _, box in parts]
    order = sorted(range(len(parts)), key=lambda k: places[k])
    texts, boxes = [parts[k][0] for k in order], [parts[k][1] for k in order]
    spans = np.array([places[k][0] for k in order])
    for k in _lone_signs(texts, spans):
        texts[k : k + 2] = [f"{texts[k]} {texts[k + 1]}"]
        boxes[k : k + 2] = [Box.around(boxes[k : k + 2])]
        spans = np.concatenate([spans[:k], [[spans[k, 0], spans[k + 1, 1]]], spans[k + 2 :]])
    reach, start = np.maximum.accumulate(spans[:, 1])[:-1], spans[1:, 0]
    return TableRow(
        spans,
        np.stack([reach, start], axis=1)[start > reach],
        min(rise[0] for _, rise in places),
        max(rise[1] for _, rise in places),
        tuple(texts),
        tuple(boxes),
    )


def _lone_signs(texts: Sequence[str], spans: np.ndarray) -> list[int]:
    """Find the signs of currencies that stand apart from the figure to their right, from the last one."""
    return [
        k
        for k in range(len(texts) - 2, -1, -1)
        if texts[k] in SIGNS
        and texts[k + 1].lstrip("(-–−+.")[:1].isdigit()
        and spans[k + 1, 0] - spans[k, 1] >= WIDE
        and (k == 0 or spans[k, 0] - spans[k - 1, 1] >= WIDE)
    ]


def _parts(word: Word, direction: Direction) -> list[tuple[str, Box]]:
    """Cut a word where there is much white in it: two cells that were read as one word."""
    groups = [[word.characters[0]]]
    for left, right in pairwise(word.characters):
        white = _turned(right.box, direction)[0][0] - _turned(left.box, direction)[0][1]
        if white >= TORN:
            groups.append([])
        groups[-1].append(right)
    return [("".join(c.label for c in group), Box.around([c.box for c in group])) for group in groups]


def _turned(box: Box, direction: Direction) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return where a box begins and ends along the lines, and across them; of text that slants as the page does."""
    cos, sin = direction.cos, direction.sin
    along, across = direction.place((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)
    scale = max(STEEP, abs(cos**2 - sin**2) / (cos**2 + sin**2))
    length = abs(box.width * abs(cos) - box.height * abs(sin)) / scale / 2
    height = abs(box.height * abs(cos) - box.width * abs(sin)) / scale / 2
    return (along - length, along + length), (across - height, across + height)


def least_gap(rows: Sequence[TableRow]) -> float:
    """Return the width from which on a gap is no space between words.

    Most gaps of a page of text are spaces; a page of figures has none, but no space is much wider than a character.
    """
    widths = np.concatenate([np.diff(row.gaps, axis=1)[:, 0] for row in rows])
    sizes = [np.diff(row.spans, axis=1)[:, 0] / [len(text) for text in row.texts] for row in rows]
    if len(widths) == 0:
        return WIDE
    space = min(percentile(widths, 25), percentile(np.concatenate(sizes), 50))
    return max(WIDE, WIDER_THAN_SPACE * space)
