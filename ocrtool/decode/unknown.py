"""Characters that were not read: U+FFFD instead of a guess."""

from __future__ import annotations

from dataclasses import replace

from ocrtool.charset import UNKNOWN
from ocrtool.types import Alternative, Character, Line, Word

#: A label less probable than this is a guess; above it the text around a broken glyph often settles which it is.
LEAST_READ = 0.01
#: Probability of a character or word that is not read, at most.
MOST_UNKNOWN = 0.05


def without_guesses(line: Line) -> Line:
    """Return the line with U+FFFD, and a low probability, for each character that is outside the labels or a guess.

    The labels that it might have been stay among its alternatives.
    """
    words = tuple(_word(word) for word in line.words)
    return line if words == line.words else replace(line, words=words)


def _word(word: Word) -> Word:
    characters = tuple(_character(character) for character in word.characters)
    if characters == word.characters:
        return word
    return replace(word, characters=characters, probability=min(word.probability, MOST_UNKNOWN))


def _character(character: Character) -> Character:
    if character.label != UNKNOWN and character.probability >= LEAST_READ:
        return character
    probability = min(character.probability, MOST_UNKNOWN)
    others = [other for other in character.alternatives if other.label != UNKNOWN]
    ranked = sorted([*others, Alternative(UNKNOWN, probability)], key=lambda other: -other.probability)
    return replace(character, label=UNKNOWN, probability=probability, alternatives=tuple(ranked))
