"""Rows of the TSV of ``read``, with the twelve columns and five levels of Tesseract's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ocrtool.export.documents import ExportPage
from ocrtool.export.line_metrics import DIGITS
from ocrtool.types import Block, Box, Page

#: Names of the columns.
COLUMNS = (
    *("level", "page_num", "block_num", "par_num", "line_num", "word_num"),
    *("left", "top", "width", "height", "conf", "text"),
)
#: Levels of rows.
PAGE, BLOCK, PARAGRAPH, LINE, WORD = range(1, 6)
#: Confidence of rows that are not words.
NONE = "-1"


def word_rows(read: Iterable[ExportPage]) -> Iterator[str]:
    """Give a header and the lines of each page; pages are counted from 1 over all inputs."""
    yield "\t".join(COLUMNS) + "\n"
    for number, export in enumerate(read, 1):
        yield "".join(_page(export.page, number))


def _page(page: Page, number: int) -> Iterator[str]:
    yield _row((PAGE, number, 0, 0, 0, 0), page.frame)
    for index, block in enumerate(page.blocks, 1):
        yield from _block(block, number, index)


def _block(block: Block, page: int, number: int) -> Iterator[str]:
    yield _row((BLOCK, page, number, 0, 0, 0), block.box)
    yield _row((PARAGRAPH, page, number, 1, 0, 0), block.box)
    for index, line in enumerate(block.lines, 1):
        yield _row((LINE, page, number, 1, index, 0), line.box)
        for place, word in enumerate(line.words, 1):
            confidence = f"{100 * round(word.probability, DIGITS):.2f}"
            yield _row((WORD, page, number, 1, index, place), word.box, confidence, word.text)


def _row(numbers: tuple[int, ...], box: Box, confidence: str = NONE, text: str = "") -> str:
    values = (*numbers, box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0)
    return "\t".join(map(str, values)) + f"\t{confidence}\t{text}\n"
