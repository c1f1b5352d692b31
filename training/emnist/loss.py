"""The loss of the suite: cross-entropy of logits with label smoothing and logit adjustment for unequal classes."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops


class LogitAdjustedCrossEntropy(keras.losses.Loss):  # type: ignore[misc]  # Keras is untyped
    """Cross-entropy of integer labels (B,) and logits (B, C).

    log_prior: (C,) is added to the logits in the loss only, so that the network itself estimates probabilities as if
    all classes were equally frequent (Menon et al., "Long-tail learning via logit adjustment", 2020, eq. 10). Zeros
    give the plain cross-entropy.
    """

    def __init__(self, log_prior: np.ndarray, smoothing: float = 0.0) -> None:
        super().__init__(name="logit_adjusted_cross_entropy")
        self._log_prior = np.asarray(log_prior, np.float32)
        self._smoothing = smoothing

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
        """Loss of each row: (B,)."""
        classes = len(self._log_prior)
        log_p = ops.log_softmax(ops.cast(y_pred, "float32") + self._log_prior)
        truth = ops.one_hot(ops.cast(ops.reshape(y_true, (-1,)), "int32"), classes)
        truth = truth * (1.0 - self._smoothing) + self._smoothing / classes
        return -ops.sum(truth * log_p, axis=-1)


def log_prior(labels: np.ndarray, classes: int, tau: float) -> np.ndarray:
    """``tau`` times the log frequency of each class among ``labels``: (classes,) float32."""
    counts = np.bincount(labels, minlength=classes) + 1.0
    return np.asarray(tau * np.log(counts / counts.sum()), np.float32)
