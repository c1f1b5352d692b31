"""Fit the fusion network: its head over precomputed features, or all of it with the image branch unfrozen."""

from __future__ import annotations

from dataclasses import dataclass

import keras
import numpy as np

from training.emnist.augment import STANDARD
from training.emnist.batches import as_input
from training.emnist.fit_classifier import RunOptions
from training.emnist.fusion.examples import Paired, PairedBatches
from training.emnist.loss import LogitAdjustedCrossEntropy, log_prior
from training.emnist.predict import in_batches, softmax
from training.fit import Monitor, Plan, Run, Steps, compile_trainee, fit, make_optimizer
from training.models.parts import LOGITS, logits_of
from training.report.scores import split_scores


@dataclass(frozen=True, slots=True)
class FusionRecipe:
    """How the network is fitted. batch: examples per step; rate: peak learning rate; copies: contexts, and variants of
    the image, per image; augmented: whether images are augmented; tau: of the logit adjustment; thaw: the image branch
    is trained too.

    Features of augmented images, dropout, a hidden layer and higher rates all lowered the validation accuracy.
    """

    epochs: float = 6.0
    batch: int = 256
    rate: float = 3e-4
    copies: int = 2
    augmented: bool = False
    tau: float = 0.0
    thaw: bool = False


def warm_start(network: keras.Model, branch: keras.Model) -> None:
    """Initialise the logits as the sum of the image branch's logits and the text's log-probabilities.

    Log-probabilities are at most 0, so a ReLU passes on their negatives unchanged. If the score branch has fewer units
    than there are classes, the random initialisation stays.
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
    validation: Paired,
    classes: tuple[str, ...],
    recipe: FusionRecipe,
    options: RunOptions,
) -> Run:
    """Fit ``network`` (probabilities out) to ``copies``; it is left with the weights best on ``validation``."""
    trainee = logits_of(network)
    prior = log_prior(copies[0].labels, len(classes), recipe.tau)
    compile_trainee(trainee, make_optimizer("adam", recipe.rate), LogitAdjustedCrossEntropy(prior))

    def figures(model: keras.Model) -> dict[str, float]:
        scores = split_scores(softmax(predict_pairs(model, validation)), validation.labels, classes)
        return {f"val_{key}": scores[key] for key in ("loss", "accuracy", "class_accuracy")}

    batches = PairedBatches(copies, recipe.batch, options.seed, STANDARD if recipe.augmented else None)
    stop = Steps.of_epochs(recipe.epochs, batches.steps_per_epoch)
    plan = Plan(options.folder, stop, recipe.rate, Monitor("val_class_accuracy"), options.resume)
    return fit(trainee, batches, plan, figures)


def predict_pairs(model: keras.Model, data: Paired) -> np.ndarray:
    """Outputs (N, C) float32 of a network with two inputs."""

    def rows(chosen: slice) -> list[np.ndarray]:
        inputs = np.asarray(data.inputs[chosen])
        return [as_input(inputs) if inputs.ndim == 3 else inputs, data.scores[chosen]]

    return in_batches(model.predict_on_batch, rows, len(data))[0]
