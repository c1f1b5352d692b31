"""Boxes of lines that overlap much, parted: readers of hOCR count on lines that have their places to themselves.

The box of a line reaches around all of its words, and so around a flourish, a stamp or a stain that was read with it.
Boxes of slanted lines overlap too, and stay: to cut them would cut their words.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ocrtool.types import Box, Character, Line, Page, Word

if TYPE_CHECKING:
    import numpy as np

#: Share of the larger of two boxes that the smaller one may cover: that of ``hocr-check`` of hocr-tools.
MOST_COVERED = 0.2


def with_lines_apart(page: Page) -> Page:
    """Return ``page`` with boxes of lines, and of what is in them, cut where two lines overlap much."""
    lines = list(page.lines)
    boxes = [line.box for line in lines]
    pairs = [(i, j) for i, j in _overlapping(boxes) if _is_level(lines[i]) and _is_level(lines[j])]
    while much := next(((i, j) for i, j in pairs if _covered(boxes[i], boxes[j]) > MOST_COVERED), None):
        first, second = much
        boxes[first], boxes[second] = _parted(lines[first], lines[second], boxes[first], boxes[second])
        pairs.remove(much)
    if all(box == line.box for box, line in zip(boxes, lines, strict=True)):
        return page
    cut = iter([_within(line, box) for line, box in zip(lines, boxes, strict=True)])
    return replace(
        page, blocks=tuple(replace(block, lines=tuple(next(cut) for _ in block.lines)) for block in page.blocks)
    )


def _overlapping(boxes: list[Box]) -> list[tuple[int, int]]:
    """Return the pairs of boxes that overlap at all, the smaller number first."""
    import numpy as np

    edges = np.array([(box.x0, box.y0, box.x1, box.y1) for box in boxes], np.int64).reshape(-1, 4)
    beside = _share(edges[:, 0], edges[:, 2]) & _share(edges[:, 1], edges[:, 3])
    return [(int(i), int(j)) for i, j in np.argwhere(np.triu(beside, 1))]


def _share(starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Return which intervals have points in common: (N, N) bool of (N,) each."""
    return (starts[:, None] < ends) & (starts < ends[:, None])


def _is_level(line: Line) -> bool:
    """Return True if a line rises, or a line that runs up leans, by less than its small letters are high."""
    x0, y0, x1, y1 = line.baseline
    return min(abs(x1 - x0), abs(y1 - y0)) < line.x_height


def _covered(first: Box, second: Box) -> float:
    both = _common(first, second)
    largest = max(first.width * first.height, second.width * second.height)
    return both[0] * both[1] / largest if largest else 0.0


def _common(first: Box, second: Box) -> tuple[int, int]:
    """Return columns and rows that two boxes have in common."""
    columns = min(first.x1, second.x1) - max(first.x0, second.x0)
    return max(columns, 0), max(min(first.y1, second.y1) - max(first.y0, second.y0), 0)


def _parted(first: Line, second: Line, one: Box, other: Box) -> tuple[Box, Box]:
    """Cut the boxes of two lines in the middle of what they share; if it can be, between their small letters."""
    upright = first.orientation == second.orientation == 0
    columns, rows = _common(one, other)
    one_baseline = abs(_base(first) - _base(second)) < min(first.x_height, second.x_height)
    if one_baseline if upright else columns < rows:
        if one.x0 + one.x1 > other.x0 + other.x1:
            left, right = _parted(second, first, other, one)
            return right, left
        at = (max(one.x0, other.x0) + min(one.x1, other.x1)) // 2
        return replace(one, x1=min(one.x1, at)), replace(other, x0=max(other.x0, at))
    if _base(first) > _base(second):
        above, below = _parted(second, first, other, one)
        return below, above
    at = (max(one.y0, other.y0) + min(one.y1, other.y1)) // 2
    lowest, highest = round(_base(first)), round(_base(second) - second.x_height)
    if upright and lowest <= highest:
        at = min(max(at, lowest), highest)
    at = min(max(at, one.y0), other.y1)
    return replace(one, y1=min(one.y1, at)), replace(other, y0=max(other.y0, at))


def _base(line: Line) -> float:
    """Return the row of the middle of a baseline."""
    return (line.baseline[1] + line.baseline[3]) / 2


def _within(line: Line, box: Box) -> Line:
    return replace(line, box=box, words=tuple(_word_within(word, box) for word in line.words))


def _word_within(word: Word, box: Box) -> Word:
    characters = tuple(_character_within(character, box) for character in word.characters)
    return replace(word, box=_clipped(word.box, box), characters=characters)


def _character_within(character: Character, box: Box) -> Character:
    return replace(character, box=_clipped(character.box, box))


def _clipped(box: Box, bounds: Box) -> Box:
    """Return the part of a box within ``bounds``; of one beside them, what is nearest to it: a row or a column."""
    x0, x1 = _between(box.x0, box.x1, bounds.x0, bounds.x1)
    y0, y1 = _between(box.y0, box.y1, bounds.y0, bounds.y1)
    return Box(x0, y0, x1, y1)


def _between(start: int, end: int, least: int, most: int) -> tuple[int, int]:
    start = max(min(start, most - 1), least)
    return start, max(min(end, most), min(start + 1, most))
