"""Comparison of page embeddings: similarity, probability of the same writer, ranking of known writers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ocrtool.recognize.network import sigmoid
from ocrtool.weights.store import finite, read_as

#: Prior probability that the writer of a page is unknown.
UNKNOWN_PRIOR = 0.5


def l2_normalize(vectors: np.ndarray) -> np.ndarray:
    """Scale vectors (..., D) to unit length."""
    normalized: np.ndarray = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True).clip(1e-9)
    return normalized


def similarities(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the cosine similarities (N, M) float32 of unit vectors a (N, D) and b (M, D)."""
    cosines: np.ndarray = np.asarray(a, np.float32) @ np.asarray(b, np.float32).T
    return cosines


@dataclass(frozen=True, slots=True)
class Calibration:
    """Log odds that two pages have the same writer: slope * similarity + offset, at even prior odds.

    Fitted on pairs of pages by held-out writers. grouping_threshold: log odds above which pages are grouped; it is
    positive since few of all pairs of many pages have the same writer.
    """

    slope: float
    offset: float
    grouping_threshold: float = 0.0

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> Calibration:
        """Read the calibration. Raises WeightsRefused if there is none. ``apart`` is the threshold's older name."""
        with read_as("a network for writers with a calibration of similarities", str(manifest.get("name"))):
            values = manifest["calibration"]
            threshold = values["grouping_threshold"] if "grouping_threshold" in values else values["apart"]
            return cls(finite(values["slope"]), finite(values["offset"]), finite(threshold))

    def log_odds(self, similarity: np.ndarray) -> np.ndarray:
        """Return the log odds (nats) of the same writer; any shape."""
        return self.slope * np.asarray(similarity, np.float64) + self.offset

    def same_writer(self, similarity: np.ndarray) -> np.ndarray:
        """Return the probability of the same writer at even prior odds; any shape."""
        return sigmoid(self.log_odds(similarity), bound=500.0)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Writers by posterior probability.

    order: their numbers, most likely first; probabilities: in that order; unknown: probability of any other writer. All
    probabilities sum to 1.
    """

    order: np.ndarray
    probabilities: np.ndarray
    unknown: float


def rank(vector: np.ndarray, writers: Sequence[np.ndarray], calibration: Calibration) -> Ranking:
    """Rank ``writers`` for a page. vector: (D,); writers: embeddings (pages, D) of each, at least one page.

    A writer with several pages is represented by the direction of their mean. The prior is uniform over the known
    writers, who together have the same prior as an unknown writer.
    """
    if not len(writers):
        return Ranking(np.zeros(0, np.int64), np.zeros(0), 1.0)
    means = l2_normalize(np.stack([pages.mean(axis=0) for pages in writers]))
    log_prior = np.log((1.0 - UNKNOWN_PRIOR) / len(writers))
    log_joint = np.append(calibration.log_odds(similarities(vector[None], means)[0]) + log_prior, np.log(UNKNOWN_PRIOR))
    posteriors = np.exp(log_joint - log_joint.max())
    posteriors /= posteriors.sum()
    order = np.argsort(-posteriors[:-1], kind="stable")
    return Ranking(order, posteriors[:-1][order], float(posteriors[-1]))
