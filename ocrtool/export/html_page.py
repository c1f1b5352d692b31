"""A page as HTML: its image, and beside it its text by structure, word by word with box and probability."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby
from pathlib import PurePath

import cv2
import numpy as np

from ocrtool.errors import page_name, printable
from ocrtool.export.documents import ExportPage
from ocrtool.export.line_metrics import DIGITS, LENGTH_DIGITS
from ocrtool.export.markup import marked_up
from ocrtool.export.parts import part_alone
from ocrtool.export.structure import Heading, Item, Paragraph, structure
from ocrtool.export.upright import upright
from ocrtool.types import Character, Line, Page, PageTable, TableCell, Word

#: What files begin with that a browser shows, and their kinds; those with more bytes are encoded anew, in fewer.
SHOWN = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg"}
MOST_BYTES = 4 << 20
#: Marks of EXIF data in JPEG and PNG, which may say that the image is to be turned.
EXIF = (b"Exif\0", b"eXIf")
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
    export = part_alone(export)
    page = export.page
    turned = page.orientation in (90, 270)
    width, height = (page.height, page.width) if turned else (page.width, page.height)
    language = f' lang="{LANGUAGES[page.language]}"' if page.language in LANGUAGES else ""
    half = f", {page.half} page" if page.half else ""
    name = marked_up(page_name(page.source, page.number, 1 if page.number == 1 else 2) + half)
    yield f'<section class="page" data-name="{marked_up(_text_name(page))}"><h2>{name}</h2>\n'
    size = f'data-w="{width}" data-h="{height}" style="aspect-ratio:{width}/{height}"'
    yield f'<div class="view"><div class="sheet" {size}>'
    yield f'<img alt="" src="{_original(export) or _encoded(export)}"></div></div>\n'
    yield f'<div class="text"{language}>\n'
    yield from _Text(page).parts()
    yield "</div></section>\n"


def _text_name(page: Page) -> str:
    """Name the text of a page as `training.adapt` and folders of transcripts have it, without its ending."""
    stem = printable(PurePath(page.source).stem if page.source != "-" else "stdin")
    stem = stem if page.number == 1 else f"{stem}.{page.number}"
    return f"{stem}.{page.half}" if page.half else stem


def _original(export: ExportPage) -> str | None:
    """Return the file of the page as it is, if a browser shows it upright; else None."""
    if export.file is None or export.page.orientation:
        return None
    try:
        with export.file.path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError:  # it was read before, and the image is at hand
        return None
    kind = next((kind for start, kind in SHOWN.items() if data.startswith(start)), None)
    if kind is None or len(data) > MOST_BYTES or any(mark in data for mark in EXIF):
        return None
    return _embedded(data, kind)


def _encoded(export: ExportPage) -> str:
    """Return the image of the page as JPEG, upright."""
    gray = np.rot90(export.gray, -export.page.orientation // 90)
    return _embedded(cv2.imencode(".jpg", gray, (cv2.IMWRITE_JPEG_QUALITY, QUALITY))[1].tobytes(), "jpeg")


def _embedded(data: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"


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
        inside: dict[TableCell, list[str]] = {cell: [] for cell in table.cells}
        for line in self._page.lines[table.line : table.line + table.lines]:
            for cell, words in groupby(line.words, partial(_nearest, cells=table.cells)):
                inside[cell].append(self._words(line, words))
        yield "<table>\n"
        taken: set[tuple[int, int]] = set()
        for row in range(table.rows):
            yield "<tr>"
            for column in range(table.columns):
                begins = [cell for cell in table.cells if (cell.row, cell.column) == (row, column)]
                for cell in begins[:1]:
                    rows, columns = range(row, row + cell.row_span), range(column, column + cell.column_span)
                    taken.update((r, c) for r in rows for c in columns)
                    span = f' rowspan="{cell.row_span}"' if cell.row_span > 1 else ""
                    span += f' colspan="{cell.column_span}"' if cell.column_span > 1 else ""
                    yield f"<td{span}>{' '.join(inside[cell])}</td>"
                if (row, column) not in taken:
                    yield "<td></td>"
            yield "</tr>\n"
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


def _nearest(word: Word, cells: Sequence[TableCell]) -> TableCell:
    """Return the cell that holds a word, the smallest of several, or is nearest to it."""
    x, y = word.box.x0 + word.box.x1, word.box.y0 + word.box.y1

    def distance(cell: TableCell) -> tuple[int, int]:
        outside = (2 * cell.box.x0 - x, x - 2 * cell.box.x1, 2 * cell.box.y0 - y, y - 2 * cell.box.y1)
        return max(0, *outside), cell.box.width * cell.box.height

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
