"""Double-page spreads read as two pages, whose boxes stay those of the image."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from ocrtool.imaging.input_page import InputPage
from ocrtool.imaging.trace_back import trace_page
from ocrtool.pipeline import read_input
from ocrtool.types import HALVES, Box, Page

#: Reads pixels; returns the corners of each line's pieces too, (N, 4, 2) float.
Read = Callable[[np.ndarray], tuple[Page, Sequence[np.ndarray]]]


def read_halves(image: InputPage, read: Read) -> list[tuple[Page, Sequence[np.ndarray] | None]]:
    """Read a page of a file, or the two pages of a spread; text that a PDF holds is taken whole.

    Raises InputError if the page cannot be drawn.
    """
    spread = read_spread(image.gray, read) if image.text is None or image.read_anew else None
    if spread is None:
        return [read_input(image, read)]
    return [read_input(image, _given(half)) for half in spread]


def _given(found: tuple[Page, Sequence[np.ndarray]]) -> Read:
    return lambda gray: found


def read_spread(gray: np.ndarray, read: Read) -> list[tuple[Page, Sequence[np.ndarray]]] | None:
    """Read the two pages of a spread, the left one first; None if a page (H, W) uint8 is no spread."""
    from ocrtool.segment.spread import find_gutter, halves

    gutter = find_gutter(gray)
    if gutter is None:
        return None
    parts = [(box, *read(pixels)) for box, pixels in halves(gray, gutter)]
    _, page, _ = max(parts, key=lambda part: len(part[1].lines))  # one may be blank, and its way up unknown
    if page.orientation == (90 if gutter.sideways else 180):
        parts.reverse()
    return [
        _of_whole(page, pieces, half, box, (gray.shape[0], gray.shape[1]))
        for half, (box, page, pieces) in zip(HALVES, parts, strict=True)
    ]


def _of_whole(
    page: Page, pieces: Sequence[np.ndarray], half: str, box: Box, size: tuple[int, int]
) -> tuple[Page, Sequence[np.ndarray]]:
    """Return the reading of a half, of the box ``box`` in an image of the size (H, W), with boxes in that image."""
    corner = np.array([box.x0, box.y0])
    moved = trace_page(page, lambda points: points + corner, size)
    return replace(moved, half=half, part=box), [corners + corner for corners in pieces]
