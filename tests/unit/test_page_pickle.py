"""Pages as they travel from the processes that read them."""

from __future__ import annotations

import dataclasses
import pickle

import pytest

from ocrtool.types import Alternative, Block, Box, Character, Line, Page, PageTable, TableCell, Word

BOX = Box(1, 2, 5, 9)
WORD = Word(
    BOX, (Character(BOX, "a", 0.5, (Alternative("a", 0.5), Alternative("o", 0.25))), Character(BOX, "b", 1)), 0.5
)
LINE = Line(BOX, (WORD, WORD), (1.0, 9.0, 5.0, 9.0), 4.0)
CELL = TableCell(0, 1, "ab", BOX, column_span=2)
PAGE = Page(20, 30, (Block(BOX, (LINE,)),), source="a.png", tables=(PageTable(BOX, 0, 1, 3, (CELL,), 1),))


@pytest.mark.parametrize("protocol", [2, pickle.HIGHEST_PROTOCOL])
def test_a_page_travels_whole(protocol: int) -> None:
    there = pickle.loads(pickle.dumps(PAGE, protocol))
    assert there == PAGE and there.source == PAGE.source
    assert there.lines[0].words[0].characters[0].alternatives == WORD.characters[0].alternatives
    with pytest.raises(dataclasses.FrozenInstanceError):
        there.lines[0].box.x0 = 0


def test_the_fields_of_its_thousands_of_characters_are_not_looked_up_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The process that gathers pages would spend most of its time on that."""
    asked = []
    fields = dataclasses.fields
    monkeypatch.setattr(dataclasses, "fields", lambda each: asked.append(each) or fields(each))
    pickle.loads(pickle.dumps(PAGE))
    assert all(isinstance(each, (Page, PageTable)) for each in asked)
