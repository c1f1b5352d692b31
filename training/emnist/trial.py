"""One of many trainings, as searches and grids do them: the same for the same seed, resumed where it was."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from training.emnist.batches import ImageBatches
from training.emnist.labelled import LabelledImages
from training.emnist.recipes import Recipe
from training.emnist.train_emnist import train
from training.fit import Run
from training.fit.run import CHECKPOINT
from training.models.emnist import build_emnist


class OutOfTime(Exception):
    """A training was stopped by the clock before its last epoch."""


@dataclass(frozen=True, slots=True)
class Task:
    """What all trainings of a search or grid share. ``held`` is cut from the train images; to choose by."""

    model: str
    train_part: LabelledImages
    held: LabelledImages
    seed: int
    augmented: bool
    bfloat16: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """parameters: of the model; figures: validation loss, accuracy and class_accuracy of the best epoch; seconds: wall
    time with the building and the scoring.
    """

    parameters: int
    figures: dict[str, float]
    seconds: float


def train_once(
    task: Task, sizes: Mapping[str, Any], recipe: Recipe, folder: Path, minutes: float = math.inf
) -> Outcome:
    """Train the task's model of these ``sizes`` by ``recipe`` in ``folder``, going on from what lies there.

    Raises KeyboardInterrupt and OutOfTime where it did not come to its end; it can then be gone on with.
    """
    started = time.monotonic()
    keras.backend.clear_session()
    keras.utils.set_random_seed(task.seed)
    policy = keras.mixed_precision.dtype_policy()
    if task.bfloat16:
        keras.mixed_precision.set_dtype_policy("mixed_bfloat16")
    try:
        model = build_emnist(task.model, len(task.train_part.classes), **sizes)
        run = train(model, task.train_part, task.held, recipe, folder, task.seed, task.augmented, minutes, resume=True)
    finally:
        keras.mixed_precision.set_dtype_policy(policy)
    _check_finished(run, task, recipe, minutes)
    best = run.epochs[run.best_epoch - 1]
    figures = {key: best[f"val_{key}"] for key in ("loss", "accuracy", "class_accuracy")}
    (folder / CHECKPOINT).unlink(missing_ok=True)
    return Outcome(model.count_params(), figures, time.monotonic() - started)


def _check_finished(run: Run, task: Task, recipe: Recipe, minutes: float) -> None:
    wanted = max(1, round(recipe.epochs * ImageBatches(task.train_part, recipe.batch, task.seed).steps_per_epoch))
    if run.steps < wanted and run.seconds >= 60 * minutes:
        raise OutOfTime(f"the time was up after {run.steps} of {wanted} batches")
    if run.steps < wanted or "val_class_accuracy" not in run.epochs[-1]:  # the fit loop ends quietly on Ctrl-C
        raise KeyboardInterrupt
