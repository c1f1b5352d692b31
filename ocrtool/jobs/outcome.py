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

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SideFile:
    """A file beside the results, such as an overlay or a table: its path and bytes."""

    path: Path
    data: bytes


@dataclass(frozen=True, slots=True)
class PageResult(Generic[Result]):
    """Result of a job for one page. notice: a sentence for standard error that is not a failure."""

    result: Result
    files: tuple[SideFile, ...] = ()
    notice: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Result]):
    """The results of one input, one per page, or its failure.

    source: None if the outcome concerns the whole run, such as its plot; notices: sentences that are not failures.
    """

    source: Source | None
    results: tuple[Result, ...] = ()
    failure: InputError | None = None
    notices: tuple[str, ...] = ()
    files: tuple[SideFile, ...] = ()


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

    An input fails as a whole if one page fails. load: returns the job's work, the same for each input; alive: called
    when a page begins. Raises an OcrToolError other than InputError if more than this input is affected.
    """
    try:
        work = load()
        _collect_from_here_on()
        started = time.perf_counter()
        alive()
        pages = []
        for page in source.pages():
            pages.append(work(source, page))
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
        notices=tuple(page.notice for page in pages if page.notice is not None),
        files=tuple(file for page in pages for file in page.files),
    )


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
