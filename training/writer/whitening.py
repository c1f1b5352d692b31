"""The linear map that makes pages of one writer alike and those of different writers unlike."""

from __future__ import annotations

import numpy as np
from scipy.linalg import eigh


def fit_whitening(
    means: np.ndarray, writers: np.ndarray, dimensions: int, within_share: float, shrink: float
) -> tuple[np.ndarray, np.ndarray]:
    """Matrix (D, dimensions) and bias (dimensions,) of a map after which pages vary alike in all directions.

    means: (N, D) of pages; writers: (N,). The covariance undone is a mixture: ``within_share`` of that of pages about
    their writer's mean (Hatch et al., "Within-class covariance normalization for SVM-based speaker recognition", 2006),
    the rest that of the writers' means; to it is added ``shrink`` of its mean variance in all directions, as its least
    are guesses. The directions kept are those in which writers differ most against it.
    """
    names, number = np.unique(writers, return_inverse=True)
    count = np.bincount(number)
    by_writer = np.stack([means[number == k].mean(axis=0) for k in range(len(names))]).astype(np.float64)
    centre = by_writer.mean(axis=0)
    about = means.astype(np.float64) - by_writer[number]
    free = max(1, int((count - 1).sum()))
    within = about.T @ about / free
    between = np.cov(by_writer.T)
    mixed = within_share * within + (1.0 - within_share) * between
    mixed += shrink * np.trace(mixed) / len(mixed) * np.eye(len(mixed))
    spread, directions = eigh(between, mixed)  # of the generalized problem: unit variance of ``mixed`` in each
    kept = directions[:, np.argsort(-spread)[:dimensions]]
    return kept, -centre @ kept
