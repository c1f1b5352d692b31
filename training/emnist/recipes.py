"""How each model of the suite is trained unless the command says otherwise."""

from __future__ import annotations

from dataclasses import dataclass

#: Highest learning rates of the optimizers where a recipe names none: the usual ones for characters.
RATES = {"adam": 1e-3, "adamax": 2e-3, "adadelta": 1.0}


@dataclass(frozen=True, slots=True)
class Recipe:
    """epochs: passes over the images; batch: images a step; rate: peak learning rate (None: `RATES`); smoothing: label
    smoothing; decay: decoupled weight decay; level: how far the loss undoes the classes' unequal numbers, 0 to 1;
    strength: of the augmentation where there is any, 1 is the whole policy.
    """

    epochs: float = 12.0
    batch: int = 128
    optimizer: str = "adam"
    rate: float | None = None
    smoothing: float = 0.0
    decay: float = 0.0
    level: float = 0.0
    strength: float = 1.0

    @property
    def peak_rate(self) -> float:
        """The learning rate after the warm-up."""
        return RATES[self.optimizer] if self.rate is None else self.rate


#: Published models are trained plainly, as published; large ones for as long as a CPU allows.
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
    "compact_resnet": Recipe(epochs=24, batch=256, rate=3e-3, smoothing=0.05, decay=0.05, level=1.0),
}
