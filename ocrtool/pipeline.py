"""The reading pipeline: page image to `Page`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from ocrtool.imaging.input_page import InputPage
from ocrtool.imaging.trace_back import trace_page
from ocrtool.script.engines import Engines
from ocrtool.script.lines import find_lines, piece_corners
from ocrtool.script.reading import assemble_page, read_lines
from ocrtool.script.registry import languages_of
from ocrtool.segment.flat_page import prepare_flat
from ocrtool.segment.table_rows import cut_torn_words
from ocrtool.segment.tables import find_tables
from ocrtool.types import Page

Found = TypeVar("Found")

#: Seconds of each stage of the page that is read, where they are asked for.
_times: ContextVar[dict[str, float] | None] = ContextVar("_times", default=None)


@contextmanager
def stage_times() -> Iterator[dict[str, float]]:
    """Collect the seconds that each stage takes of the pages that are read within the block, in a dict by name."""
    seconds: dict[str, float] = {}
    token = _times.set(seconds)
    try:
        yield seconds
    finally:
        _times.reset(token)


class _Clock:
    """Divides the time of a page into stages."""

    def __init__(self) -> None:
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        """Count the time since the last stage ended."""
        now, seconds = time.perf_counter(), _times.get()
        if seconds is not None:
            seconds[stage] = seconds.get(stage, 0.0) + now - self._last
        self._last = now


@dataclass(frozen=True, slots=True)
class Details:
    """What the overlay shows besides the page. piece_boxes: per line (N, 4, 2) float corners, in input pixels."""

    piece_boxes: list[np.ndarray]


def read_page(gray: np.ndarray, engines: Engines) -> Page:
    """Read one page image.

    Parameters
    ----------
    gray : numpy.ndarray
        (H, W) uint8 in any polarity, light and resolution, turned by any quarter turn and skewed by at most 15 degrees;
        or a photograph of a sheet.
    engines : Engines
        The scripts to read, from `ocrtool.script.engines.load_engines`.

    Returns
    -------
    Page
        The lines that are text, in reading order; boxes in pixels of ``gray``.

    Examples
    --------
    >>> import numpy as np
    >>> from ocrtool.pipeline import read_page
    >>> from ocrtool.script.engines import load_engines
    >>> blank = np.full((100, 200), 255, np.uint8)
    >>> read_page(blank, load_engines("eng")).text
    ''
    """
    return read_page_detailed(gray, engines)[0]


def read_input(image: InputPage, read: Callable[[np.ndarray], tuple[Page, Found]]) -> tuple[Page, Found | None]:
    """Read a page of a file, or take the text that its PDF holds. read: reads pixels; its second result is passed on.

    Raises InputError if the page cannot be drawn.
    """
    text = None if image.text is None else _described(image)
    if text is not None and not image.read_anew:
        return text, None
    page, found = read(image.gray)
    kept = None if text is None else replace(text, orientation=0)
    page = replace(page, source=image.name, number=image.number, pdf_text=kept, warnings=image.warnings)
    return page, found


def _described(image: InputPage) -> Page:
    """Find tables and languages of the text of a PDF."""
    assert image.text is not None
    tables, language = find_tables(image.text), languages_of(image.text.text)
    text = cut_torn_words(replace(image.text, tables=tables))
    return replace(text, language=language, source=image.name, number=image.number, from_pdf=True)


def _level(page: Page) -> Page:
    """Return a page without its lines that stand sideways, which are its last blocks."""
    if all(line.orientation == page.orientation for line in page.lines):
        return page
    return replace(page, blocks=tuple(b for b in page.blocks if b.lines[0].orientation == page.orientation))


def read_page_detailed(gray: np.ndarray, engines: Engines, leaders: bool = False) -> tuple[Page, Details]:
    """Read one page as `read_page`, with what the overlay shows besides. leaders: True to keep the dots of leaders."""
    clock = _Clock()
    page, flat = prepare_flat(gray)  # ink, of the page made flat where it is photographed or curled
    size = (gray.shape[0], gray.shape[1]) if flat is None else (flat.gray.shape[0], flat.gray.shape[1])
    clock.lap("image")
    found = find_lines(page, engines)  # layout; each line prepared for the engine that reads it
    clock.lap("layout")
    lines = read_lines(found.lines, size)  # characters, words and lines with boxes, by way of the language model
    clock.lap("lines")
    read = assemble_page(found, lines, engines, size, leaders)  # blocks, in reading order
    tables = find_tables(_level(read), found.areas)  # rows and cells, from rules and the boxes of words
    clock.lap("blocks and tables")
    read, pieces = cut_torn_words(replace(read, tables=tables)), piece_corners(found.lines)
    if flat is None:
        return read, Details(pieces)
    pieces = [flat.to_input(corners.reshape(-1, 2)).reshape(corners.shape) for corners in pieces]
    return trace_page(read, flat.to_input, (gray.shape[0], gray.shape[1])), Details(pieces)
