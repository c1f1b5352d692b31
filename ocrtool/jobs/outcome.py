"""Outcome of one input, for all commands: its results or its failure, notices and pictures."""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

from ocrtool.errors import (
    InputError,
    OcrToolError,
    OutOfMemory,
    ReadingFailed,
    internal_error,
    is_lack_of_memory,
    printable,
)
from ocrtool.imaging.input_page import InputPage
from ocrtool.jobs.inputs import Source

Result = TypeVar("Result")
Other = TypeVar("Other")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SideFile:
    """A file beside the results, such as an overlay or a table: its path and bytes.

    folder: in which it stays, whatever links there are; None for a file that the user named.
    """

    path: Path
    data: bytes
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class PageResult(Generic[Result]):
    """Result of a job for one page.

    notice: a sentence for standard error that is not a failure; thumbnail: JPEG of the page, for reports; others: of
    further pages that the image shows.
    """

    result: Result
    files: tuple[SideFile, ...] = ()
    notice: str | None = None
    thumbnail: bytes | None = None
    others: tuple[PageResult[Result], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Result]):
    """The results of one input, one per page, and its failure, or those of some of its pages.

    source: None if the outcome concerns the whole run, such as its plot; failure: the first one; notices: sentences
    that are not failures; more_failures: of further pages; seconds: that each page took; thumbnails: of the pages,
    JPEG, if they were asked for; state: size and time of the file (nanoseconds), if it did not change meanwhile.
    """

    source: Source | None
    results: tuple[Result, ...] = ()
    failure: InputError | None = None
    notices: tuple[str, ...] = ()
    files: tuple[SideFile, ...] = ()
    more_failures: tuple[InputError, ...] = ()
    seconds: tuple[float, ...] = ()
    thumbnails: tuple[bytes | None, ...] = ()
    state: tuple[int, int] | None = None

    @property
    def failures(self) -> tuple[InputError, ...]:
        """All of them."""
        return self.more_failures if self.failure is None else (self.failure, *self.more_failures)

    def giving(self, results: tuple[Other, ...] = (), notices: tuple[str, ...] = ()) -> Outcome[Other]:
        """Return the outcome with other results, and more notices."""
        return Outcome(self.source, results, self.failure, (*self.notices, *notices), (), self.more_failures)


#: Processes one page of an input.
PageWork: TypeAlias = Callable[[Source, InputPage], PageResult[Result]]
#: Loads what a job needs, such as weights, once per process. It is sent to worker processes, so it must be picklable.
Loader: TypeAlias = Callable[[], PageWork[Result]]
#: Shows progress: takes outcomes and their total number, and passes the outcomes on.
Progress: TypeAlias = Callable[[Iterable[Outcome[Result]], int], Iterable[Outcome[Result]]]


def no_progress(outcomes: Iterable[Outcome[Result]], total: int) -> Iterable[Outcome[Result]]:
    """Pass outcomes on without showing progress."""
    return outcomes


def process_source(source: Source, load: Loader[Result], alive: Callable[[], object] = lambda: None) -> Outcome[Result]:
    """Process the pages of an input; errors become its failure, so that other inputs are not affected.

    A page that fails costs only itself, unless it is the only one, or the rest of the file cannot be decoded. load:
    returns the job's work, the same for each input; alive: called when a page begins. Raises an OcrToolError other than
    InputError if more than this input is affected.
    """
    try:
        work = load()
        _collect_from_here_on()
        started = time.perf_counter()
        alive()
        pages: list[PageResult[Result]] = []
        failures: list[InputError] = []
        warnings: list[str] = []
        seconds: list[float] = []
        begun = started
        state = _state(source)
        for page in source.pages():
            try:
                found = work(source, page)
                pages += [found, *found.others]
                number = 1 + len(found.others)
                seconds += [(time.perf_counter() - begun) / number] * number
            except InputError as error:
                if page.count == 1:
                    raise
                failures.append(error)
            warnings += [f"{printable(page.label)}: {warning}" for warning in page.warnings]
            begun = time.perf_counter()
            alive()
    except InputError as error:
        return Outcome(source, failure=error)
    except OcrToolError:
        raise
    except Exception as error:  # noqa: BLE001 - an internal error, reported as the failure of this input
        return Outcome(source, failure=_unforeseen(source, error))
    _log.info("%s: %d page(s) in %.2f s", printable(source.name), len(pages), time.perf_counter() - started)
    return Outcome(
        source,
        tuple(page.result for page in pages),
        failures[0] if failures else None,
        (*warnings, *(page.notice for page in pages if page.notice is not None)),
        tuple(file for page in pages for file in page.files),
        tuple(failures[1:]),
        tuple(seconds),
        tuple(page.thumbnail for page in pages),
        state if state == _state(source) else None,
    )


def _state(source: Source) -> tuple[int, int] | None:
    """Return size and time of change of a file; None for what is none."""
    try:
        status = source.path.stat()
    except (OSError, ValueError):
        return None
    return status.st_size, status.st_mtime_ns


def _collect_from_here_on() -> None:
    """Start the garbage collector, if it waits for this, and spare it what has been loaded: modules and weights."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def _unforeseen(source: Source, error: Exception) -> InputError:
    """Return the failure for an unexpected exception."""
    if is_lack_of_memory(error):
        return OutOfMemory(source.name, "not enough memory to read it")
    return ReadingFailed(source.name, internal_error(error))
