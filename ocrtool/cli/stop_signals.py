"""Signals that end a run: they become an exception, so that all that is half done is cleaned up on the way out."""

from __future__ import annotations

import signal
import time
from types import FrameType

#: A signal so soon after the first (seconds) is taken for the same wish, and does not disturb the cleaning up.
_GRACE = 2.0


class Stopped(KeyboardInterrupt):
    """A signal asked the program to end. code: the exit code for it, 128 and the signal's number."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.code = 128 + number


def exit_code(error: BaseException) -> int:
    """Of a KeyboardInterrupt or an abort of any kind."""
    return error.code if isinstance(error, Stopped) else 128 + signal.SIGINT


def raise_on_signals() -> None:
    """Have SIGINT, SIGTERM and SIGHUP raise Stopped; those that are ignored, as by nohup, stay so."""
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
