"""Standard descriptors: open the missing ones, and keep the notes of native libraries off standard error."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


def open_missing_descriptors() -> None:
    """Open closed standard descriptors on the null device; otherwise the next file opened would become one of them.

    Child processes inherit them. Python's own streams stay None, so that closed ones are still reported.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)


@contextmanager
def silence_stderr() -> Iterator[None]:
    """Redirect file descriptor 2 to the null device and ignore Python warnings within the block.

    libtiff reports damage and LiteRT its delegate on descriptor 2, and neither has a switch for it; whatever matters is
    raised as an exception too. The whole process shares the descriptor, so no thread should write to standard error
    meanwhile.
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
