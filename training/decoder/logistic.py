"""Logistic regression by Newton's method."""

from __future__ import annotations

import numpy as np


def fit_logistic(features: np.ndarray, truth: np.ndarray, ridge: float = 1e-2) -> np.ndarray:
    """Logistic regression by Newton's method (IRLS). features: (n, F), truth: (n,) bool. Returns (F,) float64."""
    w = np.zeros(features.shape[1])
    for _ in range(30):
        p = 1.0 / (1.0 + np.exp(-np.clip(features @ w, -30, 30)))
        gradient = features.T @ (truth - p) - ridge * w
        hessian = (features * (p * (1 - p))[:, None]).T @ features + ridge * np.eye(len(w))
        step = np.linalg.solve(hessian, gradient)
        w += step
        if np.abs(step).max() < 1e-6:
            break
    return w
