"""Standard descriptors: open the missing ones, and keep the notes of native libraries off standard error."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress

#: Bytes of what libraries write that are kept.
_MOST_NOTES = 1 << 16


def open_missing_descriptors() -> None:
    """Open closed standard descriptors on the null device; otherwise the next file opened would become one of them.

    Child processes inherit them. Python's own streams stay None, so that closed ones are still reported.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)


class Notes:
    """What native libraries wrote to standard error. text: known when the block is left."""

    def __init__(self) -> None:
        self.text = ""


@contextmanager
def silence_stderr() -> Iterator[Notes]:
    """Keep descriptor 2 and Python warnings quiet within the block, and give what was written to the descriptor.

    libtiff reports damage and LiteRT its delegate there, and neither has a switch for it. The whole process shares the
    descriptor, so no thread should write to standard error meanwhile.
    """
    notes = Notes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            kept = os.dup(2)
        except OSError:  # standard error is closed: nothing to keep quiet
            yield notes
            return
        sink = _sink()
        try:
            os.dup2(sink, 2)
            yield notes
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            with suppress(OSError):
                notes.text = os.pread(sink, _MOST_NOTES, 0).decode("utf-8", "replace")
            os.close(sink)


def _sink() -> int:
    """Open a file in memory, or the null device where the system has none."""
    try:
        return os.memfd_create("notes")
    except (AttributeError, OSError):
        return os.open(os.devnull, os.O_RDWR)
