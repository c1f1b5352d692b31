"""Errors a user may see: each has an exit code, and its text is one sentence that names the file and the fault."""

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
    BROKEN_PIPE = 141  # 128 + SIGPIPE
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


class ClusterLost(OcrToolError):
    """The scheduler of a cluster does not answer."""


class GalleryRefused(OcrToolError):
    """A gallery file that is missing, damaged, not a gallery, or made with other weights."""


class NoUsablePage(OcrToolError):
    """No page of a known writer could be used."""


class InputError(OcrToolError):
    """One input could not be read; the other inputs are not affected.

    Parameters
    ----------
    name : str
        The input as the user wrote it, with the page number where it has several pages.
    fault : str
        What is wrong, as the second half of a sentence.

    Examples
    --------
    >>> from ocrtool.errors import InputError
    >>> str(InputError("scan.png", "the image is truncated or damaged"))
    'scan.png: the image is truncated or damaged'
    """

    #: The kind of failure in a word or two, for counts.
    kind = "other"

    def __init__(self, name: str, fault: str) -> None:
        super().__init__(name, fault)  # both in args, so that the error survives the way back from a worker process
        self.name = name
        self.fault = fault

    def __str__(self) -> str:
        return printable(f"{self.name}: {self.fault}")


class InputMissing(InputError):
    """No such file or folder."""

    kind = "missing"


class FolderWithoutImages(InputError):
    """A folder without images."""

    kind = "no images"


class InputUnreadable(InputError):
    """The operating system refuses to read it."""

    kind = "unreadable"


class InputEmpty(InputError):
    """Zero bytes."""

    kind = "empty"


class NotAnImage(InputError):
    """Not in a format that can be read."""

    kind = "not an image"


class ImageUnsupported(InputError):
    """A kind of image that cannot be decoded, though others in its format can."""

    kind = "unsupported"


class PdfLocked(InputError):
    """A PDF that is encrypted, and whose password is not known."""

    kind = "locked"


class PdfUnmeasured(InputError):
    """A page of a damaged PDF that may be too much to be drawn."""

    kind = "damaged"


class NoSuchPage(InputError):
    """None of the pages that were asked for."""

    kind = "no such page"


class ImageTruncated(InputError):
    """The file ends, or its data is invalid, before the image is complete."""

    kind = "damaged"


class ImageTooLarge(InputError):
    """More pixels than the limit for decoding."""

    kind = "too large"


class ImageTooSmall(InputError):
    """Too few pixels for one character."""

    kind = "too small"


class ReadingFailed(InputError):
    """A defect of this program while reading one input."""

    kind = "internal error"


class WorkerKilled(ReadingFailed):
    """The process that read an input was killed, twice."""

    kind = "killed"


class TookTooLong(InputError):
    """A page that took longer than it may."""

    kind = "took too long"


class OutOfMemory(InputError):
    """One input needs more memory than is available."""

    kind = "out of memory"


class NotWritten(InputError):
    """A file made from one input could not be written; the input itself could be read."""

    kind = "not written"


class WeightsNotFound(OcrToolError):
    """The weights are not in the folders that were searched."""

    exit_code = ExitCode.WEIGHTS


class WeightsRefused(OcrToolError):
    """The weights do not match their manifest, or a part is missing."""

    exit_code = ExitCode.WEIGHTS


def printable(name: str) -> str:
    """Escape ``name`` to one line of valid Unicode, whatever bytes and control characters the file name holds."""
    try:
        text = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # surrogates that stand for no byte: of JSON, not of a file name
        text = name
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def page_name(name: str, number: int, count: int) -> str:
    """Name page ``number`` (from 1) of ``count`` in an input, for messages and results: ``scan.tif, page 2``."""
    return name if count == 1 else f"{name}, page {number}"


def one_line(error: BaseException) -> str:
    """Format the type and text of an exception on one line; OpenCV's texts span several."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def is_lack_of_memory(error: BaseException) -> bool:
    """Whether an exception of Python, OpenCV, the system or the loader of shared libraries says that memory ran out."""
    if isinstance(error, ImportError):
        return any(words in str(error).lower() for words in _NO_ROOM)
    no_memory = isinstance(error, OSError) and error.errno == errno.ENOMEM
    return no_memory or isinstance(error, MemoryError) or getattr(error, "code", None) == _OPENCV_NO_MEMORY


def internal_error(error: Exception) -> str:
    """Format a defect of this program as a sentence, and log its traceback for --verbose."""
    import logging

    log = logging.getLogger(__name__)
    log.info("traceback of the internal error:", exc_info=error)
    hint = "" if log.isEnabledFor(logging.INFO) else "; run again with --verbose for the traceback"
    return f"internal error: {one_line(error)}{hint}"


def reason(error: OSError) -> str:
    """Return the operating system's reason for an error, in lower case."""
    return (error.strerror or str(error)).lower()
