"""The character models of the EMNIST suite by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import keras

from training.models.compact import CompactResNetSpec, TunedSpec, build_compact_resnet, build_tuned
from training.models.large import ApplicationSpec, Vgg16Spec, build_mobilenetv2, build_resnet50v2, build_vgg16
from training.models.lenet import (
    LenetSpec,
    LenetV2Spec,
    VanillaSpec,
    build_lenet5,
    build_lenet5_v2,
    build_vanilla,
)
from training.models.resnet import Resnet34Spec, SmallResnetSpec, build_resnet34, build_resnet_small


@dataclass(frozen=True, slots=True)
class Family:
    """spec: dataclass of sizes; build: spec to model; fixed: sizes that make this name what it is."""

    spec: Callable[..., Any]
    build: Callable[[Any], keras.Model]
    fixed: dict[str, Any] = field(default_factory=dict)


#: Every model of the suite: (B, 28, 28, 1) in 0..255 to probabilities (B, classes).
MODELS: dict[str, Family] = {
    "vanilla": Family(VanillaSpec, build_vanilla),
    "lenet5": Family(LenetSpec, build_lenet5),
    "lenet5_v2": Family(LenetV2Spec, build_lenet5_v2),
    "lenet5_v2_32": Family(LenetV2Spec, build_lenet5_v2, {"side": 32}),
    "resnet34": Family(Resnet34Spec, build_resnet34),
    "resnet_small": Family(SmallResnetSpec, build_resnet_small),
    "vgg16": Family(Vgg16Spec, build_vgg16),
    "resnet50v2": Family(ApplicationSpec, build_resnet50v2),
    "mobilenetv2": Family(ApplicationSpec, build_mobilenetv2),
    "tuned": Family(TunedSpec, build_tuned),
    "compact_resnet": Family(CompactResNetSpec, build_compact_resnet),
}


@dataclass(frozen=True)
class EmnistSpec:
    """model: a name of `MODELS`; classes: outputs; sizes: of the model's own spec, its defaults where absent."""

    model: str
    classes: int
    sizes: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.model not in MODELS:
            raise ValueError(f"no model named {self.model}; there are {', '.join(MODELS)}")


def build_emnist_spec(spec: EmnistSpec) -> keras.Model:
    """The untrained model of ``spec``. Raises TypeError for a size that it does not have."""
    family = MODELS[spec.model]
    plain = {key: tuple(value) if isinstance(value, list) else value for key, value in spec.sizes.items()}
    return family.build(family.spec(classes=spec.classes, **(family.fixed | plain)))


def build_emnist(model: str, classes: int, **sizes: Any) -> keras.Model:
    """The untrained model of that name. Raises ValueError for a name that is not in `MODELS`."""
    return build_emnist_spec(EmnistSpec(model, classes, sizes))


def size_names(model: str) -> set[str]:
    """What can be set of a model besides its classes."""
    return set(inspect.signature(MODELS[model].spec).parameters) - {"classes"}
