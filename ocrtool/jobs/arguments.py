"""Arguments that stand for inputs: files, folders, patterns, URLs, lists of them, and names on standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence

from ocrtool.errors import InputError, UsageError
from ocrtool.imaging.input import read_stream
from ocrtool.imaging.limits import MAX_BYTES
from ocrtool.jobs.remote import is_url
from ocrtool.text import natural_key

#: First character of an argument that names a list; ./@name is a file that is called so.
LIST = "@"
#: Argument that stands for standard input.
STANDARD_INPUT = "-"
_MAGIC = frozenset("*?[")


def expand(arguments: Sequence[str], from0: bool = False) -> list[str]:
    """Replace lists and patterns by the names that they stand for, in order.

    ``@LIST`` is a file with one name a line, ``@-`` one on standard input; from0: names follow on standard input, each
    ended by a NUL. What a list names is taken as it is: it is no option, no pattern, no list and not standard input.
    Raises UsageError for a list that cannot be read, and if standard input is used twice.
    """
    users = [argument for argument in arguments if argument in (STANDARD_INPUT, LIST + STANDARD_INPUT)]
    if len(users) + from0 > 1:
        raise UsageError("standard input can be used only once")
    names: list[str] = []
    for argument in arguments:
        if argument.startswith(LIST) and len(argument) > 1:
            names += _listed(argument)
        elif argument == STANDARD_INPUT or is_url(argument):
            names.append(argument)
        else:
            names += _matches(argument)
    return names + (list(_names(read_standard_input(), b"\0")) if from0 else [])


def read_standard_input() -> bytes:
    """Read standard input; empty if it is closed."""
    return sys.stdin.buffer.read(MAX_BYTES) if sys.stdin is not None else b""


def read_standard_image() -> bytes:
    """Read an image or PDF from standard input; only its first bytes if it is something else, and may never end."""
    return read_stream(sys.stdin.buffer) if sys.stdin is not None else b""


def _listed(argument: str) -> Iterator[str]:
    from pathlib import Path

    from ocrtool.imaging.input import read_bytes

    name = argument[len(LIST) :]
    try:
        data = read_standard_input() if name == STANDARD_INPUT else read_bytes(Path(name), argument)
    except InputError as error:
        hint = "" if os.path.lexists(name) or not os.path.lexists(argument) else f"; name the file ./{argument}"
        raise UsageError(f"{error}{hint}") from error
    return _names(data.replace(b"\r\n", b"\n"), b"\n")


def _names(data: bytes, end: bytes) -> Iterator[str]:
    """Decode names that end in ``end``, as the system does it; one that reads - is a file of that name."""
    for name in data.split(end):
        if name:
            yield os.path.join(os.curdir, STANDARD_INPUT) if name == b"-" else os.fsdecode(name)  # noqa: PTH118


def _matches(argument: str) -> list[str]:
    """Return what a pattern matches, in natural order, as a shell with ``**`` would; else the argument itself."""
    if _MAGIC.isdisjoint(argument) or os.path.lexists(argument):
        return [argument]
    from glob import glob

    return sorted(glob(argument, recursive=True), key=natural_key) or [argument]  # noqa: PTH207 - "./a" stays so
