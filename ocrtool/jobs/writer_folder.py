"""A folder of pages: each sub-folder holds one known writer's pages; loose pages are queries."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ocrtool.errors import UsageError, printable
from ocrtool.imaging.limits import Limits
from ocrtool.jobs.inputs import PassedOver, Source, images_below, images_of, is_folder, make_sources, within
from ocrtool.text import natural_key
from ocrtool.writer.answers import UNKNOWN


@dataclass(frozen=True, slots=True)
class Collection:
    """Inputs of known writers, and queries (pages to identify), each in natural order.

    For a sub-folder without images, the folder itself is the source, which fails when it is read.
    """

    known: tuple[Source, ...]
    queries: tuple[Source, ...]
    passed_over: PassedOver

    def within(self, limits: Limits) -> Collection:
        """Return the collection with bounds of what is read of each input."""
        return replace(self, known=within(self.known, limits), queries=within(self.queries, limits))

    @property
    def has_writers(self) -> bool:
        """True if a sub-folder holds images."""
        return any(not is_folder(source.name) for source in self.known)

    @property
    def sources(self) -> tuple[Source, ...]:
        """All inputs, those of known writers first."""
        return self.known + self.queries


def collect(arguments: Sequence[str]) -> Collection:
    """Collect the inputs of folders and image files. Raises UsageError for a writer with a reserved name."""
    passed_over = PassedOver()
    known: list[Source] = []
    loose: list[str] = []
    for argument in arguments:
        folders, images = _listed(argument, passed_over) if is_folder(argument) else ([], [argument])
        for folder in folders:
            writer = _writer(folder)
            known += [replace(source, writer=writer) for source in make_sources(images_below(folder, passed_over))]
        loose += images
    return Collection(tuple(known), tuple(make_sources(loose)), passed_over)


def _listed(folder: str, passed_over: PassedOver) -> tuple[list[str], list[str]]:
    """List sub-folders and images in a folder; the folder itself if it has neither or cannot be listed."""
    try:
        names = [name for name in os.listdir(folder) if not name.startswith(".")]  # noqa: PTH208 - "./a" stays so
    except OSError:
        return [], [folder]
    folders = [path for name in names if is_folder(path := os.path.join(folder, name))]  # noqa: PTH118
    images = images_of(folder, names, passed_over)
    return sorted(folders, key=natural_key), sorted(images, key=natural_key) if folders or images else [folder]


def _writer(folder: str) -> str:
    """Return the writer's name: the folder's name in NFC, whatever the file system's Unicode form."""
    name = unicodedata.normalize("NFC", printable(Path(folder).name))
    if name.casefold() == UNKNOWN:
        raise UsageError(f"{printable(folder)}: {UNKNOWN} cannot be a writer's name, since it stands for all others")
    return name
