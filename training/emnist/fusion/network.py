"""Fitting of the fusion network: its head over precomputed features, or all of it with the image branch thawed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from training.emnist.augment import STANDARD
from training.emnist.batches import as_input
from training.emnist.fusion.examples import Paired, PairedBatches
from training.emnist.loss import LogitAdjustedCrossEntropy, log_prior
from training.emnist.predict import in_batches, softmax
from training.emnist.train_emnist import logits_of
from training.fit import Monitor, Plan, Run, Steps, compile_trainee, fit, make_optimizer
from training.models.parts import LOGITS
from training.report.scores import split_scores


@dataclass(frozen=True, slots=True)
class FusionRecipe:
    """How the network is fitted. batch: examples a step; rate: peak learning rate; copies: contexts, and variants of
    the image, per image; augmented: whether images are augmented; level: how far the loss undoes the classes' unequal
    numbers; thaw: the image branch learns along.

    Features of augmented images, dropout, a hidden layer and higher rates all read fewer of the held images right.
    """

    epochs: float = 6.0
    batch: int = 256
    rate: float = 3e-4
    copies: int = 2
    augmented: bool = False
    level: float = 0.0
    thaw: bool = False


def warm_start(network: keras.Model, branch: keras.Model) -> None:
    """Begin with what the image branch says plus what the text says: the logarithm of the product of the two.

    Log-probabilities are at most 0, so a ReLU passes their negatives on unchanged. Where the score branch is narrower
    than the classes, the network begins at random.
    """
    score_branch, logits = network.get_layer("score_branch"), network.get_layer(LOGITS)
    kernel, bias = branch.get_layer(LOGITS).get_weights()
    features, classes = kernel.shape
    units = score_branch.units
    joined = logits.get_weights()[0]
    if units < classes:
        return
    to_score, _ = score_branch.get_weights()
    to_score[:, :classes] = -np.eye(classes)
    score_branch.set_weights([to_score, np.zeros(units, np.float32)])
    joined[:] = 0.0
    joined[:features] = kernel
    joined[features : features + classes] = -np.eye(classes)
    logits.set_weights([joined, bias])


def fit_network(
    network: keras.Model,
    copies: list[Paired],
    held: Paired,
    classes: tuple[str, ...],
    recipe: FusionRecipe,
    folder: Path,
    seed: int,
    resume: bool = False,
) -> Run:
    """Fit ``network`` (probabilities out) to ``copies``; it is left with the weights that are best on ``held``."""
    trainee = logits_of(network)
    prior = log_prior(copies[0].labels, len(classes), recipe.level)
    compile_trainee(trainee, make_optimizer("adam", recipe.rate), LogitAdjustedCrossEntropy(prior))

    def figures(model: keras.Model) -> dict[str, float]:
        scores = split_scores(softmax(predict_pairs(model, held)), held.labels, classes)
        return {f"val_{key}": scores[key] for key in ("loss", "accuracy", "class_accuracy")}

    batches = PairedBatches(copies, recipe.batch, seed, STANDARD if recipe.augmented else None)
    stop = Steps.of_epochs(recipe.epochs, batches.steps_per_epoch)
    return fit(trainee, batches, Plan(folder, stop, recipe.rate, Monitor("val_class_accuracy"), resume), figures)


def predict_pairs(model: keras.Model, data: Paired) -> np.ndarray:
    """Outputs (N, C) float32 of a network of two inputs."""

    def rows(some: slice) -> list[np.ndarray]:
        inputs = np.asarray(data.inputs[some])
        return [as_input(inputs) if inputs.ndim == 3 else inputs, data.scores[some]]

    return in_batches(model.predict_on_batch, rows, len(data))[0]
