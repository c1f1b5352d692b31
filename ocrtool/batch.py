"""Many inputs, read in order by one or more processes; failures are results like others."""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np

from ocrtool.errors import InputError, OcrToolError, ReadingFailed
from ocrtool.export.files import whole_file
from ocrtool.imaging.input import read_pages
from ocrtool.options import Options
from ocrtool.sources import Source, is_folder, unusable_folder
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
    make_reader = make_reader or engine_reader
    if options.jobs > 1 and len(sources) > 1:
        yield from _read_in_processes(sources, options, make_reader)
        return
    reader = make_reader(options)
    for source in sources:
        yield read_source(source, reader, options)


def engine_reader(options: Options) -> Reader:
    """The reader of the real pipeline, its weights loaded."""
    from ocrtool import pipeline
    from ocrtool.engines import load_engines

    engines = load_engines(options)

    def read(gray: np.ndarray) -> tuple[Page, PieceBoxes]:
        if options.overlay is None:
            return pipeline.read_page(gray, engines, options), ()
        page, details = pipeline.read_page_detailed(gray, engines, options)
        return page, details.piece_boxes

    return read


def read_source(source: Source, reader: Reader, options: Options) -> Result:
    """All pages of one input and, if asked for, their overlays; no error of one input stops the others."""
    pages = []
    try:
        if is_folder(source.name):
            raise unusable_folder(source)
        data = source.path if source.data is None else source.data
        for image in read_pages(data, source.name):
            page, pieces = reader(image.gray)
            pages.append(replace(page, source=source.name, number=image.number))
            if options.overlay is not None:
                path = overlay_path(options.overlay, source, image.number if image.count > 1 else None)
                _write_overlay(path, image.gray, page, pieces)
    except InputError as error:
        return Result(source, failure=error)
    except OcrToolError:
        raise
    except Exception as error:  # noqa: BLE001 - a defect met on one page must not cost the user the other thousand
        return Result(source, failure=ReadingFailed(source.name, f"internal error: {type(error).__name__}: {error}"))
    return Result(source, tuple(pages))


def overlay_path(folder: Path, source: Source, number: int | None = None) -> Path:
    """Where the overlay of an input goes; ``number``: of the page, if it is one of several."""
    return folder / f"{source.stem}{'' if number is None else f'.{number}'}.overlay.png"


def _write_overlay(path: Path, gray: np.ndarray, page: Page, pieces: PieceBoxes) -> None:
    import cv2

    from ocrtool.export.overlay import draw_overlay

    with whole_file(path) as file:
        file.write(cv2.imencode(".png", draw_overlay(gray, page, pieces))[1].tobytes())


def _read_in_processes(sources: Sequence[Source], options: Options, make_reader: ReaderMaker) -> Iterator[Result]:
    """Results in order. If a worker is killed, the input due is tried once more by itself, and the rest goes on."""
    done = 0
    while done < len(sources):
        try:
            for result in _windowed(sources[done:], options, make_reader, options.jobs):
                done += 1
                yield result
        except BrokenProcessPool:
            yield _read_alone(sources[done], options, make_reader)
            done += 1


def _windowed(
    sources: Sequence[Source], options: Options, make_reader: ReaderMaker, jobs: int
) -> Iterator[Result]:
    """Results in order, with twice as many inputs under way as there are workers, so that memory stays bounded."""
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), _start_worker)
    under_way: deque[Future[Result]] = deque()
    try:
        for source in sources:
            with _interrupts_held():
                under_way.append(pool.submit(_read_in_worker, source, options, make_reader))
            if len(under_way) >= 2 * jobs:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _read_alone(source: Source, options: Options, make_reader: ReaderMaker) -> Result:
    try:
        return next(_windowed([source], options, make_reader, 1))
    except BrokenProcessPool:
        fault = "the process that read it was killed, perhaps for want of memory"
        return Result(source, failure=ReadingFailed(source.name, fault))


_reader: Reader | None = None  # of this worker process


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Workers started here begin deaf to Ctrl-C, which would have them print a traceback each; this process is not."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C reaches the whole process group: workers just end
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])


def _read_in_worker(source: Source, options: Options, make_reader: ReaderMaker) -> Result:
    global _reader
    if _reader is None:
        _reader = make_reader(options)
    return read_source(source, _reader, options)
