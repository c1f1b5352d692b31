"""Fitting of the fusion network: its head over precomputed features, or all of it with the image branch thawed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from tqdm import tqdm

from ocrtool.models.parts import LOGITS
from training.emnist.augment import STANDARD
from training.emnist.batches import as_input
from training.emnist.loop import Run, fit
from training.emnist.loss import LevelledCrossEntropy, log_prior
from training.fusion.examples import Paired, PairedBatches
from training.report.scores import split_scores

#: Rows that go through a network at once.
BATCH = 256
#: Larger gradients are cut to this norm.
GRADIENT_NORM = 5.0


@dataclass(frozen=True, slots=True)
class FusionRecipe:
    """How the network is fitted. batch: examples a step; rate: peak learning rate; copies: contexts, and variants of
    the image, per image; augmented: whether images are varied; level: how far the loss undoes the classes' unequal
    numbers; thaw: the image branch learns along.

    Features of varied images, dropout, a hidden layer and higher rates all read fewer of the held images right.
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

    Log-probabilities are at most 0, so a ReLU passes their negatives on unchanged. Where a hidden layer follows or the
    score branch is narrower than the classes, the network begins at random.
    """
    score_branch, logits = network.get_layer("score_branch"), network.get_layer(LOGITS)
    kernel, bias = branch.get_layer(LOGITS).get_weights()
    features, classes = kernel.shape
    units = score_branch.units
    joined = logits.get_weights()[0]
    if units < classes or len(joined) != features + units:
        return
    to_score, _ = score_branch.get_weights()
    to_score[:, :classes] = -np.eye(classes)
    score_branch.set_weights([to_score, np.zeros(units, np.float32)])
    joined[:] = 0.0
    joined[:features] = kernel
    joined[features : features + classes] = -np.eye(classes)
    logits.set_weights([joined, bias])


def without_softmax(network: keras.Model) -> keras.Model:
    """The same network up to its logits: what the loss works on."""
    return keras.Model(network.inputs, network.get_layer(LOGITS).output)


def fit_network(
    network: keras.Model, copies: list[Paired], held: Paired, classes: tuple[str, ...], recipe: FusionRecipe,
    folder: Path, seed: int, resume: bool = False,
) -> Run:  # fmt: skip
    """Fit ``network`` (probabilities out) to ``copies``; it is left with the weights that are best on ``held``."""
    trainee = without_softmax(network)
    prior = log_prior(copies[0].labels, len(classes), recipe.level)
    trainee.compile(
        optimizer=keras.optimizers.Adam(recipe.rate, global_clipnorm=GRADIENT_NORM),
        loss=LevelledCrossEntropy(prior),
        metrics=["accuracy"],
        # XLA halves the speed of convolutions on a CPU under TensorFlow
        jit_compile=keras.backend.backend() != "tensorflow",
    )

    def figures(model: keras.Model) -> dict[str, float]:
        scores = split_scores(softmax(predict_pairs(model, held)), held.labels, classes)
        return {f"val_{key}": scores[key] for key in ("loss", "accuracy", "class_accuracy")}

    batches = PairedBatches(copies, recipe.batch, seed, STANDARD if recipe.augmented else None)
    return fit(trainee, batches, figures, folder, recipe.epochs, recipe.rate, resume=resume)  # type: ignore[arg-type]


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities (N, C) float64."""
    exp = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return exp / exp.sum(axis=1, keepdims=True)


def predict_pairs(model: keras.Model, data: Paired) -> np.ndarray:
    """Outputs (N, C) float32 of a network of two inputs."""

    def rows(first: int, last: int) -> list[np.ndarray]:
        inputs = np.asarray(data.inputs[first:last])
        return [as_input(inputs) if inputs.ndim == 3 else inputs, data.scores[first:last]]

    return _in_batches(model, rows, len(data))


def predict_features(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """Features (N, F) float32 of images (N, 28, 28) uint8."""
    return _in_batches(model, lambda first, last: [as_input(images[first:last])], len(images))


def _in_batches(model: keras.Model, rows: Callable[[int, int], list[np.ndarray]], count: int) -> np.ndarray:
    """Outputs for ``rows(first, last)``; the last batch is filled up, so that nothing is compiled twice."""
    parts = []
    for first in tqdm(range(0, count, BATCH), unit="batch", disable=None, leave=False):
        last = min(first + BATCH, count)
        inputs = [np.resize(one, (min(BATCH, count), *one.shape[1:])) for one in rows(first, last)]
        outputs = model.predict_on_batch(inputs if len(inputs) > 1 else inputs[0])
        parts.append(np.asarray(outputs, np.float32)[: last - first])
    return np.concatenate(parts)
