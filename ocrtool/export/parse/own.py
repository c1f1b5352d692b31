"""Pages from the documents of formats ``json`` and ``jsonl``."""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from ocrtool.charset import UNKNOWN
from ocrtool.errors import InputError
from ocrtool.export.documents import ExportPage, FailedInput
from ocrtool.export.formats.json import VERSION
from ocrtool.export.parse.checked import Checker
from ocrtool.export.schema import json_schema
from ocrtool.script.registry import languages_of
from ocrtool.types import Alternative, Block, Box, Character, Line, Mark, MarkState, Page, PageTable, TableCell, Word

#: A surrogate as JSON escapes it; what is left of them in a text; and in a name, where some stand for bytes.
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_LONE, _LONE_IN_NAMES = re.compile("[\ud800-\udfff]"), re.compile("[\ud800-\udc7f\udd00-\udfff]")

#: First line of a document of format json as it is written; each page follows on its line. And its last line.
OPENING, END = f'{{"format": "ocrtool", "version": {VERSION}, "pages": ['.encode(), b"]}"


def parse_pages(data: bytes, name: str) -> Iterator[ExportPage | FailedInput]:
    """Give the pages, and failures, of a document of format json or jsonl, line by line if it is as it was written.

    Raises InputError for anything else.
    """
    try:
        yield from _pages(data.removeprefix(codecs.BOM_UTF8))
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else _reason(error)
        raise InputError(name, f"not a document of ocrtool read --format json or jsonl: {reason}") from error


def _pages(data: bytes) -> Iterator[ExportPage | FailedInput]:
    if data.startswith(OPENING + b"\n"):
        yield from _lines(data)
        return
    try:
        value = _loaded(data)
    except json.JSONDecodeError:
        for line in filter(bytes.strip, io.BytesIO(data)):
            yield from _document(_loaded(line))
    else:
        yield from _document(value)


def _lines(data: bytes) -> Iterator[ExportPage]:
    """Parse a document of format json that has each page on a line."""
    lines = io.BytesIO(data)
    next(lines)
    for line in map(bytes.rstrip, lines):
        if line == END:
            return
        value = _with_warnings(_loaded(line.removesuffix(b",")))
        _checker("json").check(value, "page")
        yield _export(value)
    raise json.JSONDecodeError("no end", "", 0)


