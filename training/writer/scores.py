"""Figures of writer identification, from similarities; NumPy only."""

from __future__ import annotations

import numpy as np


def top1(similarities: np.ndarray, asked: np.ndarray, enrolled: np.ndarray) -> float:
    """Share of rows whose most similar column has the same writer. similarities: (Q, G); asked (Q,), enrolled (G,)."""
    return float(np.mean(enrolled[similarities.argmax(axis=1)] == asked))


def equal_error_rate(same: np.ndarray, different: np.ndarray) -> float:
    """Rate at which pairs of one writer (N,) fall below a threshold as often as pairs of two (M,) lie above it."""
    thresholds = np.unique(np.concatenate([same, different]))
    missed = np.searchsorted(np.sort(same), thresholds, "left") / len(same)
    taken = 1.0 - np.searchsorted(np.sort(different), thresholds, "left") / len(different)
    place = int(np.argmin(np.abs(missed - taken)))
    return float((missed[place] + taken[place]) / 2)


def refused_at(known: np.ndarray, unknown: np.ndarray, false_unknown: float) -> tuple[float, float]:
    """Share of unknown pages below the threshold that refuses ``false_unknown`` of the known ones, and that threshold.

    known, unknown: best scores of pages whose writer is enrolled, or is not.
    """
    threshold = float(np.quantile(known, false_unknown))
    return float(np.mean(unknown < threshold)), threshold


def pairwise_f1(found: np.ndarray, truth: np.ndarray) -> tuple[float, float, float]:
    """F1, precision and recall of pairs of pages put in one group. found, truth: (N,) group of each page."""
    upper = np.triu_indices(len(found), 1)
    together = (found[:, None] == found[None])[upper]
    same = (truth[:, None] == truth[None])[upper]
    right = float(np.sum(together & same))
    precision = right / max(1.0, float(together.sum()))
    recall = right / max(1.0, float(same.sum()))
    return (2 * precision * recall / (precision + recall) if right else 0.0), precision, recall
