"""Targets and loss of the line reader: CTC, and where characters' middles are known a loss of each frame.

Graves et al., "Connectionist temporal classification" (2006). The loss of frames is only to begin with: it teaches
where characters stand long before CTC would find out by itself, and is then faded out.
"""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from ocrtool.charset import LINE_CHARACTERS

#: Class of the blank; character k of LINE_CHARACTERS is class k + 1.
BLANK = 0
CLASSES = len(LINE_CHARACTERS) + 1
_CLASS_OF = {character: number + 1 for number, character in enumerate(LINE_CHARACTERS)}
#: Columns of packed targets before the labels: frames, labels, weight of the CTC loss, weight of the loss of frames.
HEAD = 4


def encode(text: str) -> np.ndarray:
    """Classes of a text, (n,) int32. Raises KeyError for a character that is not in LINE_CHARACTERS."""
    return np.array([_CLASS_OF[character] for character in text], np.int32)


def decode(classes: np.ndarray) -> str:
    """Text of classes that are no blanks."""
    return "".join(LINE_CHARACTERS[k - 1] for k in classes.tolist())


def greedy(logits: np.ndarray) -> str:
    """Best path of (T, CLASSES), repeats collapsed, blanks removed."""
    best = np.argmax(logits, axis=-1)
    changed = np.concatenate([[True], best[1:] != best[:-1]])
    return decode(best[changed & (best != BLANK)])


def frame_targets(classes: np.ndarray, middles: np.ndarray | None, frames: int, frame_width: float) -> np.ndarray:
    """Class of each frame, (frames,) int32: a character's in its middle, -1 (any) beside it, else blank.

    All -1 where middles are not known.
    """
    target = np.full(frames, -1 if middles is None else BLANK, np.int32)
    if middles is None:
        return target
    centre = np.clip((middles / frame_width).astype(np.int64), 0, frames - 1)
    for beside in (-1, 1):
        target[np.clip(centre + beside, 0, frames - 1)] = -1
    target[centre] = classes
    return target


def pack_targets(
    labels: list[np.ndarray], frame_labels: list[np.ndarray], valid: np.ndarray, weights: tuple[float, float]
) -> np.ndarray:
    """One row for each strip, (B, HEAD + L + T) float32: what `LineLoss` takes apart.

    labels: classes of each text; frame_labels: (T,) of each; valid: (B,) frames that are not padding; weights: of the
    CTC loss and of the loss of frames.
    """
    longest = max(len(label) for label in labels)
    rows = np.zeros((len(labels), HEAD + longest + len(frame_labels[0])), np.float32)
    rows[:, 0], rows[:, 2], rows[:, 3] = valid, weights[0], weights[1]
    for row, label, frames in zip(rows, labels, frame_labels, strict=True):
        row[1] = len(label)
        row[HEAD : HEAD + len(label)] = label
        row[HEAD + longest :] = frames
    return rows


class LineLoss(keras.losses.Loss):  # type: ignore[misc]  # Keras is untyped
    """CTC loss for each character of a line, plus the cross-entropy of frames."""

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
        """Loss of each strip, (B,). y_true: of `pack_targets`; y_pred: logits (B, T, CLASSES)."""
        steps = ops.shape(y_pred)[1]  # not of the shapes themselves, which TensorFlow does not know in its graphs
        longest = ops.shape(y_true)[1] - HEAD - steps
        valid, count = ops.cast(y_true[:, 0], "int32"), ops.cast(y_true[:, 1], "int32")
        labels = ops.cast(y_true[:, HEAD : HEAD + longest], "int32")
        ctc = ops.ctc_loss(labels, y_pred, count, valid, mask_index=BLANK)
        ctc = ctc / ops.maximum(ops.cast(count, "float32"), 1.0)
        frames = ops.cast(y_true[:, HEAD + longest :], "int32")
        return y_true[:, 2] * ctc + y_true[:, 3] * self._of_frames(frames, y_pred)

    def _of_frames(self, frames: keras.KerasTensor, logits: keras.KerasTensor) -> keras.KerasTensor:
        """Mean over the characters' frames plus mean over the blank ones, (B,)."""
        each = keras.losses.sparse_categorical_crossentropy(ops.maximum(frames, 0), logits, from_logits=True)
        total = 0.0
        for chosen in (frames > BLANK, frames == BLANK):
            weight = ops.cast(chosen, "float32")
            total = total + ops.sum(each * weight, axis=1) / ops.maximum(ops.sum(weight, axis=1), 1.0)
        return total
