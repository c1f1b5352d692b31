"""Residual networks for 28x28 characters (He et al., "Deep residual learning for image recognition", 2016)."""

from __future__ import annotations

from dataclasses import dataclass

import keras
from keras import layers

from training.models.parts import character_input, classifier, norm_relu


@dataclass(frozen=True, slots=True)
class Resnet34Spec:
    """classes: outputs; widths, blocks: channels and basic blocks of each stage; dropout before the last layer."""

    classes: int = 47
    widths: tuple[int, ...] = (64, 128, 256, 512)
    blocks: tuple[int, ...] = (3, 4, 6, 3)
    dropout: float = 0.0


@dataclass(frozen=True, slots=True)
class SmallResnetSpec:
    """As `Resnet34Spec`, for a network that a CPU trains in minutes."""

    classes: int = 47
    widths: tuple[int, ...] = (32, 64, 128)
    blocks: tuple[int, ...] = (2, 2, 2)
    dropout: float = 0.2


def _convolution(x: keras.KerasTensor, width: int, size: int, stride: int, bias: bool, name: str) -> keras.KerasTensor:
    return layers.Conv2D(width, size, strides=stride, padding="same", use_bias=bias, name=f"{name}_conv")(x)


def _basic_block(x: keras.KerasTensor, width: int, stride: int, bias: bool, name: str) -> keras.KerasTensor:
    y = norm_relu(_convolution(x, width, 3, stride, bias, f"{name}_a"), f"{name}_a")
    y = layers.BatchNormalization(name=f"{name}_b_norm")(_convolution(y, width, 3, 1, bias, f"{name}_b"))
    if stride != 1 or x.shape[-1] != width:
        shortcut = _convolution(x, width, 1, stride, bias, f"{name}_shortcut")
        x = layers.BatchNormalization(name=f"{name}_shortcut_norm")(shortcut)
    return layers.ReLU(name=f"{name}_relu")(layers.Add(name=f"{name}_add")([x, y]))


def _stages(x: keras.KerasTensor, widths: tuple[int, ...], blocks: tuple[int, ...], bias: bool) -> keras.KerasTensor:
    for i, (width, count) in enumerate(zip(widths, blocks, strict=True)):
        for block in range(count):
            x = _basic_block(x, width, 2 if i > 0 and block == 0 else 1, bias, f"stage{i}_{block}")
    return layers.GlobalAveragePooling2D(name="average")(x)


def build_resnet34(spec: Resnet34Spec) -> keras.Model:
    """ResNet-34 with biased convolutions: 21,328,047 parameters (21,311,023 trainable) for 47 classes."""
    image, x = character_input()
    x = norm_relu(_convolution(x, spec.widths[0], 7, 2, True, "stem"), "stem")
    x = layers.MaxPooling2D(3, 2, padding="same", name="stem_pool")(x)  # (B, 7, 7, 64)
    x = _stages(x, spec.widths, spec.blocks, bias=True)
    return classifier(image, layers.Dropout(spec.dropout, name="drop")(x), spec.classes, "resnet34")


def build_resnet_small(spec: SmallResnetSpec) -> keras.Model:
    """A 3x3 stem at full size, pooled to 14x14, then basic blocks at 14x14, 7x7 and 4x4."""
    image, x = character_input()
    x = norm_relu(_convolution(x, spec.widths[0], 3, 1, False, "stem"), "stem")
    x = layers.MaxPooling2D(name="stem_pool")(x)  # (B, 14, 14, widths[0])
    x = _stages(x, spec.widths, spec.blocks, bias=False)
    return classifier(image, layers.Dropout(spec.dropout, name="drop")(x), spec.classes, "resnet_small")
