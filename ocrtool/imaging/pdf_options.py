"""How the pages of a file are chosen, and those of a PDF drawn and read; imports nothing heavy, for ``--help``."""

from __future__ import annotations

from dataclasses import dataclass, field

from ocrtool.imaging.limits import USUAL, Limits
from ocrtool.imaging.page_ranges import PageRanges

#: What is done with the text that a page of a PDF holds already: it is taken if it is whole, else the page is read; the
#: page is read in any case; the page is read, and the text is kept beside.
TAKE, ANEW, KEEP = "auto", "ocr", "keep"
PDF_TEXT = (TAKE, ANEW, KEEP)


@dataclass(frozen=True, slots=True)
class PdfOptions:
    """How to read files of several pages.

    pages: those to read, None for all; text: one of PDF_TEXT; dpi: resolution at which pages of PDFs are drawn, None
    for that of their images; password: of encrypted PDFs; limits: bounds of what is read.
    """

    pages: PageRanges | None = None
    text: str = TAKE
    dpi: int | None = None
    password: str | None = field(default=None, repr=False)
    limits: Limits = USUAL


#: The pixels of all pages.
ALL_PAGES = PdfOptions(text=ANEW)
