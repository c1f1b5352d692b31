"""Default training recipe of each model of the suite."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

#: Highest learning rates of the optimizers where a recipe names none: the usual ones for characters.
RATES = {"adam": 1e-3, "adamax": 2e-3, "adadelta": 1.0}


@dataclass(frozen=True, slots=True)
class Recipe:
    """epochs: passes over the images; batch: images per step; rate: peak learning rate (None: `RATES`); smoothing:
    label smoothing; decay: decoupled weight decay; tau: of the logit adjustment, 0 (plain cross-entropy) to 1 (as if
    all classes were equally frequent); augment_scale: of the augmentation where there is any, 1 is all of it.
    """

    epochs: float = 12.0
    batch: int = 128
    optimizer: str = "adam"
    rate: float | None = None
    smoothing: float = 0.0
    decay: float = 0.0
    tau: float = 0.0
    augment_scale: float = 1.0

    @property
    def peak_rate(self) -> float:
        """The learning rate after the warm-up."""
        return RATES[self.optimizer] if self.rate is None else self.rate


#: Published models are trained with plain cross-entropy, as published; large ones for as long as a CPU allows.
RECIPES = {
    "vanilla": Recipe(),
    "lenet5": Recipe(),
    "lenet5_v2": Recipe(),
    "lenet5_v2_32": Recipe(),
    "resnet34": Recipe(epochs=4, batch=256),
    "resnet_small": Recipe(epochs=10),
    "vgg16": Recipe(epochs=1.5, batch=128, rate=4e-4),
    "resnet50v2": Recipe(epochs=4, batch=256),
    "mobilenetv2": Recipe(epochs=8),
    "tuned": Recipe(epochs=12, rate=2e-3),
    "compact_resnet": Recipe(epochs=24, batch=256, rate=3e-3, smoothing=0.05, decay=0.05, tau=1.0),
}


def chosen_recipe(model: str, **changes: Any) -> Recipe:
    """The model's recipe with those ``changes`` that are not None; another optimizer brings its own rate."""
    given = {key: value for key, value in changes.items() if value is not None}
    if given.get("optimizer", RECIPES[model].optimizer) != RECIPES[model].optimizer:
        given.setdefault("rate", RATES[given["optimizer"]])
    return replace(RECIPES[model], **given)
