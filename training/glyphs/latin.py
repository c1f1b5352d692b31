"""What the Latin glyph classifier learns: EMNIST and UNIPEN characters alone and as cut from the cells of forms, and
edges of drawn and real lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import keras
import numpy as np

from ocrtool.charset import LATIN_CLASSES
from ocrtool.recognize.network import log_softmax
from training.fit import Minutes, Monitor, Validate, compile_trainee, held_out_loss
from training.glyphs import cells, examples, isolated
from training.glyphs.batches import GlyphBatches
from training.glyphs.examples import Examples
from training.glyphs.scores import fit_temperature, score_all
from training.models.glyph import CROP_CHANNELS, CROP_SIDE, GEOMETRY_SIZE, GlyphSpec
from training.publish.publish import Measure

#: Relative share of each source among the examples shown; sources of other names get 0.1.
SOURCE_WEIGHTS = {
    "print": 0.38,
    "hand_font": 0.13,
    "pen": 0.17,
    "emnist": 0.12,
    "emnist_alone": 0.13,
    "unipen_alone": 0.07,
    "cells": 0.2,
}
OTHER_SOURCE = 0.1
#: Most validation examples.
MOST_VALIDATION = 30_000
#: Training time unless a budget is given.
MINUTES = 35.0
#: Label smoothing, weight decay, and the norm that gradients are cut to: wrong labels and odd crops must not throw the
#: fit.
SMOOTHING, WEIGHT_DECAY, GRADIENT_NORM = 0.03, 1e-3, 2.0

LICENCE = (
    "Weights: Apache-2.0 as far as this project holds rights. Trained on EMNIST (NIST Special Database 19, public "
    "domain in the US), UNIPEN train_r01_v07 (CC-BY-4.0) and text drawn in openly licensed fonts (SIL OFL, Apache-2.0, "
    "GPL with font exception and alike)."
)
#: Added where sources of real pages took part.
IAM_NOTE = (
    " Glyphs of real pages took part: scans of books out of copyright, hand-printed names (CC0), and IAM handwriting: "
    "non-commercial research use only."
)


#: What the network takes, for the manifest.
INPUT = {
    "image": [CROP_SIDE, CROP_SIDE, CROP_CHANNELS],
    "place": [GEOMETRY_SIZE],
    "normalisation": "0..255 divided by 255 within the network",
}


@dataclass(frozen=True)
class LatinTask:
    """data: folder of data; spec: of the network; changes: SOURCE=SHARE of what is shown."""

    data: Path
    spec: Any = field(default_factory=GlyphSpec)
    changes: tuple[str, ...] = ()

    name: ClassVar[str] = "latin"
    labels: ClassVar[Iterable[str]] = LATIN_CLASSES
    monitor: ClassVar[Monitor] = Monitor("val_loss", "min")

    def default_stop(self, steps_per_epoch: int) -> Minutes:
        """The budget of the shipped weights' first stage."""
        return Minutes(MINUTES)

    def gather(self, shards: list[Path], validation: list[Path], seed: int) -> tuple[Examples, Examples]:
        """Characters alone and the shards' examples to train on, and a sample of those to choose weights by."""
        rng = np.random.default_rng(seed)
        alone, held_alone = isolated.training_examples(self.data, rng)
        cut, held_cut = cells.training_examples(self.data, rng)
        train = examples.join([alone, cut, *(examples.load(path) for path in shards)])
        held = examples.join([held_alone, held_cut, *(examples.load(path) for path in validation)])
        return train, examples.sample(held, MOST_VALIDATION, rng)

    def batches(self, train: Examples, batch: int, seed: int, steps_per_epoch: int) -> GlyphBatches:
        """Drawn by source and class."""
        return GlyphBatches(train, source_weights(train.sources, self.changes), steps_per_epoch, batch, seed)

    def compile(self, model: keras.Model, rate: float) -> None:
        """Cross-entropy with label smoothing."""
        optimizer = keras.optimizers.AdamW(rate, weight_decay=WEIGHT_DECAY, global_clipnorm=GRADIENT_NORM)
        loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=SMOOTHING)
        compile_trainee(model, optimizer, loss, keras.metrics.CategoricalAccuracy(name="accuracy"))

    def validate(self, held: Examples) -> Validate:
        """Loss and accuracy."""
        targets = np.eye(len(LATIN_CLASSES), dtype=np.float32)[held.labels]
        return held_out_loss({"image": held.images, "place": held.geometry}, targets)

    def measure(self, held: Examples) -> Measure:
        """Temperature, and scores of each source."""

        def measured(model: keras.Model) -> dict[str, Any]:
            logits = model.predict({"image": held.images, "place": held.geometry}, batch_size=512, verbose=0)
            temperature = fit_temperature(logits, held.labels)
            scores = scores_by_source(log_softmax(logits / temperature), held)
            return {"temperature": temperature, "scores": {"validation": scores}}

        return measured

    def facts(self, train: Examples, held: Examples) -> Mapping[str, Any]:
        """input, data, split and licence, for the manifest."""
        weights = source_weights(train.sources, self.changes)
        return {
            "input": INPUT,
            "data": {"examples": examples.source_counts(train), "weights": weights},
            "split": f"by writer and font family; {len(held)} examples to choose the weights and the temperature by",
            "licence": LICENCE + (IAM_NOTE if any("iam" in name for name in weights) else ""),
        }


def source_weights(sources: np.ndarray, changes: Iterable[str]) -> dict[str, float]:
    """Share of each source; ``changes`` are SOURCE=SHARE. Raises ValueError for anything else."""
    weights = {str(s): SOURCE_WEIGHTS.get(str(s), OTHER_SOURCE) for s in np.unique(sources)}
    for change in changes:
        name, _, value = change.partition("=")
        try:
            weights[name] = float(value)
        except ValueError:
            raise ValueError(f"{change} is no SOURCE=SHARE") from None
    return weights


def scores_by_source(log_probs: np.ndarray, data: Examples) -> dict[str, dict[str, float]]:
    """Scores of log-probabilities (N, 95) of all examples, by source."""
    scores: dict[str, dict[str, float]] = {}
    for source in np.unique(data.sources):
        from_source = data.sources == source
        rows, name = log_probs[from_source], str(source)
        scores |= score_all(lambda *_, rows=rows: rows, {name: data.take(from_source)})
    return scores
