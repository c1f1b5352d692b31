"""Processes inputs in order with one or more processes; a killed worker costs at most one input."""

from __future__ import annotations

import math
import pickle
import time
from collections import deque
from collections.abc import Iterator, Sequence
from functools import cache
from types import TracebackType
from typing import Generic

from ocrtool.errors import TookTooLong, WorkerKilled, WorkerNotStarted, page_name, reason
from ocrtool.jobs.inputs import Source
from ocrtool.jobs.options import Parallel
from ocrtool.jobs.outcome import Loader, Outcome, Progress, Result, no_progress, process_source
from ocrtool.jobs.pool import next_outcome
from ocrtool.jobs.worker_process import WorkerProcess

#: Maximum number of inputs of a worker: one in work and one waiting, so that it never idles.
_AT_ONCE = 2
#: Maximum number of outcomes for each worker, and bytes of all, that wait for one before them: a page that takes long
#: should not stop the other workers.
_AHEAD, _MOST_WAITING = 16, 256 << 20
_NOT_STARTED, _WITHOUT = "a worker process could not be started", "--jobs 1 needs none"


class Workers(Generic[Result]):
    """Runs a job over inputs, in worker processes or in this one.

    A context manager that ends the processes on exit. Not to be shared between threads.
    """

    def __init__(self, load: Loader[Result], parallel: Parallel, progress: Progress[Result] = no_progress) -> None:
        self._load = load
        self._load_here = cache(load)
        self._parallel = parallel
        self._progress = progress
        self._processes: list[WorkerProcess[Result]] = []

    def __enter__(self) -> Workers[Result]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        while self._processes:
            self._processes.pop().end()

    def run(self, sources: Sequence[Source], in_order: bool = True) -> Iterator[Outcome[Result]]:
        """Yield outcomes in the order of ``sources``; or as they come, those of one input together and in order.

        Raises OcrToolError if more than one input is affected.
        """
        how = self._parallel
        here = how.timeout is None and (len(sources) <= 1 or (how.jobs <= 1 and not how.isolated))
        outcomes = self._run_here(sources) if here else self._run_there(sources, in_order)
        return iter(self._progress(outcomes, len(sources)))

    def _run_here(self, sources: Sequence[Source]) -> Iterator[Outcome[Result]]:
        return (process_source(source, self._load_here) for source in sources)

    def _run_there(self, sources: Sequence[Source], in_order: bool) -> Iterator[Outcome[Result]]:
        batch = _Batch(sources, self._load, self._parallel, self._processes)
        try:
            yield from batch.outcomes(in_order)
        finally:
            batch.leave()


class _Batch(Generic[Result]):
    """The inputs of one run: waiting, in work, or done before their turn.

    workers: of the whole job; they are reused by the next run.
    """

    def __init__(
        self, sources: Sequence[Source], load: Loader[Result], parallel: Parallel, workers: list[WorkerProcess[Result]]
    ) -> None:
        self._sources = sources
        self._load = load
        self._jobs = min(parallel.jobs, len(sources))
        self._timeout = parallel.timeout
        self._workers = workers
        self._waiting = deque(range(len(sources)))
        self._suspects: deque[int] = deque()  # their worker was killed; each is retried once, alone
        self._done: dict[int, bytes | Outcome[Result]] = {}  # pickled, which takes less memory
        self._waiting_bytes = 0

    def outcomes(self, in_order: bool) -> Iterator[Outcome[Result]]:
        due: int | None = 0 if in_order else None
        for _ in self._sources:
            while (number := next_outcome(self._done, due, self._sources)) is None:
                self._feed()
                self._receive()
            due = number + 1 if in_order or not self._sources[number].last else None
            outcome = self._done.pop(number)
            if isinstance(outcome, bytes):
                self._waiting_bytes -= len(outcome)
                outcome = pickle.loads(outcome)
            yield outcome

    def leave(self) -> None:
        """End the workers that are busy with an input; the others can be reused."""
        for worker in [worker for worker in self._workers if worker.inputs]:
            self._workers.remove(worker)
            worker.end()

    def _feed(self) -> None:
        """Give inputs to workers, at most a few ahead of the outcomes that were given, so that memory stays bounded."""
        if self._suspects:
            if not self._busy():
                self._idlest().give(self._suspects[0], self._sources[self._suspects[0]])
            return
        ahead = _AHEAD if self._waiting_bytes < _MOST_WAITING else _AT_ONCE
        while self._waiting and (self._in_hand() < ahead * self._jobs or not self._busy()):
            worker = self._idlest()
            if len(worker.inputs) >= _AT_ONCE:
                return
            number = self._waiting.popleft()
            worker.give(number, self._sources[number])

    def _busy(self) -> bool:
        return any(worker.inputs for worker in self._workers)

    def _in_hand(self) -> int:
        return len(self._done) + sum(len(worker.inputs) for worker in self._workers)

    def _idlest(self) -> WorkerProcess[Result]:
        """Return the worker with the fewest inputs, or a new one if all are busy and another may be started."""
        worker = min(self._workers, key=lambda candidate: len(candidate.inputs), default=None)
        if worker is None or (worker.inputs and len(self._workers) < self._jobs):
            try:
                worker = WorkerProcess(self._load)
            except OSError as error:  # too many processes or open files
                if worker is None:
                    raise WorkerNotStarted(f"{_NOT_STARTED}: {reason(error)}; {_WITHOUT}") from error
                self._jobs = len(self._workers)  # those that there are do all
                return worker
            self._workers.append(worker)
        return worker

    def _receive(self) -> None:
        """Wait for a worker to finish an input, to end, or to take too long."""
        import selectors

        with selectors.PollSelector() as selector:  # needs no file descriptor of its own
            for worker in self._workers:
                selector.register(worker.answers, selectors.EVENT_READ, worker)
            ready: list[WorkerProcess[Result]] = [key.data for key, _ in selector.select(self._patience())]
        for worker in ready:
            try:
                outcome = worker.answer()
            except (EOFError, OSError):
                self._bury(worker)
                continue
            if outcome is not None:
                number = worker.inputs.pop(0)
                self._done[number] = outcome
                self._waiting_bytes += len(outcome)
                if number in self._suspects:
                    self._suspects.remove(number)
        for worker in [worker for worker in self._workers if self._left(worker) <= 0]:
            self._give_up(worker)

    def _left(self, worker: WorkerProcess[Result]) -> float:
        """Return the seconds that a worker may still take for its page; all if it has none, or loads its weights."""
        if self._timeout is None or not worker.inputs or not worker.begun:
            return math.inf
        return self._timeout - (time.monotonic() - worker.alive)

    def _patience(self) -> float | None:
        """Return the seconds after which the first worker has taken too long; None for no limit."""
        left = min(map(self._left, self._workers), default=math.inf)
        return None if math.isinf(left) else max(0.0, left)

    def _give_up(self, worker: WorkerProcess[Result]) -> None:
        """End a worker whose page takes too long, which is not tried again."""
        worker.end()
        self._workers.remove(worker)
        number, *others = worker.inputs
        self._waiting.extendleft(reversed(others))
        if number in self._suspects:
            self._suspects.remove(number)
        source = self._sources[number]
        name = source.name if source.page is None else page_name(source.name, source.page, 2)
        self._done[number] = Outcome(source, failure=TookTooLong(name, f"took longer than {self._timeout:g} s"))

    def _bury(self, worker: WorkerProcess[Result]) -> None:
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
        self._done[number] = Outcome(source, failure=WorkerKilled(source.name, fault))
