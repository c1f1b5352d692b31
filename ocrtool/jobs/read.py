"""The job of ``ocrtool read``: the text of pages, overlays, and tables as CSV."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeAlias

import numpy as np

from ocrtool.errors import printable
from ocrtool.export.documents import ExportPage, PageFile
from ocrtool.export.hyphens import join_broken_words
from ocrtool.imaging.input_page import InputPage
from ocrtool.jobs.inputs import Source
from ocrtool.jobs.options import ReadOptions
from ocrtool.jobs.outcome import Loader, PageResult, PageWork, SideFile
from ocrtool.jobs.trial import try_weights
from ocrtool.types import Page

#: Suffix of the overlay of a page, after its output name.
OVERLAY_SUFFIX = ".overlay.png"
#: Suffix of the tables of a page, numbered from 1.
TABLE_SUFFIX = ".table{}.csv"
#: Longest side of thumbnails, in pixels.
THUMBNAIL_SIDE = 240

#: Reads a grey page (H, W) uint8; if overlays are requested, also returns the corners of each line's pieces, (N, 4, 2)
#: float in pixels of the input.
Reader: TypeAlias = Callable[[np.ndarray], tuple[Page, Sequence[np.ndarray]]]

_log = logging.getLogger(__name__)


def reading_job(options: ReadOptions) -> Loader[ExportPage]:
    """Return the job for `ocrtool.jobs.workers.Workers`. This and loading it raise WeightsNotFound, WeightsRefused."""
    try_weights(options.weights)
    return partial(_load, options, load_reader)


def load_reader(options: ReadOptions) -> Reader:
    """Load the weights and return a reader that runs the pipeline. Raises WeightsNotFound, WeightsRefused."""
    import cv2

    from ocrtool import pipeline
    from ocrtool.imaging.memory import keep_freed_memory
    from ocrtool.script.engines import load_engines

    keep_freed_memory()
    cv2.setNumThreads(1)  # OpenCV's threads spin while they wait, for more time than they save
    engines = load_engines(
        options.language,
        options.weights,
        model=options.model,
        language_model=options.language_model,
        threads=options.threads,
    )

    def read(gray: np.ndarray) -> tuple[Page, Sequence[np.ndarray]]:
        if options.overlay is None:
            return pipeline.read_page_detailed(gray, engines, options.leaders)[0], ()
        page, details = pipeline.read_page_detailed(gray, engines, options.leaders)
        return page, details.piece_boxes

    return read


def _load(options: ReadOptions, load: Callable[[ReadOptions], Reader]) -> PageWork[ExportPage]:
    return partial(_read, options, load(options))


def _read(options: ReadOptions, reader: Reader, source: Source, image: InputPage) -> PageResult[ExportPage]:
    from ocrtool.jobs.spreads import read_halves
    from ocrtool.pipeline import read_input, stage_times

    with stage_times() as stages:
        pages = read_halves(image, reader) if options.split_spreads else [read_input(image, reader)]
    if stages:
        took = ", ".join(f"{stage} {seconds:.3f}" for stage, seconds in stages.items())
        _log.info("%s: seconds by stage: %s", printable(image.label), took)
    first, *others = (_result(options, source, image, page, pieces) for page, pieces in pages)
    return replace(first, others=tuple(others))


def _result(
    options: ReadOptions, source: Source, image: InputPage, page: Page, pieces: Sequence[np.ndarray] | None
) -> PageResult[ExportPage]:
    page = join_broken_words(page) if options.dehyphenate else page
    _log.debug(
        "%s: %s, %d blocks, %d lines, language %s, turned by %d degrees, skew %.2f degrees, %s dpi",
        *(
            printable(image.label),
            "text of the PDF" if page.from_pdf else "read",
            len(page.blocks),
            len(page.lines),
            page.language,
            page.orientation,
            page.skew,
            image.dpi or "unknown",
        ),
    )
    file = None  # of an untrusted input, which is opened by its decoder only
    if not source.options.limits.untrusted:
        file = PageFile(source.path, image.number, source.options.password, source.options.pages is None)
    export = ExportPage.from_page(page, image.gray if options.keep_images else None, image.dpi, file)
    notice = f"{printable(image.label)}: not read, since its text is mirrored" if page.mirrored else None
    name = source.output.of_page(image.number, image.count) + (f".{page.half}" if page.half else "")
    files = (*_overlays(options, name, image, page, pieces or ()), *_tables(options, name, page))
    return PageResult(export, files, notice, _thumbnail(_shown(image, page)) if options.thumbnails else None)


def _shown(image: InputPage, page: Page) -> np.ndarray:
    """Return the pixels of a page: all of the image, or its half of a spread."""
    return image.gray[page.frame.y0 : page.frame.y1, page.frame.x0 : page.frame.x1]


def _thumbnail(gray: np.ndarray) -> bytes:
    """Make a small JPEG of a page, (H, W) uint8."""
    import cv2

    scale = min(1.0, THUMBNAIL_SIDE / max(gray.shape))
    height, width = (max(1, round(side * scale)) for side in gray.shape)
    small = cv2.resize(gray, (width, height), interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", small, (cv2.IMWRITE_JPEG_QUALITY, 60))[1].tobytes()


def _overlays(
    options: ReadOptions, name: str, image: InputPage, page: Page, pieces: Sequence[np.ndarray]
) -> Iterator[SideFile]:
    if options.overlay is not None:
        from ocrtool.export.drawing import as_png
        from ocrtool.export.overlay import draw_overlay
        from ocrtool.export.parts import part_of

        corner = [page.frame.x0, page.frame.y0]
        overlay = draw_overlay(_shown(image, page), part_of(page), [corners - corner for corners in pieces])
        yield SideFile(options.overlay / (name + OVERLAY_SUFFIX), as_png(overlay), options.overlay)


def _tables(options: ReadOptions, name: str, page: Page) -> Iterator[SideFile]:
    if options.tables is not None:
        from ocrtool.export.csv_tables import as_csv

        for number, table in enumerate(page.tables, 1):
            yield SideFile(options.tables / (name + TABLE_SUFFIX.format(number)), as_csv(table), options.tables)