def _loaded(data: bytes) -> Any:
    """Parse JSON. Raises ValueError, also for NaN and Infinity, which are Python's, not JSON's.

    Half of a pair of surrogates, which no text has and no file can be written with, becomes U+FFFD; but it may stand
    for a byte of a file name that is not UTF-8.
    """
    value = json.loads(data.decode(), parse_constant=_no_number)
    return _repaired(value) if _SURROGATE.search(data) else value


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _repaired(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {_repaired(name): _repaired(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_repaired(inner) for inner in value]
    if isinstance(value, str):
        return (_LONE_IN_NAMES if key == "source" else _LONE).sub(UNKNOWN, value)
    return value


def _reason(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return "invalid JSON"
    return "not UTF-8" if isinstance(error, UnicodeError) else str(error)


def _document(value: Any) -> Iterator[ExportPage | FailedInput]:
    kind = value.get("format") if isinstance(value, dict) else None
    if kind == "ocrtool":
        for page in value["pages"] if isinstance(value.get("pages"), list) else ():
            _with_warnings(page)
        _checker("json").check(value, "document")
        yield from map(_export, value["pages"])
    elif kind == "ocrtool-page":
        _checker("jsonl").check(_with_warnings(value), "pageline")
        yield _export(value)
    elif kind == "ocrtool-error":
        _checker("jsonl").check(value, "errorline")
        yield FailedInput(value["source"], value["number"], value["error"])
    else:
        raise ValueError("it is of another kind")


def _with_warnings(page: Any) -> Any:
    """Complete a page of a version of this program that wrote no warnings."""
    if isinstance(page, dict):
        page.setdefault("warnings", [])
    return page


@cache
def _checker(name: str) -> Checker:
    """Return the checker of format ``name``."""
    return Checker(json_schema(name))


def _export(value: Mapping[str, Any]) -> ExportPage:
    return ExportPage(_page(value), value["dpi"])


def _page(value: Mapping[str, Any]) -> Page:
    blocks, tables, marks = _text(value)
    return Page(
        value["width"],
        value["height"],
        blocks,
        float(value["skew"]),
        value["language"],
        value["source"],
        value["number"],
        value.get("orientation", 0),
        value.get("mirrored", False),
        tables,
        value.get("from_pdf", False),
        None if value.get("pdf_text") is None else _kept_text(value, value["pdf_text"]),
        tuple(value.get("warnings", ())),
        value.get("half", ""),
        _part(value),
        marks,
    )


def _part(page: Mapping[str, Any]) -> Box | None:
    """Return what of its image a page is. Raises ValueError if that is outside the image."""
    if page.get("part") is None:
        return None
    part = Box(*page["part"])
    if (
        part.x0 < 0
        or part.y0 < 0
        or part.x1 > page["width"]
        or part.y1 > page["height"]
        or 0 in (part.width, part.height)
    ):
        raise ValueError("the part of a page is outside its image")
    return part


def _kept_text(page: Mapping[str, Any], value: Mapping[str, Any]) -> Page:
    """Make a page of the text that is kept beside what was read."""
    blocks, tables, marks = _text(value)
    text = Page(page["width"], page["height"], blocks, tables=tables, number=page["number"], from_pdf=True, marks=marks)
    return replace(text, source=page["source"], language=languages_of(text.text))


def _text(value: Mapping[str, Any]) -> tuple[tuple[Block, ...], tuple[PageTable, ...], tuple[Mark, ...]]:
    lines: list[list[Line]] = [[] for _ in value["blocks"]]
    numbers = [line["block"] for line in value["lines"]]
    if numbers != sorted(numbers) or (numbers and numbers[-1] >= len(lines)):
        raise ValueError("lines are not in the order of their blocks")
    for line in value["lines"]:
        lines[line["block"]].append(_line(line))
    blocks = (Block(Box(*block["box"]), tuple(own)) for block, own in zip(value["blocks"], lines, strict=True))
    tables = tuple(_table(table, len(numbers)) for table in value.get("tables", ()))
    return tuple(blocks), tables, _marks(value.get("marks", ()))


def _marks(values: Sequence[Mapping[str, Any]]) -> tuple[Mark, ...]:
    return tuple(Mark(Box(*each["box"]), MarkState(each["state"]), float(each["probability"])) for each in values)


def _line(value: Mapping[str, Any]) -> Line:
    x0, y0, x1, y1 = map(float, value["baseline"])
    words = tuple(map(_word, value["words"]))
    return Line(Box(*value["box"]), words, (x0, y0, x1, y1), float(value["x_height"]))


def _word(value: Mapping[str, Any]) -> Word:
    return Word(Box(*value["box"]), tuple(map(_character, value["characters"])), float(value["probability"]))


def _character(value: Mapping[str, Any]) -> Character:
    alternatives = tuple(Alternative(a["label"], float(a["probability"])) for a in value["alternatives"])
    return Character(Box(*value["box"]), value["label"], float(value["probability"]), alternatives)


def _table(value: Mapping[str, Any], lines: int) -> PageTable:
    """lines: number of lines of the page."""
    own_lines = value.get("lines", value["rows"])
    if value["line"] + own_lines > lines:
        raise ValueError("a table has lines that are none of the page")
    cells = tuple(map(_cell, value["cells"]))
    if any(cell.row >= value["rows"] or cell.column >= value["columns"] for cell in cells):
        raise ValueError("a cell is outside its table")
    return PageTable(Box(*value["box"]), value["line"], value["rows"], value["columns"], cells, own_lines)


def _cell(value: Mapping[str, Any]) -> TableCell:
    spans = value.get("row_span", 1), value.get("column_span", 1)
    return TableCell(value["row"], value["column"], value["text"], Box(*value["box"]), *spans)
