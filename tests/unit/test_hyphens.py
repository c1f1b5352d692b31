"""Words broken at the ends of lines are joined, and only these."""

from __future__ import annotations

from dataclasses import replace

import pytest
from odd_pages import make_line, with_table

from ocrtool.export.hyphens import join_broken_words
from ocrtool.types import Block, Box, Page


def page_of(*blocks: list[str]) -> Page:
    found, top = [], 20
    for texts in blocks:
        lines = tuple(make_line(text, top + 40 * k) for k, text in enumerate(texts))
        found.append(Block(Box.around([line.box for line in lines]), lines))
        top += 40 * len(texts) + 60
    return Page(900, 900, tuple(found))


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["a long jour-", "ney by sea"], "a long journey\nby sea"),
        (["so they con-", "tinued."], "so they continued."),
        (["a well-", "known man, well-known"], "a well-known\nman, well-known"),
        (["from Paris-", "born people"], "from Parisborn\npeople"),
        (["pages 12-", "14 and"], "pages 12-\n14 and"),
        (["so -", "and then"], "so -\nand then"),
        (["ANGLO-", "saxon"], "ANGLO-\nsaxon"),
        (["the con-", "Tract"], "the con-\nTract"),
        (["a con-", "tin-", "ued story"], "a continued\nstory"),
    ],
)
def test_words_are_joined_where_small_letters_go_on(lines: list[str], text: str) -> None:
    assert join_broken_words(page_of(lines)).text == text


def test_over_blocks_and_with_boxes_as_they_were() -> None:
    page = page_of(["left col-"], ["umn ends"])
    joined = join_broken_words(page)
    assert joined.text == "left column\n\nends"
    word = joined.lines[0].words[1]
    assert word.box == page.lines[0].words[1].box
    assert [c.box for c in word.characters[3:]] == [c.box for c in page.lines[1].words[0].characters]
    assert joined.lines[1].box == page.lines[1].words[1].box


def test_tables_keep_their_lines() -> None:
    page = with_table()
    lines = (make_line("con-", 1), make_line("tract", 20), *page.lines[1:])
    table = replace(page.tables[0], line=2)
    joined = join_broken_words(replace(page, blocks=(Block(page.blocks[0].box, lines),), tables=(table,)))
    assert joined.tables[0].line == 1
    assert joined.text == "contract\nTea\t2\t4.20\nTotal\t\t4.20"
