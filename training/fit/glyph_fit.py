"""The fit loop of the classifiers: a budget of minutes, a cosine learning rate, checkpoints, the best weights kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from training.emnist.loop import compile_trainee
from training.fit.budget import Progress, fit_in_time

#: Larger gradients are cut to this norm: wrong labels and odd crops must not throw the fit.
GRADIENT_NORM = 2.0


@dataclass(frozen=True, slots=True)
class FitPlan:
    """folder: checkpoints; minutes: budget of wall-clock time; rate: peak learning rate; most_epochs: end sooner after
    so many; smoothing: label smoothing; weight_decay: of AdamW; resume: go on from the folder's last checkpoint.
    """

    folder: Path
    minutes: float
    rate: float = 2e-3
    most_epochs: int = 1000
    smoothing: float = 0.03
    weight_decay: float = 1e-3
    resume: bool = False


def fit(
    model: keras.Model, batches: keras.utils.PyDataset, validation: tuple[Any, Any], plan: FitPlan
) -> tuple[keras.Model, Progress]:
    """Fit ``model`` (logits out) to one-hot targets. Returns it with the best weights, and how far the fit came.

    validation: inputs and one-hot targets. Ctrl-C ends the fit as the end of the budget does.
    """
    plan.folder.mkdir(parents=True, exist_ok=True)
    progress = Progress()
    if plan.resume and (plan.folder / "last.keras").is_file():
        progress = Progress.load(plan.folder / "progress.json")
        model = keras.models.load_model(plan.folder / "last.keras")
    else:
        optimizer = keras.optimizers.AdamW(plan.rate, weight_decay=plan.weight_decay, global_clipnorm=GRADIENT_NORM)
        loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=plan.smoothing)
        compile_trainee(model, optimizer, loss)
    fit_in_time(model, batches, validation, plan.folder, progress, plan.minutes, plan.rate, plan.most_epochs)
    if (plan.folder / "best.weights.h5").is_file():
        model.load_weights(plan.folder / "best.weights.h5")
    return model, progress
