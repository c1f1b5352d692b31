"""Standard streams: messages, log and progress on standard error, results on standard output."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, BinaryIO, TypeVar

import click

Item = TypeVar("Item")

#: Levels of the log by how often ``--verbose`` is given.
_LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)


def standard_output() -> BinaryIO | None:
    """Return binary standard output, or None if it is closed."""
    return getattr(sys.stdout, "buffer", None)


def print_error(sentence: str) -> None:
    """Print one line on standard error, above the progress bar if there is one."""
    write_error(f"ocrtool: {sentence}")


def write_error(text: str) -> None:
    """Print ``text`` on standard error; if that is closed, full or a broken pipe, drop the text, not the results."""
    to_error_stream(lambda: click.echo(text, err=True))


def to_error_stream(write: Callable[[], None]) -> None:
    """Call ``write``, which writes to standard error; if it fails, replace standard error by the null device."""
    try:
        with _above_progress():
            write()
    except (OSError, ValueError):
        sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115 - for the rest of the process, whose exit flushes it


def progress(quiet: bool, prints: bool) -> Callable[[Iterable[Item], int], Iterable[Item]]:
    """Return a progress bar for several inputs, shown if standard error is a terminal without results on it."""

    def show(items: Iterable[Item], total: int) -> Iterable[Item]:
        if quiet or total <= 1 or not _is_terminal(sys.stderr) or (prints and _is_terminal(sys.stdout)):
            return items
        from tqdm import tqdm

        shown: Iterable[Item] = tqdm(items, total=total, unit="input", leave=False)
        return shown

    return show


def start_log(verbosity: int) -> None:
    """Send the log to standard error.

    verbosity: 0 warnings only; 1 also timings and tracebacks of internal errors; 2 or more also decisions. From 1 on
    each record has its time and module.
    """
    logger = logging.getLogger("ocrtool")
    logger.setLevel(_LEVELS[min(verbosity, len(_LEVELS) - 1)])
    logger.propagate = False
    logger.handlers = [_ErrorStream(verbosity)]


class _ErrorStream(logging.Handler):
    def __init__(self, verbosity: int) -> None:
        super().__init__()
        self._verbose = verbosity > 0
        self.setFormatter(logging.Formatter("%(asctime)s.%(msecs)03d %(levelname)s %(name)s: %(message)s", "%H:%M:%S"))

    def emit(self, record: logging.LogRecord) -> None:
        if self._verbose:
            write_error(self.format(record))
        else:
            print_error(record.getMessage())


def _above_progress() -> AbstractContextManager[Any]:
    if "tqdm" not in sys.modules or sys.stderr is None:
        return nullcontext()
    from tqdm import tqdm

    above: AbstractContextManager[Any] = tqdm.external_write_mode(file=sys.stderr)
    return above


def _is_terminal(stream: Any) -> bool:
    return stream is not None and stream.isatty()
