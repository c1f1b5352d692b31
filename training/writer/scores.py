"""Figures of writer identification, from similarities."""

from __future__ import annotations

import numpy as np
from sklearn import metrics
from sklearn.metrics.cluster import pair_confusion_matrix


def top1(similarities: np.ndarray, asked: np.ndarray, enrolled: np.ndarray) -> float:
    """Share of rows whose most similar column has the same writer. similarities: (Q, G); asked (Q,), enrolled (G,)."""
    return float(np.mean(enrolled[similarities.argmax(axis=1)] == asked))


def equal_error_rate(same: np.ndarray, different: np.ndarray) -> float:
    """Rate at which pairs of one writer (N,) fall below a threshold as often as pairs of two (M,) reach it."""
    truth = np.concatenate([np.ones(len(same)), np.zeros(len(different))])
    scores = np.concatenate([same, different])
    accepted, detected, _ = metrics.roc_curve(truth, scores, drop_intermediate=False)
    missed, accepted = (1.0 - detected)[::-1], accepted[::-1]  # by ascending threshold
    equal = int(np.argmin(np.abs(missed - accepted)))
    return float((missed[equal] + accepted[equal]) / 2)


def refused_at(known: np.ndarray, unknown: np.ndarray, false_unknown: float) -> tuple[float, float]:
    """Share of unknown pages below the threshold that refuses ``false_unknown`` of the known ones, and that threshold.

    known, unknown: best scores of pages whose writer is enrolled, or is not.
    """
    threshold = float(np.quantile(known, false_unknown))
    return float(np.mean(unknown < threshold)), threshold


def pairwise_f1(found: np.ndarray, truth: np.ndarray) -> tuple[float, float, float]:
    """F1, precision and recall of pairs of pages put in one group. found, truth: (N,) group of each page."""
    (_, wrong), (missed, right) = pair_confusion_matrix(truth, found).astype(np.float64)
    precision, recall = right / max(1.0, right + wrong), right / max(1.0, right + missed)
    return (2 * precision * recall / (precision + recall) if right else 0.0), float(precision), float(recall)
