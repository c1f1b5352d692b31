"""Fit a character classifier by its recipe, choose its weights on validation images, measure it on a test part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from training.emnist.augment import STANDARD, augmented_test_set
from training.emnist.batches import ImageBatches
from training.emnist.labelled import LabelledImages
from training.emnist.loss import LogitAdjustedCrossEntropy, log_prior
from training.emnist.predict import keras_run, predict, softmax
from training.emnist.recipes import Recipe
from training.emnist.trained_weights import find_weights, open_model
from training.fit import Monitor, Plan, Run, Steps, compile_trainee, fit, make_optimizer
from training.models.parts import logits_of
from training.report.scores import split_scores

#: Longest training, minutes.
MOST_MINUTES = 60.0


@dataclass(frozen=True, slots=True)
class FitData:
    """train: images to learn from; validation: cut from the same part, to choose weights by; augmented: whether the
    train images are augmented each time they are shown.
    """

    train: LabelledImages
    validation: LabelledImages
    augmented: bool = False


@dataclass(frozen=True, slots=True)
class RunOptions:
    """folder: of history and checkpoints; seed: of the order of images and their augmentation; minutes: an end before
    the recipe's epochs; resume: continue the run in ``folder``.
    """

    folder: Path
    seed: int = 0
    minutes: float = MOST_MINUTES
    resume: bool = False


def fit_classifier(model: keras.Model, data: FitData, recipe: Recipe, options: RunOptions) -> Run:
    """Fit ``model`` (probabilities out) by the recipe; it is left with the weights that are best on validation."""
    trainee = logits_of(model)
    prior = log_prior(data.train.labels, len(data.train.classes), recipe.tau)
    optimizer = make_optimizer(recipe.optimizer, recipe.peak_rate, recipe.decay)
    compile_trainee(trainee, optimizer, LogitAdjustedCrossEntropy(prior, recipe.smoothing))
    augmentation = STANDARD.scaled(recipe.augment_scale) if data.augmented else None
    batches = ImageBatches(data.train, recipe.batch, options.seed, augmentation)
    stop = Steps.of_epochs(recipe.epochs, batches.steps_per_epoch, options.minutes)
    plan = Plan(options.folder, stop, recipe.peak_rate, Monitor("val_class_accuracy"), options.resume)
    return fit(trainee, batches, plan, validation_figures(data.validation))


def validation_figures(validation: LabelledImages) -> Callable[[keras.Model], dict[str, float]]:
    """Function of a logits model that gives its scores on ``validation`` for the history."""

    def figures(model: keras.Model) -> dict[str, float]:
        probabilities = softmax(predict(keras_run(model), validation.images)[0])
        scores = split_scores(probabilities, validation.labels, validation.classes)
        return {f"val_{key}": scores[key] for key in ("loss", "accuracy", "class_accuracy")}

    return figures


def measure(model: keras.Model, test: LabelledImages) -> tuple[dict[str, dict[str, Any]], np.ndarray]:
    """Scores of the clean and of the augmented test images; probabilities (N, C) of the clean ones."""
    clean = predict(keras_run(model), test.images)[0]
    augmented = predict(keras_run(model), augmented_test_set(test.images))[0]
    scores = {"test": clean, "augmented_test": augmented}
    return {name: split_scores(p, test.labels, test.classes) for name, p in scores.items()}, clean


def start_from(model: keras.Model, folder: Path) -> dict[str, Any]:
    """Copy the matching layers of the trained model in ``folder``. Returns its name, command and training.

    Raises WeightsNotFound and WeightsRefused.
    """
    weights = find_weights(folder)
    copied = copy_matching_layers(model, weights.h5_path, open_model(weights))
    print(f"started from {weights.name}: {copied} layers")
    return {key: weights.manifest.get(key) for key in ("name", "command", "training")}


def copy_matching_layers(model: keras.Model, h5: Path, source: keras.Model) -> int:
    """Copy to ``model`` the layers of ``source`` (weights read from ``h5``) of the same name and shapes; how many."""
    source.load_weights(h5)
    copied = 0
    for layer in model.layers:
        twin = next((other for other in source.layers if other.name == layer.name), None)
        weights = twin.get_weights() if twin is not None else []
        if weights and [w.shape for w in weights] == [w.shape for w in layer.get_weights()]:
            layer.set_weights(weights)
            copied += 1
    return copied
