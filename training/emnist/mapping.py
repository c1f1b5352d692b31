"""Splits of EMNIST and the character of each label."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

SPLITS = ("balanced", "byclass", "bymerge", "letters", "digits", "mnist")
PARTS = ("train", "test")

#: Classes of byclass in order, and those of balanced and bymerge: there 15 letters stand for both cases.
BYCLASS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BALANCED = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"
DIGITS = "0123456789"
#: Classes of the letters scheme: each stands for both cases.
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

#: Label byte of an image without a label in this scheme.
NO_LABEL = 255


@dataclass(frozen=True, slots=True)
class LabelMap:
    """numbers: the label of each class in the files, ascending; classes: the class's character.

    A class of both cases has the upper case letter: "A" of letters is "A" and "a".
    Raises ValueError if a number or a character comes twice, or a number is none of 0 to 254.
    """

    numbers: tuple[int, ...]
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.numbers) != len(self.classes) or not self.numbers:
            raise ValueError("as many labels as characters are needed, and one at least")
        if not 0 <= min(self.numbers) <= max(self.numbers) < NO_LABEL:
            raise ValueError(f"labels must lie between 0 and {NO_LABEL - 1}")
        if any(a >= b for a, b in zip(self.numbers, self.numbers[1:], strict=False)):
            raise ValueError("a label comes twice, or labels are not in order")
        twice = sorted({c for c in self.classes if self.classes.count(c) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} stands for two labels")

    def indices(self, labels: np.ndarray, source: Path, none: int | None = None) -> np.ndarray:
        """Class of each label of a file: (N,) int64, -1 where the label is ``none``.

        Raises ValueError that names ``source``, the file, for a label of no class.
        """
        table = np.full(NO_LABEL + 1, -1, np.int64)
        table[list(self.numbers)] = np.arange(len(self.numbers))
        indices: np.ndarray = table[labels]
        wrong = (indices < 0) if none is None else (indices < 0) & (labels != none)
        if wrong.any():
            first = int(np.argmax(wrong))
            raise ValueError(
                f"{source}: label {int(labels[first])} of image {first + 1} is outside of the split's "
                f"{len(self.classes)} classes, labels {self.numbers[0]} to {self.numbers[-1]}"
            )
        return indices

    def classes_of(self, other: LabelMap) -> np.ndarray:
        """For each class of a finer ``other`` the class of this map that holds its character: (K,) int64, -1 = none.

        A character without a class of its own belongs to that of its upper case.
        """
        index_of = {character: i for i, character in enumerate(self.classes)}
        return np.array([index_of.get(c, index_of.get(c.upper(), -1)) for c in other.classes], np.int64)


def default_map(split: str) -> LabelMap:
    """The map of the official files. Raises ValueError for an unknown split."""
    check_split(split)
    characters = {"byclass": BYCLASS, "letters": LETTERS, "digits": DIGITS, "mnist": DIGITS}.get(split, BALANCED)
    first = 1 if split == "letters" else 0
    return LabelMap(tuple(range(first, first + len(characters))), tuple(characters))


def check_split(split: str) -> None:
    """Raises ValueError unless it is one of `SPLITS`."""
    if split not in SPLITS:
        raise ValueError(f"unknown split {split!r}: expected one of {', '.join(SPLITS)}")


def read_map(path: Path) -> LabelMap:
    """A mapping file: on each line a label and the code point of its character (letters: upper case, then lower).

    Raises ValueError with one sentence that names the file (and the line) if it is none; OSError.
    """
    try:
        lines = path.read_text("ascii").splitlines()
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not a mapping file: it is not plain text") from None
    rows = []
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words:
            continue
        if len(words) < 2 or not all(word.isdecimal() for word in words):
            raise ValueError(f"{path}, line {number}: expected a label and the code points of its characters")
        rows.append([int(word) for word in words])
    return map_of_rows(rows, path)


def map_of_rows(rows: list[list[int]], source: Path) -> LabelMap:
    """Map of rows of a label and one or two code points. Raises ValueError that names ``source``, where they stand."""
    rows = sorted(rows)
    try:
        return LabelMap(tuple(row[0] for row in rows), tuple(chr(row[1]) for row in rows))
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{source}: not a mapping of labels to characters: {error}") from None
