"""The image branch of a fusion network: a trained model of the suite, and images split as in its training."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from training.emnist.fusion.artifacts import find_trained
from training.emnist.labelled import VALIDATION_SHARE, LabelledImages, random_subset, split_validation
from training.emnist.splits import load_split
from training.emnist.trained_weights import open_model
from training.models.fusion import FusionSpec


@dataclass(frozen=True, slots=True)
class Branch:
    """A trained image model and its manifest."""

    model: keras.Model
    manifest: dict[str, Any]

    @property
    def name(self) -> str:
        """Name of the model within the suite."""
        return str(self.manifest["parameters"]["model"])

    @property
    def split(self) -> str:
        """Split it was trained on."""
        return str(self.manifest["split"])

    @property
    def classes(self) -> tuple[str, ...]:
        """Its classes in order."""
        return tuple(self.manifest["labels"])

    @property
    def tau(self) -> float:
        """Tau of its logit adjustment."""
        return float(self.manifest.get("training", {}).get("recipe", {}).get("tau", 0.0))

    def spec(self, **sizes: Any) -> FusionSpec:
        """Spec of a fusion network on top of it."""
        model_sizes = {k: v for k, v in self.manifest["parameters"].items() if k not in ("model", "classes")}
        return FusionSpec(self.name, len(self.classes), model_sizes, **sizes)


@dataclass(frozen=True, slots=True)
class BranchImages:
    """Images of a branch's split. validation: those by which its weights were chosen, not trained on."""

    train: LabelledImages
    validation: LabelledImages
    test: LabelledImages


def load_branch(folder: Path) -> Branch:
    """The image model in ``folder``. Raises WeightsNotFound, WeightsRefused."""
    weights = find_trained(folder, "emnist", "training.emnist.train_emnist")
    return Branch(open_model(weights), weights.manifest)


def load_images(branch: Branch, data: Path, limit: int | None, seed: int) -> BranchImages:
    """The images of the branch's split, split as in its training; at most ``limit`` to train on.

    Raises ValueError if the classes are others, and what `load_split` raises.
    """
    train, test = load_split(data, branch.split, "train"), load_split(data, branch.split, "test")
    if not train.classes == test.classes == branch.classes:
        raise ValueError(f"{branch.manifest['name']} has other classes than the images in {data}")
    kept, validation = split_validation(train, VALIDATION_SHARE, int(branch.manifest["seed"]))
    return BranchImages(random_subset(kept, limit, seed), validation, test)
