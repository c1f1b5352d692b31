"""The character models: exact sizes, what goes in and what comes out, and what is refused."""

from __future__ import annotations

from functools import cache
from math import prod
from typing import Any

import numpy as np
import pytest

from training.models.emnist import MODELS, build_emnist, size_names

#: Parameters for 47 classes, in all and trainable: those of the published models, and of the networks of others.
TOTALS = {
    "vanilla": (484_719, 484_719),
    "lenet5": (64_851, 64_851),
    "lenet5_v2": (279_019, 277_891),
    "lenet5_v2_32": (393_707, 392_579),
    "resnet34": (21_328_047, 21_311_023),
    "vgg16": (14_856_943, 14_856_943),
    "resnet_small": (703_055, 700_815),
    "resnet50v2": (23_654_831, 23_609_391),
    "mobilenetv2": (2_317_615, 2_283_503),
}
#: Networks whose building or tracing takes seconds.
LARGE = ("resnet34", "vgg16", "resnet50v2", "mobilenetv2")


@cache
def model_of(name: str) -> Any:
    return build_emnist(name, 47)


def trainable(model: Any) -> int:
    return sum(prod(weight.shape) for weight in model.trainable_weights)


@pytest.mark.parametrize("name", TOTALS)
def test_totals(name: str) -> None:
    model = model_of(name)
    assert (model.count_params(), trainable(model)) == TOTALS[name]


def test_small_ones_are_small() -> None:
    assert model_of("compact_resnet").count_params() <= 500_000
    assert model_of("tuned").count_params() <= TOTALS["mobilenetv2"][0] // 2
    assert set(MODELS) == {*TOTALS, "compact_resnet", "tuned"}


@pytest.mark.parametrize("name", MODELS)
def test_images_to_probabilities(name: str) -> None:
    import keras

    images = np.random.default_rng(0).uniform(0, 255, (2, 28, 28, 1)).astype(np.float32)
    model = model_of(name)
    probabilities = keras.ops.convert_to_numpy(model(images))
    assert probabilities.shape == (2, 47)
    assert probabilities.dtype == np.float32
    assert probabilities.sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    assert [layer.name for layer in model.layers[-2:]] == ["logits", "probabilities"]
    assert len(model.get_layer("logits").input.shape) == 2  # the features, one row an image


@pytest.mark.parametrize("classes", [10, 26, 62])
@pytest.mark.parametrize("name", [name for name in MODELS if name not in LARGE])
def test_other_classes_change_the_last_layer_only(name: str, classes: int) -> None:
    model = build_emnist(name, classes)
    features = model.get_layer("logits").input.shape[-1]
    assert model.output_shape == (None, classes)
    assert model.count_params() - model_of(name).count_params() == (classes - 47) * (features + 1)


@pytest.mark.parametrize("name", [name for name in MODELS if name not in LARGE])
def test_the_network_as_json_is_the_same_network(name: str) -> None:
    import keras

    images = np.random.default_rng(1).uniform(0, 255, (1, 28, 28, 1)).astype(np.float32)
    model = model_of(name)
    twin = keras.models.model_from_json(model.to_json())
    twin.set_weights(model.get_weights())
    assert np.array_equal(twin(images), model(images))


def test_enlarged_and_padded_inputs() -> None:
    assert model_of("vgg16").get_layer("enlarge").output.shape[1:3] == (48, 48)
    for name in ("lenet5", "lenet5_v2_32"):
        assert model_of(name).get_layer("pad").output.shape[1:3] == (32, 32)


def test_published_details() -> None:
    """What the totals leave open: biases, unpadded convolutions, L2, dropout."""
    model = model_of("lenet5_v2")
    assert [model.get_layer(f"conv{n}").use_bias for n in ("1a", "1b", "2a", "2b")] == [True, False, True, False]
    assert {model.get_layer(f"conv{n}").padding for n in ("1a", "1b", "2a", "2b")} == {"valid"}
    assert all(model.get_layer(f"conv{n}").kernel_regularizer for n in ("1a", "1b", "2a", "2b"))
    assert [model.get_layer(f"dense{n}").use_bias for n in (1, 2, 3)] == [False] * 3
    assert model.get_layer("drop").rate == 0.25
    assert all(layer.use_bias for layer in model_of("resnet34").layers if type(layer).__name__ == "Conv2D")


def test_sizes_can_be_chosen_and_unknown_ones_are_refused() -> None:
    assert build_emnist("compact_resnet", 47, widths=[8, 8, 8], hidden=16).count_params() < 20_000
    assert size_names("vanilla") == {"dropout"}
    with pytest.raises(ValueError, match="no model named alexnet; there are vanilla"):
        build_emnist("alexnet", 47)
    with pytest.raises(TypeError, match="colour"):
        build_emnist("compact_resnet", 47, colour=3)
    with pytest.raises(ValueError, match="side is 28 or 32, not 30"):
        build_emnist("lenet5_v2", 47, side=30)
