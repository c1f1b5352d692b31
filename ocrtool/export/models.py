"""The inventory of weights as a text table, and a manifest as text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ocrtool.errors import printable
from ocrtool.weights.inventory import HEADLINES, WeightsEntry

#: Columns of the table; those of numbers are aligned right.
COLUMNS = ("NAME", "MODEL", "PARAMETERS", "CLASSES", "H5", "COMPILED", "LICENCE", "SCORE", "PURPOSE")
NUMBERS = frozenset(("PARAMETERS", "CLASSES", "H5", "COMPILED"))


def table_lines(entries: Sequence[WeightsEntry]) -> Iterator[str]:
    """Format a table; refused weights are left out."""
    rows: list[tuple[str, ...]] = [COLUMNS]
    for entry in entries:
        if entry.fault is None:
            values = entry.as_json()
            columns = (
                entry.name,
                entry.kind,
                _count(values["parameters"]),
                _count(values["classes"]),
                _bytes(entry.h5_bytes),
                _bytes(entry.compiled_bytes),
                entry.licence or "-",
                _score(entry.score),
                entry.purpose or "-",
            )
            rows.append(tuple(map(printable, columns)))
    widths = [max(len(row[i]) for row in rows) for i in range(len(COLUMNS))]
    for row in rows:
        triples = zip(COLUMNS, row, widths, strict=True)
        cells = (cell.rjust(width) if name in NUMBERS else cell.ljust(width) for name, cell, width in triples)
        yield "  ".join(cells).rstrip() + "\n"


def _count(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else "-"


def _bytes(count: int | None) -> str:
    return "-" if count is None else f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


def _score(score: dict[str, Any] | None) -> str:
    if score is None:
        return "-"
    figures = ", ".join(f"{score[key]:.3f} {name}" for key, name in HEADLINES.items() if key in score)
    return f"{score['on']}: {figures}" if score["on"] else figures


def manifest_lines(manifest: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    """Format each entry of a manifest on its own line, nested entries indented, lists of plain values on one line."""
    for name, value in manifest.items():
        key = printable(name)
        if isinstance(value, dict):
            yield f"{indent}{key}:\n"
            yield from manifest_lines(value, indent + "  ")
        elif isinstance(value, list) and not any(isinstance(item, (dict, list)) for item in value):
            yield f"{indent}{key}: {' '.join(map(_plain, value))}\n"
        else:
            yield f"{indent}{key}: {_plain(value)}\n"


def _plain(value: object) -> str:
    """Format a value: printable text as it is; anything else, including blank text, as JSON of printable text."""
    if isinstance(value, str) and value.isprintable() and value.strip():
        return value
    return printable(json.dumps(value, ensure_ascii=False))
