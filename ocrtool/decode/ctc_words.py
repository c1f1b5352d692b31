"""Probability that a word of a CTC reader's line is right: a logistic function of a few features."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ocrtool.recognize.network import sigmoid

#: Errors within a word are correlated: a long word is about as certain as so many characters of its mean certainty.
LENGTH = 4
#: Beside a constant: log odds of the word's characters, of those of its whole line, and of the word's by the ink alone;
#: whether the line was read in several views, and the log odds that one of them has the word. In a line that is hard to
#: read a word that looks certain is wrong more often than in others, and so is a word that is certain by the language
#: model alone; a word that all views have is right more often.
FEATURES = ("one", "word", "line", "ink", "views", "agreement")
#: Probabilities of features are kept within these.
LEAST_SEEN, MOST_SEEN = 1e-4, 0.9997
#: Bounds of the share of the views that have a word: half a view of the usual number.
LEAST_AGREED, MOST_AGREED = 0.06, 0.94


def word_features(probability: np.ndarray, ink: np.ndarray, agreement: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Features of the words of a line as a line reader reads it: (W, len(FEATURES)) float64.

    probability, ink: (n,) of its characters without spaces, with the language model and by the ink alone; agreement:
    (n,) share of the views that have the character's word, NaN for a line read in one view; starts: (W,) where words
    begin among the characters, ascending, the first 0.
    """
    logs = np.log(np.maximum(np.stack([probability, ink]).astype(np.float64), 1e-6))  # (2, n)
    counts = np.diff(np.append(starts, logs.shape[1]))
    word, by_ink = np.add.reduceat(logs, starts, axis=1) / counts * np.minimum(counts, LENGTH)
    line = np.full(len(starts), logs[0].mean())
    share = agreement[starts].astype(np.float64)
    several = ~np.isnan(share)
    agreed = np.clip(np.where(several, share, 0.5), LEAST_AGREED, MOST_AGREED)
    odds = [*map(_log_odds, (word, line, by_ink)), several.astype(np.float64), _log_odds(np.log(agreed))]
    return np.column_stack([np.ones(len(starts)), *odds])


def line_word_probabilities(features: np.ndarray, weights: Sequence[float]) -> np.ndarray:
    """Probability (W,) that each word of a line is right. weights: of FEATURES, fitted on transcribed lines."""
    return sigmoid(features @ np.asarray(weights, np.float64))


def _log_odds(log_probability: np.ndarray) -> np.ndarray:
    seen = np.clip(np.exp(log_probability), LEAST_SEEN, MOST_SEEN)
    return np.asarray(np.log(seen) - np.log1p(-seen))
