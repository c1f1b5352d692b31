"""What became of one input, whatever the command: its results or why there are none, and what is to be said of it."""

from __future__ import annotations

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
from ocrtool.imaging.input import InputPage
from ocrtool.jobs.inputs import Source

Result = TypeVar("Result")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SideFile:
    """A picture beside the results, an overlay say: where it goes and its bytes."""

    path: Path
    data: bytes


@dataclass(frozen=True, slots=True)
class PageResult(Generic[Result]):
    """What a job makes of one page. notice: a sentence for standard error that is no failure."""

    result: Result
    files: tuple[SideFile, ...] = ()
    notice: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Result]):
    """The results of one input, of which a TIFF has several, or the failure; sentences about it that are no failures.

    source: None if it is about the whole run, such as its plot.
    """

    source: Source | None
    results: tuple[Result, ...] = ()
    failure: InputError | None = None
    notices: tuple[str, ...] = ()
    files: tuple[SideFile, ...] = ()


#: What a job does with one page of an input.
PageWork: TypeAlias = Callable[[Source, InputPage], PageResult[Result]]
#: Loads what a job needs, its weights above all, once in each process. Goes to worker processes, so it must pickle.
Loader: TypeAlias = Callable[[], PageWork[Result]]
#: Shows how far a run is: takes outcomes as they come and how many there will be, gives the same.
Progress: TypeAlias = Callable[[Iterable[Outcome[Result]], int], Iterable[Outcome[Result]]]


def no_progress(outcomes: Iterable[Outcome[Result]], total: int) -> Iterable[Outcome[Result]]:
    """For runs that show none."""
    return outcomes


def process_source(source: Source, load: Loader[Result]) -> Outcome[Result]:
    """What a job makes of the pages of an input, or why it could not: a defect met on one must not cost the others.

    An input of which a page fails fails as a whole. load: gives the job's work, and the same again for the next input.
    Raises OcrToolError other than InputError: what is wrong with more than this input.
    """
    try:
        work = load()
        started = time.perf_counter()
        pages = [work(source, page) for page in source.pages()]
    except InputError as error:
        return Outcome(source, failure=error)
    except OcrToolError:
        raise
    except Exception as error:  # noqa: BLE001 - a defect of ours, reported as the failure of this input
        return Outcome(source, failure=_unforeseen(source, error))
    _log.info("%s: %d page(s) in %.2f s", printable(source.name), len(pages), time.perf_counter() - started)
    return Outcome(
        source,
        tuple(page.result for page in pages),
        notices=tuple(page.notice for page in pages if page.notice is not None),
        files=tuple(file for page in pages for file in page.files),
    )


def _unforeseen(source: Source, error: Exception) -> InputError:
    """The failure that an exception of any kind stands for."""
    if is_lack_of_memory(error):
        return OutOfMemory(source.name, "not enough memory to read it")
    return ReadingFailed(source.name, internal_error(error))
