"""Bits of the rules, dots and dashes that entries of forms are written on, which are read as marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ocrtool.types import Box, Character, Line, Word

#: Dots in doubt are those of a row of dots if they are as low, within so many x-heights, and no surer than this.
OFF, DOT_SURE = 0.3, 0.95
#: The row begins within so many x-heights of the line.
NEAR = 3.0
#: A last word of marks alone is a bit of a rule or a frame if it is no surer than this and so far behind (x-heights).
MARK_SURE, APART = 0.9, 2.0


def without_bits(lines: Sequence[Line | None], leaders: Sequence[Sequence[Box]]) -> list[Line | None]:
    """Return the lines of a form without bits of what they are written on. leaders: rows of dots."""
    return [line and _cleared(line, leaders) for line in lines]


def _cleared(line: Line, leaders: Sequence[Sequence[Box]]) -> Line | None:
    near = NEAR * line.x_height
    beside = [dots for dots in leaders if dots[0].x0 - near <= line.box.x1 and line.box.x0 <= dots[-1].x1 + near]
    rows = [(dots[0].y0 + dots[0].y1) / 2 for dots in beside]
    words = [_without_dots(word, rows, OFF * line.x_height) for word in line.words] if rows else list(line.words)
    kept = [word for word in words if word is not None]
    if len(kept) > 1 and _is_bit(kept[-1]) and kept[-1].box.x0 - kept[-2].box.x1 >= APART * line.x_height:
        kept.pop()
    if len(kept) == len(line.words) and all(a is b for a, b in zip(kept, line.words, strict=True)):
        return line
    return replace(line, box=Box.around([word.box for word in kept]), words=tuple(kept)) if kept else None


def _without_dots(word: Word, rows: Sequence[float], reach: float) -> Word | None:
    kept = tuple(c for c in word.characters if not _is_dot(c, rows, reach))
    if len(kept) == len(word.characters):
        return word
    return replace(word, box=Box.around([c.box for c in kept]), characters=kept) if kept else None


def _is_dot(character: Character, rows: Sequence[float], reach: float) -> bool:
    middle = (character.box.y0 + character.box.y1) / 2
    doubtful = character.label in ".," and character.probability < DOT_SURE
    return doubtful and any(abs(middle - row) <= reach for row in rows)


def _is_bit(word: Word) -> bool:
    marks = not any(c.label.isalnum() for c in word.characters)
    return marks and max(c.probability for c in word.characters) < MARK_SURE
