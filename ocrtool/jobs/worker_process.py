"""A worker process as its parent sees it: started, given inputs, asked for outcomes, killed."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Generic

from ocrtool.errors import OcrToolError
from ocrtool.imaging.boot import boot_command
from ocrtool.jobs.inputs import Source
from ocrtool.jobs.outcome import Loader, Result
from ocrtool.jobs.worker import read_message, write_message

_HELD = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_log = logging.getLogger(__name__)


class WorkerProcess(Generic[Result]):
    """A worker process.

    inputs: numbers of its inputs, in order; answers: descriptor of its answers; started: True once it can take inputs;
    begun: once its weights are loaded, and its first page begins; alive: when its page began, or it last showed that it
    lives, by ``time.monotonic``.
    """

    def __init__(self, load: Loader[Result]) -> None:
        import subprocess  # takes a while to load, and a single input needs no worker

        with _signals_held():
            self._process = subprocess.Popen(
                boot_command("ocrtool.jobs.worker"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
            )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._tasks, self.answers = self._process.stdin.fileno(), self._process.stdout.fileno()
        self.inputs: list[int] = []
        self.started = self.begun = False
        self.alive = time.monotonic()
        self._send(logging.getLogger("ocrtool").getEffectiveLevel())
        self._send(load)

    def give(self, number: int, source: Source) -> None:
        """Queue an input."""
        if not self.inputs:
            self.alive = time.monotonic()
        self.inputs.append(number)
        self._send(source)

    def _send(self, message: object) -> None:
        with suppress(BrokenPipeError):  # the process has ended: `answer` says so
            write_message(self._tasks, message)

    def answer(self) -> bytes | None:
        """Return the pickled outcome of its first input; None if it only shows that it lives.

        Raises EOFError or OSError if the process has ended, and any OcrToolError that concerns the whole run.
        """
        message = read_message(self.answers)
        self.alive = time.monotonic()
        if message is None:
            self.begun = self.started
            if not self.started:
                self.started = True
                _log.debug("worker process %d started", self._process.pid)
            return None
        outcome, records = message
        for record in records:
            logging.getLogger(record.name).handle(record)
        if isinstance(outcome, OcrToolError):
            raise outcome
        done: bytes = outcome
        return done

    def end(self) -> None:
        """Kill the process at once: it writes no files that could be left unfinished."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait()


@contextmanager
def _signals_held() -> Iterator[None]:
    """Block signals while a worker starts: until it is up, Python would print a traceback for each."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
