"""Small classic networks for 28x28 characters: the vanilla CNN and the LeNet family."""

from __future__ import annotations

from dataclasses import dataclass

import keras
from keras import layers

from training.models.parts import character_input, classifier, norm_relu


@dataclass(frozen=True, slots=True)
class VanillaSpec:
    """classes: outputs; dropout: share of the hidden units dropped in training."""

    classes: int = 47
    dropout: float = 0.5


def build_vanilla(spec: VanillaSpec) -> keras.Model:
    """Two convolutions and a dense layer, as in the tutorials: 484,719 parameters for 47 classes."""
    image, x = character_input()
    x = layers.Conv2D(128, 5, padding="same", activation="relu", name="conv1")(x)
    x = layers.MaxPooling2D(name="pool1")(x)
    x = layers.Conv2D(64, 3, padding="same", activation="relu", name="conv2")(x)
    x = layers.MaxPooling2D(name="pool2")(x)
    x = layers.Dense(128, activation="relu", name="hidden")(layers.Flatten(name="flat")(x))
    return classifier(image, layers.Dropout(spec.dropout, name="drop")(x), spec.classes, "vanilla")


@dataclass(frozen=True, slots=True)
class LenetSpec:
    """classes: outputs; dropout: share of the hidden units dropped in training (0: as published)."""

    classes: int = 47
    dropout: float = 0.0


def build_lenet5(spec: LenetSpec) -> keras.Model:
    """LeCun et al., "Gradient-based learning applied to document recognition" (1998), with dense third stage.

    28x28 is padded to 32x32 as there. Average pooling and tanh as in the original; softmax in place of RBF units.
    """
    image, x = character_input()
    x = layers.ZeroPadding2D(2, name="pad")(x)  # (B, 32, 32, 1)
    for i, filters in enumerate((6, 16), start=1):
        x = layers.Conv2D(filters, 5, activation="tanh", name=f"conv{i}")(x)
        x = layers.AveragePooling2D(2, name=f"pool{i}")(x)
    x = layers.Dense(120, activation="tanh", name="hidden1")(layers.Flatten(name="flat")(x))
    x = layers.Dense(84, activation="tanh", name="hidden2")(x)
    return classifier(image, layers.Dropout(spec.dropout, name="drop")(x), spec.classes, "lenet5")


@dataclass(frozen=True, slots=True)
class LenetV2Spec:
    """classes: outputs; side: 28, or 32 to pad the image by two; dropout: share dropped after each stage and before
    the last layer; l2: factor of the squared weights added to the loss.
    """

    classes: int = 47
    side: int = 28
    dropout: float = 0.25
    l2: float = 5e-4

    def __post_init__(self) -> None:
        if self.side not in (28, 32):
            raise ValueError(f"side is 28 or 32, not {self.side}")


def build_lenet5_v2(spec: LenetV2Spec) -> keras.Model:
    """LeNet-5 of Kaggle's MNIST notebooks: double unpadded convolutions, batch norm, three dense layers.

    279,019 parameters (277,891 trainable) for 47 classes and 28x28.
    """
    image, x = character_input()
    if spec.side == 32:
        x = layers.ZeroPadding2D(2, name="pad")(x)
    l2 = keras.regularizers.L2(spec.l2) if spec.l2 else None
    for i, (filters, size) in enumerate(((32, 5), (64, 3)), start=1):
        x = layers.Conv2D(filters, size, activation="relu", kernel_regularizer=l2, name=f"conv{i}a")(x)
        x = layers.Conv2D(filters, size, use_bias=False, kernel_regularizer=l2, name=f"conv{i}b")(x)
        x = norm_relu(x, f"conv{i}b")
        x = layers.MaxPooling2D(name=f"pool{i}")(x)
        x = layers.Dropout(spec.dropout, name=f"drop{i}")(x)
    x = layers.Flatten(name="flat")(x)
    for i, units in enumerate((256, 128, 84), start=1):
        x = layers.Dense(units, use_bias=False, kernel_regularizer=l2, name=f"dense{i}")(x)
        x = norm_relu(x, f"dense{i}")
    return classifier(image, layers.Dropout(spec.dropout, name="drop")(x), spec.classes, "lenet5_v2")
