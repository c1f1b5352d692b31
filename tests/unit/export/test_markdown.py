"""Markdown: structure as found, and text that a renderer gives back unchanged."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from odd_pages import make_line, odd_pages, with_table

from ocrtool.export.documents import ExportPage
from ocrtool.export.registry import find_format
from ocrtool.export.structure import Heading, Item, Paragraph, structure
from ocrtool.types import Block, Box, Line, Page

RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def markdown(*pages: Page) -> str:
    write = find_format("markdown", "read").writers["read"]
    return b"".join(write(ExportPage(page) for page in pages)).decode()


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.text += " " if tag in ("p", "br", "td", "th", "li") else ""

    def handle_data(self, data: str) -> None:
        self.text += data


def rendered(text: str) -> _Text:
    parser = _Text()
    parser.feed(RENDERER.render(text))
    return parser


def page(*lines: Line) -> Page:
    box = Box.around([line.box for line in lines])
    return Page(1000, 1000, (Block(box, lines),))


#: A line as wide as the column: 40 characters of 10 pixels.
FULL = "the column is as wide as this line is xx"


def test_headings_by_size() -> None:
    body = [make_line(FULL, 100 + 30 * i) for i in range(6)]
    lines = [make_line("Title", 0, x_height=22.0), make_line("Part", 40, x_height=17.0), *body]
    found = [part for part in structure(page(*lines)) if isinstance(part, Heading)]
    assert found == [Heading(1, lines[0]), Heading(2, lines[1])]
    assert markdown(page(*lines)).startswith("# Title\n\n## Part\n\nthe column")


@pytest.mark.parametrize(
    "lines",
    [
        [make_line("TITLE", 0, x_height=17.0), *(make_line(FULL, 100 + 30 * i) for i in range(6))],  # capitals
        [*(make_line(FULL, 30 * i) for i in range(6)), make_line("(1996) 2,213", 200, x_height=17.0)],  # figures
        [make_line("Large", 0, x_height=22.0), make_line("small", 40)],  # too few lines to compare
        [make_line("x" * 130, 0, x_height=22.0), *(make_line(FULL, 100 + 30 * i) for i in range(20))],  # too long
    ],
)
def test_what_is_no_heading(lines: list[Line]) -> None:
    assert not [part for part in structure(page(*lines)) if isinstance(part, Heading)]


def test_paragraphs_by_indent_gap_and_short_lines() -> None:
    lines = [
        make_line(FULL[:-3], 0, left=50),  # indented
        make_line(FULL, 30),
        make_line("short", 60),
        make_line(FULL[:-3], 90, left=50),  # indented
        make_line(FULL, 120),
        make_line("after a gap", 200),
    ]
    parts = list(structure(page(*lines)))
    assert [part.lines[0].text for part in parts if isinstance(part, Paragraph)] == [
        FULL[:-3],
        FULL[:-3],
        "after a gap",
    ]
    address = [make_line("Abel Judd", 0), make_line("Lock 7", 30), make_line("a street of some length", 60)]
    assert markdown(page(*address)) == "Abel Judd\\\nLock 7\\\na street of some length\n"


def test_lists() -> None:
    lines = [
        make_line("• one", 0),
        make_line("goes on", 30, left=50),
        make_line("• two", 60),
        make_line("1. first", 90),
        make_line("2) second", 120),
        make_line("① kept", 150),
        make_line("② too", 180),
    ]
    assert [(part.number, part.texts) for part in structure(page(*lines)) if isinstance(part, Item)] == [
        (None, ("one", "goes on")),
        (None, ("two",)),
        (1, ("first",)),
        (2, ("second",)),
        (None, ("① kept",)),
        (None, ("② too",)),
    ]
    text = markdown(page(*lines))
    assert text.startswith("- one\n  goes on\n- two\n\n1. first\n2. second\n\n- ① kept\n")
    assert rendered(text).tags == ["ul", "li", "li", "ol", "li", "li", "ul", "li", "li"]


@pytest.mark.parametrize("text", ["- said he", "1. and no second", "① alone"])
def test_a_single_mark_may_be_anything(text: str) -> None:
    (part,) = structure(page(make_line(text, 0)))
    assert isinstance(part, Paragraph) and part.lines[0].text == text
    assert rendered(markdown(page(make_line(text, 0)))).text.split() == text.split()


def test_tables() -> None:
    text = markdown(with_table())
    assert text == "Invoice\n\n| Tea | 2 | 4.20 |\n| --- | --- | --- |\n| Total |  | 4.20 |\n"
    assert rendered(text).tags.count("td") == 3 and rendered(text).tags.count("th") == 3


def test_a_table_may_go_on_in_the_next_block() -> None:
    table = with_table()
    lines = (*table.lines, make_line("after", 300))
    blocks = tuple(Block(lines[i].box, lines[i:j]) for i, j in ((0, 2), (2, 3), (3, 4)))
    text = markdown(Page(500, 400, blocks, tables=table.tables))
    assert text == "Invoice\n\n| Tea | 2 | 4.20 |\n| --- | --- | --- |\n| Total |  | 4.20 |\n\nafter\n"


def test_pages_are_divided() -> None:
    """A thematic break, not the underline of a heading; a blank page is empty."""
    one = page(make_line("a", 0))
    assert markdown(one, Page(9, 9), one) == "a\n\n---\n\n\n---\n\na\n"
    assert rendered(markdown(one, Page(9, 9), one)).tags == ["p", "hr", "hr", "p"]


def test_a_turned_page_has_the_structure_of_an_upright_one() -> None:
    upright, on_its_side = (markdown(odd_pages()[i].page) for i in (0, 2))
    assert upright == on_its_side


def _texts(part: object) -> tuple[str, ...]:
    assert isinstance(part, Paragraph)
    return tuple(line.text for line in part.lines)


CHARACTERS = st.text("ab1.)-+*_#>=~`|\\[]<!&;:/•· \"'", min_size=1, max_size=12).filter(str.strip)


@settings(deadline=None)
@given(st.lists(CHARACTERS, min_size=1, max_size=4))
def test_text_comes_back_from_a_renderer(texts: list[str]) -> None:
    """Whatever a line holds is text, not markup; the marks of lists may go."""
    lines = [make_line(text, 30 * i) for i, text in enumerate(texts)]
    back = rendered(markdown(page(*lines)))
    assert set(back.tags) <= {"p", "br", "ul", "ol", "li"}
    texts = [part.texts if isinstance(part, Item) else _texts(part) for part in structure(page(*lines))]
    assert back.text.split() == [word for part in texts for text in part for word in text.split()]


@settings(deadline=None)
@given(CHARACTERS)
def test_cells_come_back_from_a_renderer(text: str) -> None:
    table = with_table().tables[0]
    cells = (type(table.cells[0])(0, 0, " ".join(text.split()), table.box), *table.cells[1:])
    changed = Page(500, 200, with_table().blocks, tables=(replace(table, cells=cells),))
    back = rendered(markdown(changed))
    assert back.text.split() == ["Invoice", *text.split(), "2", "4.20", "Total", "4.20"]
    assert back.tags.count("th") == 3
