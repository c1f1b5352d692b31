"""Grey input to prepared page; a photograph of a sheet, or a curled page, is made flat first."""

from __future__ import annotations

import numpy as np

from ocrtool.imaging.flatten import FlatPage, flattened, identity, sheet_only, traced, upright_sheet
from ocrtool.imaging.page import PreparedPage
from ocrtool.imaging.prepare import prepare
from ocrtool.imaging.sheet import find_sheet
from ocrtool.segment.bend import find_bend, flat_grid


def prepare_flat(gray: np.ndarray) -> tuple[PreparedPage | None, FlatPage | None]:
    """Find the ink of a page, None if it is blank, and the flat page that it was found on, None if that is the input.

    gray: (H, W) uint8.
    """
    flat = _sheet(gray)
    page = prepare(gray if flat is None else flat.gray)
    bend = None if page is None else find_bend(page.boxes, page.height, page.soft.shape)
    if bend is None:
        return page, flat
    grid, shape = flat_grid(bend, (gray if flat is None else flat.gray).shape)
    if flat is not None:
        grid, gray = traced(flat, grid), flat.source
    flat = flattened(gray, grid, shape)
    return prepare(flat.gray), flat


def _sheet(gray: np.ndarray) -> FlatPage | None:
    """Return the sheet in a photograph, upright if all its corners are seen; None in a scan."""
    sheet = find_sheet(gray)
    if sheet is None:
        return None
    gray = sheet_only(gray, sheet)
    if sheet.corners is None:
        return FlatPage(gray, identity(gray.shape), gray)
    return flattened(gray, *upright_sheet(sheet.corners, gray.size))
