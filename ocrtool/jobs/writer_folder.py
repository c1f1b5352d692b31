"""A folder of pages: its sub-folders are known writers, its loose pages are asked about."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ocrtool.errors import UsageError, printable
from ocrtool.jobs.inputs import EXTENSIONS, Source, find_sources, is_folder
from ocrtool.text import natural_key
from ocrtool.writer.answers import UNKNOWN


@dataclass(frozen=True, slots=True)
class KnownSource:
    """One input with pages of a known writer; of a sub-folder without images the folder itself, to fail when read."""

    writer: str
    source: Source


@dataclass(frozen=True, slots=True)
class Collection:
    """Inputs of known writers, and inputs to ask about, each in natural order."""

    known: tuple[KnownSource, ...]
    asked: tuple[Source, ...]

    @property
    def has_writers(self) -> bool:
        """Whether a sub-folder holds images."""
        return any(not is_folder(one.source.name) for one in self.known)

    @property
    def sources(self) -> list[Source]:
        """All inputs, those of known writers first."""
        return [*(one.source for one in self.known), *self.asked]


def collect(arguments: Sequence[str]) -> Collection:
    """What the folders and image files of a command line hold. Raises UsageError for a writer of no possible name."""
    known: list[KnownSource] = []
    loose: list[str] = []
    for argument in arguments:
        folders, images = _listed(argument) if is_folder(argument) else ([], [argument])
        for folder in folders:
            writer = _writer(folder)
            known += [KnownSource(writer, source) for source in find_sources([folder])]
        loose += images
    return Collection(tuple(known), tuple(find_sources(loose)))


def _listed(folder: str) -> tuple[list[str], list[str]]:
    """Sub-folders and images in a folder; the folder itself if it has neither, or cannot be listed, to fail later."""
    try:
        names = [name for name in os.listdir(folder) if not name.startswith(".")]  # noqa: PTH208 - "./a" stays so
    except OSError:
        return [], [folder]
    paths = sorted((os.path.join(folder, name) for name in names), key=natural_key)  # noqa: PTH118
    folders = [path for path in paths if is_folder(path)]
    images = [path for path in paths if not is_folder(path) and Path(path).suffix.lower() in EXTENSIONS]
    return folders, images if folders or images else [folder]


def _writer(folder: str) -> str:
    """The name of a writer: that of the folder, the same in whichever way a system composes its letters."""
    name = unicodedata.normalize("NFC", printable(Path(folder).name))
    if name.casefold() == UNKNOWN:
        raise UsageError(f"{printable(folder)}: no writer can be called {UNKNOWN}, the answer for all others")
    return name
