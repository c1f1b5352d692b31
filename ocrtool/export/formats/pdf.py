"""Searchable PDF."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ocrtool.export.documents import ExportPage
from ocrtool.export.registry import Format


def pages(read: Iterable[ExportPage]) -> Iterator[bytes]:
    """Encode the pages as they are, each with its text, invisible, to search and to copy."""
    from ocrtool.export.pdf.document import PdfDocument

    with PdfDocument() as document:
        for export in read:
            document.add(export)
        yield from document.parts()


FORMAT = Format("pdf", ".pdf", {"read": pages}, needs_file=True)
