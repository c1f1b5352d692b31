"""JSON: pages, lines, words and characters, each with its box in pixels of the input and its probability."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ocrtool.export.documents import CharacterImage, ExportPage, SegmentedPage
from ocrtool.export.json_types import (
    AlternativeObject,
    BlockObject,
    CellObject,
    MarkObject,
    TableObject,
)
from ocrtool.export.registry import Format
from ocrtool.files import utf8
from ocrtool.types import Alternative, Block, Box, Character, Line, Mark, Page, PageTable, TableCell, Word

if TYPE_CHECKING:
    from ocrtool.export.documents import Evaluation
    from ocrtool.weights.inventory import WeightsEntry

#: Version of the documents, raised when readers of the older one would misread them.
VERSION = 1
#: Decimals of probabilities and of lengths in pixels.
DIGITS, LENGTH_DIGITS = 4, 1


def pages(read: Iterable[ExportPage]) -> Iterator[bytes]:
    """Encode the reading of each page."""
    return _document("ocrtool", "pages", map(page_text, read))


def characters(images: Iterable[CharacterImage]) -> Iterator[bytes]:
    """Encode the labels and the box of each image."""
    return _document("ocrtool-labels", "images", map(_dumped, map(_character_image, images)))


def lines(segmented: Iterable[SegmentedPage]) -> Iterator[bytes]:
    """Encode the lines of each page and the patches cut from them."""
    return _document("ocrtool-lines", "pages", map(_dumped, map(_segmented_page, segmented)))


def inventory(entries: Iterable[WeightsEntry]) -> Iterator[bytes]:
    """Encode the list of weights."""
    return _document("ocrtool-models", "models", (_dumped(entry.as_json()) for entry in entries))


def manifests(entries: Iterable[WeightsEntry]) -> Iterator[bytes]:
    """Encode each manifest as in its file."""
    return utf8(json.dumps(entry.manifest, ensure_ascii=False, indent=1) + "\n" for entry in entries)


def evaluation(results: Evaluation) -> Iterator[bytes]:
    """Encode error rates and confusions."""
    from ocrtool.export.evaluation import json_text

    return utf8([json_text(results)])


def page_text(export: ExportPage) -> str:
    """Encode a page as a JSON object, a `PageObject`; once, however many formats hold it.

    ``lines`` are in reading order; ``block`` is an index into ``blocks``.
    """
    if export.json is None:
        object.__setattr__(export, "json", _page(export))
    assert export.json is not None
    return export.json


def _page(export: ExportPage) -> str:
    page = export.page
    values = {
        "source": page.source,
        "number": page.number,
        "width": page.width,
        "height": page.height,
        "dpi": None if export.dpi is None else _rounded(export.dpi, LENGTH_DIGITS),
        "orientation": page.orientation,
        "mirrored": page.mirrored,
        "skew": _rounded(page.skew, 2),
        "language": page.language,
        "from_pdf": page.from_pdf,
        "warnings": list(page.warnings),
        "half": page.half,
        "part": None if page.part is None else _box(page.part),
    }
    other = "null" if page.pdf_text is None else f"{{{_text_of(page.pdf_text)}}}"
    return f'{_dumped(values)[:-1]}, {_text_of(page)}, "pdf_text": {other}}}'


def _text_of(page: Page) -> str:
    """Encode the members of a `TextObject`."""
    blocks = _dumped([_block(block) for block in page.blocks])
    lines = ", ".join(_line(line, i) for i, block in enumerate(page.blocks) for line in block.lines)
    tables = _dumped([_page_table(table) for table in page.tables])
    marks = _dumped([_mark(mark) for mark in page.marks])
    return f'"blocks": {blocks}, "lines": [{lines}], "tables": {tables}, "marks": {marks}'


def _document(kind: str, key: str, objects: Iterable[str]) -> Iterator[bytes]:
    """Join JSON objects in one as they arrive, each on one line."""
    return utf8(_parts(kind, key, objects))


def _parts(kind: str, key: str, objects: Iterable[str]) -> Iterator[str]:
    yield f'{{"format": "{kind}", "version": {VERSION}, "{key}": ['
    for i, text in enumerate(objects):
        yield (",\n" if i else "\n") + text
    yield "\n]}\n"


def _dumped(values: object) -> str:
    return json.dumps(values, ensure_ascii=False)


def _block(block: Block) -> BlockObject:
    return {"box": _box(block.box)}


def _line(line: Line, block: int) -> str:
    """Encode a `LineObject`. Lines are most of a document: their parts become text without becoming dictionaries."""
    baseline = ", ".join(str(_rounded(v, LENGTH_DIGITS)) for v in line.baseline)
    return (
        f'{{"block": {block}, "box": {_box_text(line.box)}, "baseline": [{baseline}], '
        f'"x_height": {_rounded(line.x_height, LENGTH_DIGITS)}, "orientation": {line.orientation}, '
        f'"text": {_quoted(line.text)}, '
        f'"words": [{", ".join(map(_word, line.words))}]}}'
    )


def _mark(mark: Mark) -> MarkObject:
    return {"box": _box(mark.box), "state": mark.state.value, "probability": _rounded(mark.probability, DIGITS)}


def _page_table(table: PageTable) -> TableObject:
    return {
        "box": _box(table.box),
        "line": table.line,
        "lines": table.lines,
        "rows": table.rows,
        "columns": table.columns,
        "cells": [_cell(cell) for cell in table.cells],
    }


def _cell(cell: TableCell) -> CellObject:
    return {
        "row": cell.row,
        "column": cell.column,
        "row_span": cell.row_span,
        "column_span": cell.column_span,
        "box": _box(cell.box),
        "text": cell.text,
    }


def _word(word: Word) -> str:
    """Encode a `WordObject`."""
    return (
        f'{{"box": {_box_text(word.box)}, "text": {_quoted(word.text)}, "probability": {_rounded(word.probability)}, '
        f'"characters": [{", ".join(map(_character, word.characters))}]}}'
    )


def _character(character: Character) -> str:
    """Encode a `CharacterObject`."""
    others = ", ".join(
        f'{{"label": {_quoted(a.label)}, "probability": {round(a.probability, DIGITS)}}}'
        for a in character.alternatives
    )
    return (
        f'{{"box": {_box_text(character.box)}, "label": {_quoted(character.label)}, '
        f'"probability": {round(character.probability, DIGITS)}, "alternatives": [{others}]}}'
    )


def _box_text(box: Box) -> str:
    return f"[{box.x0}, {box.y0}, {box.x1}, {box.y1}]"


@lru_cache(maxsize=4096)
def _quoted(text: str) -> str:
    """Encode a string. Labels of characters recur."""
    return json.dumps(text, ensure_ascii=False)


def _character_image(image: CharacterImage) -> dict[str, Any]:
    return {
        "source": image.source,
        "number": image.number,
        "width": image.size[0],
        "height": image.size[1],
        "box": None if image.box is None else _box(image.box),
        "labels": _alternatives(image.alternatives),
    }


def _segmented_page(page: SegmentedPage) -> dict[str, Any]:
    return {
        "source": page.source,
        "number": page.number,
        "width": page.size[1],
        "height": page.size[0],
        "lines": [
            {
                "box": _box(line.box),
                "baseline": [_rounded(value, LENGTH_DIGITS) for value in line.baseline],
                "x_height": _rounded(line.x_height, LENGTH_DIGITS),
            }
            for line in page.lines
        ],
        "patches": [
            {"line": patch.line, "corners": patch.corners.round(LENGTH_DIGITS).tolist(), "file": patch.file}
            for patch in page.patches
        ],
    }


def _alternatives(alternatives: Iterable[Alternative]) -> list[AlternativeObject]:
    return [{"label": a.label, "probability": round(a.probability, DIGITS)} for a in alternatives]


def _box(box: Box) -> list[int]:
    return [int(box.x0), int(box.y0), int(box.x1), int(box.y1)]


def _rounded(value: float, digits: int = DIGITS) -> float:
    return round(float(value), digits) + 0.0  # no negative zero


FORMAT = Format(
    "json",
    ".json",
    {
        "read": pages,
        "classify": characters,
        "segment": lines,
        "eval": evaluation,
        "models": inventory,
        "models NAME": manifests,
    },
)
