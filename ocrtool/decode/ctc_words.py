"""Probability that a word of a CTC reader's line is right: a logistic function of a few features."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ocrtool.recognize.network import sigmoid

#: Errors within a word are correlated: a long word is about as certain as so many characters of its mean certainty.
LENGTH = 4
#: Beside a constant: log odds of the word's characters, of those of its whole line, and of the word's by the ink alone.
#: In a line that is hard to read a word that looks certain is wrong more often than in others, and so is a word that
#: is certain by the language model alone.
FEATURES = ("one", "word", "line", "ink")
#: Probabilities of features are kept within these.
LEAST_SEEN, MOST_SEEN = 1e-4, 0.9997


def word_features(probability: np.ndarray, ink: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Features of the words of a line as a line reader reads it: (W, len(FEATURES)) float64.

    probability, ink: (n,) of its characters without spaces, with the language model and by the ink alone; starts: (W,)
    where words begin among them, ascending, the first 0.
    """
    logs = np.log(np.maximum(np.stack([probability, ink]).astype(np.float64), 1e-6))  # (2, n)
    counts = np.diff(np.append(starts, logs.shape[1]))
    word, by_ink = np.add.reduceat(logs, starts, axis=1) / counts * np.minimum(counts, LENGTH)
    line = np.full(len(starts), logs[0].mean())
    return np.column_stack([np.ones(len(starts)), *map(_log_odds, (word, line, by_ink))])


def line_word_probabilities(features: np.ndarray, weights: Sequence[float]) -> np.ndarray:
    """Probability (W,) that each word of a line is right. weights: of FEATURES, fitted on transcribed lines."""
    return sigmoid(features @ np.asarray(weights, np.float64))


def _log_odds(log_probability: np.ndarray) -> np.ndarray:
    seen = np.clip(np.exp(log_probability), LEAST_SEEN, MOST_SEEN)
    return np.asarray(np.log(seen) - np.log1p(-seen))
