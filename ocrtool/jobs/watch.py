"""Watching folders: files that arrive are read when they are whole, each once, until the run is stopped.

A file is whole if its size and time have not changed for a while and nobody has it open for writing. The folders are
listed again and again, since a file system on a network announces nothing.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from ocrtool.errors import UsageError, printable
from ocrtool.jobs.inputs import PassedOver, images_below, is_folder

#: Seconds between two listings, at least, and at most this share of the time goes into listing.
INTERVAL, _SHARE = 0.5, 0.1
#: Seconds without a change after which a file is taken for whole.
SETTLED = 2.0

#: Size and time of change in nanoseconds.
State: TypeAlias = tuple[int, int]


class Arrivals:
    """Files in folders that are new, or have changed since they were taken."""

    def __init__(self, folders: Sequence[str], recursive: bool, now: Callable[[], float] = time.monotonic) -> None:
        """now: the time in seconds. Raises UsageError for what is no folder."""
        for folder in folders:
            if not is_folder(folder):
                raise UsageError(f"{printable(folder)} is no folder, and only folders can be watched")
        self._folders = folders
        self._recursive = recursive
        self._now = now
        self._taken: dict[str, State] = {}
        self._seen: dict[str, tuple[State, float]] = {}  # with the time when it was first seen so
        if hasattr(signal, "SIGIO"):  # sent if somebody opens a file while a lease is tried
            signal.signal(signal.SIGIO, signal.SIG_IGN)

    def whole(self) -> list[str]:
        """List the folders, and return the files that are whole and not yet taken."""
        states = dict(self._states())
        now = self._now()
        self._seen = {
            path: (state, self._seen[path][1] if path in self._seen and self._seen[path][0] == state else now)
            for path, state in states.items()
            if self._taken.get(path) != state
        }
        return [
            path
            for path, (state, since) in self._seen.items()
            if now - since >= SETTLED and state[0] > 0 and not _is_written(path)
        ]

    def take(self, path: str, state: State | None) -> None:
        """Remember that a file was read in a state; None if that is not known: as it was when it was listed."""
        if state is None and path in self._seen:
            state = self._seen[path][0]
        if state is not None:
            self._taken[path] = state

    def _states(self) -> Iterator[tuple[str, State]]:
        for folder in self._folders:
            for path in images_below(folder, PassedOver(), self._recursive):
                with suppress(OSError, ValueError):
                    status = os.stat(path)  # noqa: PTH116 - names stay as they are
                    if not is_folder(path):
                        yield path, (status.st_size, status.st_mtime_ns)


def rounds(arrivals: Arrivals) -> Iterator[list[str]]:
    """Yield the files that have arrived, whenever there are some. Never ends."""
    while True:
        begun = time.monotonic()
        if found := arrivals.whole():
            yield found
        else:
            time.sleep(max(INTERVAL, (time.monotonic() - begun) / _SHARE))


def check_outputs_apart(folders: Sequence[str], outputs: Sequence[Path | None]) -> None:
    """Raise UsageError if an output folder is watched too: what is written there would be read."""
    for folder in folders:
        for output in outputs:
            if output is not None and Path(os.path.realpath(output)).is_relative_to(os.path.realpath(folder)):
                raise UsageError(f"{printable(str(output))} is in a folder that is watched; outputs need another one")


def _is_written(path: str) -> bool:
    """Return True if a process has the file open for writing: then Linux grants no read lease. False if unknown."""
    import fcntl

    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False  # reading it says what is wrong
    try:
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except (OSError, AttributeError):  # somebody else's file, or a file system without leases
        return False
    finally:
        os.close(file)
    return False
