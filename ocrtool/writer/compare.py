"""Descriptors of pages against each other: similarity, the probability of one hand, and who of the known it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ocrtool.errors import WeightsRefused

#: Probability beforehand that the writer of a page is none of those known.
UNKNOWN_PRIOR = 0.5


def unit(vectors: np.ndarray) -> np.ndarray:
    """Of length 1. vectors: (..., D)."""
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True).clip(1e-9)


def similarities(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(N, M) float32, cosines of unit vectors a (N, D) and b (M, D)."""
    return np.asarray(a, np.float32) @ np.asarray(b, np.float32).T


@dataclass(frozen=True, slots=True)
class Calibration:
    """Log odds that two pages are of one hand = slope * similarity + offset, if that is as likely as not beforehand.

    Fitted on pairs of pages of writers the network was not trained on. apart: log odds from which on pages are put in
    one group: of all pairs of many pages few are of one hand.
    """

    slope: float
    offset: float
    apart: float = 0.0

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> Calibration:
        """Raises WeightsRefused if the manifest has none."""
        try:
            own = manifest["calibration"]
            return cls(float(own["slope"]), float(own["offset"]), float(own["apart"]))
        except (KeyError, TypeError, ValueError) as error:
            raise WeightsRefused(
                f"{manifest.get('name', 'the manifest')} has no calibration of similarities"
            ) from error

    def log_odds(self, similarity: np.ndarray) -> np.ndarray:
        """Of one hand, in nats; any shape."""
        return self.slope * np.asarray(similarity, np.float64) + self.offset

    def same_writer(self, similarity: np.ndarray) -> np.ndarray:
        """Probability of one hand if that is as likely as not beforehand; any shape."""
        return 1.0 / (1.0 + np.exp(-np.clip(self.log_odds(similarity), -500.0, 500.0)))


@dataclass(frozen=True, slots=True)
class Ranking:
    """Writers by probability. order: their numbers, likeliest first; probabilities: in that order; unknown: the
    probability of another writer than these. All probabilities sum to 1.
    """

    order: np.ndarray
    probabilities: np.ndarray
    unknown: float


def rank(vector: np.ndarray, writers: Sequence[np.ndarray], calibration: Calibration) -> Ranking:
    """Who of ``writers`` wrote a page. vector: (D,); writers: descriptors (pages, D) of each, at least one page.

    A writer with several pages is known by the direction of their mean. Before the page is looked at, all writers are
    as likely as each other, and all together as likely as an unknown one.
    """
    if not len(writers):
        return Ranking(np.zeros(0, np.int64), np.zeros(0), 1.0)
    means = unit(np.stack([pages.mean(axis=0) for pages in writers]))
    beforehand = np.log((1.0 - UNKNOWN_PRIOR) / len(writers))
    odds = np.append(calibration.log_odds(similarities(vector[None], means)[0]) + beforehand, np.log(UNKNOWN_PRIOR))
    chances = np.exp(odds - odds.max())
    chances /= chances.sum()
    order = np.argsort(-chances[:-1], kind="stable")
    return Ranking(order, chances[:-1][order], float(chances[-1]))
