"""Frames of a CTC reader written by hand, and a language model of pairs."""

from __future__ import annotations

import numpy as np

from ocrtool.charset import LINE_START, Labels
from ocrtool.decode.alphabet import Alphabet

CHARACTERS = " abcdlhe8B"
SYMBOLS = Labels(LINE_START + CHARACTERS)
ALPHABET = Alphabet.from_symbols(CHARACTERS[1:], SYMBOLS)


class Bigrams:
    """A language model that knows what follows a character. state: (B, 1), the last symbol. steps: rows stepped."""

    def __init__(self, log_probs: np.ndarray) -> None:
        self.symbols, self.log_probs, self.steps = SYMBOLS, log_probs, 0

    @classmethod
    def favouring(cls, *pairs: str) -> Bigrams:
        table = np.full((len(SYMBOLS), len(SYMBOLS)), 1.0)
        for first, second in pairs:
            table[SYMBOLS.index(first), SYMBOLS.index(second)] = 300.0
        return cls(np.log(table / table.sum(axis=1, keepdims=True)).astype(np.float32))

    def start(self, rows: int) -> np.ndarray:
        return np.zeros((rows, 1), np.float32)

    def step(self, symbols: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        self.steps += len(symbols)
        return self.log_probs[symbols], symbols[:, None].astype(np.float32)


def frames(*rows: str | dict[str, float]) -> np.ndarray:
    """Build (T, C) log-probabilities. A row: the sure label, ``_`` for the blank, or probabilities of several."""
    names = "_" + CHARACTERS
    probs = np.full((len(rows), len(names)), 1e-7)
    for row, given_ in zip(probs, rows, strict=True):
        for name, p in ({given_: 1.0} if isinstance(given_, str) else given_).items():
            row[names.index(name)] = p
    return np.log(probs / probs.sum(axis=1, keepdims=True)).astype(np.float32)
