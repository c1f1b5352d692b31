"""The loss of the suite: cross-entropy of logits, with label smoothing and a correction for unequal classes."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops


class LogitAdjustedCrossEntropy(keras.losses.Loss):
    """Cross-entropy of integer labels (B,) and logits (B, C).

    log_prior: (C,) is added to the logits in the loss alone, so that what the network itself says is levelled: as if
    all classes were equally frequent (Menon et al., "Long-tail learning via logit adjustment", 2021, eq. 10). Zeros
    leave the plain cross-entropy.
    """

    def __init__(self, log_prior: np.ndarray, smoothing: float = 0.0) -> None:
        super().__init__(name="levelled_cross_entropy")
        self._log_prior = np.asarray(log_prior, np.float32)
        self._smoothing = smoothing

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
        """Loss of each row: (B,)."""
        classes = len(self._log_prior)
        log_p = ops.log_softmax(ops.cast(y_pred, "float32") + self._log_prior)
        truth = ops.one_hot(ops.cast(ops.reshape(y_true, (-1,)), "int32"), classes)
        truth = truth * (1.0 - self._smoothing) + self._smoothing / classes
        return -ops.sum(truth * log_p, axis=-1)


def log_prior(labels: np.ndarray, classes: int, level: float) -> np.ndarray:
    """``level`` times the log share of each class among ``labels``: (classes,) float32."""
    counts = np.bincount(labels, minlength=classes) + 1.0
    return (level * np.log(counts / counts.sum())).astype(np.float32)
