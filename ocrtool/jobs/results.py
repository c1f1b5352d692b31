"""Results as they come, with failures and remarks among them: written out, each failure reported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

from ocrtool.errors import ExitCode, InputError
from ocrtool.files import atomic_write, write_stream, write_utf8


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence for standard error about something that is no failure."""

    text: str


Row = TypeVar("Row")


def deliver(
    events: Iterable[Row | InputError | Remark],
    document: Callable[[Iterable[Row]], Iterable[str]],
    output: Path | None,
    out: BinaryIO | None,
    report: Callable[[str], None],
) -> ExitCode:
    """Write the ``document`` of what comes to ``output``, or to ``out`` as it comes; report failures and remarks.

    Returns FAILED if there was a failure. Raises OutputError; BrokenPipeError if nobody reads ``out`` any more.
    """
    result = ExitCode.OK

    def rows() -> Iterator[Row]:
        nonlocal result
        for event in events:
            if isinstance(event, Remark):
                report(event.text)
            elif isinstance(event, InputError):
                result = ExitCode.FAILED
                report(str(event))
            else:
                yield event

    if output is None:
        write_stream(document(rows()), out)
    else:
        with atomic_write(output) as file:
            write_utf8(document(rows()), file)
    return result
