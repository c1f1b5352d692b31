"""MACs of layers and models against numbers worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from training.models.emnist import build_emnist
from training.models.lstm import LstmSpec, build_sequence_model
from training.models.macs import macs

#: Output pixels × kernel × inputs × outputs, layer by layer.
VANILLA = 28 * 28 * 25 * 128 + 14 * 14 * 9 * 128 * 64 + 3136 * 128 + 128 * 47
LENET5 = 28 * 28 * 25 * 6 + 10 * 10 * 25 * 6 * 16 + 400 * 120 + 120 * 84 + 84 * 47
LENET5_V2 = (
    24 * 24 * 25 * 32
    + 20 * 20 * 25 * 32 * 32
    + 8 * 8 * 9 * 32 * 64
    + 6 * 6 * 9 * 64 * 64
    + 576 * 256
    + 256 * 128
    + 128 * 84
    + 84 * 47
)


@pytest.mark.parametrize(("model", "expected"), [("vanilla", VANILLA), ("lenet5", LENET5), ("lenet5_v2", LENET5_V2)])
def test_published_models(model: str, expected: int) -> None:
    assert macs(build_emnist(model, 47)) == expected


def test_every_kind_of_layer() -> None:
    from keras import layers

    for layer, expected in (
        (layers.Conv2D(6, 3, strides=2, padding="same"), 5 * 4 * 9 * 4 * 6),
        (layers.Conv2D(6, (1, 3), groups=2), 9 * 6 * 3 * 2 * 6),
        (layers.DepthwiseConv2D(3, depth_multiplier=2), 7 * 6 * 9 * 4 * 2),
        (layers.SeparableConv2D(5, 3, padding="same"), 9 * 8 * (9 * 4 + 4 * 5)),
        (layers.Dense(7), 9 * 8 * 4 * 7),
        (layers.BatchNormalization(), 0),
        (layers.Resizing(20, 20), 0),
    ):
        assert macs(over(layer, (9, 8, 4))) == expected, layer.name


def test_lstm_and_models_within_a_model() -> None:
    from keras import layers

    assert macs(over(layers.LSTM(10), (6, 3))) == 6 * 4 * 10 * (3 + 10)
    spec = LstmSpec(symbols=20, embedding=8, units=10)
    assert macs(build_sequence_model(spec, length=6)) == 6 * (4 * 10 * (8 + 10) + 10 * 20)
    assert macs(over(over(layers.Dense(7), (5,)), (5,))) == 5 * 7


def test_what_cannot_be_told_is_refused() -> None:
    from keras import layers

    with pytest.raises(ValueError, match="odd_one, a Conv1D"):
        macs(over(layers.Conv1D(2, 2, name="odd_one"), (9, 4)))
    with pytest.raises(ValueError, match="turned, a Conv2DTranspose"):
        macs(over(layers.Conv2DTranspose(2, 2, name="turned"), (9, 9, 4)))
    with pytest.raises(ValueError, match="length that is not known"):
        macs(build_sequence_model(LstmSpec(symbols=20, embedding=8, units=10)))


def over(layer: Any, shape: tuple[int, ...]) -> Any:
    """Model of this layer alone."""
    import keras

    start = keras.Input(shape)
    return keras.Model(start, layer(start))
