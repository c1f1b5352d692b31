"""Characters that stand alone on their lines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ocrtool.decode.lone import is_lone_text, items_among, settle_lone
from ocrtool.types import Alternative, Box, Character, Line, Word

BOX = Box(0, 0, 10, 20)


def line(*alternatives: tuple[str, float], x_height: float = 20.0) -> Line:
    """A line of one character, which is the first alternative."""
    found = tuple(Alternative(*each) for each in alternatives)
    character = Character(BOX, found[0].label, found[0].probability, found)
    return Line(BOX, (Word(BOX, (character,), 0.5),), (0.0, 20.0, 10.0, 20.0), x_height)


SURE = {"figures": ["4", "7", "9"], "capitals": ["A", "F", "R"], "small letters": ["a", "e", "h"]}
RING = line(("o", 0.37), ("0", 0.31), ("O", 0.28))


@pytest.mark.parametrize(("others", "expected"), [("figures", "0"), ("capitals", "O"), ("small letters", "o")])
def test_a_ring_is_what_the_other_lone_characters_are(others: str, expected: str) -> None:
    read = settle_lone([*(line((label, 0.99)) for label in SURE[others]), None, RING])[-1]
    assert read is not None and read.text == expected
    assert is_lone_text(read, 20.0) and read.words[0].characters[0].alternatives[0].label == expected


def test_a_ring_on_its_own_is_a_zero_and_a_letter_stays() -> None:
    assert [read.text for read in settle_lone([RING, line(("s", 0.5), ("S", 0.4))]) if read] == ["0", "s"]


def test_the_case_of_a_list_of_capitals() -> None:
    read = settle_lone([line(("A", 0.9)), line(("D", 0.9)), line(("c", 0.55), ("C", 0.44))])[-1]
    assert read is not None and read.text == "C"


def test_what_is_text() -> None:
    assert is_lone_text(line(("7", 0.84)), 18.0)
    assert is_lone_text(line(("s", 0.5), ("S", 0.4)), None), "only its case is unsure"
    assert not is_lone_text(line(("7", 0.4), ("T", 0.3)), 18.0), "it may be anything"
    assert not is_lone_text(line(("7", 0.9), x_height=60.0), 18.0), "too large beside the page's text"
    assert not is_lone_text(line(("M", 0.93), x_height=3.6), 3.6), "too small to be read"
    assert not is_lone_text(line(("l", 0.99)), 20.0), "a scratch looks like this"
    assert not is_lone_text(line((".", 0.99)), 20.0)


def test_a_stroke_is_text_where_a_line_beside_it_begins_if_it_is_as_high_as_a_capital() -> None:
    stroke = line(("I", 0.7), ("l", 0.2), x_height=14.0)
    aligned, aside = word("went", x_height=14.0), word("went", x_height=14.0, x=50)
    assert is_lone_text(stroke, None, [aligned]) and is_lone_text(stroke, None, [aside, aligned])
    assert not is_lone_text(stroke, None, [aside])
    assert not is_lone_text(stroke, None, [word("went", x_height=8.0)]), "too high"
    assert not is_lone_text(stroke, None, [word("I", x_height=14.0)]), "nor is the other text for sure"


def word(text: str, probability: float = 0.95, x_height: float = 20.0, x: int = 0) -> Line:
    box = Box(x, 0, x + 10, 20)
    characters = tuple(
        Character(box, label, probability, (Alternative(label, probability),)) for label in text.replace(" ", "")
    )
    return Line(box, (Word(box, characters, 0.5),), (float(x), 20.0, x + 10.0, 20.0), x_height)


@pytest.mark.parametrize("text", ["12", "12.", "(7)", "[3]", "#4", "b.", "(c)", "117:", "III", "(IV)"])
def test_numbers_of_items_are_text(text: str) -> None:
    assert is_lone_text(word(text), 18.0) and not is_lone_text(word(text, 0.6), 18.0)


@pytest.mark.parametrize("text", ["ab", "..", "(", "1-", "($)", "1234"])
def test_other_short_lines_are_judged_as_lines(text: str) -> None:
    assert not is_lone_text(word(text), 18.0)


def item(before: str, after: str, *alternatives: tuple[str, float]) -> Line:
    """A line of one character with marks before and after it."""
    own = line(*alternatives).words[0].characters[0]
    marks = [Character(BOX, mark, 0.99, (Alternative(mark, 0.99),)) for mark in before + after]
    characters = (*marks[: len(before)], own, *marks[len(before) :])
    return Line(BOX, (Word(BOX, characters, 0.5),), (0.0, 20.0, 10.0, 20.0), 20.0)


def texts(lines: list[Line]) -> list[str]:
    return [read.text for read in settle_lone(lines) if read is not None]


def test_letters_of_items_are_read_as_the_other_items_are() -> None:
    small = [item("(", ")", (label, 0.95)) for label in "abd"]
    assert texts([*small, item("(", ")", ("C", 0.6), ("c", 0.38))])[-1] == "(c)"
    assert texts([*small, item("", ".", ("C", 0.6), ("c", 0.38))])[-1] == "C.", "written otherwise"
    assert (
        texts([item("", ".", (label, 0.95)) for label in "ABD"] + [item("", ".", ("9", 0.6), ("g", 0.3))])[-1] == "9."
    )


def test_letters_of_items_are_read_as_what_is_due() -> None:
    rows = [item("", ")", (label, 0.95)) for label in "fgh"] + [item("", ")", ("l", 0.5), ("1", 0.3), ("i", 0.15))]
    assert texts([*rows, item("", ")", ("j", 0.9))]) == ["f)", "g)", "h)", "i)", "j)"]
    read = settle_lone(rows)[-1]
    assert read is not None and read.words[0].characters[0].probability == pytest.approx(0.95)
    assert texts([*rows[:3], item("", ")", ("l", 0.99))])[-1] == "l)", "sure"
    assert texts([item("", ")", (label, 0.95)) for label in "bxf"] + [rows[-1]])[-1] == "l)", "not in order"


def test_items_that_are_hardly_read_are_text_among_others() -> None:
    sure, unsure = [word(text) for text in ("(a)", "(b)", "(c)")], word("(l)", 0.5)
    assert items_among([*sure, None, unsure], 20.0) == {0, 1, 2, 4}
    assert items_among([*sure[:2], unsure], 20.0) == set(), "two are no list"
    assert items_among([*sure[:1], unsure, unsure, unsure], 20.0) == set(), "most of them may be noise"
    assert items_among([*sure, word("l.", 0.5)], 20.0) == set(), "written otherwise"


def test_a_column_of_lone_characters_is_text_with_those_that_are_hardly_read() -> None:
    sure, unsure = [line((label, 0.95)) for label in "MVGWX"], line(("J", 0.6), ("I", 0.2))
    assert items_among([*sure, unsure], 20.0) == set(range(6))
    assert items_among([*sure[:2], unsure, unsure, unsure], 20.0) == set(), "most of them may be noise"
    aside = replace(unsure, box=Box(200, 0, 210, 20))
    assert items_among([*sure, aside], 20.0) == set(range(5)), "it stands elsewhere"


def test_a_letter_of_an_item_that_looks_like_a_mark_is_what_is_due() -> None:
    rows = [item("(", ")", (label, 0.95)) for label in "ijk"]
    assert texts([*rows, item("(", ")", ("[", 0.3), ("1", 0.25), ("l", 0.2))])[-1] == "(l)"
