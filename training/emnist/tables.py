"""Tables that grow row by row while trainings run, and the settings that all rows of one share."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from training.report.write import write_json


class Table:
    """A file of tab-separated values with a head line; each row is on disk as soon as it is added.

    Opening it reads the rows that are there. Raises ValueError with one sentence if the file has other columns.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path, self.columns = path, tuple(columns)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\t".join(self.columns) + "\n", encoding="utf-8")
        self.rows: list[dict[str, str]] = self._read()

    def _read(self) -> list[dict[str, str]]:
        with self.path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            if tuple(reader.fieldnames or ()) != self.columns:
                raise ValueError(f"{self.path} is not such a table: its columns are not {', '.join(self.columns)}")
            rows = list(reader)
        if any(None in row.values() or None in row for row in rows):
            raise ValueError(f"{self.path} is damaged: a line has not {len(self.columns)} columns")
        return rows

    def add(self, **values: Any) -> dict[str, str]:
        """Write a row; columns without a value stay empty. Returns it as it is written."""
        row = {column: as_cell(values.get(column, "")) for column in self.columns}
        with self.path.open("a", encoding="utf-8") as file:
            file.write("\t".join(row.values()) + "\n")
        self.rows.append(row)
        return row


def as_cell(value: Any) -> str:
    """``value`` on one line without tabs: numbers to four places at most, lists by commas."""
    if isinstance(value, float):
        return f"{round(value, 4):.10g}"
    if isinstance(value, tuple | list):
        return ",".join(map(as_cell, value))
    return " ".join(str(value).split())


def keep_settings(path: Path, settings: Mapping[str, Any]) -> None:
    """Write ``settings`` to ``path``, or see that they are those that it holds. Values must be plain.

    Raises ValueError with one sentence that names the first that differs.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(path, settings)
        return
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is damaged: {error}") from None
    for key, value in settings.items():
        if not isinstance(stored, dict) or stored.get(key) != value:
            was = stored.get(key) if isinstance(stored, dict) else None
            raise ValueError(f"{path.parent} holds a run with {key} {was}, not {value}: name another folder with --out")
