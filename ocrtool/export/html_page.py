"""A page as HTML: its image, and beside it its text by structure, word by word with box and probability."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from pathlib import PurePath

import cv2
import numpy as np

from ocrtool.errors import page_name, printable
from ocrtool.export.documents import ExportPage
from ocrtool.export.line_metrics import DIGITS, LENGTH_DIGITS
from ocrtool.export.markup import marked_up
from ocrtool.export.structure import Heading, Item, Paragraph, structure
from ocrtool.export.upright import upright
from ocrtool.types import Character, Line, Page, PageTable, TableCell, Word

#: Quality of the image as JPEG, 0 to 100: text stays sharp at a tenth of the size of PNG.
QUALITY = 75
#: Size of type for an x-height of one pixel, in common text faces.
TYPE_SIZE = 2.0
#: Alternatives that are less probable are not worth a look.
LEAST_ALTERNATIVE = 0.001
#: Classes of words by probability, the least first: words below a threshold are of its class.
CLASSES = ((0.5, "bad"), (0.8, "poor"), (0.97, "fair"))
#: Languages as HTML names them.
LANGUAGES = {"eng": "en", "kor": "ko"}


def page_parts(export: ExportPage) -> Iterator[str]:
    """Encode a page as a section. The image is turned upright."""
    page = export.page
    turned = page.orientation in (90, 270)
    width, height = (page.height, page.width) if turned else (page.width, page.height)
    language = f' lang="{LANGUAGES[page.language]}"' if page.language in LANGUAGES else ""
    name = marked_up(page_name(page.source, page.number, 1 if page.number == 1 else 2))
    yield f'<section class="page" data-name="{marked_up(_text_name(page))}"><h2>{name}</h2>\n'
    yield f'<div class="view"><div class="sheet" data-w="{width}" data-h="{height}">'
    yield f'<img alt="" width="{width}" height="{height}" src="{_image(export)}"></div></div>\n'
    yield f'<div class="text"{language}>\n'
    yield from _Text(page).parts()
    yield "</div></section>\n"


def _text_name(page: Page) -> str:
    """Name the text of a page as `training.adapt` and folders of transcripts have it, without its ending."""
    stem = printable(PurePath(page.source).stem if page.source != "-" else "stdin")
    return stem if page.number == 1 else f"{stem}.{page.number}"


def _image(export: ExportPage) -> str:
    gray = np.rot90(export.gray, -export.page.orientation // 90)
    data = cv2.imencode(".jpg", gray, (cv2.IMWRITE_JPEG_QUALITY, QUALITY))[1].tobytes()
    return f"data:image/jpeg;base64,{base64.b64encode(data).decode('ascii')}"


class _Text:
    """The text of a page. Each word has the numbers of its line and block, by which corrected text is put together."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._numbers = {
            id(line): (index, block)
            for index, (line, block) in enumerate(
                (line, number) for number, block in enumerate(page.blocks) for line in block.lines
            )
        }

    def parts(self) -> Iterator[str]:
        """Encode headings, paragraphs, lists and tables."""
        listed = False
        for part in structure(self._page):
            if isinstance(part, Item) != listed:
                listed = not listed
                yield "<ul>\n" if listed else "</ul>\n"
            if isinstance(part, Item):
                yield f"<li>{self._lines(part.lines)}</li>\n"
            elif isinstance(part, Heading):
                yield f"<h{part.level + 2}>{self._lines((part.line,))}</h{part.level + 2}>\n"
            elif isinstance(part, Paragraph):
                yield f"<p>{self._lines(part.lines)}</p>\n"
            else:
                yield from self._table(part)
        if listed:
            yield "</ul>\n"

    def _lines(self, lines: Iterable[Line]) -> str:
        return "\n".join(f'<span class="l">{self._words(line, line.words)}</span>' for line in lines)

    def _table(self, table: PageTable) -> Iterator[str]:
        yield "<table>\n"
        for row in range(table.rows):
            line = self._page.lines[table.line + row]
            cells = [cell for cell in table.cells if cell.row == row]
            yield "<tr>"
            column = 0
            for cell in cells:
                yield "<td></td>" * (cell.column - column)
                words = [word for word in line.words if _nearest(word, cells) is cell]
                span = f' colspan="{cell.column_span}"' if cell.column_span > 1 else ""
                yield f"<td{span}>{self._words(line, words)}</td>"
                column = cell.column + cell.column_span
            yield "<td></td>" * (table.columns - column) + "</tr>\n"
        yield "</table>\n"

    def _words(self, line: Line, words: Iterable[Word]) -> str:
        index, block = self._numbers[id(line)]
        size = round(TYPE_SIZE * round(line.x_height, LENGTH_DIGITS), LENGTH_DIGITS)
        return " ".join(self._word(word, f'data-l="{index}" data-k="{block}"', size) for word in words)

    def _word(self, word: Word, numbers: str, size: float) -> str:
        box = upright(word.box, self._page)
        probability = round(word.probability, DIGITS)
        kind = next((f" {name}" for limit, name in CLASSES if probability < limit), "")
        return (
            f'<span class="w{kind}" {numbers} data-b="{box.x0} {box.y0} {box.x1} {box.y1} {size}" '
            f'data-p="{probability}">{"".join(map(_character, word.characters))}</span>'
        )


def _nearest(word: Word, cells: list[TableCell]) -> TableCell:
    """Return the cell that holds a word of its row, or is nearest to it."""
    x, y = word.box.x0 + word.box.x1, word.box.y0 + word.box.y1

    def distance(cell: TableCell) -> int:
        outside = (2 * cell.box.x0 - x, x - 2 * cell.box.x1, 2 * cell.box.y0 - y, y - 2 * cell.box.y1)
        return max(0, *outside)

    return min(cells, key=distance)


def _character(character: Character) -> str:
    """Encode a character, with its alternatives for the script and as a tooltip."""
    label = marked_up(character.label)
    others = [
        (a.label, round(a.probability, DIGITS))
        for a in character.alternatives
        if a.label != character.label and a.probability >= LEAST_ALTERNATIVE
    ]
    if not others:
        return label
    probability = round(character.probability, DIGITS)
    shown = ", ".join(f"{name} {100 * p:.1f} %" for name, p in [(character.label, probability), *others])
    alternatives = marked_up(json.dumps(others, ensure_ascii=False))
    return f'<i title="{marked_up(shown)}" data-p="{probability}" data-a="{alternatives}">{label}</i>'
