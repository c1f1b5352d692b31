"""Many inputs, read in order by one or more processes; failures are results like others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np

from ocrtool.errors import InputError, ReadingFailed
from ocrtool.files import atomic_write
from ocrtool.imaging.input import InputPage
from ocrtool.jobs.inputs import Source, attempt
from ocrtool.jobs.workers import Worker, in_order
from ocrtool.options import Options
from ocrtool.types import Page

#: For each line (N, 4, 2) float corners of its pieces in pixels of the input, for the overlay.
PieceBoxes: TypeAlias = Sequence[np.ndarray]
#: What reads one grey page (H, W) uint8.
Reader: TypeAlias = Callable[[np.ndarray], tuple[Page, PieceBoxes]]
#: Loads a reader; a function of a module, so that worker processes can be given it.
ReaderMaker: TypeAlias = Callable[[Options], Reader]


@dataclass(frozen=True, slots=True)
class Result:
    """All pages of one input, or the reason why there are none."""

    source: Source
    pages: tuple[Page, ...] = ()
    failure: InputError | None = None


def read_all(sources: Sequence[Source], options: Options, make_reader: ReaderMaker | None = None) -> Iterator[Result]:
    """Read ``sources`` in order, with ``options.jobs`` processes.

    Raises WeightsNotFound, WeightsRefused and OutputError; what is wrong with an input is in its result.
    """
    yield from in_order(sources, _PageReading(options, make_reader or engine_reader), options.jobs)


def engine_reader(options: Options) -> Reader:
    """The reader of the real pipeline, its weights loaded."""
    import cv2

    from ocrtool import pipeline
    from ocrtool.script.engines import load_engines

    cv2.setNumThreads(options.threads)
    engines = load_engines(
        options.language, options.weights, language_model=options.language_model, threads=options.threads
    )

    def read(gray: np.ndarray) -> tuple[Page, PieceBoxes]:
        if options.overlay is None:
            return pipeline.read_page(gray, engines), ()
        page, details = pipeline.read_page_detailed(gray, engines)
        return page, details.piece_boxes

    return read


def read_source(source: Source, reader: Reader, options: Options) -> Result:
    """All pages of one input and, if asked for, their overlays; no error of one input stops the others."""

    def read(images: Iterator[InputPage]) -> tuple[Page, ...]:
        pages = []
        for image in images:
            page, pieces = reader(image.gray)
            pages.append(replace(page, source=source.name, number=image.number))
            if options.overlay is not None:
                path = overlay_path(options.overlay, source, image.number if image.count > 1 else None)
                _write_overlay(path, image.gray, page, pieces)
        return tuple(pages)

    pages = attempt(source, read)
    return Result(source, failure=pages) if isinstance(pages, InputError) else Result(source, pages)


def overlay_path(folder: Path, source: Source, number: int | None = None) -> Path:
    """Where the overlay of an input goes; ``number``: of the page, if it is one of several."""
    return folder / f"{source.stem}{'' if number is None else f'.{number}'}.overlay.png"


def _write_overlay(path: Path, gray: np.ndarray, page: Page, pieces: PieceBoxes) -> None:
    import cv2

    from ocrtool.export.overlay import draw_overlay

    with atomic_write(path) as file:
        file.write(cv2.imencode(".png", draw_overlay(gray, page, pieces))[1].tobytes())


@dataclass(frozen=True, slots=True)
class _PageReading(Worker[Result]):
    options: Options
    make_reader: ReaderMaker

    def load(self) -> Callable[[Source], Result]:
        reader = self.make_reader(self.options)
        return lambda source: read_source(source, reader, self.options)

    def failed(self, source: Source, failure: ReadingFailed) -> Result:
        return Result(source, failure=failure)
