"""Boxes of turned pages as they are on the page that is read."""

from __future__ import annotations

from ocrtool.types import Box, Page


def upright(box: Box, page: Page) -> Box:
    """Map a box of ``page`` to the page after turning it clockwise by its ``orientation``."""
    if page.orientation == 90:
        return Box(page.height - box.y1, box.x0, page.height - box.y0, box.x1)
    if page.orientation == 180:
        return Box(page.width - box.x1, page.height - box.y1, page.width - box.x0, page.height - box.y0)
    if page.orientation == 270:
        return Box(box.y0, page.width - box.x1, box.y1, page.width - box.x0)
    return box
