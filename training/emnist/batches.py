"""Batches of labelled characters: every image once an epoch, in an order that the seed decides."""

from __future__ import annotations

import numpy as np

from training.emnist.augment import Policy, augment
from training.emnist.labelled import LabelledImages


def as_input(images: np.ndarray) -> np.ndarray:
    """``images`` (B, 28, 28) uint8 as the models take them: (B, 28, 28, 1) float32 in 0..255."""
    return np.ascontiguousarray(images, dtype=np.float32)[..., None]


class ImageBatches:
    """Step k's batch, the same for the same seed whatever was asked for before: a resumed run sees what it would have.

    policy: how images are varied each time they are shown; None shows them as they are.
    """

    def __init__(self, data: LabelledImages, batch: int, seed: int, policy: Policy | None = None) -> None:
        if not len(data):
            raise ValueError("no images to train on")
        self._data, self._batch, self._seed, self._policy = data, min(batch, len(data)), seed, policy
        self._order_of = -1
        self._order = np.empty(0, np.int64)

    @property
    def steps_per_epoch(self) -> int:
        """Whole batches an epoch; what is left over waits for another epoch's order."""
        return len(self._data) // self._batch

    @property
    def batch(self) -> int:
        """Images a step."""
        return self._batch

    def __getitem__(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        """Images (B, 28, 28, 1) float32 and labels (B,) int64."""
        epoch, index = divmod(step, self.steps_per_epoch)
        if epoch != self._order_of:
            self._order = np.random.default_rng((self._seed, epoch)).permutation(len(self._data))
            self._order_of = epoch
        chosen = np.sort(self._order[index * self._batch : (index + 1) * self._batch])
        images = np.asarray(self._data.images[chosen])
        if self._policy is not None:
            images = augment(images, np.random.default_rng((self._seed, 1, step)), self._policy)
        return as_input(images), self._data.labels[chosen]
