"""What may follow a run as it goes: a journal, a summary, a log of failures, metrics, a report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from ocrtool.errors import InputError, OutputError, UsageError
from ocrtool.jobs.inputs import Source
from ocrtool.jobs.outcome import Outcome
from ocrtool.jobs.remote_outputs import OutputFile

#: What is reported as a failure.
Failure: TypeAlias = "InputError | OutputError | UsageError"


class Observer:
    """Is called as a run goes; each method does nothing, for those that need it not. All may raise OutputError."""

    def begin(self, inputs: int, left_out: int) -> None:
        """The run begins: with so many sources to read, and so many inputs that were done before."""

    def read(self, outcome: Outcome) -> None:  # type: ignore[type-arg]
        """A source was processed, whether it could be read or not."""

    def failed(self, source: Source | None, failure: Failure) -> None:
        """An input could not be read, or what was read not be written."""

    def finished(self, source: Source, failures: Sequence[Failure], outputs: Sequence[OutputFile]) -> None:
        """An input that has files of its own is finished, and they are on disk."""

    def end(self, interrupted: bool) -> None:
        """The run is over, or was interrupted."""
