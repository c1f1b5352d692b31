"""What is to be read: files, the images below folders, standard input; and the names of their outputs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ocrtool.errors import (
    FolderWithoutImages,
    InputError,
    InputUnreadable,
    OcrToolError,
    ReadingFailed,
    UsageError,
    printable,
    reason,
)
from ocrtool.files import unique_stems
from ocrtool.imaging.input import MAX_BYTES, InputPage, read_pages
from ocrtool.text import natural_key

#: Extensions by which images are known when a folder is walked; a file named by itself may have any.
EXTENSIONS = frozenset(
    (".png", ".jpg", ".jpeg", ".jpe", ".tif", ".tiff", ".webp", ".bmp", ".dib", ".pbm", ".pgm", ".ppm", ".pnm")
)

#: Argument that stands for standard input, and the stem of its output file.
STANDARD_INPUT = "-"
STANDARD_INPUT_STEM = "stdin"

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Source:
    """One input. ``stem`` names its outputs, unlike any other's; ``data`` holds what came by standard input."""

    name: str
    path: Path
    stem: str
    data: bytes | None = None


def find_sources(arguments: Sequence[str]) -> list[Source]:
    """Inputs in the order of the arguments; a folder stands for the images below it, in natural order.

    A folder without images, or one that cannot be listed, stays itself, to fail when it is read.
    """
    names: list[str] = []
    for argument in arguments:
        names += _images_below(argument) if is_folder(argument) else [argument]
    stems = unique_stems([Path(STANDARD_INPUT_STEM if name == STANDARD_INPUT else name) for name in names])
    return [
        Source(name, Path(name), stem, _standard_input() if name == STANDARD_INPUT else None)
        for name, stem in zip(names, stems, strict=True)
    ]


def is_folder(argument: str) -> bool:
    """Whether a command line argument stands for the images of a folder."""
    return argument != STANDARD_INPUT and os.path.isdir(argument)  # noqa: PTH112 - Path.is_dir raises if it may not look


def attempt(source: Source, work: Callable[[Iterator[InputPage]], Made]) -> Made | InputError:
    """What ``work`` makes of the pages of an input, or why it could not: a defect met on one must not cost the others.

    Raises OcrToolError other than InputError: what is wrong with more than this input.
    """
    try:
        if is_folder(source.name):
            raise unusable_folder(source)
        return work(read_pages(source.path if source.data is None else source.data, source.name))
    except InputError as error:
        return error
    except OcrToolError:
        raise
    except Exception as error:  # noqa: BLE001 - a defect of ours, told as the failure of this input
        return ReadingFailed(source.name, f"internal error: {type(error).__name__}: {error}")


def check_outputs(sources: Sequence[Source], outputs: Iterable[Path | None], also: Path | None = None) -> None:
    """Raise UsageError if an output could not be a file, or would take the place of an input or of the other one.

    also: an input that is no image.
    """
    inputs = {source.path.resolve() for source in sources if source.data is None}
    inputs |= {also.resolve()} if also is not None else set()
    taken: set[Path] = set()
    for path in (output for output in outputs if output is not None):
        if is_folder(str(path)):
            raise UsageError(f"{printable(str(path))} is a folder, but one file is written")
        if not is_folder(str(path.parent)):
            raise UsageError(f"{printable(str(path.parent))}: no such folder, so no output file can be made there")
        if path.resolve() in inputs:
            raise UsageError(f"{printable(str(path))} is an input; an output never takes its place")
        if path.resolve() in taken:
            raise UsageError(f"{printable(str(path))} is named for two outputs")
        taken.add(path.resolve())


def unusable_folder(source: Source) -> InputError:
    """Why a folder that stands for itself in the list of inputs cannot be read."""
    try:
        os.scandir(source.path).close()
    except OSError as error:
        return InputUnreadable(source.name, f"cannot be listed: {reason(error)}")
    return FolderWithoutImages(source.name, "the folder holds no images")


def _standard_input() -> bytes:
    """What comes by standard input; nothing if it is closed."""
    return sys.stdin.buffer.read(MAX_BYTES) if sys.stdin is not None else b""


def _images_below(folder: str) -> list[str]:
    found: list[str] = []
    closed: list[OSError] = []
    for where, folders, files in os.walk(folder, onerror=closed.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        names = (name for name in files if not name.startswith(".") and Path(name).suffix.lower() in EXTENSIONS)
        found += [os.path.join(where, name) for name in names]  # noqa: PTH118 - "./a" stays as the user wrote it
    found += [str(error.filename) for error in closed]
    return sorted(found, key=natural_key) or [folder]
