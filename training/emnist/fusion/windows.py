"""Windows of text from anywhere in the books, for the character LSTM: it has to read on from any place."""

from __future__ import annotations

import numpy as np


class TextWindows:
    """Batches (symbols (B, T) int32, next symbols (B, T) int32) by number of step, the same for one seed.

    The text is gone through in a shuffled order, from places that shift from pass to pass. A ``level`` share of each
    batch instead holds a place drawn evenly by class: digits and capitals, a fortieth of the text but over half of the
    classes, would hardly be learned otherwise. An epoch is ``steps_per_epoch`` batches. Raises ValueError for a text
    shorter than two windows.
    """

    def __init__(
        self, text: np.ndarray, classes: int, batch: int, length: int, steps_per_epoch: int, seed: int, level: float
    ) -> None:
        if len(text) < 2 * length + 2:
            raise ValueError(f"a text of {len(text)} characters is too short for windows of {length}")
        self.batch, self.steps_per_epoch = batch, steps_per_epoch
        self._text, self._length, self._seed, self._levelled = text, length, seed, round(level * batch)
        self._chunks = np.random.default_rng(seed).permutation((len(text) - length - 1) // length)
        self._places = [places for places in class_places(text, classes) if len(places)]

    def __getitem__(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng((self._seed, step))
        return windows_at(self._text, np.concatenate([self._running(step, rng), self._level(rng)]), self._length)

    def _running(self, step: int, rng: np.random.Generator) -> np.ndarray:
        count = self.batch - self._levelled
        chunk = self._chunks[np.arange(step * count, (step + 1) * count) % len(self._chunks)]
        return chunk * self._length + rng.integers(self._length, size=count)

    def _level(self, rng: np.random.Generator) -> np.ndarray:
        chosen = rng.integers(len(self._places), size=self._levelled) if self._places else []
        places = [self._places[c][rng.integers(len(self._places[c]))] for c in chosen]
        starts = np.array(places, np.int64) - rng.integers(1, self._length + 1, size=len(places))
        return np.clip(starts, 0, len(self._text) - self._length - 1)


def class_places(text: np.ndarray, classes: int) -> list[np.ndarray]:
    """For each class, where in ``text`` (N,) it stands: (n,) int64, ascending."""
    order = np.argsort(text, kind="stable")
    ends = np.searchsorted(text[order], np.arange(classes + 1))
    return [order[ends[c] : ends[c + 1]] for c in range(classes)]


def windows_at(text: np.ndarray, starts: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Symbols (N, length) int32 from each start on, and the symbols that follow each of them."""
    ids = text[starts[:, None] + np.arange(length + 1)].astype(np.int32)
    return ids[:, :-1], ids[:, 1:]


def fixed_windows(text: np.ndarray, length: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """``count`` windows evenly spread over ``text``, always the same; fewer where the text is short."""
    length = min(length, len(text) - 1)
    starts = np.linspace(0, len(text) - length - 1, min(count, max(1, len(text) // length))).astype(np.int64)
    return windows_at(text, starts, length)
