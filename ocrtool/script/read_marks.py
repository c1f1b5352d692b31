"""Tick boxes that were not found by their frames, but were read as characters beside others that were found."""

from __future__ import annotations

from collections.abc import Sequence

from ocrtool.script.kept import with_characters
from ocrtool.types import Box, Character, Line, Mark, MarkState

#: What a line reader reads tick boxes as.
STATES = {
    "□": MarkState.EMPTY,
    "☐": MarkState.EMPTY,
    "■": MarkState.FILLED,
    "☑": MarkState.TICKED,
    "☒": MarkState.CROSSED,
}
#: They are as sure as this, as large as one that was found within this factor, and about square: width over height.
SURE, SIZE, ASPECT = 0.5, 1.4, (0.7, 1.43)


def marks_among(lines: Sequence[Line | None], marks: Sequence[Mark]) -> tuple[list[Line | None], tuple[Mark, ...]]:
    """Take characters for tick boxes that look like the page's tick boxes.

    Returns the lines without them, None for what is left of none, and all marks. A page without tick boxes is as it is.
    """
    if not marks:
        return list(lines), tuple(marks)
    found: list[Mark] = []
    rest: list[Line | None] = []
    for line in lines:
        own = [c for word in line.words for c in word.characters if _is_mark(c, marks)] if line is not None else []
        found += [Mark(c.box, STATES[c.label], c.probability) for c in own]
        rest.append(line and with_characters(line, lambda c: not _is_mark(c, marks)))
    return rest, (*marks, *found)


def _is_mark(character: Character, marks: Sequence[Mark]) -> bool:
    box = character.box
    if character.label not in STATES or character.probability < SURE or box.height == 0:
        return False
    if not ASPECT[0] <= box.width / box.height <= ASPECT[1] or any(_overlap(box, mark.box) for mark in marks):
        return False
    return any(1 / SIZE <= box.height / mark.box.height <= SIZE for mark in marks)


def _overlap(a: Box, b: Box) -> bool:
    return min(a.x1, b.x1) > max(a.x0, b.x0) and min(a.y1, b.y1) > max(a.y0, b.y0)
