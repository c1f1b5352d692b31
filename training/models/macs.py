"""Multiplications with addition (MACs) of one image in a Keras model, computed from the shapes of its layers."""

from __future__ import annotations

import math

import keras
from keras import layers


def macs(model: keras.Model) -> int:
    """MACs of one image, or one row of whatever the inputs are, through the model; models within it included.

    Convolutions, dense layers and LSTMs count; norms, activations, pools and resampling do not, as is usual. Raises
    ValueError for a layer with a kernel that is none of these, and for one that runs over a length not known.
    """
    return sum(macs(layer) if isinstance(layer, keras.Model) else layer_macs(layer) for layer in model.layers)


def layer_macs(layer: keras.layers.Layer) -> int:
    """MACs of one row through a built ``layer``. Raises ValueError as `macs`."""
    if isinstance(layer, layers.LSTM):
        steps, features = _known(layer, layer.input.shape[1:])
        return int(steps * 4 * layer.units * (features + layer.units))
    if isinstance(layer, layers.SeparableConv2D):
        height, width, _ = _known(layer, layer.output.shape[1:])
        return int(height * width * (math.prod(layer.depthwise_kernel.shape) + math.prod(layer.pointwise_kernel.shape)))
    if isinstance(layer, (layers.Conv2D, layers.DepthwiseConv2D)) and not isinstance(layer, layers.Conv2DTranspose):
        height, width, _ = _known(layer, layer.output.shape[1:])
        return int(height * width * math.prod(layer.kernel.shape))  # the kernel of groups holds a group's inputs only
    if isinstance(layer, layers.Dense):
        return int(math.prod(_known(layer, layer.output.shape[1:])) * layer.kernel.shape[0])
    if any("kernel" in weight.name for weight in layer.weights):
        raise ValueError(f"cannot count the multiplications of layer {layer.name}, a {type(layer).__name__}")
    return 0


def _known(layer: keras.layers.Layer, shape: tuple[int | None, ...]) -> tuple[int, ...]:
    if None in shape:
        raise ValueError(f"layer {layer.name} runs over a length that is not known: {shape}")
    return tuple(size for size in shape if size is not None)
