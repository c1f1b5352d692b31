"""Processes inputs on a Dask cluster that exists, with bounded queues; what is lost with a worker is done once more.

Only inputs and outcomes travel: files are opened by the workers, outputs are written where the run was started.
"""

from __future__ import annotations

import pickle
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic

from ocrtool import __version__
from ocrtool.errors import ClusterLost, OcrToolError, UsageError, WeightsRefused, WorkerKilled, one_line
from ocrtool.jobs.arguments import STANDARD_INPUT
from ocrtool.jobs.inputs import Source
from ocrtool.jobs.outcome import Loader, Outcome, Progress, Result, no_progress, process_source
from ocrtool.jobs.pool import next_outcome

if TYPE_CHECKING:
    from distributed import Client, Future

#: Maximum number of inputs for each thread of the cluster that are queued or done and not yet delivered.
_AT_ONCE, _AHEAD = 2, 16
#: Seconds between two questions how many threads there are: workers come and go.
_COUNTED = 2.0
#: Seconds to wait for a scheduler: at first, and for one that was lost to come back.
_CONNECT, _COME_BACK = 15.0, 300.0

#: A process of the cluster may have several threads, but engines are used by one at a time.
_lock = threading.Lock()


class ClusterWorkers(Generic[Result]):
    """Runs a job over inputs on a cluster, as `ocrtool.jobs.workers.Workers` does on this machine."""

    def __init__(
        self, load: Loader[Result], address: str, stamp: str, progress: Progress[Result] = no_progress
    ) -> None:
        """address: of the scheduler; stamp: of program and weights, which workers must have too."""
        self._job = pickle.dumps(load, pickle.HIGHEST_PROTOCOL)
        self._address = address
        self._stamp = stamp
        self._progress = progress
        self._client: Client | None = None

    def __enter__(self) -> ClusterWorkers[Result]:
        self._client = _connect(self._address, _CONNECT)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._client is not None:
            with suppress(Exception):
                self._client.close(timeout=1)

    def run(self, sources: Sequence[Source], in_order: bool = True) -> Iterator[Outcome[Result]]:
        """Yield outcomes as `Workers.run` does. Raises OcrToolError if more than one input is affected."""
        if any(source.name == STANDARD_INPUT for source in sources):
            raise UsageError("a cluster cannot read standard input")
        placed = [source if source.remote else replace(source, path=source.path.absolute()) for source in sources]
        return iter(self._progress(self._outcomes(placed, sources, in_order), len(sources)))

    def _outcomes(
        self, placed: Sequence[Source], sources: Sequence[Source], in_order: bool
    ) -> Iterator[Outcome[Result]]:
        queue = _Queue(len(placed))
        due: int | None = 0 if in_order else None
        for _ in placed:
            while (number := next_outcome(queue.done, due, sources)) is None:
                try:
                    self._fill(queue, placed)
                    self._collect(queue, sources)
                except _Lost:
                    queue.requeue()
                    self._come_back()
            due = number + 1 if in_order or not sources[number].last else None
            outcome = queue.done.pop(number)
            if isinstance(outcome, bytes):
                outcome = pickle.loads(outcome)
            yield replace(outcome, source=sources[number])

    def _fill(self, queue: _Queue, placed: Sequence[Source]) -> None:
        """Submit inputs, so many that no thread idles, and no more."""
        client = self._require()
        if time.monotonic() - queue.counted > _COUNTED:
            with _losses():
                queue.threads = max(1, sum(client.nthreads().values()))
            queue.counted = time.monotonic()
        while queue.waiting and len(queue.running) < _AT_ONCE * queue.threads:
            if len(queue.running) + len(queue.done) >= _AHEAD * queue.threads and queue.running:
                return
            number = queue.waiting.popleft()
            with _losses():
                future = client.submit(process_there, self._job, self._stamp, placed[number], pure=False)
            queue.running[future] = number

    def _collect(self, queue: _Queue, sources: Sequence[Source]) -> None:
        """Wait for outcomes, a while at most, since the number of threads may have changed."""
        from distributed import TimeoutError as TimedOut
        from distributed import wait

        with _losses(), suppress(TimedOut):
            wait(list(queue.running), timeout=_COUNTED, return_when="FIRST_COMPLETED")
        if self._require().status != "running":
            raise _Lost
        for future in [future for future in queue.running if future.done()]:
            queue.done[queue.running[future]] = self._outcome(future, sources[queue.running[future]])
            del queue.running[future]

    def _outcome(self, future: Future[Any], source: Source) -> bytes | Outcome[Result]:
        from distributed.scheduler import KilledWorker

        if future.cancelled() or future.status == "lost":
            raise _Lost
        try:
            with _losses():
                answer: bytes | OcrToolError = future.result()
        except KilledWorker as error:
            fault = f"{1 + error.allowed_failures} processes that read it were killed, probably out of memory"
            return Outcome(source, failure=WorkerKilled(source.name, fault))
        if isinstance(answer, OcrToolError):
            raise answer
        return answer

    def _come_back(self) -> None:
        """Wait for the scheduler. Raises ClusterLost."""
        if self._client is not None:
            with suppress(Exception):
                self._client.close(timeout=1)
        self._client = _connect(self._address, _COME_BACK)

    def _require(self) -> Client:
        assert self._client is not None
        return self._client


class _Lost(Exception):
    """The scheduler is gone, and with it what was queued."""


class _Queue:
    """Numbers of inputs: waiting, running by their futures, done."""

    def __init__(self, inputs: int) -> None:
        self.waiting = deque(range(inputs))
        self.running: dict[Any, int] = {}
        self.done: dict[int, Any] = {}
        self.threads = 1
        self.counted = -_COUNTED

    def requeue(self) -> None:
        """Let what was running wait again, in order."""
        self.waiting.extendleft(sorted(self.running.values(), reverse=True))
        self.running.clear()


class _losses:
    """Turns errors of a connection that is gone into `_Lost`."""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        from asyncio import CancelledError
        from concurrent.futures import CancelledError as Cancelled

        from distributed.comm import CommClosedError

        if isinstance(error, (CommClosedError, CancelledError, Cancelled, ConnectionError)):
            raise _Lost from error


def process_there(job: bytes, stamp: str, source: Source) -> bytes | OcrToolError:
    """Process an input in a process of the cluster. Returns the pickled outcome, or what concerns the whole run."""
    with _lock:
        if stamp != own_stamp():
            return WeightsRefused("a worker of the cluster has another version of ocrtool, or other weights")
        try:
            return pickle.dumps(process_source(source, _loaded(job)), pickle.HIGHEST_PROTOCOL)
        except OcrToolError as error:
            return error


@cache
def own_stamp() -> str:
    """Return what identifies the program and the packaged weights of this process."""
    from ocrtool.jobs.resume import settings_digest

    return settings_digest({"version": __version__}, None)


@cache
def _loaded(job: bytes) -> Loader[Any]:
    load: Loader[Any] = cache(pickle.loads(job))
    return load


def _connect(address: str, patience: float) -> Client:
    """Connect to a scheduler. Raises UsageError without the library, ClusterLost."""
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError("--scheduler needs Dask: pip install 'ocrtool[cluster]'") from error
    try:
        return Client(address, timeout=patience, name="ocrtool")
    except (OSError, ValueError, TimeoutError) as error:
        raise ClusterLost(f"{address}: no Dask scheduler answers: {one_line(error)}") from error
