"""The files that a training of the suite writes: weights, manifest, architecture, history and report."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from training.emnist.labelled import LabelledImages
from training.emnist.recipes import Recipe
from training.fit import Run
from training.models.emnist import EmnistSpec
from training.publish.device import device_name
from training.publish.publish import EXPERIMENT, Card, publish
from training.report.write import write_report

LICENCE = "Apache-2.0. Trained on EMNIST (NIST Special Database 19, public domain in the US)."


@dataclass(frozen=True, slots=True)
class EmnistResult:
    """A finished training: settings, course and scores. started: name, command and training of the weights it started
    from.
    """

    model: str
    split: str
    classes: tuple[str, ...]
    sizes: dict[str, Any]
    recipe: Recipe
    run: Run
    scores: dict[str, dict[str, Any]]
    seed: int
    augmented: bool
    bfloat16: bool
    images: int
    started: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        """Name of the weights."""
        return f"emnist_{self.model}_{self.split}"

    def training(self) -> dict[str, Any]:
        """Facts of the training for the manifest, plain values."""
        return {
            "augmented": self.augmented,
            "bfloat16": self.bfloat16,
            "images": self.images,
            "steps": self.run.steps,
            "epochs": round(self.run.steps * self.recipe.batch / self.images, 2),
            "minutes": round(self.run.seconds / 60, 1),
            "best_epoch": self.run.best_epoch,
            "backend": keras.backend.backend(),
            "device": device_name(),
            "recipe": asdict(self.recipe),
            **({"started_from": self.started} if self.started else {}),
        }


def headline(scores: dict[str, Any]) -> dict[str, Any]:
    """The few scores that go into a manifest."""
    return {key: scores[key] for key in ("images", "accuracy", "class_accuracy", "top3", "loss")}


def write_trained(
    out: Path, model: keras.Model, result: EmnistResult, test: LabelledImages, probabilities: np.ndarray
) -> dict[str, Any]:
    """Write everything to ``out``. Returns the manifest."""
    spec = EmnistSpec(result.model, len(result.classes), result.sizes)
    facts = {
        "purpose": f"single characters, EMNIST {result.split}",
        "input": {"image": [28, 28, 1], "normalisation": "0..255 divided by 255 within the network, ink bright"},
        "data": {"emnist": result.split, "train_images": result.images},
        "split": result.split,
        "scores": {part: headline(scores) for part, scores in result.scores.items()},
        "training": result.training(),
        "seed": result.seed,
        "licence": LICENCE,
    }
    manifest = publish(model, Card(result.name, spec, result.classes, facts), out, form=EXPERIMENT)
    extra = {key: manifest[key] for key in ("name", "parameters_total", "training", "command", "seed")}
    extra["augmented_test"] = {k: v for k, v in result.scores["augmented_test"].items() if k != "per_class"}
    write_report(out / "report", test.images, test.labels, test.classes, probabilities, result.run.epochs, extra)
    return manifest
