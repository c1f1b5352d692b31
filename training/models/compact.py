"""This project's own character network, and the plain network whose sizes keras-tuner chooses."""

from __future__ import annotations

from dataclasses import dataclass

import keras
from keras import layers

from training.models.parts import character_input, classifier, norm_relu


@dataclass(frozen=True, slots=True)
class CompactResNetSpec:
    """classes: outputs; stem: channels at 28x28; widths: channels at 14x14, 7x7 and 4x4; hidden: units of the dense
    layer; dropout: share of them dropped in training.
    """

    classes: int = 47
    stem: int = 24
    widths: tuple[int, ...] = (48, 80, 112)
    hidden: int = 96
    dropout: float = 0.3


def _norm_convolution(x: keras.KerasTensor, width: int, stride: int, name: str) -> keras.KerasTensor:
    x = layers.Conv2D(width, 3, strides=stride, padding="same", use_bias=False, name=f"{name}_conv")(x)
    return layers.BatchNormalization(momentum=0.98, name=f"{name}_norm")(x)


def _convolution(x: keras.KerasTensor, width: int, stride: int, name: str) -> keras.KerasTensor:
    return layers.ReLU(name=f"{name}_relu")(_norm_convolution(x, width, stride, name))


def _residual(x: keras.KerasTensor, width: int, name: str) -> keras.KerasTensor:
    y = _norm_convolution(_convolution(x, width, 1, f"{name}_a"), width, 1, f"{name}_b")
    return layers.ReLU(name=f"{name}_relu")(layers.Add(name=f"{name}_add")([x, y]))


def build_compact_resnet(spec: CompactResNetSpec) -> keras.Model:
    """A residual block at 14x14 and at 7x7, and a dense layer over the 4x4 feature map.

    Global pooling would lose what separates q from g and D from 0; strided convolutions instead of pooling keep it
    cheap: 461,511 parameters for 47 classes, 19 million multiplications.
    """
    image, x = character_input()
    x = _convolution(x, spec.stem, 1, "stem")
    for i, width in enumerate(spec.widths):
        x = _convolution(x, width, 2, f"down{i}")
        if i < len(spec.widths) - 1:
            x = _residual(x, width, f"block{i}")
    x = layers.Dropout(spec.dropout / 2, name="flat_drop")(layers.Flatten(name="flat")(x))
    x = layers.Dense(spec.hidden, use_bias=False, name="hidden")(x)
    x = norm_relu(x, "hidden", 0.98)
    return classifier(image, layers.Dropout(spec.dropout, name="drop")(x), spec.classes, "compact_resnet")


@dataclass(frozen=True, slots=True)
class TunedSpec:
    """classes: outputs; filters: channels of the convolutions of each stage (each stage ends in a pool); size: side of
    the first kernels; hidden: dense units; dropout: share of them dropped in training; norm: batch norm or none.

    The defaults are what the search found whose log is training/emnist/tuned_search.tsv.
    """

    classes: int = 47
    filters: tuple[int, ...] = (20, 40)
    depth: int = 2
    size: int = 5
    hidden: int = 256
    dropout: float = 0.2
    norm: bool = True


def build_tuned(spec: TunedSpec) -> keras.Model:
    """Stages of ``depth`` convolutions and a pool, then one dense layer; `training.emnist.tune` chose the sizes."""
    image, x = character_input()
    for i, width in enumerate(spec.filters):
        for j in range(spec.depth):
            name = f"stage{i}_{j}"
            size = spec.size if i == 0 else 3
            x = layers.Conv2D(width, size, padding="same", use_bias=not spec.norm, name=f"{name}_conv")(x)
            x = norm_relu(x, name, 0.98) if spec.norm else layers.ReLU(name=f"{name}_relu")(x)
        x = layers.MaxPooling2D(name=f"stage{i}_pool")(x)
    x = layers.Dense(spec.hidden, activation="relu", name="hidden")(layers.Flatten(name="flat")(x))
    return classifier(image, layers.Dropout(spec.dropout, name="drop")(x), spec.classes, "tuned")
