"""Line reader: a convolutional network from the strip of a line to the characters of every few pixels, read by CTC.

A stem of small 2-D convolutions brings the height to 1 and the width to a quarter; residual blocks of depthwise and
pointwise convolutions along the line see the neighbours of a character; two CTC frames come out of each column. After
Coquenet, Chatelain & Paquet, "Recurrence-free unconstrained handwritten text recognition using gated fully
convolutional network" (2020), with the blocks of Chollet, "Xception" (2017).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
from keras import layers

#: Rows of a strip, and columns of it that one column of the network covers (`ocrtool.segment.strip`).
ROWS, COLUMN = 40, 4


@dataclass(frozen=True, slots=True)
class LineReaderSpec:
    """classes: outputs, the blank included; stem: channels of the first three convolutions; channels: of the blocks;
    blocks: their number; reach: columns that a block's depthwise convolution sees; widening: factor of the channels
    between the two pointwise convolutions of a block; frames: CTC frames for each column; dropout: share of channels
    dropped before the last layer in training.
    """

    classes: int = 230
    stem: tuple[int, int, int] = (16, 32, 64)
    channels: int = 144
    blocks: int = 8
    reach: int = 7
    widening: int = 2
    frames: int = 2
    dropout: float = 0.1


def _normed(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    return _layer("BatchNormalization")(momentum=0.98, name=f"{name}_norm")(x)


def _pointwise(x: keras.KerasTensor, width: int, name: str, **options: Any) -> keras.KerasTensor:
    return _layer("Conv2D")(width, 1, name=name, **options)(x)


def _layer(name: str) -> Any:
    """A layer of Keras, or for PyTorch one of the same name that is faster."""
    if keras.backend.backend() != "torch":
        return getattr(layers, name)
    from training.models import torch_layers

    return getattr(torch_layers, name)


def _convolution(
    x: keras.KerasTensor, width: int, size: tuple[int, int], stride: tuple[int, int], padding: str, name: str
) -> keras.KerasTensor:
    x = layers.Conv2D(width, size, strides=stride, padding=padding, use_bias=False, name=f"{name}_conv")(x)
    return layers.ReLU(name=f"{name}_relu")(_normed(x, name))


def _block(x: keras.KerasTensor, spec: LineReaderSpec, name: str) -> keras.KerasTensor:
    y = layers.DepthwiseConv2D((1, spec.reach), padding="same", use_bias=False, name=f"{name}_along")(x)
    y = _normed(y, f"{name}_along")
    y = _pointwise(y, spec.widening * spec.channels, f"{name}_widen")
    y = layers.ReLU(name=f"{name}_relu")(y)
    y = _pointwise(y, spec.channels, f"{name}_narrow", use_bias=False)
    return layers.Add(name=f"{name}_add")([x, _normed(y, f"{name}_narrow")])


def build_line_reader(spec: LineReaderSpec) -> keras.Model:
    """Model from strips (B, ROWS, W, 1) in 0..255 to logits (B, W / COLUMN * frames, classes); COLUMN divides W."""
    strip = keras.Input((ROWS, None, 1), name="strip")
    x = layers.Rescaling(1.0 / 255.0, name="scale")(strip)
    first, second, third = spec.stem
    x = _convolution(x, first, (3, 3), (2, 2), "same", "stem0")
    x = _convolution(x, second, (3, 3), (2, 1), "same", "stem1")
    x = _convolution(x, third, (3, 3), (2, 2), "same", "stem2")
    x = layers.ZeroPadding2D(((0, 0), (1, 1)), name="stem3_pad")(x)
    x = _convolution(x, spec.channels, (ROWS // 8, 3), (1, 1), "valid", "stem3")
    for block in range(spec.blocks):
        x = _block(x, spec, f"block{block}")
    x = layers.ReLU(name="last_relu")(x)
    x = layers.SpatialDropout2D(spec.dropout, name="drop")(x)
    x = _pointwise(x, spec.frames * spec.classes, "characters", dtype="float32")
    logits = layers.Reshape((-1, spec.classes), dtype="float32", name="logits")(x)
    return keras.Model(strip, logits, name="line_reader")
