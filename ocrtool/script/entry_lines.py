"""Bits of the rules, dots and dashes that entries of forms are written on, which are read as marks."""

from __future__ import annotations

from collections.abc import Sequence

from ocrtool.script.kept import with_characters, with_words
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
    kept = with_characters(line, lambda c: not _is_dot(c, rows, OFF * line.x_height))
    if kept is None or len(kept.words) < 2 or not _is_bit(kept.words[-1]):
        return kept
    behind = kept.words[-1].box.x0 - kept.words[-2].box.x1
    return with_words(kept, list(kept.words[:-1])) if behind >= APART * line.x_height else kept


def _is_dot(character: Character, rows: Sequence[float], reach: float) -> bool:
    middle = (character.box.y0 + character.box.y1) / 2
    doubtful = character.label in ".," and character.probability < DOT_SURE
    return doubtful and any(abs(middle - row) <= reach for row in rows)


def _is_bit(word: Word) -> bool:
    marks = not any(c.label.isalnum() for c in word.characters)
    return marks and max(c.probability for c in word.characters) < MARK_SURE
