"""Tables that commands write into Markdown files, between marks that stay: ``<!-- name -->``, ``<!-- /name -->``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from ocrtool.files import atomic_write


def table(header: Sequence[str], rows: Sequence[Sequence[str]], numbers: Collection[str] = ()) -> str:
    """A table; columns named in ``numbers`` stand to the right. Raises ValueError for a row of another length."""
    marks = ["---:" if name in numbers else "---" for name in header]
    lines = [header, marks, *rows]
    if any(len(line) != len(header) for line in lines):
        raise ValueError(f"every row needs {len(header)} cells")
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def has_marks(path: Path, name: str) -> bool:
    """Whether the file is there and has both marks of ``name``, in order."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return -1 < text.find(f"<!-- {name} -->") < text.find(f"<!-- /{name} -->")


def put_between(path: Path, name: str, content: str) -> None:
    """Replace what stands between the marks of ``name`` in the file. Raises OSError, and ValueError without marks."""
    if not has_marks(path, name):
        raise ValueError(f"{path} has no place for it: a line <!-- {name} --> and after it a line <!-- /{name} -->")
    before, rest = path.read_text(encoding="utf-8").split(f"<!-- {name} -->", 1)
    after = rest.split(f"<!-- /{name} -->", 1)[1]
    with atomic_write(path) as file:
        file.write(f"{before}<!-- {name} -->\n\n{content.strip()}\n\n<!-- /{name} -->{after}".encode())
