"""Words of Latin letters, figures and signs in lines read glyph by glyph: a line reader, which sees the whole word,
reads their doubtful characters again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import groupby

from ocrtool.charset import LATIN
from ocrtool.decode.confidence import word_probability
from ocrtool.types import Box, Character, Line, Word

#: A character less probable than this is in doubt.
DOUBTFUL = 0.8
#: The line reader's character counts if it is at least this probable within a run, or at its ends, where it may hold
#: bits of a syllable; and by so much more than the glyph's.
LEAST_SURE, LEAST_SURE_AT_ENDS, SURER = 0.8, 0.9, 0.2
#: Share of a run on which both readings must agree: beside syllables, which it does not know, the line reader errs.
AGREEMENT = 0.5


def runs_of(word: Word) -> list[tuple[int, int]]:
    """Find the runs of two or more ASCII characters of a word: first and past the last."""
    found, first = [], 0
    for is_latin, group in groupby(word.characters, key=lambda c: c.label in LATIN):
        end = first + len(list(group))
        found += [(first, end)] if is_latin and end - first > 1 else []
        first = end
    return found


def is_doubtful(line: Line) -> bool:
    """Return True if a run of the line has a character in doubt."""
    return any(c.probability < DOUBTFUL for word in line.words for a, b in runs_of(word) for c in word.characters[a:b])


def corrected(line: Line, second: Line, calibration: tuple[tuple[float, float], ...]) -> Line:
    """Return a line with doubtful characters of its runs as in a second reading, where that is surer.

    second: the line as a line reader reads it; calibration: see `word_probability`.
    """
    others = sorted((c for word in second.words for c in word.characters), key=_middle)
    words = tuple(_corrected(word, others, calibration) for word in line.words)
    return line if words == line.words else replace(line, words=words)


def _corrected(word: Word, others: Sequence[Character], calibration: tuple[tuple[float, float], ...]) -> Word:
    characters = list(word.characters)
    for first, end in reversed(runs_of(word)):  # from behind: the places before stay
        run = characters[first:end]
        x0, x1 = run[0].box.x0, max(c.box.x1 for c in run)
        characters[first:end] = _merged(run, [c for c in others if x0 <= _middle(c) <= x1])
    if tuple(characters) == word.characters:
        return word
    probability = round(word_probability([c.probability for c in characters], calibration), 4)
    return Word(Box.around([c.box for c in characters]), tuple(characters), probability)


def _merged(run: list[Character], other: list[Character]) -> list[Character]:
    """Merge two readings of a run: the other's characters where those of the first are in doubt and they are surer."""
    matcher = SequenceMatcher(None, [c.label for c in run], [c.label for c in other], autojunk=False)
    if sum(block.size for block in matcher.get_matching_blocks()) < AGREEMENT * len(run):
        return run
    merged: list[Character] = []
    for tag, a0, a1, b0, b1 in matcher.get_opcodes():
        least = LEAST_SURE if a0 > 0 and a1 < len(run) else LEAST_SURE_AT_ENDS
        surer = tag == "replace" and _is_surer(run[a0:a1], other[b0:b1], least)
        merged += other[b0:b1] if surer else run[a0:a1]
    return merged


def _is_surer(own: list[Character], other: list[Character], least: float) -> bool:
    doubt, sure = min(c.probability for c in own), min(c.probability for c in other)
    plain = all(c.label in LATIN for c in other)
    return plain and doubt < DOUBTFUL and sure >= max(least, doubt + SURER)


def _middle(character: Character) -> float:
    return (character.box.x0 + character.box.x1) / 2
