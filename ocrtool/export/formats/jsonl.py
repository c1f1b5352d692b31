"""JSON Lines: one object per row of a table."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ocrtool.export.documents import Table
from ocrtool.export.registry import Format
from ocrtool.files import utf8


def table(rows: Table) -> Iterator[bytes]:
    """Encode one line per row."""
    return utf8(json.dumps(row.values, ensure_ascii=False) + "\n" for row in rows.rows)


FORMAT = Format("jsonl", ".jsonl", {f"writer-id {command}": table for command in ("identify", "enrol", "verify")})
