"""Fit the probabilities of words of a line reader: of words at 0.9, nine in ten shall be right.

A logistic function of the few features that `ocrtool.decode.ctc_words` computes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ocrtool.decode.ctc_reading import Reading
from ocrtool.decode.ctc_words import line_word_probabilities, word_features
from training.decoder.fit_confidence import SURE, words_found, words_right
from training.decoder.logistic import fit_logistic
from training.language.fold_text import normalise

if TYPE_CHECKING:
    from training.decoder.fit_lines import ReadSample

#: The entries of a form stand beside each other: the lines of kinds with this in their names may have another's text.
UNORDERED = "forms"


def fit_words(
    samples: Sequence[ReadSample], readings: Iterable[Reading], labels: Sequence[str]
) -> tuple[tuple[float, ...], float]:
    """Weights of ctc_words.FEATURES, and the share right of words at SURE and above.

    readings: of all lines of the samples, in their order; labels: of the line reader.
    """
    features: list[np.ndarray] = []
    right: list[np.ndarray] = []
    each = iter(readings)
    for sample in samples:
        found = [line_words(next(each), labels) for _ in sample.log_probs]
        words = [word for line, _ in found for word in line]
        if sample.infix or UNORDERED in sample.kind or not words:
            continue
        if sample.folded:
            words = [normalise(word) for word in words]
        features += [rows for _, rows in found if len(rows)]
        if sample.bag:
            right.append(words_found([word.upper() for word in words], sample.text.upper().split()))
        else:
            right.append(words_right(words, sample.text.split()))
    x, y = np.concatenate(features), np.concatenate(right)
    weights = fit_logistic(x, y)
    sure = line_word_probabilities(x, weights.tolist()) >= SURE
    return tuple(round(float(w), 4) for w in weights), float(y[sure].mean()) if sure.any() else 0.0


def line_words(reading: Reading, labels: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """The words of a line and their features (W, len(ctc_words.FEATURES))."""
    characters = [labels[label] for label in reading.labels.tolist()]
    printed = np.flatnonzero([character != " " for character in characters])
    if not len(printed):
        return [], np.zeros((0, 0))
    starts = np.flatnonzero(np.diff(printed, prepend=-2) > 1)
    probability, ink, agreement = (v[printed] for v in (reading.probability, reading.ink, reading.agreement))
    return "".join(characters).split(), word_features(probability, ink, agreement, starts)
