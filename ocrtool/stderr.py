"""Standard descriptors: what native libraries print by themselves is kept off standard error; none is missing."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


def open_missing_descriptors() -> None:
    """Open standard descriptors that are closed on nothing, or else the next file opened would become one of them.

    Processes started later have them too. Python's own streams stay None, so that closed ones are still reported.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)


@contextmanager
def silence_stderr() -> Iterator[None]:
    """Turn file descriptor 2 away and ignore Python warnings within the block.

    libtiff tells of damage and LiteRT of its delegate on descriptor 2 and give no handle on that; what matters of it
    comes as an exception too. The descriptor is the process's, so threads should not write to standard error meanwhile.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            kept = os.dup(2)
        except OSError:  # standard error is closed: nothing to keep quiet
            yield
            return
        sink = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(sink, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(sink)
            os.close(kept)
