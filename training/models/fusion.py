"""A character classified by its image and by the text before it: an image branch and a branch of text scores."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import keras
from keras import layers

from training.models.emnist import EmnistSpec, build_emnist_spec
from training.models.parts import LOGITS, PROBABILITIES


@dataclass(frozen=True, slots=True)
class FusionSpec:
    """model, classes, sizes: the image branch, as `EmnistSpec` has them; score_units: units of the branch that takes
    the text's scores.
    """

    model: str = "compact_resnet"
    classes: int = 47
    sizes: dict[str, Any] = field(default_factory=dict)
    score_units: int = 128

    def __post_init__(self) -> None:
        if self.score_units < 1:
            raise ValueError(f"impossible sizes: {self}")


def _joined(features: keras.KerasTensor, scores: keras.KerasTensor, spec: FusionSpec) -> keras.KerasTensor:
    """Probabilities (B, classes) of features (B, F) and log-probabilities (B, classes) by the text."""
    by_text = layers.Dense(spec.score_units, activation="relu", name="score_branch")(scores)
    x = layers.Concatenate(name="image_and_text")([features, by_text])
    logits = layers.Dense(spec.classes, dtype="float32", name=LOGITS)(x)
    return layers.Softmax(dtype="float32", name=PROBABILITIES)(logits)


def build_fusion_head(spec: FusionSpec, features: int) -> keras.Model:
    """What follows the image branch: [features (B, F), scores (B, classes)] -> probabilities (B, classes)."""
    by_image, by_text = keras.Input((features,), name="features"), keras.Input((spec.classes,), name="scores")
    return keras.Model([by_image, by_text], _joined(by_image, by_text, spec), name="fusion_head")


def build_fusion(spec: FusionSpec) -> keras.Model:
    """The whole network: [image (B, 28, 28, 1) in 0..255, scores (B, classes)] -> probabilities (B, classes).

    scores: natural log-probabilities of the classes given the text before the character.
    """
    return join_fusion(spec, build_emnist_spec(EmnistSpec(spec.model, spec.classes, spec.sizes)))


def join_fusion(spec: FusionSpec, branch: keras.Model) -> keras.Model:
    """The same with a given image branch, whose layers it shares up to its features."""
    scores = keras.Input((spec.classes,), name="scores")
    features = branch.get_layer(LOGITS).input
    return keras.Model([branch.input, scores], _joined(features, scores, spec), name=f"fusion_{branch.name}")


def features_of(branch: keras.Model) -> keras.Model:
    """The image branch without its last two layers: image to features (B, F)."""
    return keras.Model(branch.input, branch.get_layer(LOGITS).input, name=f"{branch.name}_features")
