"""Lines of a single character: quantities, page numbers, marks of a list, which nothing beside them explains."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ocrtool.types import Alternative, Character, Line

#: Characters that only their surroundings tell apart, as the capital and the small letter of one form are.
ALIKE = ("0Oo", "1Ili", "5Ss", "2Zz", "8B", "6Gb", "9gq")
#: A lone character is sure with this probability; figures, capitals or small letters are what a page has alone on its
#: lines if so many are sure, and so many times as many as of the other two together.
SURE, LEAST_SURE, TIMES = 0.8, 2, 2
#: Lone characters are text if as sure as this, and if their x-height is within this factor of the page's; of strokes
#: that a scratch may be, none is.
TEXT_SURE, SIZE_FACTOR, STROKES = 0.75, 1.6, "Il|i"
#: Unless it is as high as a capital, in x-heights, and aligned with a line beside it to this distance.
CAPITAL_HEIGHT, ALIGNED = (1.25, 1.6), 0.35
#: With a lower x-height, in pixels, lone characters are dots of a picture.
LEAST_SIZE = 5.0
#: A tall letter alone may be taken for a small one of this size.
TALL_FACTOR = 2.0
#: So many items, and this share of them surely read, make a list.
LEAST_ITEMS, SURE_ITEMS = 4, 0.5
#: Lines of at most so many characters below each other, aligned at one side, are a column if they are so many and this
#: share of them is surely read: then the others are read too.
SHORT, LEAST_COLUMN, SURE_COLUMN = 3, 5, 0.75
#: The number of an item: figures, Roman ones too, or a letter, with the marks of a list.
ITEM = re.compile(r"[(\[#]?(?:\d{1,3}|[A-Za-z]|[IVXL]{2,7})[.):\]]{0,2}")
#: The kinds of lone characters, in the order of `_kind`.
FIGURE, CAPITAL, SMALL = range(3)
#: Items are in the order of the alphabet if so many follow the one before, and as many as do not. Characters surer than
#: this are not changed for that.
FOLLOWING, SETTLED = 2, 0.97


@dataclass(frozen=True, slots=True)
class _Alone:
    """The letter or figure of a line that has only one.

    index: of it among the characters of the line; marks: what else there is, with a place for it, such as ``(_)``.
    """

    character: Character
    index: int
    marks: str


def lone_character(line: Line) -> Character | None:
    """Return the character of a line that has only one."""
    characters = line.words[0].characters if len(line.words) == 1 else ()
    return characters[0] if len(characters) == 1 else None


def settle_lone(lines: Sequence[Line | None]) -> list[Line | None]:
    """Read lone characters that may be a figure or a letter, or of either case, as the page's other lone characters.

    So are the letters and figures of items, ``c.`` or ``(g)``, as those of other items that are written alike; and
    where these are in order, as the one that is due. Where nothing tells, a lone ring is a zero, and others stay as
    they are.
    """
    settled = list(lines)
    alone = {k: found for k, line in enumerate(lines) if line is not None and (found := _alone(line)) is not None}
    for marks in dict.fromkeys(found.marks for found in alone.values()):
        group = {k: found for k, found in alone.items() if found.marks == marks}
        kind = _common_kind([found.character for found in group.values()])
        for k, found in group.items():
            line = settled[k]
            assert line is not None
            settled[k] = _settled(line, found, kind) if kind is not None or not marks.strip("_") else line
        if marks.strip("_"):
            _put_in_order(settled, group)
    return settled


def _alone(line: Line) -> _Alone | None:
    characters = line.words[0].characters if len(line.words) == 1 else ()
    text = _as_item(characters)
    if len(text) != len(characters) or (len(characters) > 1 and ITEM.fullmatch(text) is None):
        return None
    places = [k for k, label in enumerate(text) if label.isalnum() or len(text) == 1]
    if len(places) != 1:
        return None
    (index,) = places
    return _Alone(characters[index], index, text[:index] + "_" + text[index + 1 :])


def _as_item(characters: Sequence[Character]) -> str:
    """Return the text of characters; of one between marks that looks like a mark, as ``[`` for l, what it may be."""
    labels = [each.label for each in characters]
    marks = [k for k, label in enumerate(labels) if not label.isalnum()]
    if len(labels) == len(marks) == 3:
        labels[1] = next((each.label for each in characters[1].alternatives if each.label.isalnum()), labels[1])
    return "".join(labels)


def _common_kind(characters: Sequence[Character]) -> int | None:
    """Return the kind that most of the sure characters are of; None if it is not clear."""
    counts = [0, 0, 0]
    for each in characters:
        if each.probability >= SURE and each.label.isalnum():
            counts[_kind(each.label)] += 1
    common = max(range(3), key=lambda kind: counts[kind])
    return common if counts[common] >= max(LEAST_SURE, TIMES * (sum(counts) - counts[common])) else None


def _put_in_order(lines: list[Line | None], group: dict[int, _Alone]) -> None:
    """Read unsure letters and figures of items as what is due between their neighbours, if the others are in order."""
    places = list(group)
    labels = [_label(lines[k], group[k]) for k in places]
    following = sum(_next(a) == b for a, b in pairwise(labels))
    if following < max(FOLLOWING, len(labels) - 1 - following):
        return
    for n, k in enumerate(places):
        due = {_next(labels[n - 1])} if n else set()
        due |= {chr(ord(labels[n + 1]) - 1)} if n + 1 < len(labels) else set()
        line, found = lines[k], group[k]
        if line is None or found.character.probability >= SETTLED or labels[n] in due:
            continue
        between = len(due) == 1 and 0 < n < len(places) - 1  # the one before and the one after say the same
        anything = between or not found.character.label.isalnum()
        fitting = [
            each for each in (found.character.alternatives if anything else twins(found.character)) if each.label in due
        ]
        if fitting:
            lines[k] = _with(line, found, fitting[0].label)
            labels[n] = fitting[0].label


def _label(line: Line | None, found: _Alone) -> str:
    assert line is not None
    return line.words[0].characters[found.index].label


def _next(label: str) -> str:
    return chr(ord(label) + 1)


def is_lone_text(line: Line, x_height: float | None, beside: Sequence[Line] = ()) -> bool:
    """Return True for a lone letter or figure that is sure, and of the page's size; or the number of an item, ``(b)``.

    x_height: the median of the page, if known; beside: the lines before and after it in its block.
    """
    if line.x_height < LEAST_SIZE:
        return False
    if x_height is not None and not 1.0 / SIZE_FACTOR <= line.x_height / x_height <= TALL_FACTOR:
        return False
    character = lone_character(line)
    if character is None:
        return _is_item(line)
    if not character.label.isalnum() or (character.label in STROKES and not any(_goes_on(line, o) for o in beside)):
        return False
    return sum(each.probability for each in twins(character)) >= TEXT_SURE


def _goes_on(line: Line, other: Line) -> bool:
    """Return True if a lone stroke is as high as a capital of another line, and begins or ends where it does."""
    height, unit = line.box.y1 - line.box.y0, other.x_height
    if (
        not CAPITAL_HEIGHT[0] * unit <= height <= CAPITAL_HEIGHT[1] * unit
        or sum(len(word.characters) for word in other.words) < 2
    ):
        return False
    sides = ((line.box.x0, other.box.x0), (line.box.x1, other.box.x1))
    return any(abs(own - its) <= ALIGNED * unit for own, its in sides)


def items_among(lines: Sequence[Line | None], x_height: float | None) -> set[int]:
    """Return which lines are items of a list, though hardly read: most of those with their marks are surely text."""
    groups: dict[str, list[int]] = {}
    for k, line in enumerate(lines):
        found = _alone(line) if line is not None else None
        if found is not None and found.marks.strip("_"):
            groups.setdefault(found.marks, []).append(k)
    items = {
        k
        for group in groups.values()
        if len(group) >= LEAST_ITEMS and sum(_is_sure(lines[k], x_height) for k in group) >= SURE_ITEMS * len(group)
        for k in group
    }
    return items | _in_columns(lines, x_height)


def _in_columns(lines: Sequence[Line | None], x_height: float | None) -> set[int]:
    """Return the lines of columns of single characters and short numbers, such as those of a table."""
    short = {k: line for k, line in enumerate(lines) if line is not None and _is_short(line)}
    if len(short) < LEAST_COLUMN:
        return set()
    found: set[int] = set()
    for first in short.values():
        reach = ALIGNED * first.x_height
        column = [
            k
            for k, line in short.items()
            if min(abs(line.box.x0 - first.box.x0), abs(line.box.x1 - first.box.x1)) <= reach
        ]
        sure = sum(_is_sure(lines[k], x_height) for k in column)
        found.update(column if len(column) >= LEAST_COLUMN and sure >= SURE_COLUMN * len(column) else ())
    return found


def _is_short(line: Line) -> bool:
    """Return True for a line of a letter or figure, or of a short number."""
    text = "".join(each.label for word in line.words for each in word.characters)
    return len(line.words) == 1 and ((text.isdigit() and len(text) <= SHORT) or (len(text) == 1 and text.isalnum()))


def _is_sure(line: Line | None, x_height: float | None) -> bool:
    return line is not None and is_lone_text(line, x_height)


def _is_item(line: Line) -> bool:
    """Return True for a line that is the number or the letter of an item, and sure."""
    characters = [character for word in line.words for character in word.characters]
    if len(line.words) != 1 or ITEM.fullmatch("".join(each.label for each in characters)) is None:
        return False
    return min(sum(alike.probability for alike in twins(each)) for each in characters) >= TEXT_SURE


def _kind(label: str) -> int:
    return FIGURE if label.isdigit() else CAPITAL if label.isupper() else SMALL


def twins(character: Character) -> list[Alternative]:
    """Return the alternatives of a character that are of its form, itself among them."""
    alike = next((each for each in ALIKE if character.label in each), character.label)
    forms = alike + "".join(label.swapcase() for label in character.label if label.isalpha())
    return [each for each in character.alternatives if each.label in forms]


def _settled(line: Line, found: _Alone, kind: int | None) -> Line:
    """Return the line with its character as one of this kind; None: unknown, which of rings makes zeros."""
    character = found.character
    if kind is None:
        kind = FIGURE if character.label in ALIKE[0] else _kind(character.label)
    fitting = [each for each in twins(character) if _kind(each.label) == kind]
    if not fitting or character.label == fitting[0].label:
        return line
    return _with(line, found, fitting[0].label)


def _with(line: Line, found: _Alone, label: str) -> Line:
    """Return the line with another label of the form of its character, as sure as all labels of this form together."""
    character, own = found.character, twins(found.character)
    mass = round(min(1.0, sum(each.probability for each in own)), 4)
    others = tuple(each for each in character.alternatives if each not in own)
    read = replace(character, label=label, probability=mass, alternatives=(Alternative(label, mass), *others))
    before = line.words[0].characters
    characters = (*before[: found.index], read, *before[found.index + 1 :])
    probability = max(line.words[0].probability, min(each.probability for each in characters))
    return replace(line, words=(replace(line.words[0], characters=characters, probability=probability),))
