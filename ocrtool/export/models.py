"""The inventory of weights as a table for people, and a manifest as text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ocrtool.errors import printable
from ocrtool.weights.inventory import HEADLINES, Entry

#: Columns of the table; those of numbers stand to the right.
COLUMNS = ("NAME", "MODEL", "PARAMETERS", "CLASSES", "H5", "COMPILED", "LICENCE", "SCORE", "PURPOSE")
NUMBERS = frozenset(("PARAMETERS", "CLASSES", "H5", "COMPILED"))


def table_lines(entries: Sequence[Entry]) -> Iterator[str]:
    """A table; what is refused is left out."""
    rows: list[tuple[str, ...]] = [COLUMNS]
    for entry in entries:
        if entry.fault is None:
            one = entry.as_json()
            columns = (
                entry.name,
                entry.kind,
                _count(one["parameters"]),
                _count(one["classes"]),
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
    """Every entry of a manifest on a line of its own, those of entries indented; lists of plain values run on."""
    for name, value in manifest.items():
        key = printable(name)
        if isinstance(value, dict):
            yield f"{indent}{key}:\n"
            yield from manifest_lines(value, indent + "  ")
        elif isinstance(value, list) and not any(isinstance(one, (dict, list)) for one in value):
            yield f"{indent}{key}: {' '.join(map(_plain, value))}\n"
        else:
            yield f"{indent}{key}: {_plain(value)}\n"


def _plain(value: object) -> str:
    """Text as it is, if that can be seen; all else, also a lone space, as in JSON."""
    if isinstance(value, str) and value.isprintable() and value.strip():
        return value
    return json.dumps(value, ensure_ascii=False)
