"""Images with their labels, ready to learn from: upright, ink bright, labels counted from 0."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass

import numpy as np

from training.datasets.cache import cache_folder, room_for
from training.emnist.idx import SIDE

#: Chosen images of up to this size, in bytes, are copied to memory; more go to an unnamed file, mapped into memory.
COPY_TO_MEMORY = 256 << 20
#: Images copied at a time.
BLOCK = 8192
#: Share of each class of the train images that is held out to choose weights by.
VALIDATION_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class LabelledImages:
    """images: (N, 28, 28) uint8, upright, ink bright; labels: (N,) int64, index of the class in ``classes``.

    The images may be read-only, transposed views, and mapped from disk: copy only what a batch needs. A class of both
    cases is named by the upper case letter. Raises ValueError if the arrays do not fit together.
    """

    images: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.images.dtype != np.uint8 or self.images.ndim != 3 or self.images.shape[1:] != (SIDE, SIDE):
            raise ValueError(f"images are {self.images.shape} {self.images.dtype}, expected (N, {SIDE}, {SIDE}) uint8")
        if self.labels.dtype != np.int64 or self.labels.shape != self.images.shape[:1]:
            raise ValueError(f"{len(self.images)} images, but labels are {self.labels.shape} {self.labels.dtype}")
        if self.labels.size and not 0 <= self.labels.min() <= self.labels.max() < len(self.classes):
            raise ValueError(f"labels must lie between 0 and {len(self.classes) - 1}")

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, index: np.ndarray) -> LabelledImages:
        """The images selected by a mask or by indices, in that order; a contiguous copy."""
        numbers = np.arange(len(self))[index]
        return LabelledImages(_gather(self.images, numbers), self.labels[numbers], self.classes)

    def counts(self) -> np.ndarray:
        """Images of each class: (C,) int64."""
        return np.bincount(self.labels, minlength=len(self.classes))


def _gather(images: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Selected images, in memory or, if there are many, in an unnamed file that lives as long as the array."""
    if len(numbers) * SIDE * SIDE <= COPY_TO_MEMORY:
        return np.ascontiguousarray(images[numbers])
    with room_for("chosen images"), tempfile.TemporaryFile(dir=cache_folder()) as file:
        for start in range(0, len(numbers), BLOCK):
            file.write(np.ascontiguousarray(images[numbers[start : start + BLOCK]]).tobytes())
        file.flush()
        return np.memmap(file, np.uint8, "r", shape=(len(numbers), SIDE, SIDE))


def random_subset(data: LabelledImages, limit: int | None, seed: int) -> LabelledImages:
    """At most ``limit`` images, drawn at random; all of them for None."""
    if limit is None or limit >= len(data):
        return data
    return data.take(np.sort(np.random.default_rng(seed).choice(len(data), limit, replace=False)))


def split_validation(data: LabelledImages, share: float, seed: int) -> tuple[LabelledImages, LabelledImages]:
    """Split the images at random into a training part and a validation part of ``share`` of each class.

    The same seed gives the same parts; in each, images keep their order. A class of two or more images has at least one
    in both parts. Raises ValueError unless 0 < share < 1.
    """
    if not 0.0 < share < 1.0:
        raise ValueError(f"the validation share must lie between 0 and 1, not {share}")
    rng = np.random.default_rng(seed)
    held = np.zeros(len(data), bool)
    for number in range(len(data.classes)):
        members = np.flatnonzero(data.labels == number)
        if len(members) >= 2:
            wanted = min(max(round(share * len(members)), 1), len(members) - 1)
            held[rng.choice(members, wanted, replace=False)] = True
    return data.take(~held), data.take(held)


def one_hot(labels: np.ndarray, count: int) -> np.ndarray:
    """(N, count) float32, 1 at each label. Raises ValueError for a label outside of 0 to count - 1."""
    labels = np.asarray(labels)
    if labels.size and not 0 <= labels.min() <= labels.max() < count:
        raise ValueError(f"labels must lie between 0 and {count - 1}")
    rows = np.zeros((len(labels), count), np.float32)
    rows[np.arange(len(labels)), labels] = 1.0
    return rows
