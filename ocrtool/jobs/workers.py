"""Many items, worked on in order by one or more processes; a worker that is killed costs one item."""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from ocrtool.errors import ReadingFailed
from ocrtool.jobs.inputs import Source

Outcome = TypeVar("Outcome")


class Worker(Generic[Outcome]):
    """What is done to each input. Goes to worker processes, so it holds settings; ``load`` brings what is heavy."""

    def load(self) -> Callable[[Source], Outcome]:
        """What reads one input, its weights loaded. Called once in each process."""
        raise NotImplementedError

    def failed(self, source: Source, failure: ReadingFailed) -> Outcome:
        """What stands for an input that costs worker processes their lives."""
        raise NotImplementedError


def in_order(sources: Sequence[Source], worker: Worker[Outcome], jobs: int) -> Iterator[Outcome]:
    """Outcomes of ``sources`` in order, with ``jobs`` processes; with one, or one source, in this process.

    If a worker is killed, the input due is tried once more by itself, and the rest goes on.
    """
    if jobs <= 1 or len(sources) <= 1:
        work = worker.load()
        yield from map(work, sources)
        return
    done = 0
    while done < len(sources):
        try:
            for outcome in _windowed(sources[done:], worker, jobs):
                done += 1
                yield outcome
        except BrokenProcessPool:
            yield _alone(sources[done], worker)
            done += 1


def _windowed(sources: Sequence[Source], worker: Worker[Outcome], jobs: int) -> Iterator[Outcome]:
    """Outcomes in order, with twice as many inputs under way as there are workers, so that memory stays bounded."""
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), _start)
    under_way: deque[Future[Outcome]] = deque()
    try:
        for source in sources:
            with _interrupts_held():
                under_way.append(pool.submit(_work, source, worker))
            if len(under_way) >= 2 * jobs:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _alone(source: Source, worker: Worker[Outcome]) -> Outcome:
    try:
        return next(_windowed([source], worker, 1))
    except BrokenProcessPool:
        fault = "the process that read it was killed, perhaps for want of memory"
        return worker.failed(source, ReadingFailed(source.name, fault))


_loaded: Callable[[Source], Any] | None = None  # of this worker process


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Workers started here begin deaf to Ctrl-C, which would have them print a traceback each; this process is not."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C reaches the whole process group: workers just end
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])


def _work(source: Source, worker: Worker[Outcome]) -> Outcome:
    global _loaded
    if _loaded is None:
        _loaded = worker.load()
    return _loaded(source)
