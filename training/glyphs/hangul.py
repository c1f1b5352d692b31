"""Train the Korean glyph classifier: ``python -m training.glyphs.train_hangul --shards PATTERN --run RUN --out OUT``.

Learns from the shards of `training.glyphs.make_hangul`: characters alone and edges of drawn lines. Writes
OUT/hangul.weights.h5, .tflite and .json.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import cv2
import keras
import numpy as np

from ocrtool.script.hangul.charset import GLYPHS, KINDS
from training.command import errors_as_messages
from training.emnist.loop import Run, fit, make_optimizer
from training.emnist.predict import in_batches
from training.glyphs import examples
from training.glyphs.batches import augment
from training.glyphs.examples import Examples
from training.glyphs.hangul_heads import HeadsLoss, heads_accuracy, read_labels, slices, targets
from training.glyphs.scores import fit_temperature
from training.glyphs.train_latin import find_shards
from training.models.glyph import GEOMETRY_SIZE
from training.models.hangul import CROP_CHANNELS, CROP_SIDE, HangulSpec, build_hangul
from training.publish.compile_weights import compile_folder
from training.publish.float16 import store_float16
from training.publish.manifest import library_versions, training_command, write_manifest

#: Label of a bad cut.
REJECT = len(GLYPHS)
#: Of the examples shown so many are characters alone, unless asked otherwise, and so many bad cuts; the rest are
#: characters on lines.
ALONE_SHARE, REJECT_SHARE = 0.35, 0.25
#: Batches between two looks at the validation examples.
STEPS = 1000
#: Measured on at most so many validation examples after each.
MOST_VALIDATION = 12_000

LICENCE = (
    "Weights: Apache-2.0 as far as this project holds rights. Trained on characters and lines drawn in openly licensed "
    "fonts (SIL OFL, Apache-2.0, GPL with font exception and alike); the lines say text of UD Kaist/GSD and KLUE "
    "(CC BY-SA 4.0), KorNLU, the Rust book (MIT/Apache-2.0), songys (MIT), stories out of copyright and law text."
)


class HangulBatches:
    """`training.emnist.batches.Batches` of augmented crops with their place, and targets (B, 4) int32."""

    def __init__(
        self, data: Examples, batch: int, seed: int, steps_per_epoch: int = STEPS, alone_share: float = ALONE_SHARE
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
        images, place = augment(self._data.images[chosen], self._data.place[chosen], rng)
        return {"image": images, "place": place}, targets(self._data.labels[chosen])


def predict_logits(model: keras.Model, data: Examples) -> np.ndarray:
    """(N, outputs) float32."""
    return in_batches(
        model.predict_on_batch, lambda some: [data.images[some].astype(np.float32), data.place[some]], len(data)
    )[0]


def shape_scores(logits: np.ndarray, data: Examples, spec: HangulSpec) -> dict[str, dict[str, float]]:
    """By source: accuracy of characters (kind and all letters right) and of bad cuts, and their number."""
    read, scores = read_labels(logits, spec), {}
    for source in np.unique(data.sources):
        own = data.sources == source
        good = own & (data.labels != REJECT)
        scores[str(source)] = {"characters": int(good.sum()), "accuracy": share_right(read, data.labels, good)}
        if (bad := own & (data.labels == REJECT)).any():
            scores[str(source)] |= {"bad_cuts": int(bad.sum()), "refused": share_right(read, data.labels, bad)}
    return scores


def share_right(read: np.ndarray, labels: np.ndarray, of: np.ndarray) -> float:
    """Share of the examples ``of`` (mask) that are read as their label."""
    return round(float(np.mean(read[of] == labels[of])), 4) if of.any() else 1.0


def train(
    spec: HangulSpec,
    data: Examples,
    held: Examples,
    folder: Path,
    epochs: float,
    minutes: float,
    rate: float,
    batch: int,
    seed: int,
    init: Path | None = None,
    resume: bool = False,
    alone_share: float = ALONE_SHARE,
) -> tuple[keras.Model, Run]:
    """Fit a model; returned with the weights that were best on ``held``."""
    model = build_hangul(spec)
    if init is not None:
        model.load_weights(init)
    # XLA halves the speed of convolutions on a CPU under TensorFlow
    xla = keras.backend.backend() != "tensorflow"
    model.compile(make_optimizer("adam", rate), HeadsLoss(spec), metrics=[heads_accuracy(spec)], jit_compile=xla)

    def figures(trained: keras.Model) -> dict[str, float]:
        scores = shape_scores(predict_logits(trained, held), held, spec)
        flat = {f"val_{s}_{k}": v for s, one in scores.items() for k, v in one.items() if k in ("accuracy", "refused")}
        return flat | {"val_class_accuracy": float(np.mean(list(flat.values())))}

    batches = HangulBatches(data, batch, seed, alone_share=alone_share)
    return model, fit(model, batches, figures, folder, epochs, rate, minutes, resume)  # type: ignore[arg-type]


def export(model: keras.Model, spec: HangulSpec, held: Examples, out: Path, facts: dict[str, Any]) -> dict[str, Any]:
    """Write h5 (numbers of 16 bits), manifest with a temperature for each head and scores on ``held``, compiled form.

    Returns the manifest.
    """
    out.mkdir(parents=True, exist_ok=True)
    bare = build_hangul(spec)
    bare.set_weights(model.get_weights())
    full = out / "full.weights.h5"
    bare.save_weights(full)
    store_float16(full, out / "hangul.weights.h5")
    full.unlink()
    bare.load_weights(out / "hangul.weights.h5")
    logits, wanted = predict_logits(bare, held), targets(held.labels)
    temperatures = []
    for head, part in enumerate(slices(spec)):
        known = wanted[:, head] >= 0
        temperatures.append(fit_temperature(logits[known, part], wanted[known, head]))
    manifest = {
        "name": "hangul",
        "architecture": "hangul",
        "parameters": asdict(spec),
        "labels": list(KINDS),
        "input": {
            "image": [CROP_SIDE, CROP_SIDE, CROP_CHANNELS],
            "place": [GEOMETRY_SIZE],
            "normalisation": "0..255 divided by 255 within the network",
        },
        "heads": ["kind", "initial", "vowel", "final"],
        "temperature": temperatures,
        "scores": {"validation": shape_scores(logits, held, spec)},
        "versions": library_versions(),
        "command": training_command(),
        "licence": LICENCE,
        "h5_sha256": "",
        "tflite_sha256": "",
        **facts,
    }
    write_manifest(out / "hangul.json", manifest)
    return compile_folder(out, "hangul")


@click.command()
@click.option("--shards", multiple=True, required=True, help="Pattern of shards to train on.")
@click.option("--validation", multiple=True, required=True, help="Pattern of shards to choose weights by.")
@click.option("--run", "folder", type=click.Path(path_type=Path), required=True, help="Folder for checkpoints.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the weights.")
@click.option("--init", type=click.Path(path_type=Path, exists=True), help="Weights (h5) to go on from.")
@click.option(
    "--epochs",
    type=click.FloatRange(min=0, min_open=True),
    default=16.0,
    show_default=True,
    help=f"Of {STEPS} batches each.",
)
@click.option("--minutes", type=float, default=math.inf, help="An end before that.")
@click.option("--rate", type=float, default=2e-3, show_default=True, help="Peak learning rate.")
@click.option("--batch", type=click.IntRange(min=1), default=256, show_default=True)
@click.option(
    "--alone",
    "alone_share",
    type=click.FloatRange(0.0, 1.0 - REJECT_SHARE),
    default=ALONE_SHARE,
    show_default=True,
    help="Share of characters alone in the examples shown.",
)
@click.option("--bfloat16", is_flag=True, help="Compute in bfloat16: up to twice as fast where the CPU has it.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--resume", is_flag=True, help="Go on from the last checkpoint in --run.")
@errors_as_messages()
def main(
    shards: tuple[str, ...],
    validation: tuple[str, ...],
    folder: Path,
    out: Path,
    init: Path | None,
    epochs: float,
    minutes: float,
    rate: float,
    batch: int,
    alone_share: float,
    bfloat16: bool,
    seed: int,
    resume: bool,
) -> None:
    """Train the Korean glyph classifier and write its weights."""
    cv2.setNumThreads(1)
    keras.utils.set_random_seed(seed)
    data = examples.join(examples.load(path) for path in find_shards(shards))
    held = examples.join(examples.load(path) for path in find_shards(validation))
    rng = np.random.default_rng(seed)
    if len(held) > MOST_VALIDATION:
        held = held.take(np.sort(rng.choice(len(held), MOST_VALIDATION, replace=False)))
    if bfloat16:
        keras.mixed_precision.set_dtype_policy("mixed_bfloat16")
    spec = HangulSpec()
    print(f"{len(data)} examples, {len(held)} to choose by")
    model, run = train(spec, data, held, folder, epochs, minutes, rate, batch, seed, init, resume, alone_share)
    keras.mixed_precision.set_dtype_policy("float32")
    counts = {str(s): int(np.sum(data.sources == s)) for s in np.unique(data.sources)}
    facts = {
        "data": {"examples": counts, "shown": run.steps * batch},
        "split": f"by font family; {len(held)} examples of the validation families choose weights and temperatures",
        "seed": seed,
        "run": {"minutes": round(run.seconds / 60, 1), "batches": run.steps, "best_epoch": run.best_epoch},
    }
    manifest = export(model, spec, held, out, facts)
    print(manifest["temperature"], manifest["scores"])


if __name__ == "__main__":
    main()
