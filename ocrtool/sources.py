"""What is to be read: files, the images below folders, standard input; and the names of their outputs."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ocrtool.errors import FolderWithoutImages, InputError, InputUnreadable, reason
from ocrtool.export.files import unique_stems
from ocrtool.imaging.input import MAX_BYTES
from ocrtool.text import natural_key

#: Extensions by which images are known when a folder is walked; a file named by itself may have any.
EXTENSIONS = frozenset(
    (".png", ".jpg", ".jpeg", ".jpe", ".tif", ".tiff", ".webp", ".bmp", ".dib", ".pbm", ".pgm", ".ppm", ".pnm")
)

#: Argument that stands for standard input, and the stem of its output file.
STANDARD_INPUT = "-"
STANDARD_INPUT_STEM = "stdin"


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
