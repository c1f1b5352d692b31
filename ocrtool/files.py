"""Output: files, their names never the same for two inputs, written whole or not at all; and standard output."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ocrtool.errors import OutputError, UsageError, printable, reason


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """A binary file that takes the place of ``path`` when the block ends well, and leaves no trace otherwise.

    Raises OutputError. The temporary file stands in the same folder, so that the rename is one step.
    """
    try:
        handle, partial = tempfile.mkstemp(prefix=".ocrtool-", suffix=".part", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
            Path(partial).chmod(0o666 & ~_umask())
            Path(partial).replace(path)
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(f"{printable(str(path))}: cannot be written: {reason(error)}") from error


def make_folder(path: Path) -> None:
    """Make ``path`` and what is above it, if it is not there. Raises UsageError if it is a file; OutputError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise UsageError(f"{printable(str(path))} is a file, but a folder is needed") from error
    except OSError as error:
        raise OutputError(f"{printable(str(path))}: the folder cannot be made: {reason(error)}") from error


def write_stream(parts: Iterable[str], out: BinaryIO | None) -> None:
    """Write ``parts`` to standard output as they come. Raises OutputError, also if it is closed; BrokenPipeError."""
    if out is None:
        raise OutputError("standard output is closed")
    for part in parts:
        try:
            write_utf8([part], out)
            out.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(f"standard output: cannot be written: {reason(error)}") from error


def write_utf8(parts: Iterable[str], file: BinaryIO) -> None:
    """Write ``parts`` as UTF-8."""
    for part in parts:
        # Bytes of file names that are no UTF-8 come as lone surrogates, for which JSON has an escape.
        file.write(part.encode("utf-8", "backslashreplace"))


def unique_stems(paths: Sequence[Path]) -> list[str]:
    """A file name without extension for each input, all different even where case does not count.

    The stem if no other input has it; else the whole name (scan.png beside scan.jpg), else the parent folder's name
    before it, and last a number. Depends on nothing but ``paths`` and their order.
    """
    candidates = [(p.stem, p.name, _below(p, p.stem), _below(p, p.name)) for p in paths]
    counts = [Counter(_same(c[kind]) for c in candidates) for kind in range(4)]
    taken = {stem for stem, count in counts[0].items() if count == 1}
    stems = []
    for candidate in candidates:
        stem = candidate[0]
        if counts[0][_same(stem)] > 1:
            unique = (c for kind, c in enumerate(candidate) if counts[kind][_same(c)] == 1)
            stem = next((c for c in unique if _same(c) not in taken), None) or _numbered(stem, taken)
            taken.add(_same(stem))
        stems.append(stem)
    return stems


def _below(path: Path, name: str) -> str:
    return f"{path.parent.name}_{name}" if path.parent.name else name


def _numbered(stem: str, taken: set[str]) -> str:
    number = 1
    while _same(f"{stem}-{number}") in taken:
        number += 1
    return f"{stem}-{number}"


def _same(name: str) -> str:
    return name.casefold()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
