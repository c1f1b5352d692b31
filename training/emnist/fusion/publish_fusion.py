"""What a fusion training leaves behind: weights of the whole network, manifest, architecture, history, report."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from training.emnist.fusion.branch import Branch
from training.emnist.fusion.language import Language
from training.emnist.fusion.network import FusionRecipe
from training.emnist.labelled import LabelledImages
from training.fit import Run
from training.models.fusion import FusionSpec
from training.publish.publish import EXPERIMENT, Card, publish
from training.report.write import write_report

LICENCE = (
    "Apache-2.0. Trained on EMNIST (NIST Special Database 19, public domain in the US) and Project Gutenberg books "
    "(public domain in the US)."
)


@dataclass(frozen=True, slots=True)
class FusionResult:
    """A finished training: what was asked, how it went, what it scores. comparison: of `fusion.run.compare`.

    books: names of the books of each part; positions: (C,) int64, number of positions of each class in the test books.
    """

    branch: Branch
    language: Language
    spec: FusionSpec
    recipe: FusionRecipe
    run: Run
    comparison: dict[str, Any]
    books: dict[str, Any]
    positions: np.ndarray
    images: int
    seed: int

    @property
    def name(self) -> str:
        """Name of the weights."""
        return f"fusion_{self.branch.name}_{self.branch.split}"

    def training(self) -> dict[str, Any]:
        """How the training went, plain values."""
        return {
            "images": self.images,
            "steps": self.run.steps,
            "minutes": round(self.run.seconds / 60, 2),
            "best_epoch": self.run.best_epoch,
            "backend": keras.backend.backend(),
            "recipe": asdict(self.recipe),
            "branch": _source(self.branch.manifest) | {"training": self.branch.manifest.get("training", {})},
            "language": _source(self.language.manifest),
        }

    def card(self) -> Card:
        """What the manifest says."""
        facts = {
            "purpose": f"single characters with the text before them, EMNIST {self.branch.split}",
            "input": {
                "image": [28, 28, 1],
                "scores": [len(self.branch.classes)],
                "normalisation": "image: 0..255, ink bright; scores: log-probabilities of the classes by the LSTM",
                "context": self.language.context,
            },
            "data": {"emnist": self.branch.split, "train_images": self.images, "books": self.books},
            "split": self.branch.split,
            "scores": {"test": self.comparison["with_lstm"], **self.comparison},
            "training": self.training(),
            "seed": self.seed,
            "licence": LICENCE,
        }
        return Card(self.name, self.spec, self.branch.classes, facts)


def _source(manifest: dict[str, Any]) -> dict[str, Any]:
    return {key: manifest[key] for key in ("name", "h5_sha256")}


def write_fusion(
    out: Path, whole: keras.Model, result: FusionResult, test: LabelledImages, probabilities: np.ndarray
) -> dict[str, Any]:
    """Write everything to ``out``. Returns the manifest."""
    manifest = publish(whole, result.card(), out, form=EXPERIMENT)
    counts = test.counts()
    extra = {key: manifest[key] for key in ("name", "parameters_total", "training", "command", "seed")}
    extra["comparison"] = result.comparison
    extra["positions_in_test_books"] = dict(zip(test.classes, result.positions.tolist(), strict=True))
    extra["repeated_contexts"] = [
        name
        for name, positions, images in zip(test.classes, result.positions, counts, strict=True)
        if positions < images
    ]
    write_report(out / "report", test.images, test.labels, test.classes, probabilities, result.run.epochs, extra)
    return manifest
