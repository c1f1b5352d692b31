"""One of the many trainings of a search or grid: repeatable by its seed, resumed where it stopped."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from training.emnist.batches import ImageBatches
from training.emnist.fit_classifier import FitData, RunOptions, fit_classifier
from training.emnist.recipes import Recipe
from training.fit import Run, Steps
from training.fit.precision import precision
from training.fit.run import CHECKPOINT
from training.models.emnist import build_emnist


class OutOfTime(Exception):
    """A training was stopped by the clock before its last epoch."""


@dataclass(frozen=True, slots=True)
class TrialTask:
    """What all trainings of a search or grid share. data.validation is what settings are chosen by."""

    model: str
    data: FitData
    seed: int
    bfloat16: bool = False


@dataclass(frozen=True, slots=True)
class TrialResult:
    """parameters: of the model; figures: validation loss, accuracy and class_accuracy of the best epoch; seconds: wall
    time including building and scoring.
    """

    parameters: int
    figures: dict[str, float]
    seconds: float


def train_once(
    task: TrialTask, sizes: Mapping[str, Any], recipe: Recipe, folder: Path, minutes: float = math.inf
) -> TrialResult:
    """Train the task's model with these ``sizes`` by ``recipe``, resuming the run in ``folder`` if there is one.

    Raises KeyboardInterrupt and OutOfTime if it did not finish; it can be resumed then.
    """
    started = time.monotonic()
    keras.backend.clear_session()
    keras.utils.set_random_seed(task.seed)
    with precision(task.bfloat16):
        model = build_emnist(task.model, len(task.data.train.classes), **sizes)
        run = fit_classifier(model, task.data, recipe, RunOptions(folder, task.seed, minutes, resume=True))
    _check_finished(run, task, recipe, minutes)
    figures = {key: run.best[f"val_{key}"] for key in ("loss", "accuracy", "class_accuracy")}
    (folder / CHECKPOINT).unlink(missing_ok=True)
    return TrialResult(model.count_params(), figures, time.monotonic() - started)


def _check_finished(run: Run, task: TrialTask, recipe: Recipe, minutes: float) -> None:
    steps_per_epoch = ImageBatches(task.data.train, recipe.batch, task.seed).steps_per_epoch
    wanted = Steps.of_epochs(recipe.epochs, steps_per_epoch).count
    if run.steps < wanted and run.seconds >= 60 * minutes:
        raise OutOfTime(f"time limit reached after {run.steps} of {wanted} batches")
    if run.steps < wanted or "val_class_accuracy" not in run.epochs[-1]:  # the fit loop ends quietly on Ctrl-C
        raise KeyboardInterrupt
