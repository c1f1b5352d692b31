"""What runs a job over inputs, here or elsewhere, and the order in which it gives outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Protocol

from ocrtool.jobs.inputs import Source
from ocrtool.jobs.outcome import Outcome, Result


class Pool(Protocol[Result]):
    """Worker processes. A context manager, which ends them or leaves them alone."""

    def __enter__(self) -> Pool[Result]: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

    def run(self, sources: Sequence[Source], in_order: bool = True) -> Iterator[Outcome[Result]]:
        """Yield outcomes in the order of ``sources``; or as they come, those of one input together and in order.

        Raises OcrToolError if more than one input is affected.
        """


def next_outcome(done: Iterable[int], due: int | None, sources: Sequence[Source]) -> int | None:
    """Return the number of an outcome that may be given now; None if there is none yet.

    done: numbers of those there are; due: the one that must come next, or None for any that begins an input: single
    ones first, since the others of an input must follow its first one without any between.
    """
    if due is not None:
        return due if due in done else None
    first = [number for number in done if number == 0 or sources[number - 1].last]
    return next((number for number in first if sources[number].last), first[0] if first else None)
