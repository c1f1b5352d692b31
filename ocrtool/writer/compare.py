"""Embeddings of pages compared: similarity, the probability of the same writer, and a ranking of known writers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ocrtool.weights.store import finite, read_as

#: Prior probability that the writer of a page is none of those known.
UNKNOWN_PRIOR = 0.5


def l2_normalize(vectors: np.ndarray) -> np.ndarray:
    """Of length 1. vectors: (..., D)."""
    normalized: np.ndarray = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True).clip(1e-9)
    return normalized


def similarities(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(N, M) float32, cosines of unit vectors a (N, D) and b (M, D)."""
    cosines: np.ndarray = np.asarray(a, np.float32) @ np.asarray(b, np.float32).T
    return cosines


@dataclass(frozen=True, slots=True)
class Calibration:
    """Log odds that two pages have the same writer = slope * similarity + offset, at even prior odds.

    Fitted on pairs of pages of writers the network was not trained on. grouping_threshold: log odds from which on pages
    are put in one group: of all pairs of many pages few have the same writer.
    """

    slope: float
    offset: float
    grouping_threshold: float = 0.0

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> Calibration:
        """Raises WeightsRefused if the manifest has none. ``apart`` is an older name of the grouping threshold."""
        with read_as("a network for writers with a calibration of similarities", str(manifest.get("name"))):
            values = manifest["calibration"]
            threshold = values["grouping_threshold"] if "grouping_threshold" in values else values["apart"]
            return cls(finite(values["slope"]), finite(values["offset"]), finite(threshold))

    def log_odds(self, similarity: np.ndarray) -> np.ndarray:
        """Of the same writer, in nats; any shape."""
        return self.slope * np.asarray(similarity, np.float64) + self.offset

    def same_writer(self, similarity: np.ndarray) -> np.ndarray:
        """Probability of the same writer at even prior odds; any shape."""
        probability: np.ndarray = 1.0 / (1.0 + np.exp(-np.clip(self.log_odds(similarity), -500.0, 500.0)))
        return probability


@dataclass(frozen=True, slots=True)
class Ranking:
    """Writers by posterior probability. order: their numbers, likeliest first; probabilities: in that order; unknown:
    the probability of another writer than these. All probabilities sum to 1.
    """

    order: np.ndarray
    probabilities: np.ndarray
    unknown: float


def rank(vector: np.ndarray, writers: Sequence[np.ndarray], calibration: Calibration) -> Ranking:
    """Rank ``writers`` for a page. vector: (D,); writers: embeddings (pages, D) of each, at least one page.

    A writer with several pages is represented by the direction of their mean. The prior is the same for all writers,
    and for all together the same as for an unknown one.
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
