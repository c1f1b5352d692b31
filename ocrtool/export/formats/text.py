"""Plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ocrtool.errors import printable
from ocrtool.export.documents import CharacterImage, ExportPage, Table
from ocrtool.export.registry import Format
from ocrtool.files import utf8

if TYPE_CHECKING:
    from ocrtool.export.documents import Evaluation
    from ocrtool.weights.inventory import WeightsEntry

#: Decimals of a probability.
DIGITS = 4


def pages(read: Iterable[ExportPage]) -> Iterator[bytes]:
    """Encode one line per line, an empty line between blocks, a form feed between pages; a blank page is empty.

    The cells of a table are separated by tabs.
    """
    return utf8(_pages(read))


def characters(images: Iterable[CharacterImage]) -> Iterator[bytes]:
    """Encode one line per image, separated by tabs: its name, then each label with its probability, or ``blank``."""
    return utf8(_character(image) for image in images)


def table(rows: Table) -> Iterator[bytes]:
    """Encode one line per row."""
    return utf8(row.text + "\n" for row in rows.rows)


def inventory(entries: Iterable[WeightsEntry]) -> Iterator[bytes]:
    """Encode a table of the usable weights."""
    from ocrtool.export.models import table_lines

    return utf8(table_lines(list(entries)))


def manifests(entries: Iterable[WeightsEntry]) -> Iterator[bytes]:
    """Encode every entry of each manifest."""
    from ocrtool.export.models import manifest_lines

    return utf8(line for entry in entries for line in manifest_lines(entry.manifest))


def _pages(read: Iterable[ExportPage]) -> Iterator[str]:
    for i, export in enumerate(read):
        if i:
            yield "\f"
        if export.page.text:
            yield export.page.text + "\n"


def _character(image: CharacterImage) -> str:
    labels = [f"{a.label} {a.probability:.{DIGITS}f}" for a in image.alternatives]
    return "\t".join([printable(image.label), *(labels or ["blank"])]) + "\n"


def evaluation(results: Evaluation) -> Iterator[bytes]:
    """Encode a table of error rates and the confusions."""
    from ocrtool.export.evaluation import text_lines

    return utf8(text_lines(results))


FORMAT = Format(
    "text",
    ".txt",
    {
        "read": pages,
        "classify": characters,
        "writer-id identify": table,
        "writer-id enrol": table,
        "writer-id verify": table,
        "eval": evaluation,
        "models": inventory,
        "models NAME": manifests,
    },
)
