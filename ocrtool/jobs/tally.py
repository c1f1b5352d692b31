"""Counts of a run, for its summary, its metrics and its report."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ocrtool.errors import InputError, printable
from ocrtool.export.documents import FailedInput
from ocrtool.files import not_written
from ocrtool.jobs.inputs import Source
from ocrtool.jobs.observer import Failure, Observer
from ocrtool.jobs.outcome import Outcome
from ocrtool.text import counted

#: Kind of a failure that is not one of an input.
_NOT_WRITTEN = "not written"


def kind_of(failure: Failure) -> str:
    """Return what kind of failure it is, in a word or two: ``damaged``."""
    return failure.kind if isinstance(failure, InputError) else _NOT_WRITTEN


class Tally(Observer):
    """Counts as a run goes.

    inputs: sources to read; left_out: inputs done before; pages, blank: that were read; seconds_of_pages: their times
    together; failures: by kind; started: seconds since the epoch.
    """

    def __init__(self) -> None:
        self.inputs = self.left_out = self.done = self.pages = self.blank = 0
        self.seconds_of_pages = 0.0
        self.failures: Counter[str] = Counter()
        self.started = time.time()
        self._started = time.monotonic()

    def begin(self, inputs: int, left_out: int) -> None:
        self.inputs += inputs
        self.left_out += left_out

    def read(self, outcome: Outcome) -> None:  # type: ignore[type-arg]
        self.done += 1
        self.pages += len(outcome.results)
        self.blank += sum(not result.page.blocks for result in outcome.results)
        self.seconds_of_pages += sum(outcome.seconds)

    def failed(self, source: Source | None, failure: Failure) -> None:
        self.failures[kind_of(failure)] += 1

    @property
    def seconds(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._started

    @property
    def rate(self) -> float:
        """Pages a second."""
        return self.pages / max(self.seconds, 1e-3)

    def sentence(self, interrupted: bool = False) -> str:
        """Sum up: ``84 pages read (2 blank) in 41.0 s, 2.05 a second; 3 failures: 2 damaged, 1 missing``."""
        blank = f" ({self.blank} blank)" if self.blank else ""
        parts = [f"{counted(self.pages, 'page')} read{blank} in {self.seconds:.1f} s, {self.rate:.2f} a second"]
        if self.failures:
            kinds = ", ".join(f"{count} {kind}" for kind, count in self.failures.most_common())
            parts.append(f"{counted(self.failures.total(), 'failure')}: {kinds}")
        if self.left_out:
            parts.append(f"{counted(self.left_out, 'input')} done before")
        if interrupted:
            parts.append(f"interrupted, {self.inputs - self.done} of {self.inputs} not read")
        return "; ".join(parts)


class Summary(Observer):
    """Prints the sentence of a tally at the end."""

    def __init__(self, tally: Tally, say: Callable[[str], None]) -> None:
        self._tally = tally
        self._say = say

    def end(self, interrupted: bool) -> None:
        self._say(self._tally.sentence(interrupted))


class ErrorLog(Observer):
    """Writes a line of JSON for each failure, as it happens."""

    def __init__(self, path: Path) -> None:
        """Begin the file anew. Raises OutputError."""
        self._path = path
        try:
            self._file = path.open("w", encoding="utf-8")
        except OSError as error:
            raise not_written(self._path, error) from error

    def failed(self, source: Source | None, failure: Failure) -> None:
        page: int | None = None
        if source is not None and isinstance(failure, InputError):
            page = FailedInput.of(source.name, failure).number
        values: dict[str, Any] = {
            "input": None if source is None else source.name,
            "page": page,
            "kind": kind_of(failure),
            "error": printable(failure.fault) if isinstance(failure, InputError) else str(failure),
            "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        }
        try:
            self._file.write(json.dumps(values) + "\n")
            self._file.flush()
        except OSError as error:
            raise not_written(self._path, error) from error

    def end(self, interrupted: bool) -> None:
        self._file.close()
