"""The overwrite guard: no output overwrites an input or another output of the same run."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeAlias

from ocrtool.errors import UsageError, printable
from ocrtool.files import check_writable, is_stream
from ocrtool.jobs.inputs import Source, is_folder

#: The file that standard input comes from, if it is one: the shell's ``< FILE`` names an input too.
_STANDARD_INPUT = Path("/dev/stdin")

#: Identity of a file: device and inode if it exists, and its path with all links resolved.
_Identity: TypeAlias = tuple[int, int] | str


class OverwriteGuard:
    """Tracks the inputs of a run and the outputs claimed so far, by identity rather than by name."""

    def __init__(self, sources: Sequence[Source], others: Iterable[Path | None] = ()) -> None:
        """others: inputs that are not images, such as a gallery file."""
        paths = [_STANDARD_INPUT if source.data is not None else source.path for source in sources]
        paths += [path for path in others if path is not None]
        self._inputs = {identity for path in paths for identity in _identities(path)}
        self._outputs: set[str] = set()
        self._urls = {source.name for source in sources if source.remote}

    def check_urls(self, urls: Iterable[str]) -> None:
        """Raise UsageError if writing to one of ``urls`` would overwrite an input."""
        for url in urls:
            if url in self._urls:
                raise UsageError(f"{printable(url)} is an input, and inputs are never overwritten")

    def check(self, path: Path) -> None:
        """Raise UsageError if writing to ``path`` would overwrite an input."""
        if not is_stream(path) and not self._inputs.isdisjoint(_identities(path)):
            raise UsageError(f"{printable(str(path))} is an input, and inputs are never overwritten")

    def claim(self, path: Path) -> None:
        """Check as `check`, and claim the path for this output alone. Devices and pipes may be claimed repeatedly."""
        self.check(path)
        if is_stream(path):
            return
        resolved = _resolved(path)
        if resolved in self._outputs:
            raise UsageError(f"{printable(str(path))} is named for two outputs")
        self._outputs.add(resolved)

    def claim_file(self, path: Path | None) -> None:
        """Claim a file that the user named.

        Raises UsageError if no file can be made there, and OutputError if it is write-protected.
        """
        if path is not None:
            self._check_file(path)
            self.claim(path)

    def reserve(self, path: Path | None) -> None:
        """Check as `claim_file`, for a picture that is claimed later, when it is written."""
        if path is not None:
            self._check_file(path)
            if _resolved(path) in self._outputs and not is_stream(path):
                raise UsageError(f"{printable(str(path))} is named for two outputs")

    def _check_file(self, path: Path) -> None:
        if is_folder(str(path)):
            raise UsageError(f"{printable(str(path))} is a folder, but one file is written")
        if not is_stream(path) and not is_folder(str(path.parent)):
            raise UsageError(f"{printable(str(path.parent))}: no such folder, so no output file can be made there")
        self.check(path)
        if not is_stream(path):  # /dev/stdout may be a file that only the shell could open for writing
            check_writable(path)


def _identities(path: Path) -> set[_Identity]:
    """Return the identities of a file; none for an existing path that is not a regular file."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return {_resolved(path)}
    return {(status.st_dev, status.st_ino), _resolved(path)} if stat.S_ISREG(status.st_mode) else set()


def _resolved(path: Path) -> str:
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):  # the path is relative, and the current folder was deleted
        return os.path.normpath(path)
