"""Batches of windows of a corpus: each begins at the start of a line, as the beam search does."""

from __future__ import annotations

import numpy as np

from training.language.corpus import Corpus
from training.language.languages import Recipe


class CorpusWindows:
    """`training.fit.Batches` of symbols (B, T) int32 and next symbols (B, T) int32; the same for one seed.

    The text is gone through in a shuffled order without repeats.
    """

    def __init__(self, corpus: Corpus, recipe: Recipe, seed: int) -> None:
        self.steps_per_epoch = recipe.steps_per_epoch
        self._corpus, self._batch, self._length, self._seed = corpus, recipe.batch, recipe.window, seed
        self._order = np.random.default_rng(seed).permutation(corpus.chunks(self._length))

    def __getitem__(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng((self._seed, step))
        chunks = self._order[np.arange(step * self._batch, (step + 1) * self._batch) % len(self._order)]
        return inputs_and_targets(np.stack([self._corpus.window(int(c), self._length, rng) for c in chunks]))


def inputs_and_targets(windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Symbols (N, T) int32 of windows (N, T + 1), and the symbols that follow them."""
    ids = windows.astype(np.int32)
    return ids[:, :-1], ids[:, 1:]
