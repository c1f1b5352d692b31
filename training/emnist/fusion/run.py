"""The steps of a fusion training: pair images with contexts, fit, compare with the image branch alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from training.emnist.artifacts import headline
from training.emnist.fusion.branch import Branch, BranchImages
from training.emnist.fusion.contexts import Contexts, ContextStore
from training.emnist.fusion.examples import Paired, augmented
from training.emnist.fusion.network import FusionRecipe, fit_network, predict_pairs, warm_start
from training.emnist.labelled import LabelledImages
from training.emnist.predict import keras_run, predict, softmax
from training.fit import Run
from training.models.fusion import FusionSpec, build_fusion_head, features_of, join_fusion
from training.models.parts import LOGITS
from training.report.scores import split_scores

#: The contexts of the held and of the test images are the same for every training: they are what it is measured on.
MEASURING_SEED = 2017


@dataclass(frozen=True, slots=True)
class FusionSets:
    """What is learned from (``copies`` of the same images with other contexts), chosen by and measured on.

    contexts: those of the test images; without: (N, C), what the image branch alone says of them.
    """

    copies: list[Paired]
    held: Paired
    test: Paired
    contexts: Contexts
    without: np.ndarray


def gather(branch: Branch, images: BranchImages, store: ContextStore, recipe: FusionRecipe, seed: int) -> FusionSets:
    """Pair all images with contexts. Inputs are the frozen branch's features, or where it is thawed the images."""
    features = features_of(branch.model)
    held = store.paired("validation", images.held.labels, MEASURING_SEED)
    contexts = store.paired("test", images.test.labels, MEASURING_SEED)
    scores = [store.paired("fusion", images.train.labels, seed + copy).scores for copy in range(recipe.copies)]
    if recipe.thaw:
        inputs = [images.train.images] * recipe.copies
        others = [images.held.images, images.test.images]
        without = predict(keras_run(branch.model), images.test.images)[0]
    else:
        inputs = _features_of_copies(features, images.train, recipe, seed)
        others = [predict(keras_run(features), one.images)[0] for one in (images.held, images.test)]
        kernel, bias = branch.model.get_layer(LOGITS).get_weights()
        without = softmax(others[1] @ kernel + bias)
    copies = [Paired(one, by_text, images.train.labels) for one, by_text in zip(inputs, scores, strict=True)]
    return FusionSets(
        copies,
        Paired(others[0], held.scores, images.held.labels),
        Paired(others[1], contexts.scores, images.test.labels),
        contexts,
        without,
    )


def _features_of_copies(
    features: keras.Model, train: LabelledImages, recipe: FusionRecipe, seed: int
) -> list[np.ndarray]:
    """Features of each copy's variant of the images; the same array for all where images are not augmented."""
    if not recipe.augmented:
        return [predict(keras_run(features), train.images)[0]] * recipe.copies
    return [predict(keras_run(features), augmented(train, copy, seed)[0]) for copy in range(recipe.copies)]


def train(
    branch: Branch, spec: FusionSpec, sets: FusionSets, recipe: FusionRecipe, folder: Path, seed: int, resume: bool
) -> tuple[keras.Model, np.ndarray, Run]:
    """The whole network, fitted; its probabilities for the test pairs (N, C); how the fit went.

    The branch, whose layers the network shares, changes along if it is thawed.
    """
    whole = join_fusion(spec, branch.model)
    fitted = whole if recipe.thaw else build_fusion_head(spec, sets.held.inputs.shape[1])
    warm_start(fitted, branch.model)
    run = fit_network(fitted, sets.copies, sets.held, branch.classes, recipe, folder, seed, resume)
    if fitted is not whole:
        for layer in fitted.layers:
            whole.get_layer(layer.name).set_weights(layer.get_weights()) if layer.weights else None
    return whole, predict_pairs(fitted, sets.test), run


def compare(sets: FusionSets, probabilities: np.ndarray, classes: tuple[str, ...]) -> dict[str, Any]:
    """Scores of the test pairs with and without the LSTM and of the LSTM alone; share of the branch's errors gone."""
    of = {"with_lstm": probabilities, "without_lstm": sets.without, "lstm_alone": np.exp(sets.test.scores)}
    scores = {name: headline(split_scores(one, sets.test.labels, classes)) for name, one in of.items()}
    reduction = {
        key: round(1.0 - (1.0 - scores["with_lstm"][key]) / max(1e-9, 1.0 - scores["without_lstm"][key]), 4)
        for key in ("accuracy", "class_accuracy")
    }
    return {**scores, "error_reduction": reduction}
