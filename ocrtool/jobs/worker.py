"""A worker process: reads inputs from standard input, writes outcomes to standard output, and ends with its parent.

It writes no files, so that it can be killed at any time without leaving anything unfinished.
"""

from __future__ import annotations

import gc
import logging
import os
import pickle
import signal
import struct
import sys
import threading
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from ocrtool.errors import OcrToolError
from ocrtool.jobs.outcome import Loader, process_source
from ocrtool.stderr import open_missing_descriptors

#: Header of a pickled message: its length in bytes.
_LENGTH = struct.Struct("!Q")
#: prctl(2): the kernel sends a signal to this process when its parent ends.
_PR_SET_PDEATHSIG = 1
#: Added to a worker's badness, of which the whole memory is 1000 points.
_SCORE = "500"


def write_message(descriptor: int, message: object) -> None:
    """Write a message. Raises OSError, usually BrokenPipeError, if the other side has ended."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    unsent = memoryview(_LENGTH.pack(len(data)) + data)
    while unsent:
        unsent = unsent[os.write(descriptor, unsent) :]


def read_message(descriptor: int) -> Any:
    """Read the next message and nothing beyond it. Raises EOFError if the other side has ended."""
    (length,) = _LENGTH.unpack(_read_exactly(descriptor, _LENGTH.size))
    return pickle.loads(_read_exactly(descriptor, length))


def main() -> None:
    """Work until the parent ends or kills this process."""
    gc.disable()  # until what stays is loaded
    _end_with_parent()
    _die_before_parent()
    open_missing_descriptors()
    messages, answers = _private_streams()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C reaches the whole process group: workers simply end
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
    with suppress(BrokenPipeError):  # the parent ended
        _answer(messages, answers)


def _answer(messages: int, answers: int) -> None:
    """Answer each source with ``(pickled outcome or OcrToolError, log records)``. First come level and loader.

    A sign of life, None, says that the process has started, and that a page begins.
    """
    write_message(answers, None)
    waiting: SimpleQueue[Any] = SimpleQueue()
    threading.Thread(target=_receive, args=(messages, waiting), daemon=True).start()
    records = _collect_logs(waiting.get())
    load: Loader[Any] = cache(waiting.get())
    while True:
        source = waiting.get()
        try:
            outcome = process_source(source, load, partial(write_message, answers, None))
            answer: object = pickle.dumps(outcome, pickle.HIGHEST_PROTOCOL)
        except OcrToolError as error:  # concerns the whole run
            answer = error
        write_message(answers, (answer, tuple(records)))
        records.clear()


def _end_with_parent() -> None:
    """End with the parent, however it ends: by the kernel on Linux, else by the end of the pipe (`_receive`)."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _die_before_parent() -> None:
    """Where memory runs out, Linux ends a worker, which costs a page, rather than the parent, which costs the run."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_SCORE)


def _private_streams() -> tuple[int, int]:
    """Move the pipes from and to the parent to private descriptors, out of reach of what libraries print or read."""
    streams = os.dup(0), os.dup(1)
    sink = os.open(os.devnull, os.O_RDWR)
    os.dup2(sink, 0)
    os.dup2(2, 1)
    os.close(sink)
    return streams


def _receive(messages: int, waiting: SimpleQueue[Any]) -> None:
    """Queue the parent's messages; exit at the end of the pipe, which means that the parent has ended."""
    while True:
        try:
            waiting.put(read_message(messages))
        except (EOFError, OSError):
            os._exit(0)


class _Records(logging.Handler):
    """Collects log records for the parent, with tracebacks as text instead of frames."""

    def __init__(self, kept: list[logging.LogRecord]) -> None:
        super().__init__()
        self._kept = kept

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        record.msg, record.args, record.exc_info = record.getMessage(), None, None
        self._kept.append(record)


def _collect_logs(level: int) -> list[logging.LogRecord]:
    kept: list[logging.LogRecord] = []
    logger = logging.getLogger("ocrtool")
    logger.setLevel(level)
    logger.addHandler(_Records(kept))
    logger.propagate = False
    return kept


def _read_exactly(descriptor: int, length: int) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        part = os.read(descriptor, min(length - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)
