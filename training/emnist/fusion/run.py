"""The steps of a fusion training: pair images with contexts, fit, compare with the image branch alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from training.emnist.artifacts import headline
from training.emnist.fit_classifier import RunOptions
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

#: Validation and test images have the same contexts in every training, so that scores are comparable.
MEASURING_SEED = 2017


@dataclass(frozen=True, slots=True)
class FusionSets:
    """copies: of the train images, each with other contexts; contexts: of the test images; without: (N, C), their
    probabilities by the image branch alone.
    """

    copies: list[Paired]
    validation: Paired
    test: Paired
    contexts: Contexts
    without: np.ndarray


def gather(branch: Branch, images: BranchImages, store: ContextStore, recipe: FusionRecipe, seed: int) -> FusionSets:
    """Pair all images with contexts. Inputs: features of the frozen branch, or images if it is trained too."""
    features = features_of(branch.model)
    validation = store.paired("validation", images.validation.labels, MEASURING_SEED)
    contexts = store.paired("test", images.test.labels, MEASURING_SEED)
    scores = [store.paired("fusion", images.train.labels, seed + copy).scores for copy in range(recipe.copies)]
    if recipe.thaw:
        inputs = [images.train.images] * recipe.copies
        others = [images.validation.images, images.test.images]
        without = predict(keras_run(branch.model), images.test.images)[0]
    else:
        inputs = _features_of_copies(features, images.train, recipe, seed)
        others = [predict(keras_run(features), part.images)[0] for part in (images.validation, images.test)]
        kernel, bias = branch.model.get_layer(LOGITS).get_weights()
        without = softmax(others[1] @ kernel + bias)
    copies = [Paired(by_image, by_text, images.train.labels) for by_image, by_text in zip(inputs, scores, strict=True)]
    return FusionSets(
        copies,
        Paired(others[0], validation.scores, images.validation.labels),
        Paired(others[1], contexts.scores, images.test.labels),
        contexts,
        without,
    )


def _features_of_copies(
    features: keras.Model, train: LabelledImages, recipe: FusionRecipe, seed: int
) -> list[np.ndarray]:
    """Features of each copy of the images; the same array for all copies if images are not augmented."""
    if not recipe.augmented:
        return [predict(keras_run(features), train.images)[0]] * recipe.copies
    return [predict(keras_run(features), augmented(train, copy, seed))[0] for copy in range(recipe.copies)]


def fit_fusion(
    branch: Branch, spec: FusionSpec, sets: FusionSets, recipe: FusionRecipe, options: RunOptions
) -> tuple[keras.Model, np.ndarray, Run]:
    """The fitted network; its probabilities for the test pairs (N, C); how the fit went.

    The network shares the layers of the branch, which changes too if the recipe thaws it.
    """
    whole = join_fusion(spec, branch.model)
    fitted = whole if recipe.thaw else build_fusion_head(spec, sets.validation.inputs.shape[1])
    warm_start(fitted, branch.model)
    run = fit_network(fitted, sets.copies, sets.validation, branch.classes, recipe, options)
    if fitted is not whole:
        for layer in fitted.layers:
            whole.get_layer(layer.name).set_weights(layer.get_weights()) if layer.weights else None
    return whole, predict_pairs(fitted, sets.test), run


def compare(sets: FusionSets, probabilities: np.ndarray, classes: tuple[str, ...]) -> dict[str, Any]:
    """Scores of the test pairs with and without the LSTM and of the LSTM alone; relative error reduction."""
    outputs = {"with_lstm": probabilities, "without_lstm": sets.without, "lstm_alone": np.exp(sets.test.scores)}
    scores = {name: headline(split_scores(p, sets.test.labels, classes)) for name, p in outputs.items()}
    reduction = {
        key: round(1.0 - (1.0 - scores["with_lstm"][key]) / max(1e-9, 1.0 - scores["without_lstm"][key]), 4)
        for key in ("accuracy", "class_accuracy")
    }
    return {**scores, "error_reduction": reduction}
