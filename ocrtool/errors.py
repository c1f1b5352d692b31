"""What can go wrong, each with the exit code it leads to and one sentence that names the file and the fault."""

from __future__ import annotations

import errno
from enum import IntEnum

#: OpenCV's code for a failed allocation (``cv::Error::StsNoMem``).
_OPENCV_NO_MEMORY = -4
#: What the loader of shared libraries says when there is no room for one.
_NO_ROOM = ("failed to map segment", "cannot allocate memory")


class ExitCode(IntEnum):
    """Exit codes of the command line."""

    OK = 0
    FAILED = 1  # some inputs could not be read, or the output could not be written
    USAGE = 2
    WEIGHTS = 3
    HANGUP = 129  # 128 + SIGHUP, as shells count
    INTERRUPTED = 130  # 128 + SIGINT
    BROKEN_PIPE = 141  # 128 + SIGPIPE: the reader of standard output left
    TERMINATED = 143  # 128 + SIGTERM


class OcrToolError(Exception):
    """Base of every error a user may see; its text is one sentence on one line, whatever names and values it quotes."""

    exit_code: ExitCode = ExitCode.FAILED

    def __str__(self) -> str:
        return printable(super().__str__())


class UsageError(OcrToolError):
    """Options that contradict each other or the file system."""

    exit_code = ExitCode.USAGE


class OutputError(OcrToolError):
    """Results could not be written."""


class WorkerNotStarted(OcrToolError):
    """A worker process ended before it could take an input."""


class GalleryRefused(OcrToolError):
    """A gallery file that is missing, damaged, something else, or made with other weights."""


class NoUsablePage(OcrToolError):
    """No page of a known writer could be used."""


class InputError(OcrToolError):
    """One input could not be read; the others still are. ``name`` is the input as the user wrote it."""

    def __init__(self, name: str, fault: str) -> None:
        super().__init__(name, fault)  # both in args, so that the error survives the way back from a worker process
        self.name = name
        self.fault = fault

    def __str__(self) -> str:
        return printable(f"{self.name}: {self.fault}")


class InputMissing(InputError):
    """No such file or folder."""


class FolderWithoutImages(InputError):
    """A folder in which nothing looks like an image."""


class InputUnreadable(InputError):
    """The operating system does not let us read it."""


class InputEmpty(InputError):
    """Zero bytes."""


class NotAnImage(InputError):
    """None of the formats that can be read."""


class ImageTruncated(InputError):
    """The file ends, or turns to garbage, before the picture is whole."""


class ImageTooLarge(InputError):
    """More pixels than are decoded."""


class ImageTooSmall(InputError):
    """Too few pixels for one character."""


class ReadingFailed(InputError):
    """A defect of this program met while reading one input, or a worker process that was killed."""


class OutOfMemory(InputError):
    """One input needs more memory than there is."""


class NotWritten(InputError):
    """A file made from one input could not be written; the input itself could be read."""


class WeightsNotFound(OcrToolError):
    """No weights of that name where they were looked for."""

    exit_code = ExitCode.WEIGHTS


class WeightsRefused(OcrToolError):
    """Weights that do not match their manifest, or miss a part."""

    exit_code = ExitCode.WEIGHTS


def printable(name: str) -> str:
    """``name`` on one line of valid Unicode, whatever bytes and control characters the file name holds."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def page_name(name: str, number: int, count: int) -> str:
    """What messages and results call page ``number``, from 1, of ``count`` in an input: ``scan.tif, page 2``."""
    return name if count == 1 else f"{name}, page {number}"


def one_line(error: BaseException) -> str:
    """The kind and the text of any exception on one line: OpenCV's span several."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def is_lack_of_memory(error: BaseException) -> bool:
    """Whether an exception of Python, OpenCV, the system or the loader of shared libraries says that memory ran out."""
    if isinstance(error, ImportError):
        return any(words in str(error).lower() for words in _NO_ROOM)
    no_memory = isinstance(error, OSError) and error.errno == errno.ENOMEM
    return no_memory or isinstance(error, MemoryError) or getattr(error, "code", None) == _OPENCV_NO_MEMORY


def internal_error(error: Exception) -> str:
    """The sentence for a defect of this program; its traceback goes to the log, which --verbose shows."""
    import logging

    log = logging.getLogger(__name__)
    log.info("traceback of the internal error:", exc_info=error)
    hint = "" if log.isEnabledFor(logging.INFO) else "; run again with --verbose for the traceback"
    return f"internal error: {one_line(error)}{hint}"


def reason(error: OSError) -> str:
    """Why the operating system refused, in its own words."""
    return (error.strerror or str(error)).lower()
