"""Characters that are not read come out as U+FFFD with a low probability, and leave the rest of their line alone."""

from __future__ import annotations

import pytest

from ocrtool.decode.text_filter import is_text_probability
from ocrtool.decode.unknown import LEAST_READ, MOST_UNKNOWN, without_guesses
from ocrtool.types import Alternative, Box, Character, Line, Word

UNKNOWN = "\ufffd"


def character(label: str, probability: float, *others: tuple[str, float]) -> Character:
    alternatives = (Alternative(label, probability), *(Alternative(*other) for other in others))
    return Character(Box(0, 0, 4, 8), label, probability, alternatives)


def line_of(*words: tuple[float, list[Character]]) -> Line:
    made = tuple(Word(Box(0, 0, 4, 8), tuple(characters), probability) for probability, characters in words)
    return Line(Box(0, 0, 4, 8), made, (0.0, 8.0, 4.0, 8.0), 5.0)


def test_a_character_outside_the_labels_has_a_low_probability_and_its_neighbours_keep_theirs() -> None:
    left, right = character("법", 0.99), character(")", 0.98)
    hanja = character(UNKNOWN, 0.97, ("틉", 0.02))
    line = without_guesses(line_of((0.95, [left, hanja, right]), (0.99, [left])))
    assert line.words[0].characters[::2] == (left, right)
    assert line.words[1] == line_of((0.99, [left])).words[0]
    read = line.words[0].characters[1]
    assert (read.label, read.probability) == (UNKNOWN, MOST_UNKNOWN)
    assert read.alternatives == (Alternative(UNKNOWN, MOST_UNKNOWN), Alternative("틉", 0.02))
    assert line.words[0].probability == MOST_UNKNOWN
    assert line.text == "법\ufffd) 법"


def test_a_guess_is_not_printed_as_a_letter_but_stays_an_alternative() -> None:
    guess = character("뷁", LEAST_READ / 2, ("뷀", LEAST_READ / 4))
    (word,) = without_guesses(line_of((0.6, [guess]))).words
    read = word.characters[0]
    assert (read.label, read.probability) == (UNKNOWN, LEAST_READ / 2)
    assert {other.label for other in read.alternatives} == {UNKNOWN, "뷁", "뷀"}
    assert word.probability == MOST_UNKNOWN


@pytest.mark.parametrize("probability", [LEAST_READ, 0.5, 1.0])
def test_what_was_read_stays_as_it_is(probability: float) -> None:
    line = line_of((0.4, [character("가", probability)]))
    assert without_guesses(line) == line


def test_a_line_of_hanja_is_text() -> None:
    weights = (-3.0, 23.0, 1.5, 1.3, -3.6, -0.8, -19.0)
    hanja = line_of((0.9, [character(UNKNOWN, 0.97)] * 4), (0.9, [character("가", 0.99)] * 4))
    assert is_text_probability(hanja, None, weights) > 0.5
