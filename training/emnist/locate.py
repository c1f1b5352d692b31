"""Find the files of EMNIST in a folder or in the sub-folders that the archives unpack to."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

#: The folder itself; then those of the official archives, of Kaggle's, of torchvision, and common names.
SUBFOLDERS = (
    ".",
    "gzip",
    "matlab",
    "emnist_source_files",
    "raw",
    "EMNIST/raw",
    "MNIST/raw",
    "archive",
    "csv",
    "emnist",
    "emnist/gzip",
    "emnist/matlab",
    "mnist",
)


def find_file(folder: Path, names: Iterable[str]) -> Path | None:
    """First file of one of these names, with or without ``.gz`` (but MATLAB's), in the folder or its sub-folders."""
    names = [name + end for name in names for end in (("",) if name.endswith(".mat") else ("", ".gz"))]
    candidates = (folder / subfolder / name for subfolder in SUBFOLDERS for name in names)
    return next((path for path in candidates if path.is_file()), None)


def beside(path: Path, name: str) -> Path:
    """The file ``name``, with or without ``.gz``, in the folder of ``path``. Raises FileNotFoundError."""
    for candidate in (path.with_name(name), path.with_name(f"{name}.gz")):
        if candidate.is_file():
            return candidate
    raise FileNotFoundError(f"{path} has no {name} (or {name}.gz) beside it")
