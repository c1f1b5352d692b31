"""Structure of a page for documents that flow: headings, paragraphs, lists and tables, as its lines show them.

The reading knows blocks, lines and tables. What is a heading, where a paragraph begins and which lines are a list is
inferred from the sizes and the left and right ends of lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ocrtool.export.upright import upright
from ocrtool.types import Box, Line, Page, PageTable

#: A line is a heading if its letters are so much larger than those of the body; from so much on of level 2, and of 1.
HEADING_RATIO, SECOND_RATIO, FIRST_RATIO = 1.25, 1.4, 1.75
#: Share of the characters of a page whose size is that of the body at most; headings are the rest.
BODY_SHARE = 0.75
#: Fewer lines on a page show no difference between body and headings.
FEWEST_LINES = 3
#: Longest heading, in characters.
HEADING_LENGTH = 120
#: Height of small letters as a share of that of capitals, in common text faces; lines of capitals are measured by them.
X_HEIGHT_OF_CAPITALS = 0.7
#: Least and greatest indent of the first line of a paragraph, in x-heights.
INDENT, MOST_INDENT = 1.0, 6.0
#: Least distance of the lines of two paragraphs, as a share of the usual distance of lines.
PARAGRAPH_GAP = 1.5
#: Width of a word space, in x-heights.
SPACE = 0.6

#: Share of the lines of a paragraph that end by intent, from which on all do: an address, a form.
MOSTLY_BROKEN = 0.5

#: Marks that begin an item of a list: wherever they stand; if another line begins with one; numbers; numbers in circles
#: and the like, which are kept.
_BULLET = re.compile(r"([•▪●■○◦□▶▷☞]) +(?=\S)")
_DASH = re.compile(r"([-–*·]) +(?=\S)")
_NUMBER = re.compile(r"(\d{1,3})[.)] +(?=\S)")
_CIRCLED = re.compile(r"[①-⑳㉠-㉭ⓐ-ⓩ] ?(?=\S)")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading. level: 1 is the largest, 3 the smallest."""

    level: int
    line: Line


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines of running text. breaks: whether the line ends by intent, since the next word would have fitted on it."""

    lines: tuple[Line, ...]
    breaks: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list. number: of an ordered list, None for a bullet; mark: length of what begins its first line."""

    number: int | None
    mark: int
    lines: tuple[Line, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The lines without the mark."""
        first, *others = (line.text for line in self.lines)
        return (first[self.mark :], *others)


Part = Heading | Paragraph | Item | PageTable


def structure(page: Page) -> Iterator[Part]:
    """Give the parts of a page in reading order; items that follow each other are one list."""
    body = _body_size(page)
    tables = {table.line: table for table in page.tables}
    rows = {table.line + row for table in page.tables for row in range(table.lines)}
    first = 0
    for block in page.blocks:
        waiting: list[Line] = []
        for index, line in enumerate(block.lines, first):
            if index in tables:
                yield from _flow(waiting, page, body)
                waiting = []
                yield tables[index]
            if index not in rows:  # a table may go on in the next block
                waiting.append(line)
        yield from _flow(waiting, page, body)
        first += len(block.lines)


def size(line: Line) -> float:
    """Return the height of small letters of a line, of capitals alone by their usual ratio."""
    text = line.text
    return line.x_height * X_HEIGHT_OF_CAPITALS if text.isupper() else line.x_height


def _body_size(page: Page) -> float:
    """Return the size that most characters of the page do not exceed; infinite if the page has few lines."""
    if len(page.lines) < FEWEST_LINES:
        return float("inf")
    sizes = sorted((size(line), len(line.text)) for line in page.lines)
    left = BODY_SHARE * sum(count for _, count in sizes)
    for height, count in sizes:
        left -= count
        if left <= 0:
            return height
    return sizes[-1][0]


def _level(line: Line, body: float) -> int | None:
    """Return the level of a heading, None for other lines."""
    figures = any(map(str.isdigit, line.text)) and not any(map(str.isalpha, line.text))
    ratio = size(line) / body * (X_HEIGHT_OF_CAPITALS if figures else 1.0)  # they are as high as capitals
    if ratio < HEADING_RATIO or len(line.text) > HEADING_LENGTH or not any(map(str.isalnum, line.text)):
        return None
    return 1 if ratio >= FIRST_RATIO else 2 if ratio >= SECOND_RATIO else 3


def _flow(lines: Sequence[Line], page: Page, body: float) -> Iterator[Part]:
    """Divide successive lines of a block into headings, paragraphs and items of lists."""
    places = [upright(line.box, page) for line in lines]
    marks = _marks([line.text for line in lines])
    starts = _paragraph_starts(lines, places)
    index = 0
    while index < len(lines):
        level = _level(lines[index], body)
        end = index + 1
        if level is not None:
            yield Heading(level, lines[index])
        elif (mark := marks[index]) is not None:
            while end < len(lines) and marks[end] is None and _belongs(lines[index], places[index], places[end]):
                end += 1
            number, length = mark
            yield Item(number, length, tuple(lines[index:end]))
        else:
            while end < len(lines) and marks[end] is None and not starts[end] and _level(lines[end], body) is None:
                end += 1
            yield _paragraph(lines[index:end], places[index:end], places)
        index = end


def _marks(texts: Sequence[str]) -> list[tuple[int | None, int] | None]:
    """Find the mark of each line: number and length, None if it has none.

    A single dash or number may be anything; of dashes there must be two, and numbers must count up.
    """
    dashes, circled = (sum(mark.match(text) is not None for text in texts) >= 2 for mark in (_DASH, _CIRCLED))
    numbers = {int(found[1]) for text in texts if (found := _NUMBER.match(text))}
    marks: list[tuple[int | None, int] | None] = []
    for text in texts:
        bullet = _BULLET.match(text) or (_DASH.match(text) if dashes else None)
        counted = _NUMBER.match(text)
        if bullet is not None:
            marks.append((None, bullet.end()))
        elif circled and _CIRCLED.match(text):
            marks.append((None, 0))
        elif counted is not None and numbers & {int(counted[1]) - 1, int(counted[1]) + 1}:
            marks.append((int(counted[1]), counted.end()))
        else:
            marks.append(None)
    return marks


def _belongs(first: Line, place: Box, other: Box) -> bool:
    """Return True if a line belongs to the item that ``first`` begins, since it is indented like its text."""
    return other.x0 > place.x0 + INDENT * first.x_height


def _paragraph_starts(lines: Sequence[Line], places: Sequence[Box]) -> list[bool]:
    """Find the lines that begin a paragraph: indented ones, and those after a gap."""
    left = min((place.x0 for place in places), default=0)
    indented = [
        INDENT * line.x_height <= place.x0 - left <= MOST_INDENT * line.x_height
        for line, place in zip(lines, places, strict=True)
    ]
    gaps = [b.y1 - a.y1 for a, b in pairwise(places)]
    usual = sorted(gaps)[len(gaps) // 2] if gaps else 0
    starts = [True]
    for index, gap in enumerate(gaps, 1):
        starts.append((indented[index] and not indented[index - 1]) or gap > PARAGRAPH_GAP * usual > 0)
    return starts


def _paragraph(lines: Sequence[Line], places: Sequence[Box], block: Sequence[Box]) -> Paragraph:
    """block: of all lines of the block, whose right edge ends lines that are full."""
    right = max(place.x1 for place in block)
    breaks = []
    for index, line in enumerate(lines):
        following = lines[index + 1] if index + 1 < len(lines) else None
        if following is None or not following.words:
            breaks.append(False)
            continue
        box = following.words[0].box
        length = max(box.width, box.height) if len(following.words[0].characters) > 1 else min(box.width, box.height)
        breaks.append(right - places[index].x1 > length + SPACE * line.x_height)
    if sum(breaks) > MOSTLY_BROKEN * (len(lines) - 1):
        breaks = [True] * (len(lines) - 1) + [False]
    return Paragraph(tuple(lines), tuple(breaks))
