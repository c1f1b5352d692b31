"""The four heads of the Korean classifier: targets, loss and accuracy."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from ocrtool.script.hangul.charset import FINALS, FIRST_MARK, MARKS, REJECT_KIND, SYLLABLE_KIND, SYLLABLES, VOWELS
from training.models.hangul import HangulSpec

#: Target of the letters of what is no syllable: it has none to learn.
NONE = -1


def targets(labels: np.ndarray) -> np.ndarray:
    """Kind, initial, vowel and final of each label: (N, 4) int32.

    labels: (N,) indices into GLYPHS, the number after the last for the reject class.
    """
    labels = np.asarray(labels, np.int64)
    out = np.full((len(labels), 4), NONE, np.int32)
    syllable = (labels >= len(MARKS)) & (labels < len(MARKS) + SYLLABLES)
    out[:, 0] = np.where(labels < len(MARKS), labels + FIRST_MARK, REJECT_KIND)
    out[syllable, 0] = SYLLABLE_KIND
    rest, out[syllable, 3] = np.divmod(labels[syllable] - len(MARKS), len(FINALS))
    out[syllable, 1], out[syllable, 2] = np.divmod(rest, len(VOWELS))
    return out


def slices(spec: HangulSpec) -> list[slice]:
    """Where each head's logits stand."""
    ends = np.cumsum(spec.outputs).tolist()
    return [slice(end - size, end) for end, size in zip(ends, spec.outputs, strict=True)]


class HeadsLoss(keras.losses.Loss):  # type: ignore[misc]  # Keras has no types
    """Sum of the heads' cross-entropies; letters count only for syllables. y_true: of `targets`; y_pred: logits."""

    def __init__(self, spec: HangulSpec, **settings: Any) -> None:
        super().__init__(**settings)
        self._slices = slices(spec)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Loss of each example: (B,)."""
        total = 0.0
        for head, part in enumerate(self._slices):
            target = ops.cast(y_true[:, head], "int32")
            own = keras.losses.sparse_categorical_crossentropy(ops.maximum(target, 0), y_pred[:, part], True)
            total = total + own * ops.cast(target >= 0, own.dtype)
        return total


def heads_accuracy(spec: HangulSpec) -> Any:
    """Metric: share of examples of which kind and all letters are right."""
    parts = slices(spec)

    def accuracy(y_true: Any, y_pred: Any) -> Any:
        right = None
        for head, part in enumerate(parts):
            target = ops.cast(y_true[:, head], "int32")
            guess = ops.cast(ops.argmax(y_pred[:, part], axis=-1), "int32")
            same = ops.logical_or(ops.equal(guess, target), target < 0)
            right = same if right is None else ops.logical_and(right, same)
        return ops.cast(right, "float32")

    return accuracy


def read_labels(logits: np.ndarray, spec: HangulSpec) -> np.ndarray:
    """Likeliest label of each row, as `targets` numbers them: (N,) int64. logits: (N, sum of outputs)."""
    kind, initial, vowel, final = (logits[:, part].argmax(axis=1) for part in slices(spec))
    syllable = len(MARKS) + (initial * len(VOWELS) + vowel) * len(FINALS) + final
    mark = np.where(kind == REJECT_KIND, len(MARKS) + SYLLABLES, kind - FIRST_MARK)
    return np.where(kind == SYLLABLE_KIND, syllable, mark)
