"""Examples of the fusion network: features of images, or images, each with the text scores of a context."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.emnist.augment import STANDARD, Augmentation, augment
from training.emnist.batches import Shuffle, shown
from training.emnist.labelled import LabelledImages

#: Images augmented at a time.
CHUNK = 1024


@dataclass(frozen=True, slots=True)
class Paired:
    """inputs: (N, F) float32 features, or (N, 28, 28) uint8 images; scores: (N, C) float32; labels: (N,) int64.

    Raises ValueError if they differ in length.
    """

    inputs: np.ndarray
    scores: np.ndarray
    labels: np.ndarray

    def __post_init__(self) -> None:
        if not len(self.inputs) == len(self.scores) == len(self.labels):
            raise ValueError(f"{len(self.inputs)} inputs, {len(self.scores)} scores, {len(self.labels)} labels")

    def __len__(self) -> int:
        return len(self.labels)


class PairedBatches:
    """`training.fit.Batches` of pairs.

    ``copies`` hold the same images in the same order, each with other contexts, and features of other variants of the
    images; epochs cycle through the copies. augmentation: of the inputs where they are images.
    """

    def __init__(self, copies: list[Paired], batch: int, seed: int, augmentation: Augmentation | None = None) -> None:
        if not copies or len({len(copy) for copy in copies}) > 1:
            raise ValueError("no images to train on, or copies of different length")
        self._copies, self._seed, self._augmentation = copies, seed, augmentation
        self._shuffle = Shuffle(len(copies[0]), batch, seed)
        self.steps_per_epoch = self._shuffle.steps_per_epoch

    def __getitem__(self, step: int) -> tuple[list[np.ndarray], np.ndarray]:
        """[features or images, scores] and labels (B,) int64."""
        epoch, chosen = self._shuffle.chosen(step)
        data = self._copies[epoch % len(self._copies)]
        inputs = data.inputs[chosen]
        if inputs.ndim == 3:
            inputs = shown(inputs, self._augmentation, self._seed, step)
        return [inputs, data.scores[chosen]], data.labels[chosen]


def augmented(images: LabelledImages, copy: int, seed: int) -> np.ndarray:
    """The images (N, 28, 28) uint8 of copy number ``copy``: the first unchanged, the others augmented."""
    if copy == 0:
        return images.images
    rng = np.random.default_rng((seed, copy))
    starts = range(0, len(images), CHUNK)
    return np.concatenate([augment(np.asarray(images.images[i : i + CHUNK]), rng, STANDARD) for i in starts])
