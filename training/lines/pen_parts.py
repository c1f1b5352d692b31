"""Which persons' ink is for training, which for choosing weights, which only for measuring."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from training.datasets.unipen import VALIDATION_STEP
from training.writer.unipen_writers import person_of

#: Files with ink of the same persons, by mark.
FILES = {"char": "unipen-{}.npz", "word": "unipen-words-{}.npz", "line": "unipen-lines-{}.npz"}
#: Marks on which reading is measured.
MEASURED = ("word", "line")


def ink_file(data: Path, mark: str, part: str) -> Path:
    """The file that a part is taken from: validation is a part of the training file."""
    return data / "unipen" / FILES[mark].format("test" if part == "test" else "train")


def name_of(writer: str) -> str:
    """A person's name without the donor's: some persons stand under two donors."""
    return person_of(writer).partition("/")[2].lower() or writer.lower()


def _names(path: Path) -> set[str]:
    if not path.exists():
        return set()
    with np.load(path, allow_pickle=False) as data:
        return {name_of(writer) for writer in np.unique(data["writer"]).tolist()}


def names_of_part(data: Path, part: str) -> set[str]:
    """Names of the persons of "train", "validation" or "test".

    Words and lines of the test part are measured: whoever wrote them is in no other part, in characters neither. Of the
    others every ninth, over all files together, is for validation.
    """
    if part == "test":
        return set().union(*(_names(ink_file(data, mark, "test")) for mark in FILES))
    measured = set().union(*(_names(ink_file(data, mark, "test")) for mark in MEASURED))
    others = sorted(set().union(*(_names(ink_file(data, mark, "train")) for mark in FILES)) - measured)
    held = set(others[::VALIDATION_STEP])
    return held if part == "validation" else set(others) - held


def indices_by_writer(writers: np.ndarray, names: set[str]) -> dict[str, np.ndarray]:
    """Indices of each writer's marks, of the writers with one of these names. writers: (N,) str."""
    found, inverse = np.unique(writers, return_inverse=True)
    order = np.argsort(inverse, kind="stable")
    groups = np.split(order, np.cumsum(np.bincount(inverse))[:-1])
    pairs = zip(found.tolist(), groups, strict=True)
    return {writer: group for writer, group in pairs if name_of(writer) in names}
