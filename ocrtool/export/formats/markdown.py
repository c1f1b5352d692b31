"""Markdown (CommonMark with the tables of GitHub): headings, paragraphs, lists and tables as found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ocrtool.export.documents import ExportPage
from ocrtool.export.registry import Format
from ocrtool.export.structure import Heading, Item, Paragraph, Part, structure
from ocrtool.files import utf8
from ocrtool.types import Page, PageTable

#: Between pages.
PAGE_BREAK = "\n---\n\n"

#: What Markdown would take for markup: anywhere, and at the start of a line. Underscores within words are text.
_INLINE = re.compile(r"[\\`*\[\]~|]|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!?])|&(?=#?\w+;)")
_START = re.compile(r"^(?:[#>+=-]|\d+(?=[.)](?:\s|$)))")


def pages(read: Iterable[ExportPage]) -> Iterator[bytes]:
    """Encode the pages with a thematic break between them; a blank page is empty."""
    return utf8(_document(read))


def _document(read: Iterable[ExportPage]) -> Iterator[str]:
    for index, export in enumerate(read):
        if index:
            yield PAGE_BREAK
        yield _page(export.page)


def _page(page: Page) -> str:
    texts: list[str] = []
    before: Part | None = None
    for part in structure(page):
        if texts and not _same_list(before, part):
            texts.append("\n")
        texts.append(_part(part))
        before = part
    return "".join(texts)


def _same_list(before: Part | None, part: Part) -> bool:
    return isinstance(before, Item) and isinstance(part, Item) and ((before.number is None) == (part.number is None))


def _part(part: Part) -> str:
    if isinstance(part, Heading):
        return f"{'#' * part.level} {_line(part.line.text)}\n"
    if isinstance(part, Item):
        mark = "- " if part.number is None else f"{part.number}. "
        return mark + f"\n{' ' * len(mark)}".join(map(_line, part.texts)) + "\n"
    if isinstance(part, PageTable):
        return _table(part)
    assert isinstance(part, Paragraph)
    ends = ("\\\n" if broken else "\n" for broken in part.breaks)
    return "".join(_line(line.text) + end for line, end in zip(part.lines, ends, strict=True))


def _table(table: PageTable) -> str:
    """The first row is the head, since a table of Markdown has one."""
    rows = ["| " + " | ".join(map(_escaped, row)) + " |\n" for row in table.grid]
    return rows[0] + "|" + " --- |" * table.columns + "\n" + "".join(rows[1:])


def _line(text: str) -> str:
    """Escape a line. A number that would begin a list has the escape after it."""
    start = _START.match(text)
    if start is None:
        return _escaped(text)
    head, rest = start[0], text[start.end() :]
    return f"{head}\\{rest[0]}{_escaped(rest[1:])}" if head[0].isdigit() else f"\\{head}{_escaped(rest)}"


def _escaped(text: str) -> str:
    return _INLINE.sub(r"\\\g<0>", text)


FORMAT = Format("markdown", ".md", {"read": pages})
