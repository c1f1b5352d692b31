"""Batches of labelled characters: every image once per epoch, in an order fixed by the seed."""

from __future__ import annotations

import numpy as np

from training.emnist.augment import Augmentation, augment
from training.emnist.labelled import LabelledImages


def as_input(images: np.ndarray) -> np.ndarray:
    """``images`` (B, 28, 28) uint8 as the models take them: (B, 28, 28, 1) float32 in 0..255."""
    return np.ascontiguousarray(images, dtype=np.float32)[..., None]


class Shuffle:
    """Which of ``count`` examples step k shows: each once per epoch, in an order fixed by the seed.

    Examples left over after the last whole batch are skipped in that epoch.
    """

    def __init__(self, count: int, batch: int, seed: int) -> None:
        if count < 1:
            raise ValueError("no images to train on")
        self._count, self._batch, self._seed = count, min(batch, count), seed
        self.steps_per_epoch = count // self._batch
        self._order_of = -1
        self._order = np.empty(0, np.int64)

    def chosen(self, step: int) -> tuple[int, np.ndarray]:
        """Number of the epoch, and the indices of the examples, ascending: (B,) int64."""
        epoch, index = divmod(step, self.steps_per_epoch)
        if epoch != self._order_of:
            self._order = np.random.default_rng((self._seed, epoch)).permutation(self._count)
            self._order_of = epoch
        return epoch, np.sort(self._order[index * self._batch : (index + 1) * self._batch])


def shown(images: np.ndarray, augmentation: Augmentation | None, seed: int, step: int) -> np.ndarray:
    """Images (B, 28, 28) uint8 as step ``step`` shows them: augmented if an augmentation is given, as input."""
    if augmentation is not None:
        images = augment(images, np.random.default_rng((seed, 1, step)), augmentation)
    return as_input(images)


class ImageBatches:
    """`training.fit.Batches` of images (B, 28, 28, 1) float32 and labels (B,) int64.

    augmentation: applied each time images are shown; None shows them unchanged.
    """

    def __init__(self, data: LabelledImages, batch: int, seed: int, augmentation: Augmentation | None = None) -> None:
        self._data, self._seed, self._augmentation = data, seed, augmentation
        self._shuffle = Shuffle(len(data), batch, seed)
        self.steps_per_epoch = self._shuffle.steps_per_epoch

    def __getitem__(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        _, chosen = self._shuffle.chosen(step)
        images = np.asarray(self._data.images[chosen])
        return shown(images, self._augmentation, self._seed, step), self._data.labels[chosen]
