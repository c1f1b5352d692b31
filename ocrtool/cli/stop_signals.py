"""Signals that stop a run are raised as an exception, so that unfinished work is cleaned up."""

from __future__ import annotations

import signal
import time
from types import FrameType

#: Further signals within this time (seconds) are ignored, so that they do not interrupt the clean-up.
_GRACE = 2.0


class Stopped(KeyboardInterrupt):
    """A signal asked the program to stop. code: its exit code, 128 + the signal's number."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.code = 128 + number


def exit_code(error: BaseException) -> int:
    """Return the exit code of a KeyboardInterrupt or an abort of any kind."""
    return error.code if isinstance(error, Stopped) else 128 + signal.SIGINT


def raise_on_signals() -> None:
    """Make SIGINT, SIGTERM and SIGHUP raise Stopped; signals that are ignored (nohup) stay ignored."""
    first: list[float] = []

    def stop(number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if first and now - first[0] < _GRACE:
            return
        first[:] = [now]
        raise Stopped(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)
