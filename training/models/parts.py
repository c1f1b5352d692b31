"""What the character models share: their input, their last layers, a norm with ReLU."""

from __future__ import annotations

import keras
from keras import layers

#: Side of an EMNIST image in pixels.
SIDE = 28
#: Names of the last two layers: what feeds `LOGITS` are a model's features.
LOGITS, PROBABILITIES = "logits", "probabilities"


def character_input() -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """The input (B, 28, 28, 1) in 0..255, ink bright, and the same in 0..1."""
    image = keras.Input((SIDE, SIDE, 1), name="image")
    return image, layers.Rescaling(1.0 / 255.0, name="scale")(image)


def classifier(image: keras.KerasTensor, features: keras.KerasTensor, classes: int, name: str) -> keras.Model:
    """Model from ``image`` to probabilities (B, classes) float32 by one dense layer over ``features`` (B, F)."""
    logits = layers.Dense(classes, dtype="float32", name=LOGITS)(features)
    return keras.Model(image, layers.Softmax(dtype="float32", name=PROBABILITIES)(logits), name=name)


def logits_of(model: keras.Model) -> keras.Model:
    """The same network without its softmax: what the loss works on."""
    return keras.Model(model.inputs, model.get_layer(LOGITS).output)


def norm_relu(x: keras.KerasTensor, name: str, momentum: float = 0.99) -> keras.KerasTensor:
    """Batch norm, then ReLU."""
    return layers.ReLU(name=f"{name}_relu")(layers.BatchNormalization(momentum=momentum, name=f"{name}_norm")(x))


def enlarge(x: keras.KerasTensor, side: int) -> keras.KerasTensor:
    """``x`` (B, 28, 28, 1) resampled to ``side`` pixels, bilinear."""
    return layers.Resizing(side, side, interpolation="bilinear", name="enlarge")(x)
