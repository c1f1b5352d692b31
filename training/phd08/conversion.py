"""Settings and results of a conversion of a PHD08 database."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from training.phd08.files import Source
from training.phd08.shards import Shape
from training.phd08.text_form import Fault

#: Endings of an output that mean one HDF5 file.
HDF5_ENDINGS = (".h5", ".hdf5")


@dataclass(frozen=True, slots=True)
class Conversion:
    """sources: files in the order of labels; batch: files per .npy pair; pictures: also PNGs; jobs: processes."""

    sources: tuple[Source, ...]
    out: Path
    shape: Shape = field(default_factory=Shape)
    one_hot: bool = False
    batch: int = 2
    pictures: bool = False
    jobs: int = 1

    @property
    def in_hdf5(self) -> bool:
        return self.out.suffix.lower() in HDF5_ENDINGS

    @property
    def shards(self) -> Path:
        """Folder of converted files that are not yet in the output."""
        return self.out.with_name(f".{self.out.name}.shards")

    @property
    def picture_folder(self) -> Path | None:
        """Folder of PNGs, with one folder per character."""
        if not self.pictures:
            return None
        return self.out.with_name(f"{self.out.stem}-png") if self.in_hdf5 else self.out / "png"

    def description(self) -> dict[str, Any]:
        """All that determines the output, for JSON: equal descriptions give equal outputs."""
        return {
            **asdict(self.shape),
            "one_hot": self.one_hot,
            "batch": None if self.in_hdf5 else self.batch,
            "pictures": self.pictures,
            "classes": [source.character for source in self.sources],
            "files": [[source.path.name, source.size, source.changed] for source in self.sources],
        }


@dataclass(frozen=True, slots=True)
class Done:
    """A file that the output holds: how many samples of it, and what was damaged."""

    samples: int
    faults: list[Fault]


class Form(Protocol):
    """One way to store samples. Made with a Conversion; raises ValueError if another one's output is in its place."""

    def done(self) -> dict[str, Done]:
        """Characters whose file the output holds already."""

    def add(self, label: int, shard: Path) -> None:
        """Take the shard of the file with this label; labels come in order, those done left out."""

    def finish(self) -> None:
        """Complete the output; all files have been added or were done."""


def other_conversion(path: Path) -> ValueError:
    """The error of a place that is taken by other output."""
    return ValueError(f"{path} was made from other files or with other options: remove it, or name another output")
