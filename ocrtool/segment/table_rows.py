"""Rows that may be of a table: lines of a read page, measured along their baselines in x-heights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ocrtool.segment.quantiles import percentile
from ocrtool.types import Box, Character, Line, Page, Word

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
    words = [word for line in lines for word in line.words]
    parts, boxes = _parts(words, direction)
    along, across = _turned(boxes, direction)
    ends = np.cumsum([len(own) for own in parts]).tolist()
    rows, word, start = [], 0, 0
    for line in lines:
        word += len(line.words)
        end = ends[word - 1]
        texts = [text for own in parts[word - len(line.words) : word] for text in own]
        rows.append(_row(texts, boxes[start:end], along[start:end], across[start:end]))
        start = end
    return rows


def _row(texts: list[str], boxes: np.ndarray, along: np.ndarray, across: np.ndarray) -> TableRow:
    """Make a row of the parts of a line. boxes: (N, 4) in pixels; along, across: (N, 2) where they begin and end."""
    order = np.lexsort((across[:, 1], across[:, 0], along[:, 1], along[:, 0]))
    spans, boxes, texts = along[order], boxes[order], [texts[k] for k in order.tolist()]
    for k in _lone_signs(texts, spans):
        texts[k : k + 2] = [f"{texts[k]} {texts[k + 1]}"]
        both = [*np.minimum(boxes[k, :2], boxes[k + 1, :2]), *np.maximum(boxes[k, 2:], boxes[k + 1, 2:])]
        boxes = np.concatenate([boxes[:k], [both], boxes[k + 2 :]])
        spans = np.concatenate([spans[:k], [[spans[k, 0], spans[k + 1, 1]]], spans[k + 2 :]])
    reach, start = np.maximum.accumulate(spans[:, 1])[:-1], spans[1:, 0]
    return TableRow(
        spans,
        np.stack([reach, start], axis=1)[start > reach],
        float(across[:, 0].min()),
        float(across[:, 1].max()),
        tuple(texts),
        tuple(Box(*box) for box in boxes.tolist()),
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


def _parts(words: Sequence[Word], direction: Direction) -> tuple[list[list[str]], np.ndarray]:
    """Cut words where there is much white in them: two cells that were read as one word.

    Returns the texts of the parts of each word, and the boxes of all, (N, 4) int.
    """
    characters = [character for word in words for character in word.characters]
    along, _ = _turned(_as_array([character.box for character in characters]), direction)
    ends = np.cumsum([len(word.characters) for word in words])
    torn = along[1:, 0] - along[:-1, 1] >= TORN
    torn[ends[:-1] - 1] = False  # where another word begins
    texts, boxes = [[word.text] for word in words], [[word.box] for word in words]
    for word in np.searchsorted(ends, np.flatnonzero(torn), side="right").tolist():
        first = int(ends[word]) - len(words[word].characters)
        places = [first, *(np.flatnonzero(torn[first : ends[word] - 1]) + first + 1).tolist(), int(ends[word])]
        own = [characters[start:end] for start, end in pairwise(places)]
        texts[word] = ["".join(character.label for character in part) for part in own]
        boxes[word] = [Box.around([character.box for character in part]) for part in own]
    return texts, _as_array([box for own in boxes for box in own])


def cut_torn_words(page: Page) -> Page:
    """Cut the words of tables that are two cells read as one word, as the text of their cells does."""
    rows = {table.line + row for table in page.tables for row in range(table.lines)}
    if not rows:
        return page
    direction = page_direction(page.lines)
    lines = iter([_cut(line, direction) if k in rows else line for k, line in enumerate(page.lines)])
    return replace(page, blocks=tuple(replace(b, lines=tuple(next(lines) for _ in b.lines)) for b in page.blocks))


def _cut(line: Line, direction: Direction) -> Line:
    if not line.words:
        return line
    texts, boxes = _parts(line.words, direction)
    if len(boxes) == len(line.words):
        return line
    cut: list[Word] = []
    for word, parts in zip(line.words, texts, strict=True):
        characters = iter(word.characters)
        for text in parts:
            own: list[Character] = []
            while sum(len(character.label) for character in own) < len(text):
                own.append(next(characters))
            cut.append(Word(Box.around([character.box for character in own]), tuple(own), word.probability))
    return replace(line, words=tuple(cut))


def _as_array(boxes: Sequence[Box]) -> np.ndarray:
    """Return boxes as (N, 4) int x0 y0 x1 y1."""
    return np.array([(box.x0, box.y0, box.x1, box.y1) for box in boxes]).reshape(-1, 4)


def _turned(boxes: np.ndarray, direction: Direction) -> tuple[np.ndarray, np.ndarray]:
    """Return where boxes (N, 4) begin and end along the lines and across them, (N, 2) each.

    They are those of text that slants as the page does.
    """
    cos, sin = direction.cos, direction.sin
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    along, across = x * cos + y * sin, y * cos - x * sin
    scale = max(STEEP, abs(cos**2 - sin**2) / (cos**2 + sin**2))
    half = np.abs(width * abs(cos) - height * abs(sin)) / scale / 2
    rise = np.abs(height * abs(cos) - width * abs(sin)) / scale / 2
    return np.stack([along - half, along + half], axis=1), np.stack([across - rise, across + rise], axis=1)


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
