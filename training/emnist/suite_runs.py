"""The trained runs of the suite in a folder: one sub-folder each, as ``emnist.train_emnist --out`` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrtool.errors import WeightsNotFound, WeightsRefused
from ocrtool.weights.store import Weights
from training.emnist.recipes import RECIPES
from training.emnist.trained_weights import find_weights


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """A finished run: its weights with their manifest. Raises WeightsRefused where the manifest is not of the suite."""

    weights: Weights

    def __post_init__(self) -> None:
        try:
            parts = self.clean, self.augmented_scores
            known = all(isinstance(part[key], float) for part in parts for key in ("accuracy", "class_accuracy"))
            known = known and isinstance(self.training["images"], int) and self.model in RECIPES and bool(self.split)
        except (KeyError, TypeError):
            known = False
        if not known:
            raise WeightsRefused(
                f"{self.folder / self.weights.name}.json is not the manifest of a trained model of the suite"
            )

    @property
    def folder(self) -> Path:
        """Its folder."""
        return self.weights.folder

    @property
    def model(self) -> str:
        """Name among `training.models.emnist.MODELS`."""
        return str(self.weights.manifest["parameters"]["model"])

    @property
    def split(self) -> str:
        """Split of EMNIST."""
        return str(self.weights.manifest["split"])

    @property
    def training(self) -> dict[str, Any]:
        """Facts of the training."""
        return dict(self.weights.manifest["training"])

    @property
    def augmented(self) -> bool:
        """Whether the images were augmented in training."""
        return bool(self.training["augmented"])

    @property
    def clean(self) -> dict[str, Any]:
        """Scores of the test images."""
        return dict(self.weights.manifest["scores"]["test"])

    @property
    def augmented_scores(self) -> dict[str, Any]:
        """Scores of the augmented test images."""
        return dict(self.weights.manifest["scores"]["augmented_test"])

    @property
    def regular(self) -> bool:
        """Whether its folder has a name of the comparison: MODEL-SPLIT, MODEL-SPLIT-aug."""
        return self.folder.name == f"{self.model}-{self.split}" + "-aug" * self.augmented

    @property
    def changes(self) -> dict[str, Any]:
        """Settings of its recipe and sizes that differ from the model's own."""
        default = RECIPES[self.model]
        recipe = {k: v for k, v in self.training.get("recipe", {}).items() if v != getattr(default, k, v)}
        sizes = {k: v for k, v in self.weights.manifest["parameters"].items() if k not in ("model", "classes")}
        return recipe | sizes


def find_runs(folder: Path) -> Iterator[SuiteRun]:
    """All finished runs of single models below ``folder``, by name.

    Raises WeightsNotFound if there is none, and WeightsRefused for a manifest that is damaged.
    """
    found = [weights for weights in map(finished_weights, sorted(folder.glob("*/"))) if weights is not None]
    runs = [SuiteRun(weights) for weights in found if weights.manifest.get("architecture") == "emnist"]
    if not runs:
        raise WeightsNotFound(f"{folder} holds no folder of a trained model")
    yield from runs


def finished_weights(folder: Path) -> Weights | None:
    """The weights of a run that have a manifest, not its checkpoints; None while it is being trained.

    Raises WeightsRefused.
    """
    names = sorted(path.name.removesuffix(".json") for path in folder.glob("*.json"))
    finished = [name for name in names if (folder / f"{name}.weights.h5").is_file()]
    return find_weights(folder / f"{finished[0]}.weights.h5") if len(finished) == 1 else None
