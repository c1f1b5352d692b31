"""The journal of an output folder: which inputs were read, of which content and with which settings, a line for each.

Lines are JSON, only ever appended, each after the outputs that it names are on disk. So a run that is killed at any
moment leaves at most a line without its end, which the next one cuts off; a machine that loses its power loses the
lines of the last second, whose inputs are read once more. File names in a line are compared with those that are planned
and never opened, so that the journal of a stranger reaches no file.
"""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ocrtool.errors import OutputError, UsageError, printable
from ocrtool.files import not_written
from ocrtool.jobs.names import safe_name

#: Name of the journal in the folder of the outputs.
JOURNAL = ".ocrtool-journal.jsonl"
#: First line of a journal.
_HEADER = {"format": "ocrtool-journal", "version": 1}
#: How it is opened: not by a link, which may lead out of the folder.
_OPEN = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
#: Lines are on disk after so many seconds at most: to wait for each costs as much as to read a small page.
_SYNC_SECONDS = 1.0
#: Maximum number of bytes of a line; a path has at most 4,096, each of them up to 6 in JSON. Longer ones are ignored.
_MOST_BYTES = 1 << 17


@dataclass(frozen=True, slots=True)
class Identity:
    """Content of an input: bytes, time of change in nanoseconds, SHA-256; of a URL, whatever its server says."""

    size: int
    mtime: int
    digest: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of an input.

    input: its absolute path, or its URL; stem: of its outputs; settings: digest of all that determines them; outputs:
    names and sizes; error: why it failed, None if it was read.
    """

    input: str
    stem: str
    settings: str
    identity: Identity
    outputs: tuple[tuple[str, int], ...]
    error: str | None = None


class Journal:
    """The journal of a folder, for this process alone. A context manager, which closes it."""

    def __init__(self, folder: Path, wanted: Callable[[str], bool] = lambda name: True) -> None:
        """Open or begin it. wanted: of which inputs entries are kept in memory; of all others only stems are.

        Raises OutputError if it cannot be written or another process has it, UsageError if it is not a journal.
        """
        self._path = folder / JOURNAL
        self.entries: dict[str, Entry] = {}
        self.other_stems: set[str] = set()
        self._synced = -_SYNC_SECONDS
        try:
            self._file = os.open(self._path, _OPEN, 0o666)
        except OSError as error:
            raise not_written(self._path, error) from error
        try:
            _lock(self._file)
            self._end = self._load(wanted)
            os.ftruncate(self._file, self._end)
            if not self._end:
                self._append(_HEADER)
        except BlockingIOError as error:
            os.close(self._file)
            raise OutputError(f"{printable(str(folder))}: another run of ocrtool writes to this folder") from error
        except OSError as error:
            os.close(self._file)
            raise not_written(self._path, error) from error
        except BaseException:
            os.close(self._file)
            raise

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *error: object) -> None:
        with suppress(OSError):
            os.fsync(self._file)
        os.close(self._file)

    def add(self, entry: Entry) -> None:
        """Append an entry, whose outputs are on disk. Raises OutputError; the journal stays as it was then."""
        try:
            self._append(asdict(entry))
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._file, self._end)
            raise not_written(self._path, error) from error
        self.entries[entry.input] = entry

    def _append(self, values: dict[str, Any]) -> None:
        line = json.dumps(values, separators=(",", ":")).encode() + b"\n"
        unwritten = memoryview(line)
        while unwritten:
            unwritten = unwritten[os.write(self._file, unwritten) :]
        if time.monotonic() - self._synced >= _SYNC_SECONDS:
            os.fsync(self._file)
            self._synced = time.monotonic()
        self._end += len(line)

    def _load(self, wanted: Callable[[str], bool]) -> int:
        """Read all entries; the last of an input counts. Returns where the last whole line ends."""
        end = 0
        with os.fdopen(os.dup(self._file), "rb") as file:
            file.seek(0)
            for number, (line, length) in enumerate(_lines(file)):
                values = _parsed(line)
                if number == 0 and values != _HEADER:
                    raise UsageError(f"{printable(str(self._path))} is not a journal of this version of ocrtool")
                end += length
                entry = _entry(values)
                if entry is not None and wanted(entry.input):
                    self.entries[entry.input] = entry
                elif entry is not None:
                    self.other_stems.add(entry.stem)
        return end


def _lines(file: Any) -> Iterator[tuple[bytes, int]]:
    """Give whole lines, those that are too long empty, with their lengths."""
    while line := file.readline(_MOST_BYTES):
        length = len(line)
        whole = line
        while not line.endswith(b"\n"):
            line = file.readline(_MOST_BYTES)
            if not line:
                return
            length += len(line)
            whole = b""
        yield whole, length


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _entry(values: Any) -> Entry | None:
    """Check the types of an entry; None for anything else, whose input is then read once more.

    The stem of outputs must be what `safe_name` makes, so that none is outside the folder.
    """
    try:
        identity = values["identity"]
        entry = Entry(
            _text(values["input"]),
            _text(values["stem"]),
            _text(values["settings"]),
            Identity(_number(identity["size"]), _number(identity["mtime"]), _text(identity["digest"])),
            tuple((_text(name), _number(size)) for name, size in values["outputs"]),
            None if values["error"] is None else _text(values["error"]),
        )
    except (TypeError, KeyError, ValueError):
        return None
    return entry if safe_name(entry.stem) == entry.stem else None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError
    return value


def _lock(file: int) -> None:
    """Lock a file until it is closed or the process ends. Raises BlockingIOError if another process has it."""
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError as error:  # a file system without locks
        if error.errno not in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL):
            raise
