"""One function over many items in several processes, results in order."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

#: Items under way for each process: enough that none waits for a slow neighbour, few enough to be forgotten.
WINDOW = 4


def in_order(function: Callable[[Item], Result], items: Sequence[Item], jobs: int) -> Generator[Result, None, None]:
    """``function`` of each item, in order; with one job in this process. The function must be one of a module.

    Raises what ``function`` raises; ValueError if a process is killed.
    """
    if jobs == 1 or len(items) < 2:
        yield from map(function, items)
        return
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # for the workers: each has a core of its own
    pool = ProcessPoolExecutor(min(jobs, len(items)), multiprocessing.get_context("spawn"), _start)
    under_way: deque[Future[Result]] = deque()
    try:
        for item in items:
            under_way.append(pool.submit(function, item))
            if len(under_way) >= WINDOW * jobs:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    except BrokenProcessPool:
        raise ValueError("a process was killed, probably out of memory; the same command resumes") from None
    finally:
        pool.shutdown(cancel_futures=True)


def _start() -> None:
    """Ctrl-C is left to the parent, and a worker whose parent is gone ends too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
