"""Lines of a single character: quantities, page numbers, marks of a list, which nothing beside them explains."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ocrtool.types import Alternative, Character, Line

#: Characters that only their surroundings tell apart, as the capital and the small letter of one form are.
ALIKE = ("0Oo", "1Ili", "5Ss", "2Zz", "8B", "6Gb", "9gq")
#: A lone character is sure with this probability; figures, capitals or small letters are what a page has alone on its
#: lines if so many are sure, and so many times as many as of the other two together.
SURE, LEAST_SURE, TIMES = 0.8, 2, 2
#: Lone characters are text if as sure as this, and if their x-height is within this factor of the page's; of strokes
#: that a scratch may be, none is.
TEXT_SURE, SIZE_FACTOR, STROKES = 0.75, 1.6, "Il|i"
#: The number of an item: figures, or a letter, with the marks of a list.
ITEM = re.compile(r"[(\[#]?(?:\d{1,3}|[A-Za-z])[.):\]]{0,2}")
#: The kinds of lone characters, in the order of `_kind`.
FIGURE, CAPITAL, SMALL = range(3)


def lone_character(line: Line) -> Character | None:
    """Return the character of a line that has only one."""
    characters = line.words[0].characters if len(line.words) == 1 else ()
    return characters[0] if len(characters) == 1 else None


def settle_lone(lines: Sequence[Line | None]) -> list[Line | None]:
    """Read lone characters that may be a figure or a letter, or of either case, as the page's other lone characters.

    Where these do not tell, a lone ring is a zero, and others stay as they are.
    """
    alone = [None if line is None else lone_character(line) for line in lines]
    counts = [0, 0, 0]
    for each in alone:
        if each is not None and each.probability >= SURE and each.label.isalnum():
            counts[_kind(each.label)] += 1
    common = max(range(3), key=lambda kind: counts[kind])
    clear = counts[common] >= max(LEAST_SURE, TIMES * (sum(counts) - counts[common]))
    return [
        line if line is None or each is None else _settled(line, each, common if clear else None)
        for line, each in zip(lines, alone, strict=True)
    ]


def is_lone_text(line: Line, x_height: float | None) -> bool:
    """Return True for a lone letter or figure that is sure, and of the page's size; or the number of an item, ``(b)``.

    x_height: the median of the page, if known.
    """
    if x_height is not None and not 1.0 / SIZE_FACTOR <= line.x_height / x_height <= SIZE_FACTOR:
        return False
    character = lone_character(line)
    if character is None:
        return _is_item(line)
    if not character.label.isalnum() or character.label in STROKES:
        return False
    return sum(each.probability for each in _twins(character)) >= TEXT_SURE


def _is_item(line: Line) -> bool:
    """Return True for a line that is the number or the letter of an item, and sure."""
    characters = [character for word in line.words for character in word.characters]
    if len(line.words) != 1 or ITEM.fullmatch("".join(each.label for each in characters)) is None:
        return False
    return min(sum(alike.probability for alike in _twins(each)) for each in characters) >= TEXT_SURE


def _kind(label: str) -> int:
    return FIGURE if label.isdigit() else CAPITAL if label.isupper() else SMALL


def _twins(character: Character) -> list[Alternative]:
    """Return the alternatives of a character that are of its form, itself among them."""
    alike = next((each for each in ALIKE if character.label in each), character.label)
    forms = alike + "".join(label.swapcase() for label in character.label if label.isalpha())
    return [each for each in character.alternatives if each.label in forms]


def _settled(line: Line, character: Character, kind: int | None) -> Line:
    """Return the line with its character as one of this kind; None: unknown, which of rings makes zeros."""
    twins = _twins(character)
    if kind is None:
        kind = FIGURE if character.label in ALIKE[0] else _kind(character.label)
    fitting = [each for each in twins if _kind(each.label) == kind]
    if not fitting or character.label == fitting[0].label:
        return line
    mass = round(min(1.0, sum(each.probability for each in twins)), 4)
    others = tuple(each for each in character.alternatives if each not in twins)
    read = replace(
        character,
        label=fitting[0].label,
        probability=mass,
        alternatives=(Alternative(fitting[0].label, mass), *others),
    )
    word = replace(line.words[0], characters=(read,), probability=max(line.words[0].probability, mass))
    return replace(line, words=(word,))
