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
from training.models.fusion import FusionSpec, build_fusion
from training.publish.manifest import library_versions, sha256, training_command, write_manifest
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

    def manifest(self, h5: Path, parameters: int) -> dict[str, Any]:
        """Of the weights in ``h5``."""
        return {
            "name": self.name,
            "purpose": f"single characters with the text before them, EMNIST {self.branch.split}",
            "architecture": "fusion",
            "parameters": asdict(self.spec),
            "parameters_total": parameters,
            "labels": list(self.branch.classes),
            "input": {
                "image": [28, 28, 1],
                "scores": [len(self.branch.classes)],
                "normalisation": "image: 0..255, ink bright; scores: log-probabilities of the classes by the LSTM",
                "context": self.language.context,
            },
            "temperature": 1.0,
            "data": {"emnist": self.branch.split, "train_images": self.images, "books": self.books},
            "split": self.branch.split,
            "scores": {"test": self.comparison["with_lstm"], **self.comparison},
            "training": self.training(),
            "seed": self.seed,
            "versions": library_versions(),
            "licence": LICENCE,
            "h5_sha256": sha256(h5),
            "tflite_sha256": "",
            "command": training_command(),
        }


def _source(manifest: dict[str, Any]) -> dict[str, Any]:
    return {key: manifest[key] for key in ("name", "h5_sha256")}


def write_fusion(
    out: Path, whole: keras.Model, result: FusionResult, test: LabelledImages, probabilities: np.ndarray
) -> dict[str, Any]:
    """Write everything to ``out``. Returns the manifest."""
    out.mkdir(parents=True, exist_ok=True)
    bare = build_fusion(result.spec)  # never compiled: without the optimizer's state
    bare.set_weights(whole.get_weights())
    h5 = out / f"{result.name}.weights.h5"
    bare.save_weights(h5)
    (out / "architecture.json").write_text(bare.to_json(indent=1) + "\n", encoding="utf-8")
    manifest = result.manifest(h5, bare.count_params())
    write_manifest(out / f"{result.name}.json", manifest)
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
