"""Output files: regular files are written atomically; devices, pipes and descriptors are opened and written to."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from ocrtool.errors import OutputError, UsageError, printable, reason

#: Names of an open file descriptor of this process. It is written to as it is, at its current position.
_DESCRIPTOR = re.compile(r"/dev/fd/(\d+)|/proc/(?:self|thread-self)/fd/(\d+)|/dev/(stdin|stdout|stderr)")
#: Name of an unfinished file, with the number of the process that writes it.
PARTIAL = re.compile(r"\.ocrtool-(\d+)-[0-9a-f]{8}\.part")
_STANDARD = {"stdin": 0, "stdout": 1, "stderr": 2}
#: Error numbers that concern all outputs in a folder.
_CONCERN_ALL = frozenset(
    (
        *(errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ENODEV, errno.ENXIO, errno.ENOENT),
        *(errno.ESTALE, errno.ENOTCONN, errno.EHOSTDOWN, errno.ETIMEDOUT),
    )
)
#: Maximum number of links followed; the limit of Linux.
_MOST_LINKS = 40
#: A file may be replaced only if one of these mode bits is set: root may write any file, so access() is not enough.
_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


@contextmanager
def atomic_write(path: Path, durable: bool = False) -> Iterator[BinaryIO]:
    """Open a binary file that replaces ``path`` when the block succeeds, and leaves no trace when it fails.

    A symbolic link stays, and the file it points to is replaced. Anything that exists and is not a regular file (a
    device, a FIFO, ``/dev/stdout``, ``/dev/fd/63``) is opened and written to. durable: the content is on disk before
    the name is, also if the machine stops. Raises OutputError, also for a write-protected file.
    """
    try:
        if is_stream(path):
            with _open_stream(path) as file:
                yield file
            return
        import secrets

        check_writable(path)
        target = Path(os.path.realpath(path))
        # In the same folder, so that the rename is atomic; named before it exists, so that no interrupt can leave it.
        partial = target.with_name(f".ocrtool-{os.getpid()}-{secrets.token_hex(4)}.part")
        try:
            with partial.open("xb") as file:
                yield file
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            _take_over(target, partial)
            partial.replace(target)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise not_written(path, error) from error


def check_inside(path: Path, folder: Path) -> None:
    """Raise OutputError for an output in a folder that a link there leads elsewhere, or that can only be waited for.

    What the user names may be a link, a device or a pipe; what lies in a folder by that name may be a stranger's.
    """
    real, root = os.path.realpath(path), os.path.realpath(folder)
    if os.path.commonpath((real, root)) != root:
        raise OutputError(f"{printable(str(path))}: is a link that leads out of the folder, so it is not written")
    if is_stream(path):
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY))
        except OSError as error:
            if error.errno == errno.ENXIO:
                raise OutputError(
                    f"{printable(str(path))}: is a pipe that nobody reads, so it is not written"
                ) from error
            raise not_written(path, error) from error


def set_aside(path: Path) -> str | None:
    """Rename an output of an earlier run, so that nobody takes it for new. Returns its name, None if there is none.

    Links and write-protected files stay as they are.
    """
    aside = path.with_name(path.name + ".old")
    try:
        mode = path.lstat().st_mode
        if not (stat.S_ISREG(mode) and mode & _WRITABLE):
            return None
        path.replace(aside)
    except (OSError, ValueError):
        return None
    return aside.name


def not_written(path: Path, error: OSError) -> OutputError:
    """Return the error for an output that the system does not let be written."""
    return OutputError(f"{printable(str(path))}: cannot be written: {reason(error)}")


def concerns_all(error: OutputError) -> bool:
    """Return True for an error that the next output would meet too: a full or read-only disk, a mount that is gone."""
    return isinstance(error.__cause__, OSError) and error.__cause__.errno in _CONCERN_ALL


def is_stream(path: Path) -> bool:
    """Return True if ``path`` is opened and written to: a descriptor, or neither a regular file nor a folder."""
    if _descriptor(path) is not None:
        return True
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def check_writable(path: Path) -> None:
    """Raise OutputError if ``path`` is a write-protected regular file, even for root."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return
    if stat.S_ISREG(status.st_mode) and not (status.st_mode & _WRITABLE and os.access(path, os.W_OK)):
        raise OutputError(f"{printable(str(path))}: cannot be written: the file is write-protected")


def make_folder(path: Path) -> None:
    """Make the folder ``path`` and its parents if missing. Raises UsageError if it is a file; OutputError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise UsageError(f"{printable(str(path))} is a file, but a folder is needed") from error
    except OSError as error:
        raise OutputError(f"{printable(str(path))}: the folder cannot be made: {reason(error)}") from error


def write_stream(parts: Iterable[bytes], out: BinaryIO | None) -> None:
    """Write ``parts`` to standard output as they arrive. Raises OutputError, also if it is closed; BrokenPipeError."""
    if out is None:
        raise OutputError("standard output is closed")
    for part in parts:
        try:
            out.write(part)
            out.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(f"standard output: cannot be written: {reason(error)}") from error


def utf8(parts: Iterable[str]) -> Iterator[bytes]:
    """Encode ``parts`` as UTF-8. File names that are not UTF-8 hold lone surrogates, which are escaped as in JSON."""
    return (part.encode("utf-8", "backslashreplace") for part in parts)


def _descriptor(path: Path) -> int | None:
    """Return the descriptor of this process that ``path`` names, directly or through links."""
    name = str(path)
    for _ in range(_MOST_LINKS):
        if found := _DESCRIPTOR.fullmatch(name):
            number = found[1] or found[2]
            return int(number) if number else _STANDARD[found[3]]
        try:
            name = os.path.join(os.path.dirname(name), os.readlink(name))  # noqa: PTH115, PTH118, PTH120 - "..", kept
        except (OSError, ValueError):
            return None
    return None


def _open_stream(path: Path) -> BinaryIO:
    """Raises OSError, also for a standard stream that the program was started without."""
    number = _descriptor(path)
    if number is None:
        return path.open("wb")
    if number < len(_STANDARD) and (sys.stdin, sys.stdout, sys.stderr)[number] is None:
        raise OSError(errno.EBADF, "it is closed")
    return os.fdopen(os.dup(number), "wb")


def _take_over(target: Path, partial: Path) -> None:
    """Give ``partial`` the mode and, where permitted, the owner of the file that it replaces."""
    with suppress(FileNotFoundError):
        status = target.stat()
        with suppress(OSError):
            os.chown(partial, status.st_uid, status.st_gid)
        partial.chmod(stat.S_IMODE(status.st_mode))
