"""The dense network that PHD08 is published with as an example: 28x28 pixels, one hidden layer."""

from __future__ import annotations

from dataclasses import dataclass

import keras
from keras import layers

from training.models.parts import character_input, classifier


@dataclass(frozen=True, slots=True)
class DenseSpec:
    """classes: outputs; hidden: units of the hidden layer."""

    classes: int = 8
    hidden: int = 128


def build_dense(spec: DenseSpec) -> keras.Model:
    """Model from image (B, 28, 28, 1) in 0..255 to probabilities (B, classes): 101,512 parameters for 8 classes."""
    image, x = character_input()
    x = layers.Dense(spec.hidden, activation="relu", name="hidden")(layers.Flatten(name="flat")(x))
    return classifier(image, x, spec.classes, "dense")
