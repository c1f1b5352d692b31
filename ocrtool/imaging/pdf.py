"""Pages of PDFs: drawn when their pixels are needed, their own text taken where it is whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ocrtool.errors import ImageTooSmall, InputError, PdfUnmeasured, page_name
from ocrtool.imaging.input_page import InputPage
from ocrtool.imaging.limits import MIN_SIDE, check_pages
from ocrtool.imaging.page_ranges import chosen_pages
from ocrtool.imaging.pdf_file import PDFIUM, open_pdf
from ocrtool.imaging.pdf_options import ANEW, KEEP, PdfOptions
from ocrtool.imaging.pdf_raster import POINTS, contents, draw, page_dpi
from ocrtool.imaging.pdf_text import as_page, glyphs_of, is_whole, points_to_pixels


def count_pages(source: Path | bytes, name: str, password: str | None) -> int:
    """Count the pages of a PDF, at least one. Raises InputError."""
    with open_pdf(source, name, password) as file:
        return file.count


def pdf_pages(source: Path | bytes, name: str, options: PdfOptions) -> Iterator[InputPage]:
    """Open the chosen pages of a PDF one at a time. Raises InputError.

    A page that cannot be used, of several, raises it when its pixels are asked for; but one that may be too much to be
    drawn raises PdfUnmeasured at once.
    """
    with open_pdf(source, name, options.password) as file:
        check_pages(file.count, name, options.limits)
        for number in chosen_pages(options.pages, file.count, name):
            where = page_name(name, number, file.count)
            with ExitStack() as stack:
                try:
                    page = stack.enter_context(file.page(number, where, options.limits.untrusted))
                    found = _input_page(page, number, file.count, name, options)
                except InputError as error:
                    if file.count == 1 or isinstance(error, PdfUnmeasured):
                        raise
                    found = InputPage.failing(error, number, file.count, name)
                yield found


@dataclass(frozen=True, slots=True)
class PdfPageText:
    """Where text is on a page of a PDF, in pixels of its drawing.

    to_points: (3, 2), maps rows x, y, 1 in pixels to points of the page; visible: boxes of visible characters, (N, 4);
    has_hidden: it has invisible text.
    """

    to_points: np.ndarray
    visible: np.ndarray
    has_hidden: bool


def page_text(path: Path, name: str, number: int, password: str | None, size: tuple[int, int]) -> PdfPageText:
    """Find the text of a page. size: width and height of its drawing. Raises InputError."""
    with open_pdf(path, name, password) as file, file.page(number, page_name(name, number, file.count)) as page, PDFIUM:
        glyphs = [glyph for glyph in glyphs_of(page, size) if glyph.label != " "]
        square = np.column_stack([points_to_pixels(page, size), (0.0, 0.0, 1.0)])
    visible = np.array([glyph.box for glyph in glyphs if glyph.visible]).reshape(-1, 4)
    return PdfPageText(np.linalg.inv(square)[:, :2], visible, len(visible) < len(glyphs))


def _input_page(page: Any, number: int, count: int, name: str, options: PdfOptions) -> InputPage:
    where = page_name(name, number, count)
    with PDFIUM:
        shown = contents(page)
        dpi = page_dpi(shown, options.dpi, where, options.limits.pixels)
        width, height = (round(side / POINTS * dpi) for side in shown.size)
        if min(width, height) < MIN_SIDE:
            raise ImageTooSmall(where, f"{width} × {height} pixels are too few to hold text")
        glyphs = [] if options.text == ANEW else glyphs_of(page, (width, height))
        take = options.text == KEEP or is_whole(glyphs, shown)
        text = as_page(glyphs, (width, height)) if take else None

    def drawn() -> np.ndarray:
        with PDFIUM:
            return draw(page, (width, height), where)

    return InputPage(drawn, number, count, dpi, name, text, read_anew=text is None or options.text == KEEP)
