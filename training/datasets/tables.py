"""Tables of the data sets: columns parted by tabs, named in the first line."""

from __future__ import annotations

import csv
from pathlib import Path


def read_table(path: Path) -> list[dict[str, str]]:
    """The rows of a UTF-8 table by column name; a quote is a character like any other. Raises OSError."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
