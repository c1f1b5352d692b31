"""Glyph classifier: a small residual network over the shape, joined by where the shape stood on its line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import keras
from keras import layers

#: Side of a glyph crop in pixels; channel 0 is the glyph's own ink, channel 1 what stands around it.
CROP_SIDE = 32
CROP_CHANNELS = 2
#: Numbers that give the position and size of a glyph on its line (`ocrtool.recognize.crops`).
GEOMETRY_SIZE = 8


@dataclass(frozen=True, slots=True)
class GlyphSpec:
    """Architecture of the Latin glyph classifier.

    classes: outputs; widths: channels at 16x16, 8x8 and 4x4 pixels; blocks: residual blocks at each; hidden: units of
    the last layer over the image; place_units: units of the layer over the geometry features; dropout: share of the
    hidden units dropped in training.
    """

    classes: int = 95
    widths: tuple[int, ...] = (32, 64, 128)
    blocks: tuple[int, ...] = (1, 2, 1)
    hidden: int = 192
    place_units: int = 32
    dropout: float = 0.2

    def __post_init__(self) -> None:
        if len(self.widths) != len(self.blocks):
            raise ValueError(f"widths and blocks differ in length: {self.widths}, {self.blocks}")


def convolution(x: keras.KerasTensor, width: int, size: int, stride: int, name: str) -> keras.KerasTensor:
    x = layers.Conv2D(width, size, strides=stride, padding="same", use_bias=False, name=f"{name}_conv")(x)
    return layers.BatchNormalization(momentum=0.98, name=f"{name}_norm")(x)


def residual_block(x: keras.KerasTensor, width: int, name: str) -> keras.KerasTensor:
    """He et al., "Deep residual learning for image recognition" (2016), basic block, identity shortcut."""
    y = layers.ReLU(name=f"{name}_a_relu")(convolution(x, width, 3, 1, f"{name}_a"))
    y = layers.Add(name=f"{name}_add")([x, convolution(y, width, 3, 1, f"{name}_b")])
    return layers.ReLU(name=f"{name}_b_relu")(y)


def shrinking_stages(x: keras.KerasTensor, widths: Sequence[int], blocks: Sequence[int]) -> keras.KerasTensor:
    """A stage for each of ``widths``: a convolution that halves the sides, and so many residual blocks.

    The first convolution is 5x5: it sees a channel or two only, where a larger window costs next to nothing.
    """
    for i, (width, count) in enumerate(zip(widths, blocks, strict=True)):
        x = layers.ReLU(name=f"down{i}_relu")(convolution(x, width, 5 if i == 0 else 3, 2, f"down{i}"))
        for block in range(count):
            x = residual_block(x, width, f"stage{i}_{block}")
    return x


def build_glyph(spec: GlyphSpec) -> keras.Model:
    """Model from image (B, 32, 32, 2) in 0..255 and geometry (B, 8) to class logits (B, classes) float32."""
    image = keras.Input((CROP_SIDE, CROP_SIDE, CROP_CHANNELS), name="image")
    geometry = keras.Input((GEOMETRY_SIZE,), name="place")
    x = layers.Rescaling(1.0 / 255.0, name="scale")(image)
    x = shrinking_stages(x, spec.widths, spec.blocks)
    x = layers.Flatten(name="flat")(x)  # 4 * 4 * widths[-1]: the position of a stroke matters as much as its presence
    x = layers.Dense(spec.hidden, use_bias=False, name="shape")(x)
    x = layers.ReLU(name="shape_relu")(layers.BatchNormalization(momentum=0.98, name="shape_norm")(x))
    p = layers.Dense(spec.place_units, activation="relu", name="place_spread")(geometry)
    x = layers.Concatenate(name="shape_and_place")([x, p])
    x = layers.Dense(spec.hidden, activation="relu", name="join")(x)
    x = layers.Dropout(spec.dropout, name="drop")(x)
    logits = layers.Dense(spec.classes, dtype="float32", name="logits")(x)
    return keras.Model([image, geometry], logits, name="glyph")
