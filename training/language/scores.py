"""Measure a character language model: bits per character and share of next characters guessed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from ocrtool.charset import LINE_START
from ocrtool.decode.language_model import CharacterModel, log_softmax
from training.language.corpus import load_hand_printed_names
from training.language.fold_text import encode
from training.language.lm_windows import fixed_windows

#: Windows of test text: lines read from the zero state as in decoding, and running text as models are mostly measured.
LINE_LENGTH, LINE_WINDOWS = 80, 2000
RUNNING_LENGTH, RUNNING_WINDOWS = 800, 200


@dataclass(frozen=True, slots=True)
class HeldOutText:
    """Symbols (N, T) int32, the symbols that follow them, and where these count, (N, T) bool."""

    symbols: np.ndarray
    following: np.ndarray
    counted: np.ndarray

    @classmethod
    def windows(cls, text: str, length: int, count: int) -> HeldOutText:
        """Windows of book text, all counted."""
        symbols, following = fixed_windows(text, length, count)
        return cls(symbols, following, np.ones(symbols.shape, bool))

    @classmethod
    def lines(cls, lines: list[str]) -> HeldOutText:
        """Each line by itself, from its first character to its end, which counts as one."""
        length = max(map(len, lines)) + 2
        ids = np.stack([encode(LINE_START + line + LINE_START * (length - 1 - len(line))) for line in lines])
        counted = np.arange(length - 1)[None] <= np.array([len(line) for line in lines])[:, None]
        return cls(ids[:, :-1].astype(np.int32), ids[:, 1:].astype(np.int32), counted)

    def measure(self, log_probs_of: Callable[[np.ndarray], np.ndarray]) -> dict[str, float]:
        """Scores of a model: ``log_probs_of`` symbols (N, T) are (N, T, symbols)."""
        return self.score(log_probs_of(self.symbols))

    def score(self, log_probs: np.ndarray) -> dict[str, float]:
        """Scores of natural log-probabilities (N, T, symbols): bits per character and next-character accuracy."""
        given = np.take_along_axis(log_probs, self.following[..., None], axis=-1)[..., 0]
        right = log_probs.argmax(axis=-1) == self.following
        return {
            "bits_per_character": round(float(-given[self.counted].mean()) / math.log(2), 4),
            "accuracy": round(float(right[self.counted].mean()), 4),
            "characters": int(self.counted.sum()),
        }


def sequence_log_probs(model: keras.Model, symbols: np.ndarray, batch: int = 64) -> np.ndarray:
    """Natural log-probabilities (N, T, symbols) by the training form."""
    return log_softmax(model.predict(symbols, batch_size=batch, verbose=0))


def step_log_probs(model: CharacterModel, symbols: np.ndarray) -> np.ndarray:
    """Natural log-probabilities (N, T, symbols) by the reading form, a column at a time."""
    state = model.start(len(symbols))
    result = np.empty((*symbols.shape, len(model.symbols)), np.float32)
    for t in range(symbols.shape[1]):
        result[:, t], state = model.step(symbols[:, t], state)
    return result


def held_out_texts(test_books: str, data: Path) -> dict[str, HeldOutText]:
    """Lines and running text of the test books; names in capitals of the forms' test part, where it is there."""
    texts = {
        "book_lines": HeldOutText.windows(test_books, LINE_LENGTH, LINE_WINDOWS),
        "running_book_text": HeldOutText.windows(test_books, RUNNING_LENGTH, RUNNING_WINDOWS),
    }
    if names := load_hand_printed_names(data, "test"):
        texts["capital_names"] = HeldOutText.lines(names)
    return texts
