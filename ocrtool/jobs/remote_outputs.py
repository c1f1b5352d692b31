"""Outputs by URL: each is made in a temporary file of this machine, and put into its place whole."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from ocrtool.errors import OutputError, UsageError, one_line, printable, reason
from ocrtool.jobs.remote import open_store

#: Protocols of object stores: an object is there when all of it has arrived, and not before.
_WHOLE = frozenset(("s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oss"))
#: Protocols that only read.
_READ_ONLY = frozenset(("http", "https"))


class StoreFailed(OutputError):
    """A store did not take an output."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """An output at a URL."""

    url: str

    @property
    def name(self) -> str:
        """Its last part."""
        return self.url.rpartition("/")[2]

    def __str__(self) -> str:
        return self.url

    @contextmanager
    def write(self) -> Iterator[BinaryIO]:
        """Open a binary file that replaces what is at the URL when the block succeeds.

        It leaves no trace when it fails. Raises StoreFailed, OutputError if there is no room for the temporary file.
        """
        try:
            with tempfile.NamedTemporaryFile(prefix="ocrtool-") as file:
                yield file  # type: ignore[misc]
                file.flush()
                self._put(file.name)
        except OSError as error:
            raise OutputError(f"{printable(self.url)}: cannot be made: {reason(error)}") from error

    def size(self) -> int:
        """Return the number of its bytes; -1 if it is not there, or the store does not say."""
        try:
            files, path = open_store(self.url)
            return int(files.size(path))
        except Exception:  # noqa: BLE001 - a file system may raise anything; the input is then read once more
            return -1

    def set_aside(self) -> str | None:
        """Rename what an earlier run wrote, so that nobody takes it for new.

        Returns its name, None if there is none.
        """
        try:
            files, path = open_store(self.url)
            if not files.exists(path):
                return None
            _move(files, path, path + ".old")
        except Exception:  # noqa: BLE001 - a file system may raise anything; the failure that led here is reported
            return None
        return self.name + ".old"

    def _put(self, made: str) -> None:
        try:
            files, path = open_store(self.url)
            if _WHOLE.isdisjoint(_protocols(files)):
                _put_apart(files, made, path)
            else:
                files.put_file(made, path)
        except Exception as error:
            raise StoreFailed(f"{printable(self.url)}: cannot be written: {one_line(error)}") from error


#: An output that has a name: a file of this machine, or one at a URL.
OutputFile: TypeAlias = "Path | RemoteFile"


def remote_files(
    output: str, stems: Sequence[str], extensions: Sequence[str], several: bool
) -> dict[str, tuple[RemoteFile, ...]]:
    """Return the outputs of each input below the URL of a folder; of one input, at ``output`` itself if it is a file's.

    Raises UsageError for a protocol that only reads, or whose library is missing; InputUnreadable.
    """
    protocol = output.partition(":")[0]
    if protocol in _READ_ONLY:
        raise UsageError(f"{printable(output)}: nothing can be written by {protocol}")
    files, path = open_store(output)
    if not (several or output.endswith("/") or len(extensions) > 1 or _is_folder(files, path)):
        return {stems[0]: (RemoteFile(output),)}
    folder = output.rstrip("/")
    return {stem: tuple(RemoteFile(f"{folder}/{stem}{extension}") for extension in extensions) for stem in stems}


def _put_apart(files: Any, made: str, path: str) -> None:
    """Put a file into a folder by another name, and rename it when it is whole."""
    folder = files._parent(path)
    files.makedirs(folder, exist_ok=True)
    partial = f"{folder}/.ocrtool-{os.getpid()}-{secrets.token_hex(4)}.part"
    try:
        files.put_file(made, partial)
        _move(files, partial, path)
    except BaseException:
        with suppress(Exception):
            files.rm_file(partial)
        raise


def _move(files: Any, source: str, target: str) -> None:
    """Rename a file; some servers do not replace what is there."""
    try:
        files.mv(source, target)
    except FileExistsError:
        files.rm_file(target)
        files.mv(source, target)


def _is_folder(files: Any, path: str) -> bool:
    try:
        return bool(files.isdir(path))
    except Exception:  # noqa: BLE001 - writing says what is wrong
        return False


def _protocols(files: Any) -> tuple[str, ...]:
    return (files.protocol,) if isinstance(files.protocol, str) else tuple(files.protocol)
