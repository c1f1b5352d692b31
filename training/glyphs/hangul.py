"""What the Korean glyph classifier learns: drawn characters alone, and edges of drawn lines; four heads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import keras
import numpy as np

from ocrtool.script.hangul.charset import KINDS
from training.emnist.predict import in_batches
from training.fit import Monitor, Steps, Validate, compile_trainee, make_optimizer
from training.glyphs import examples
from training.glyphs.batches import augment
from training.glyphs.examples import Examples
from training.glyphs.hangul_heads import HeadsLoss, heads_accuracy, read_labels, slices, targets
from training.glyphs.hangul_lines import REJECT
from training.glyphs.scores import fit_temperature
from training.models.glyph import GEOMETRY_SIZE
from training.models.hangul import CROP_CHANNELS, CROP_SIDE, HangulSpec
from training.publish.publish import Measure

#: Default shares of isolated characters and of the reject class in the examples shown; the others are
#: characters on lines.
ALONE_SHARE, REJECT_SHARE = 0.35, 0.25
#: Most validation examples.
MOST_VALIDATION = 12_000
#: Epochs unless a budget is given.
EPOCHS = 16.0

LICENCE = (
    "Weights: Apache-2.0 as far as this project holds rights. Trained on characters and lines drawn in openly licensed "
    "fonts (SIL OFL, Apache-2.0, GPL with font exception and alike); the lines say text of UD Kaist/GSD and KLUE "
    "(CC BY-SA 4.0), KorNLU, the Rust book (MIT/Apache-2.0), songys (MIT), stories out of copyright and law text."
)


class HangulBatches:
    """`training.fit.Batches` of augmented crops with their geometry, and targets (B, 4) int32."""

    def __init__(
        self, data: Examples, batch: int, seed: int, steps_per_epoch: int = 1000, alone_share: float = ALONE_SHARE
    ) -> None:
        alone, reject = data.sources == "alone", data.labels == REJECT
        self._groups = [np.flatnonzero(g) for g in (alone, reject & ~alone, ~reject & ~alone)]
        shares = np.array([alone_share, REJECT_SHARE, 1.0 - alone_share - REJECT_SHARE])
        self._shares = shares * [len(g) > 0 for g in self._groups]
        self._shares /= self._shares.sum()
        self._data, self._batch, self._seed, self.steps_per_epoch = data, batch, seed, steps_per_epoch

    def __getitem__(self, step: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
        rng = np.random.default_rng((self._seed, step))
        counts = rng.multinomial(self._batch, self._shares)
        chosen = np.concatenate([rng.choice(g, n) for g, n in zip(self._groups, counts, strict=True) if n])
        images, geometry = augment(self._data.images[chosen], self._data.geometry[chosen], rng)
        return {"image": images, "place": geometry}, targets(self._data.labels[chosen])


def predict_logits(model: keras.Model, data: Examples) -> np.ndarray:
    """(N, outputs) float32."""
    return in_batches(
        model.predict_on_batch,
        lambda rows: [data.images[rows].astype(np.float32), data.geometry[rows]],
        len(data),
    )[0]


def shape_scores(logits: np.ndarray, data: Examples, spec: HangulSpec) -> dict[str, dict[str, float]]:
    """By source: accuracy of characters (kind and all letters right) and of non-characters, and their numbers."""
    read, scores = read_labels(logits, spec), {}
    for source in np.unique(data.sources):
        from_source = data.sources == source
        good = from_source & (data.labels != REJECT)
        scores[str(source)] = {"characters": int(good.sum()), "accuracy": share_right(read, data.labels, good)}
        if (bad := from_source & (data.labels == REJECT)).any():
            scores[str(source)] |= {"non_characters": int(bad.sum()), "refused": share_right(read, data.labels, bad)}
    return scores


def share_right(read: np.ndarray, labels: np.ndarray, mask: np.ndarray) -> float:
    """Share of the examples in ``mask`` that are read as their label; 1 where there are none."""
    return round(float(np.mean(read[mask] == labels[mask])), 4) if mask.any() else 1.0


@dataclass(frozen=True)
class HangulTask:
    """spec: of the network; alone_share: share of characters alone in the examples shown."""

    spec: Any = field(default_factory=HangulSpec)
    alone_share: float = ALONE_SHARE

    name: ClassVar[str] = "hangul"
    labels: ClassVar[Iterable[str]] = KINDS
    monitor: ClassVar[Monitor] = Monitor("val_mean_share")

    def default_stop(self, steps_per_epoch: int) -> Steps:
        """The budget of the shipped weights' first stage."""
        return Steps.of_epochs(EPOCHS, steps_per_epoch)

    def gather(self, shards: list[Path], validation: list[Path], seed: int) -> tuple[Examples, Examples]:
        """The shards' examples, and a sample of those to choose weights by."""
        data = examples.join(examples.load(path) for path in shards)
        held = examples.join(examples.load(path) for path in validation)
        return data, examples.sample(held, MOST_VALIDATION, np.random.default_rng(seed))

    def batches(self, train: Examples, batch: int, seed: int, steps_per_epoch: int) -> HangulBatches:
        """Drawn by kind of example."""
        return HangulBatches(train, batch, seed, steps_per_epoch, self.alone_share)

    def compile(self, model: keras.Model, rate: float) -> None:
        """The sum of the heads' cross-entropies."""
        metric = keras.metrics.MeanMetricWrapper(heads_accuracy(self.spec), name="accuracy")
        compile_trainee(model, make_optimizer("adam", rate), HeadsLoss(self.spec), metric)

    def validate(self, held: Examples) -> Validate:
        """Shares of characters and of non-characters that are read right, by source, and the mean of these shares."""

        def figures(model: keras.Model) -> dict[str, float]:
            scores = shape_scores(predict_logits(model, held), held, self.spec)
            shares = {
                f"val_{source}_{kind}": value
                for source, of_source in scores.items()
                for kind, value in of_source.items()
                if kind in ("accuracy", "refused")
            }
            return {**shares, "val_mean_share": float(np.mean(list(shares.values())))}

        return figures

    def measure(self, held: Examples) -> Measure:
        """A temperature for each head, and scores of each source."""

        def measured(model: keras.Model) -> dict[str, Any]:
            logits, wanted = predict_logits(model, held), targets(held.labels)
            temperatures = []
            for head, part in enumerate(slices(self.spec)):
                known = wanted[:, head] >= 0
                temperatures.append(fit_temperature(logits[known, part], wanted[known, head]))
            return {"temperature": temperatures, "scores": {"validation": shape_scores(logits, held, self.spec)}}

        return measured

    def facts(self, train: Examples, held: Examples) -> Mapping[str, Any]:
        """input, data, split and licence, for the manifest."""
        return {
            "input": {
                "image": [CROP_SIDE, CROP_SIDE, CROP_CHANNELS],
                "place": [GEOMETRY_SIZE],
                "normalisation": "0..255 divided by 255 within the network",
            },
            "heads": ["kind", "initial", "vowel", "final"],
            "data": {"examples": examples.source_counts(train)},
            "split": f"by font family; {len(held)} examples of the validation families choose weights and temperatures",
            "licence": LICENCE,
        }
