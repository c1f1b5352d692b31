"""Leaders and tick boxes take their places among the words of lines."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_lines import SERIF, SIZE_15, draw_page
from fake_engine import make_page

from ocrtool.pipeline import read_page_detailed
from ocrtool.script.engines import load_engines
from ocrtool.script.entry_lines import without_bits
from ocrtool.script.joining import place_leaders, place_marks
from ocrtool.script.read_marks import marks_among
from ocrtool.types import Alternative, Block, Box, Character, Line, Mark, MarkState, Word


def dots(start: int, end: int, row: int) -> tuple[Box, ...]:
    return tuple(Box(x, row, x + 3, row + 3) for x in range(start, end, 8))


def block(text: str, width: int = 1000) -> Block:
    """A line of characters side by side, its baseline at row 58."""
    return make_page(text, width, 60).blocks[0]


def test_dots_between_two_words_are_one_word() -> None:
    line = block("ab              c")
    row = dots(130, 860, 56)
    found = place_leaders([line], [row])[0].lines[0]
    assert found.text == f"ab {'.' * len(row)} c"
    assert [c.box for c in found.words[1].characters] == list(row)


@pytest.mark.parametrize("row", [dots(130, 860, 90), dots(930, 990, 56), dots(130, 150, 56)])
def test_other_dots_are_not_read(row: tuple[Box, ...]) -> None:
    """Dots below the line, with words on one side only, and too few of them."""
    line = block("ab              c")
    assert place_leaders([line], [row])[0].lines[0].text == "ab c"


def test_a_mark_takes_its_place_and_parts_a_word() -> None:
    line = block("YesNo", 600)
    box = Box(295, 10, 305, 50)
    blocks, marks = place_marks([line], [Mark(box, MarkState.TICKED, 0.9)])
    assert blocks[0].lines[0].text == "Yes ☑ No" and marks[0].box == box


def test_marks_that_stand_on_no_line_are_lines_in_their_order() -> None:
    below = [Mark(Box(x, 200, x + 30, 230), MarkState.EMPTY, 1.0) for x in (300, 100)]
    blocks, marks = place_marks([block("ab")], below)
    assert [line.text for each in blocks for line in each.lines] == ["ab", "☐ ☐"]
    assert [mark.box.x0 for mark in marks] == [100, 300]


@pytest.mark.parametrize("leaders", [True, False])
def test_leaders_of_a_page(leaders: bool) -> None:
    entries = ["on seas near us", "summer rain", "our warm rooms"]
    drawn = draw_page([f"{e} {'.' * 70} {12 * k + 11}" for k, e in enumerate(entries)], SIZE_15, font=SERIF)
    page = read_page_detailed(np.asarray(drawn.gray), load_engines("eng"), leaders)[0]
    for k, (entry, line) in enumerate(zip(entries, page.lines, strict=True)):
        words = [word.text for word in line.words]
        assert [word for word in words if "." not in word] == [*entry.split(), str(12 * k + 11)]
        runs = [word for word in words if "." in word]
        assert len(runs) == leaders and all(set(run) == {"."} and len(run) >= 68 for run in runs)


def test_characters_that_look_like_the_tick_boxes_of_the_page_are_some() -> None:
    mark = Mark(Box(0, 0, 30, 30), MarkState.TICKED, 0.9)

    def character(label: str, x: int, side: int) -> Character:
        return Character(Box(x, 0, x + side, side), label, 0.9, (Alternative(label, 0.9),))

    def line_of(*words: tuple[Character, ...]) -> Line:
        found = tuple(Word(Box.around([c.box for c in word]), word, 0.9) for word in words)
        return Line(Box.around([w.box for w in found]), found, (0.0, 30.0, 300.0, 30.0), 20.0)

    box, name, bullet = character("□", 100, 30), character("A", 140, 30), character("■", 200, 12)
    lines, marks = marks_among([line_of((box,), (name,), (bullet,)), line_of((box,)), None], [mark])
    assert [line.text if line else None for line in lines] == ["A ■", None, None]
    assert [each.state for each in marks] == [MarkState.TICKED, MarkState.EMPTY, MarkState.EMPTY]
    assert marks_among([line_of((box,))], []) == ([line_of((box,))], ()), "a page without tick boxes"


def entry(*words: tuple[str, int, float], row: int = 20) -> Line:
    """A line of words, each with its column and the probability of its characters, 10 pixels wide each."""
    found = []
    for text, x, probability in words:
        top = row if set(text) <= set(".-") else 0
        characters = tuple(
            Character(Box(x + 10 * k, top, x + 10 * k + 8, 24), label, probability, (Alternative(label, probability),))
            for k, label in enumerate(text)
        )
        found.append(Word(Box.around([c.box for c in characters]), characters, probability))
    return Line(Box.around([word.box for word in found]), tuple(found), (0.0, 24.0, 300.0, 24.0), 14.0)


def test_bits_of_what_entries_are_written_on_are_no_marks() -> None:
    row = tuple(Box(x, 20, x + 4, 24) for x in range(60, 300, 8))
    cases = [
        (entry(("HELM", 0, 0.9), (".", 42, 0.6)), "HELM"),
        (entry(("HELM", 0, 0.9), (".", 42, 0.99)), "HELM ."),
        (entry(("HELM", 0, 0.9), ("--", 120, 0.6)), "HELM"),
        (entry(("HELM", 0, 0.9), ("--", 120, 0.99)), "HELM --"),
        (entry(("HELM", 0, 0.9), ("-", 50, 0.6)), "HELM -"),
        (entry(("HELM", 0, 0.9), ("11", 120, 0.6)), "HELM 11"),
        (entry((".", 120, 0.6)), None),
    ]
    assert [line and line.text for line in without_bits([each for each, _ in cases], [row])] == [w for _, w in cases]
    assert without_bits([cases[0][0], None], []) == [cases[0][0], None], "no dots are there to write on"
