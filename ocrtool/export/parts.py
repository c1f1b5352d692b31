"""Pages of double-page spreads as pages of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ocrtool.types import Page

if TYPE_CHECKING:
    from ocrtool.export.documents import ExportPage


def part_of(page: Page) -> Page:
    """Return a page of a spread with boxes in the image of this page alone, others as they are."""
    if page.part is None:
        return page
    import numpy as np

    from ocrtool.imaging.trace_back import trace_page

    corner, size = np.array([page.part.x0, page.part.y0]), (page.part.height, page.part.width)
    return trace_page(replace(page, part=None, pdf_text=None), lambda points: points - corner, size)


def part_alone(export: ExportPage) -> ExportPage:
    """Return a page of a spread with the image of this page alone, and without its file; others as they are."""
    if export.page.part is None:
        return export
    from ocrtool.export.documents import PageImage

    box = export.page.part
    image = None if export.image is None else PageImage(export.gray[box.y0 : box.y1, box.x0 : box.x1])
    return replace(export, page=part_of(export.page), image=image, file=None)
