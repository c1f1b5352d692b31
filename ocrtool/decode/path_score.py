"""The path score: the formula of `PathWeights`, in one place.

The score of a path is a log-linear model over its edges and nodes (Och & Ney, "Discriminative training and maximum
entropy models for statistical machine translation", 2002). The beam search adds the term of the language model,
``weights.lm`` times its log-probability, since that depends on the text before an edge.
"""

from __future__ import annotations

import numpy as np

from ocrtool.decode.settings import PathWeights

#: Bounds of a space's probability, so that its logarithm stays finite.
LEAST_PROBABILITY = 1e-6


def label_scores(span: np.ndarray, log_probs: np.ndarray, reject: np.ndarray, weights: PathWeights) -> np.ndarray:
    """Score each label of an edge, (E, M) float64.

    span: (E,) pieces covered; log_probs: (E, M) of the labels; reject: (E,) log-probability of the reject class.
    """
    shape = span.astype(np.float64)[:, None] ** weights.glyph_power * log_probs.astype(np.float64)
    return shape - weights.reject * reject.astype(np.float64)[:, None] + weights.character


def skip_scores(reject: np.ndarray, weights: PathWeights) -> np.ndarray:
    """Score skipping a piece as dirt, (E,) float64. reject: (E,) log-probability of the reject class."""
    return weights.skip + reject.astype(np.float64)


def space_scores(probability: np.ndarray, weights: PathWeights) -> tuple[np.ndarray, np.ndarray]:
    """Score a space and no space at gaps: two arrays (n,) float64. probability: (n,) that the gap is a space."""
    chance = np.clip(probability.astype(np.float64), LEAST_PROBABILITY, 1.0 - LEAST_PROBABILITY)
    return weights.space * np.log(chance) + weights.word, weights.space * np.log1p(-chance)
