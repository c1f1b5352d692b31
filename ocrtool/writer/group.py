"""Clustering of pages by writer: average linkage of the log odds that two pages have the same writer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocrtool.writer.compare import Calibration, l2_normalize, similarities

#: Number of pages at which half of their mean is subtracted as common to the collection.
FEW_PAGES = 20


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups of N pages.

    number: (N,) int, group of each page, counted from 0 in the order of first pages; confidence: (N,) float,
    probability that the page belongs to its group rather than to the next most likely one or to a group of its own.
    """

    number: np.ndarray
    confidence: np.ndarray


def group(vectors: np.ndarray, calibration: Calibration) -> Groups:
    """Group pages by writer. vectors: (N, D) of unit length."""
    if len(vectors) == 0:
        return Groups(np.zeros(0, np.int64), np.zeros(0))
    centred = subtract_collection_mean(vectors)
    odds = calibration.log_odds(similarities(centred, centred)) - calibration.grouping_threshold
    number = _linkage(odds)
    return Groups(number, _confidence(odds, number))


def subtract_collection_mean(vectors: np.ndarray) -> np.ndarray:
    """Subtract what the pages of a collection have in common, such as paper, pens and scanner. vectors: (N, D).

    The mean of few pages reflects their writers rather than the collection, so it is shrunk.
    """
    return l2_normalize(vectors - vectors.sum(axis=0) / (len(vectors) + FEW_PAGES))


def _linkage(odds: np.ndarray) -> np.ndarray:
    """Join the two groups with the highest mean log odds as long as these are above 0. odds: (N, N). Returns (N,)."""
    count = len(odds)
    mean = odds.astype(np.float64).copy()
    np.fill_diagonal(mean, -np.inf)
    sizes, number = np.ones(count), np.arange(count)
    while True:
        a, b = sorted(np.unravel_index(int(mean.argmax()), mean.shape))
        if not mean[a, b] > 0.0:
            break
        joined = (sizes[a] * mean[a] + sizes[b] * mean[b]) / (sizes[a] + sizes[b])
        mean[a], mean[:, a] = joined, joined
        mean[a, a] = -np.inf
        mean[b], mean[:, b] = -np.inf, -np.inf
        sizes[a] += sizes[b]
        number[number == b] = a
    _, first, inverse = np.unique(number, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse]


def _confidence(odds: np.ndarray, number: np.ndarray) -> np.ndarray:
    """Compare mean log odds with a page's own group (0 if alone) and with the best other group: (N,) probabilities."""
    count = int(number.max()) + 1
    member = np.eye(count)[number]
    sums = odds @ member
    own_group = np.arange(len(number)), number
    sums[own_group] -= np.diag(odds)
    sizes = np.tile(member.sum(axis=0), (len(number), 1))
    sizes[own_group] -= 1
    means = np.where(sizes > 0, sums / np.maximum(sizes, 1), 0.0)  # alone in its group: even odds
    within = means[own_group].copy()
    means[own_group] = -np.inf
    best_other = means.max(axis=1, initial=-np.inf)
    alone = member.sum(axis=0)[number] == 1
    best = np.maximum(best_other, np.where(alone, -np.inf, 0.0))
    confidence: np.ndarray = 1.0 / (1.0 + np.exp(np.clip(best - within, -500.0, 500.0)))
    return confidence
