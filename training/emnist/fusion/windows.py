"""Windows of text from any position in the books: the character LSTM has to continue from anywhere."""

from __future__ import annotations

from typing import Protocol

import numpy as np


class WindowSizes(Protocol):
    """batch: windows per step; window: symbols of each; class_balanced: share of them drawn by class."""

    @property
    def batch(self) -> int: ...
    @property
    def window(self) -> int: ...
    @property
    def steps_per_epoch(self) -> int: ...
    @property
    def class_balanced(self) -> float: ...


class TextWindows:
    """Batches (symbols (B, T) int32, targets (B, T) int32) by step number, the same for one seed.

    The text is read in a shuffled order, from positions that shift from pass to pass. A share of each batch
    (``class_balanced``) holds instead a position drawn with equal class frequencies: digits and capitals, a fortieth of
    the text but over half of the classes, would hardly be learned otherwise. Raises ValueError for a text shorter than
    two windows.
    """

    def __init__(self, text: np.ndarray, classes: int, sizes: WindowSizes, seed: int) -> None:
        length = sizes.window
        if len(text) < 2 * length + 2:
            raise ValueError(f"a text of {len(text)} characters is too short for windows of {length}")
        self.batch, self.steps_per_epoch = sizes.batch, sizes.steps_per_epoch
        self._text, self._length, self._seed = text, length, seed
        self._balanced = round(sizes.class_balanced * sizes.batch)
        self._chunks = np.random.default_rng(seed).permutation((len(text) - length - 1) // length)
        self._positions = [positions for positions in class_positions(text, classes) if len(positions)]

    def __getitem__(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng((self._seed, step))
        starts = np.concatenate([self._running_starts(step, rng), self._balanced_starts(rng)])
        return windows_at(self._text, starts, self._length)

    def _running_starts(self, step: int, rng: np.random.Generator) -> np.ndarray:
        count = self.batch - self._balanced
        chunk = self._chunks[np.arange(step * count, (step + 1) * count) % len(self._chunks)]
        return np.asarray(chunk * self._length + rng.integers(self._length, size=count), np.int64)

    def _balanced_starts(self, rng: np.random.Generator) -> np.ndarray:
        if not self._positions:
            return np.empty(0, np.int64)
        chosen = rng.integers(len(self._positions), size=self._balanced)
        positions = [self._positions[c][rng.integers(len(self._positions[c]))] for c in chosen]
        starts = np.array(positions, np.int64) - rng.integers(1, self._length + 1, size=len(positions))
        return np.asarray(np.clip(starts, 0, len(self._text) - self._length - 1))


def class_positions(text: np.ndarray, classes: int) -> list[np.ndarray]:
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
