"""JSON Lines: one object per page or per row of a table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from ocrtool.export.documents import ExportPage, FailedInput, Table
from ocrtool.export.formats.json import VERSION, page_text
from ocrtool.export.json_types import ErrorLineObject
from ocrtool.export.registry import Format
from ocrtool.files import utf8


def pages(read: Iterable[ExportPage | FailedInput]) -> Iterator[bytes]:
    """Encode one line per page, and per input that could not be read."""
    return utf8(_page(one) if isinstance(one, ExportPage) else _error(one) for one in read)


def table(rows: Table) -> Iterator[bytes]:
    """Encode one line per row."""
    return utf8(json.dumps(row.values, ensure_ascii=False) + "\n" for row in rows.rows)


def _page(export: ExportPage) -> str:
    return f'{{"format": "ocrtool-page", "version": {VERSION}, {page_text(export)[1:]}\n'


def _error(failed: FailedInput) -> str:
    values: ErrorLineObject = {
        "format": "ocrtool-error",
        "version": VERSION,
        "source": failed.source,
        "number": failed.number,
        "error": failed.error,
    }
    return json.dumps(values, ensure_ascii=False) + "\n"


FORMAT = Format(
    "jsonl",
    ".jsonl",
    {"read": pages, **{f"writer-id {command}": table for command in ("identify", "enrol", "verify")}},
    errors_inline=True,
)
