"""Batches of windows of a corpus: each begins at the start of a line, as the beam search does."""

from __future__ import annotations

import keras
import numpy as np

from training.language.corpus import Corpus
from training.language.languages import Recipe


class CorpusWindows(keras.utils.PyDataset):  # type: ignore[misc]  # Keras has no types
    """Batches (symbols (B, T) int32, next symbols (B, T) int32), made as they are asked for; the same for one seed.

    The text is gone through in a shuffled order without repeats; an epoch is ``steps_per_epoch`` batches. first: the
    batch to begin with, so that a resumed run goes on where it stopped.
    """

    def __init__(self, corpus: Corpus, recipe: Recipe, seed: int, first: int = 0) -> None:
        super().__init__(workers=1)
        self.steps_per_epoch = recipe.steps_per_epoch
        self._corpus, self._batch, self._length, self._seed = corpus, recipe.batch, recipe.window, seed
        self._first = first
        self._order = np.random.default_rng(seed).permutation(corpus.chunks(self._length))

    def __len__(self) -> int:
        return self.steps_per_epoch

    def on_epoch_end(self) -> None:
        """Go on where the last epoch ended."""
        self._first += self.steps_per_epoch

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        number = self._first + index
        rng = np.random.default_rng((self._seed, number))
        chunks = self._order[np.arange(number * self._batch, (number + 1) * self._batch) % len(self._order)]
        return inputs_and_targets(np.stack([self._corpus.window(int(c), self._length, rng) for c in chunks]))


def inputs_and_targets(windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Symbols (N, T) int32 of windows (N, T + 1), and the symbols that follow them."""
    ids = windows.astype(np.int32)
    return ids[:, :-1], ids[:, 1:]
