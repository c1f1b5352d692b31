"""Processes inputs in order with one or more processes; a killed worker costs at most one input."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from types import TracebackType
from typing import Generic

import ocrtool
from ocrtool.errors import OcrToolError, ReadingFailed, WorkerNotStarted, reason
from ocrtool.jobs.inputs import Source
from ocrtool.jobs.outcome import Loader, Outcome, Progress, Result, no_progress, process_source
from ocrtool.jobs.worker import read_message, write_message

#: Maximum number of inputs of a worker: one in work and one waiting, so that it never idles.
_AT_ONCE = 2
#: A worker starts in isolated mode, which keeps the current folder off the import path, and imports this program by its
#: file, wherever it is.
_BOOT = """
import sys
from importlib.util import module_from_spec, spec_from_file_location
program, *sys.path = sys.argv[1:]
spec = spec_from_file_location("ocrtool", program)
sys.modules["ocrtool"] = module_from_spec(spec)
spec.loader.exec_module(sys.modules["ocrtool"])
from ocrtool.jobs.worker import main
main()
"""
_NOT_STARTED, _WITHOUT = "a worker process could not be started", "--jobs 1 needs none"
_HELD = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_log = logging.getLogger(__name__)


class Workers(Generic[Result]):
    """Runs a job over inputs with ``jobs`` processes, or in this process for one job or one input.

    A context manager that ends the processes on exit. Not to be shared between threads.
    """

    def __init__(self, load: Loader[Result], jobs: int, progress: Progress[Result] = no_progress) -> None:
        self._load = load
        self._load_here = cache(load)
        self._jobs = jobs
        self._progress = progress
        self._processes: list[_Worker[Result]] = []

    def __enter__(self) -> Workers[Result]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        while self._processes:
            self._processes.pop().end()

    def run(self, sources: Sequence[Source]) -> Iterator[Outcome[Result]]:
        """Yield outcomes in the order of ``sources``. Raises OcrToolError if more than one input is affected."""
        alone = self._jobs <= 1 or len(sources) <= 1
        return iter(self._progress(self._run_here(sources) if alone else self._run_there(sources), len(sources)))

    def _run_here(self, sources: Sequence[Source]) -> Iterator[Outcome[Result]]:
        return (process_source(source, self._load_here) for source in sources)

    def _run_there(self, sources: Sequence[Source]) -> Iterator[Outcome[Result]]:
        batch = _Batch(sources, self._load, min(self._jobs, len(sources)), self._processes)
        try:
            yield from batch.outcomes()
        finally:
            batch.leave()


class _Batch(Generic[Result]):
    """The inputs of one run: waiting, in work, or done before their turn.

    workers: of the whole job; they are reused by the next run.
    """

    def __init__(
        self, sources: Sequence[Source], load: Loader[Result], jobs: int, workers: list[_Worker[Result]]
    ) -> None:
        self._sources = sources
        self._load = load
        self._jobs = jobs
        self._workers = workers
        self._waiting = deque(range(len(sources)))
        self._suspects: deque[int] = deque()  # their worker was killed; each is retried once, alone
        self._done: dict[int, Outcome[Result]] = {}

    def outcomes(self) -> Iterator[Outcome[Result]]:
        for due in range(len(self._sources)):
            while due not in self._done:
                self._feed(due)
                self._receive()
            yield self._done.pop(due)

    def leave(self) -> None:
        """End the workers that are busy with an input; the others can be reused."""
        for worker in [worker for worker in self._workers if worker.inputs]:
            self._workers.remove(worker)
            worker.end()

    def _feed(self, due: int) -> None:
        """Give inputs to workers, at most a few ahead of the one due, so that memory stays bounded."""
        if self._suspects:
            if not any(worker.inputs for worker in self._workers):
                self._idlest().give(self._suspects[0], self._sources[self._suspects[0]])
            return
        while self._waiting and self._waiting[0] < due + _AT_ONCE * self._jobs:
            worker = self._idlest()
            if len(worker.inputs) >= _AT_ONCE:
                return
            number = self._waiting.popleft()
            worker.give(number, self._sources[number])

    def _idlest(self) -> _Worker[Result]:
        """Return the worker with the fewest inputs, or a new one if all are busy and another may be started."""
        worker = min(self._workers, key=lambda candidate: len(candidate.inputs), default=None)
        if worker is None or (worker.inputs and len(self._workers) < self._jobs):
            try:
                worker = _Worker(self._load)
            except OSError as error:  # too many processes or open files
                if worker is None:
                    raise WorkerNotStarted(f"{_NOT_STARTED}: {reason(error)}; {_WITHOUT}") from error
                self._jobs = len(self._workers)  # those that there are do all
                return worker
            self._workers.append(worker)
        return worker

    def _receive(self) -> None:
        """Wait for a worker to finish an input, or to end."""
        import selectors

        with selectors.PollSelector() as selector:  # needs no file descriptor of its own
            for worker in self._workers:
                selector.register(worker.answers, selectors.EVENT_READ, worker)
            ready: list[_Worker[Result]] = [key.data for key, _ in selector.select()]
        for worker in ready:
            try:
                outcome = worker.answer()
            except (EOFError, OSError):
                self._bury(worker)
                continue
            if outcome is not None:
                number = worker.inputs.pop(0)
                self._done[number] = outcome
                if number in self._suspects:
                    self._suspects.remove(number)

    def _bury(self, worker: _Worker[Result]) -> None:
        """Handle a worker that ended: its first input is retried, or failed if it was; the others wait again."""
        worker.end()
        self._workers.remove(worker)
        if not worker.started:
            raise WorkerNotStarted(f"{_NOT_STARTED}; {_WITHOUT}")
        if not worker.inputs:
            return
        number, *others = worker.inputs
        self._waiting.extendleft(reversed(others))
        if number not in self._suspects:
            self._suspects.append(number)
            return
        self._suspects.remove(number)
        source = self._sources[number]
        fault = "the process that read it was killed, probably out of memory"
        self._done[number] = Outcome(source, failure=ReadingFailed(source.name, fault))


class _Worker(Generic[Result]):
    """A worker process.

    inputs: numbers of its inputs, in order; answers: descriptor of its answers; started: True once it can take inputs.
    """

    def __init__(self, load: Loader[Result]) -> None:
        import subprocess  # takes a while to load, and a single input needs no worker

        with _signals_held():
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-X", f"utf8={sys.flags.utf8_mode}", "-c", _BOOT, _program(), *_import_path()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
            )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._tasks, self.answers = self._process.stdin.fileno(), self._process.stdout.fileno()
        self.inputs: list[int] = []
        self.started = False
        self._send(logging.getLogger("ocrtool").getEffectiveLevel())
        self._send(load)

    def give(self, number: int, source: Source) -> None:
        """Queue an input."""
        self.inputs.append(number)
        self._send(source)

    def _send(self, message: object) -> None:
        with suppress(BrokenPipeError):  # the process has ended: `answer` says so
            write_message(self._tasks, message)

    def answer(self) -> Outcome[Result] | None:
        """Return the outcome of its first input; None if the process has just started.

        Raises EOFError or OSError if the process has ended, and any OcrToolError that concerns the whole run.
        """
        message = read_message(self.answers)
        if not self.started:
            self.started = True
            _log.debug("worker process %d started", self._process.pid)
            return None
        outcome, records = message
        for record in records:
            logging.getLogger(record.name).handle(record)
        if isinstance(outcome, OcrToolError):
            raise outcome
        done: Outcome[Result] = outcome
        return done

    def end(self) -> None:
        """Kill the process at once: it writes no files that could be left unfinished."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait()


def _program() -> str:
    return os.path.realpath(ocrtool.__file__)


def _import_path() -> list[str]:
    """Return the import path of a worker: that of this process, without the current folder."""
    return [folder for folder in sys.path if folder and not _is_current_folder(folder)]


def _is_current_folder(folder: str) -> bool:
    try:
        return os.path.samefile(folder, os.curdir)  # noqa: PTH121 - of any name, whether it exists or not
    except OSError:
        return False


@contextmanager
def _signals_held() -> Iterator[None]:
    """Block signals while a worker starts: until it is up, Python would print a traceback for each."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
