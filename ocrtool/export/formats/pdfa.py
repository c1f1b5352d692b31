"""Searchable PDF for archives: PDF/A-2b."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ocrtool.export.documents import ExportPage
from ocrtool.export.registry import Format


def pages(read: Iterable[ExportPage]) -> Iterator[bytes]:
    """Encode the pages as format ``pdf`` does, and validate that the document is PDF/A-2b."""
    from ocrtool.export.pdf.document import PdfDocument

    with PdfDocument() as document:
        for export in read:
            document.add(export)
        yield from document.parts(archival=True)


FORMAT = Format("pdfa", ".pdf", {"read": pages}, needs_file=True)
