"""Tables of pages as CSV (RFC 4180)."""

from __future__ import annotations

import csv
import io

from ocrtool.types import PageTable


def as_csv(table: PageTable) -> bytes:
    """Encode a table as UTF-8: a record for each row, ended by CR LF, with a field for each column."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows(table.grid)
    return file.getvalue().encode("utf-8")
