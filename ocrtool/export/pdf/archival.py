"""PDF/A-2b: the parts that it demands are added, and what was written is validated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ocrtool.errors import OutputError, printable

if TYPE_CHECKING:
    import pikepdf

#: Part 2 of ISO 19005, level B: what is seen can be reproduced.
FLAVOUR = "2b"


def save_archival(pdf: pikepdf.Pdf, file: Any) -> None:
    """Save ``pdf`` to an empty binary file. Raises OutputError if it does not conform, or the validator is missing."""
    if pdf.is_encrypted:
        raise OutputError("the document is no PDF/A-2b: it is encrypted")
    try:
        from pikepdf.pdfa import PdfaError, prepare, save
    except ImportError as error:
        raise OutputError("the format pdfa needs what pip install 'ocrtool[pdfa]' installs") from error
    producer = str(pdf.docinfo.get("/Producer", ""))
    prepare(pdf, FLAVOUR)
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata.pop("xmp:MetadataDate", None)  # today, but the same pages give the same bytes
        if producer:
            metadata["pdf:Producer"] = producer
    try:
        save(pdf, file, FLAVOUR, repair=False, deterministic_id=True)
    except PdfaError as error:
        first = next((str(finding) for finding in error.report.findings), "its parts are of kinds that are not known")
        raise OutputError(f"the document is no PDF/A-2b: {printable(' '.join(first.split()))}") from error
