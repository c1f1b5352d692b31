"""Tab-separated values with a header: words of pages as Tesseract lists them, tables of ``writer-id``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ocrtool.errors import printable
from ocrtool.export.documents import ExportPage, Table
from ocrtool.export.registry import Format
from ocrtool.export.word_table import word_rows
from ocrtool.files import utf8

#: Decimals of a probability.
DIGITS = 4


def pages(read: Iterable[ExportPage]) -> Iterator[bytes]:
    """Encode a header and a line per page, block, paragraph, line and word."""
    return utf8(word_rows(read))


def table(rows: Table) -> Iterator[bytes]:
    """Encode a header and one line per row; missing values are empty."""
    return utf8(_lines(rows))


def _lines(rows: Table) -> Iterator[str]:
    yield "\t".join(rows.columns) + "\n"
    for row in rows.rows:
        values = _flat(row.values)
        yield "\t".join(_cell(values.get(column)) for column in rows.columns) + "\n"


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """Spread each item of a list over columns of its own: ``top`` to ``top_1``, ``top_1_probability`` and so on."""
    flat = {name: value for name, value in values.items() if not isinstance(value, list)}
    for name, items in ((name, value) for name, value in values.items() if isinstance(value, list)):
        for number, item in enumerate(items, 1):
            first, *others = item.items()
            flat[f"{name}_{number}"] = first[1]
            flat |= {f"{name}_{number}_{key}": value for key, value in others}
    return flat


def _cell(value: object) -> str:
    """Format a cell: empty for None, yes or no for booleans, text escaped."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.{DIGITS}f}" if isinstance(value, float) else printable(str(value))


FORMAT = Format(
    "tsv",
    ".tsv",
    {"read": pages, **{f"writer-id {command}": table for command in ("identify", "enrol", "verify")}},
)
