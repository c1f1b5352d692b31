"""Tables that commands write into Markdown files between the marks ``<!-- name -->`` and ``<!-- /name -->``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from ocrtool.files import atomic_write


def table(header: Sequence[str], rows: Sequence[Sequence[str]], numbers: Collection[str] = ()) -> str:
    """A Markdown table, columns in ``numbers`` aligned right. Raises ValueError for a row of another length."""
    from tabulate import tabulate

    if any(len(row) != len(header) for row in rows):
        raise ValueError(f"every row needs {len(header)} cells")
    escaped = [[cell.replace("|", "\\|") for cell in row] for row in (header, *rows)]
    sides = ["right" if name in numbers else "left" for name in header]
    # "pipe" is the "github" format with the colons that align columns; figures stay as they are written
    return str(tabulate(escaped[1:], escaped[0], "pipe", colalign=sides, disable_numparse=True)) + "\n"


def has_marks(path: Path, name: str) -> bool:
    """Whether the file is there and has both marks of ``name``, in order."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return -1 < text.find(f"<!-- {name} -->") < text.find(f"<!-- /{name} -->")


def put_between(path: Path, name: str, content: str) -> None:
    """Replace what stands between the marks of ``name`` in the file. Raises OSError, and ValueError without marks."""
    if not has_marks(path, name):
        raise ValueError(f"{path} has no place for it: a line <!-- {name} --> and after it a line <!-- /{name} -->")
    before, remainder = path.read_text(encoding="utf-8").split(f"<!-- {name} -->", 1)
    after = remainder.split(f"<!-- /{name} -->", 1)[1]
    with atomic_write(path) as file:
        file.write(f"{before}<!-- {name} -->\n\n{content.strip()}\n\n<!-- /{name} -->{after}".encode())
