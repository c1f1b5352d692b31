"""What a writer network is trained as: groups of patches of a page, classified by angles to a direction per writer.

Each patch is to lie near its writer's direction, and so is the mean of its group, which is what a page is known by. A
margin asks for more than the right answer: Wang et al., "Additive margin softmax for face verification" (2018).
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from training.emnist.predict import in_batches
from training.fit import compile_trainee
from training.models.writer import PATCH_SIDE

#: Share of the loss of single patches beside that of their groups.
PATCH_SHARE = 0.4


class SideBySide(layers.Layer):  # type: ignore[misc]  # Keras has no types
    """Groups (B, K, 113, 113, 1) to their patches (B * K, 113, 113, 1)."""

    def call(self, groups: Any) -> Any:
        return ops.reshape(groups, (-1, PATCH_SIDE, PATCH_SIDE, 1))


class Directions(layers.Layer):  # type: ignore[misc]  # Keras has no types
    """Embeddings (B * K, D) to cosines (B, K + 1, C) with a direction of each writer; the last row is the group's."""

    def __init__(self, writers: int, size: int, **settings: Any) -> None:
        super().__init__(dtype="float32", **settings)
        self._writers, self._size = writers, size

    def build(self, shape: tuple[int, ...]) -> None:
        self.kernel = self.add_weight(shape=(shape[-1], self._writers), initializer="glorot_normal", name="kernel")

    def call(self, embeddings: Any) -> Any:
        patches = ops.reshape(unit(embeddings), (-1, self._size, embeddings.shape[-1]))
        group = unit(ops.mean(patches, axis=1, keepdims=True))
        return ops.matmul(ops.concatenate([patches, group], axis=1), unit(self.kernel, axis=0))


def unit(vectors: Any, axis: int = -1) -> Any:
    """Of length 1."""
    return vectors / ops.sqrt(ops.sum(ops.square(vectors), axis=axis, keepdims=True) + 1e-8)


class MarginLoss(keras.losses.Loss):  # type: ignore[misc]  # Keras has no types
    """Cross entropy of cosines (B, K + 1, C), that of the right writer lowered by ``margin``, times ``scale``."""

    def __init__(self, scale: float, margin: float) -> None:
        super().__init__(name="margin_loss")
        self._scale, self._margin = scale, margin

    def call(self, y_true: Any, y_pred: Any) -> Any:
        right = ops.one_hot(ops.cast(ops.reshape(y_true, (-1,)), "int32"), y_pred.shape[-1])[:, None, :]
        logits = self._scale * (ops.cast(y_pred, "float32") - self._margin * right)
        losses = -ops.sum(right * ops.log_softmax(logits, axis=-1), axis=-1)  # (B, K + 1)
        return (1.0 - PATCH_SHARE) * losses[:, -1] + PATCH_SHARE * ops.mean(losses[:, :-1], axis=1)


def group_accuracy(y_true: Any, y_pred: Any) -> Any:
    """Share of groups whose writer is named."""
    found = ops.argmax(y_pred[:, -1], axis=-1)
    return ops.cast(ops.equal(found, ops.cast(ops.reshape(y_true, (-1,)), found.dtype)), "float32")


def group_model(embedder: keras.Model, writers: int, size: int) -> keras.Model:
    """``embedder`` with inputs (B, size, 113, 113, 1) and outputs (B, size + 1, writers): its weights are shared."""
    groups = keras.Input((size, PATCH_SIDE, PATCH_SIDE, 1), name="groups")
    embeddings = embedder(SideBySide(name="side_by_side")(groups))
    return keras.Model(groups, Directions(writers, size, name="directions")(embeddings), name="writer_groups")


def compile_groups(model: keras.Model, optimizer: keras.optimizers.Optimizer, scale: float, margin: float) -> None:
    """Ready for `training.fit.fit`."""
    metric = keras.metrics.MeanMetricWrapper(group_accuracy, name="accuracy")
    compile_trainee(model, optimizer, MarginLoss(scale, margin), metric)


def predict_embeddings(embedder: keras.Model, patches: np.ndarray, batch: int = 256) -> np.ndarray:
    """(N, D) float32 of patches (N, 113, 113) uint8."""
    return in_batches(
        lambda rows: embedder.predict_on_batch(rows[0]),
        lambda indices: [patches[indices][..., None].astype(np.float32)],
        len(patches),
        batch,
    )[0]
