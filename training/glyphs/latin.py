"""Train the Latin glyph classifier: ``python -m training.glyphs.train_latin --shards PATTERN --run RUN --out OUT``.

Learns from EMNIST and UNIPEN characters alone and from shards of line edges: drawn ones of
`training.glyphs.make_glyphs`, and those of transcribed pages. ``--init`` goes on from earlier weights. Writes
OUT/latin.weights.h5, .tflite and .json.
"""

from __future__ import annotations

import glob
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import cv2
import keras
import numpy as np

from ocrtool.charset import LATIN_CLASSES
from training.fit.glyph_fit import FitPlan, fit
from training.glyphs import examples, isolated
from training.glyphs.batches import GlyphBatches
from training.glyphs.examples import Examples
from training.glyphs.scores import fit_temperature, score_all
from training.language.corpus import default_data_folder
from training.models.glyph import CROP_CHANNELS, CROP_SIDE, GEOMETRY_SIZE, GlyphSpec, build_glyph
from training.publish.compile_weights import compile_folder
from training.publish.manifest import library_versions, training_command, write_manifest

#: Relative share of each source among the examples shown; sources of other names get 0.1.
SOURCE_WEIGHTS = {
    "print": 0.38,
    "hand_font": 0.13,
    "pen": 0.17,
    "emnist": 0.12,
    "emnist_alone": 0.13,
    "unipen_alone": 0.07,
}
OTHER_SOURCE = 0.1
#: Batches between two looks at the validation examples, and how many of those there are at most.
STEPS, MOST_VALIDATION = 1000, 30_000

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


def find_shards(patterns: Iterable[str]) -> list[Path]:
    """Files that match any of the patterns, sorted. Raises FileNotFoundError for a pattern that matches none."""
    found: set[Path] = set()
    for pattern in patterns:
        matches = glob.glob(pattern)  # noqa: PTH207 - patterns are whole paths, absolute ones too
        if not matches:
            raise FileNotFoundError(f"no shard matches {pattern}")
        found |= {Path(m) for m in matches}
    return sorted(found)


def gather(data: Path, shards: list[Path], validation: list[Path], seed: int) -> tuple[Examples, Examples]:
    """All examples to train on, and a sample of those to choose weights by."""
    rng = np.random.default_rng(seed)
    train, held = isolated.training_examples(data, rng)
    train = examples.join([train, *(examples.load(path) for path in shards)])
    held = examples.join([held, *(examples.load(path) for path in validation)])
    if len(held) > MOST_VALIDATION:
        held = held.take(np.sort(rng.choice(len(held), MOST_VALIDATION, replace=False)))
    return train, held


def source_weights(sources: np.ndarray, changes: Iterable[str]) -> dict[str, float]:
    """Share of each source; ``changes`` are NAME=WEIGHT. Raises ValueError for anything else."""
    weights = {str(s): SOURCE_WEIGHTS.get(str(s), OTHER_SOURCE) for s in np.unique(sources)}
    for change in changes:
        name, _, value = change.partition("=")
        weights[name] = float(value)
    return weights


def export(model: keras.Model, spec: GlyphSpec, held: Examples, out: Path, facts: dict[str, Any]) -> dict[str, Any]:
    """Fit the temperature on ``held``, write h5, manifest and compiled form. Returns the manifest."""
    out.mkdir(parents=True, exist_ok=True)
    logits = model.predict({"image": held.images, "place": held.place}, batch_size=512, verbose=0)
    temperature = fit_temperature(logits, held.labels)
    bare = build_glyph(spec)  # a model never compiled: the optimizer's state would make the file three times as large
    bare.set_weights(model.get_weights())
    bare.save_weights(out / "latin.weights.h5")
    shifted = logits / temperature
    log_probs = shifted - np.logaddexp.reduce(shifted, axis=1, keepdims=True)
    sets = {str(s): held.take(held.sources == s) for s in np.unique(held.sources)}
    rows = {name: log_probs[held.sources == name] for name in sets}
    scores = {name: score_all(lambda *_, name=name: rows[name], {name: part})[name] for name, part in sets.items()}
    manifest = {
        "name": "latin",
        "architecture": "glyph",
        "parameters": asdict(spec),
        "labels": list(LATIN_CLASSES),
        "input": {
            "image": [CROP_SIDE, CROP_SIDE, CROP_CHANNELS],
            "place": [GEOMETRY_SIZE],
            "normalisation": "0..255 divided by 255 within the network",
        },
        "temperature": temperature,
        "scores": {"validation": scores},
        "versions": library_versions(),
        "command": training_command(),
        "h5_sha256": "",
        "tflite_sha256": "",
        **facts,
    }
    write_manifest(out / "latin.json", manifest)
    return compile_folder(out, "latin")


def _facts(weights: dict[str, float], train: Examples, held: Examples, seed: int) -> dict[str, Any]:
    counts = {name: int(np.sum(train.sources == name)) for name in weights}
    return {
        "data": {"examples": counts, "weights": weights},
        "split": f"by writer and font family; {len(held)} examples to choose the weights and the temperature by",
        "seed": seed,
        "licence": LICENCE + (IAM_NOTE if any("iam" in name for name in weights) else ""),
    }


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=None, help="Folder of data (default: OCRTOOL_DATA).")
@click.option("--shards", multiple=True, help="Pattern of shards to train on.")
@click.option("--validation", multiple=True, help="Pattern of shards to choose weights by.")
@click.option("--weight", "changes", multiple=True, metavar="SOURCE=SHARE", help="Share of a source.")
@click.option("--run", "folder", type=click.Path(path_type=Path), required=True, help="Folder for checkpoints.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the weights.")
@click.option("--init", type=click.Path(path_type=Path, exists=True), help="Weights (h5) to go on from.")
@click.option("--minutes", type=float, default=35.0, show_default=True)
@click.option("--rate", type=float, default=2e-3, show_default=True, help="Peak learning rate.")
@click.option("--batch", type=int, default=256, show_default=True)
@click.option("--steps", type=int, default=STEPS, show_default=True, help="Batches between two checkpoints.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--resume", is_flag=True, help="Go on from the last checkpoint in --run.")
def main(
    data: Path | None,
    shards: tuple[str, ...],
    validation: tuple[str, ...],
    changes: tuple[str, ...],
    folder: Path,
    out: Path,
    init: Path | None,
    minutes: float,
    rate: float,
    batch: int,
    steps: int,
    seed: int,
    resume: bool,
) -> None:
    """Train the Latin glyph classifier and write its weights."""
    cv2.setNumThreads(1)
    keras.utils.set_random_seed(seed)
    train, held = gather(data or default_data_folder(), find_shards(shards), find_shards(validation), seed)
    weights = source_weights(train.sources, changes)
    print(f"{len(train)} examples: {weights}")
    spec = GlyphSpec()
    model = build_glyph(spec)
    if init is not None:
        model.load_weights(init)
    batches = GlyphBatches(train, weights, steps, batch, seed)
    targets = np.eye(spec.classes, dtype=np.float32)[held.labels]
    plan = FitPlan(folder, minutes, rate, resume=resume)
    model, _ = fit(model, batches, ({"image": held.images, "place": held.place}, targets), plan)
    manifest = export(model, spec, held, out, _facts(weights, train, held, seed))
    print(manifest["temperature"], manifest["scores"])


if __name__ == "__main__":
    main()
