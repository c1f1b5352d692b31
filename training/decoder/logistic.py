"""Logistic regression without an intercept of its own: a feature that is always one takes its place."""

from __future__ import annotations

import numpy as np


def fit_logistic(features: np.ndarray, truth: np.ndarray, ridge: float = 1e-2) -> np.ndarray:
    """Weights (F,) float64 that make ``features`` (n, F) tell ``truth`` (n,) bool.

    ridge: times half the square of the weights, what is added to the loss summed over the n. Raises ValueError if all
    of the truth is alike.
    """
    from sklearn.linear_model import LogisticRegression

    # Newton's method: with few features its steps are cheap, and it finds the optimum to the last digits.
    model = LogisticRegression(C=1.0 / ridge, fit_intercept=False, solver="newton-cholesky", tol=1e-8)
    return np.asarray(model.fit(features, truth).coef_[0], np.float64)
