"""Words that are broken at the ends of lines, joined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ocrtool.types import Block, Box, Line, Page, Word

#: What stands at the end of the first part of a broken word.
HYPHENS = ("-", "\u2010", "\u00ad", "¬")


def join_broken_words(page: Page) -> Page:
    """Join words that are broken at the ends of lines: the first line gets the whole word, without its hyphen.

    A word is joined where small letters stand before the hyphen and go on in the next line of text, which may be of the
    next block; the hyphen stays if the page has the word with a hyphen elsewhere. Characters keep their boxes, and the
    box of the word is that of its first part. A line without further words is left out. Lines of tables stay as they
    are.
    """
    hyphened = {word.text.strip(".,;:!?()").casefold() for line in page.lines for word in line.words}
    tables = {number for table in page.tables for number in range(table.line, table.line + table.lines)}
    lines: list[Line | None] = list(page.lines)
    last = 0  # the last line that is there
    for number, second in enumerate(page.lines[1:], 1):
        first = lines[last]
        if first is not None and not tables & {last, number} and _is_broken(first, second):
            whole = _joined(first.words[-1], second.words[0], hyphened)
            lines[last] = _with_words(first, (*first.words[:-1], whole))
            lines[number] = _with_words(second, second.words[1:]) if len(second.words) > 1 else None
        last = last if lines[number] is None else number
    kept = iter(lines)
    blocks = [Block(block.box, tuple(_present(kept, len(block.lines)))) for block in page.blocks]
    gone = [number for number, line in enumerate(lines) if line is None]
    moved = (replace(table, line=table.line - sum(k < table.line for k in gone)) for table in page.tables)
    return replace(page, blocks=tuple(block for block in blocks if block.lines), tables=tuple(moved))


def _present(lines: Iterator[Line | None], count: int) -> Iterator[Line]:
    """Give those of the next ``count`` lines that are there."""
    for _ in range(count):
        line = next(lines)
        if line is not None:
            yield line


def _is_broken(first: Line, second: Line) -> bool:
    """Return True if the last word of a line goes on in the next one."""
    if not first.words or not second.words:
        return False
    start, rest = first.words[-1].text, second.words[0].text
    return len(start) > 1 and start.endswith(HYPHENS) and start[-2].islower() and rest[0].islower()


def _joined(start: Word, rest: Word, hyphened: set[str]) -> Word:
    kept = f"{start.text}{rest.text}".strip(".,;:!?()").casefold() in hyphened
    characters = (*(start.characters if kept else start.characters[:-1]), *rest.characters)
    return replace(start, characters=characters, probability=min(start.probability, rest.probability))


def _with_words(line: Line, words: tuple[Word, ...]) -> Line:
    return replace(line, box=Box.around([word.box for word in words]), words=words)
