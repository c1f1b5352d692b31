"""Train the character LSTM of an EMNIST split.

    python -m training.emnist.train_character_lstm --split letters --out OUT

It is trained on Gutenberg text reduced to the classes of the split, a space and a few marks. OUT gets
lstm_SPLIT.weights.h5 with its manifest, architecture.json, history.json and the folder report/.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import keras
import numpy as np

from training.command import (
    data_option,
    epochs_option,
    errors_as_messages,
    out_option,
    rate_option,
    resume_option,
    seed_option,
)
from training.emnist.fit_classifier import RunOptions
from training.emnist.fusion.language import (
    CONTEXT,
    TEST_WINDOWS,
    LanguageSettings,
    fit_language,
    language_scores,
)
from training.emnist.fusion.text import FusionAlphabet, book_parts, load_text, part_names
from training.emnist.fusion.windows import fixed_windows
from training.emnist.mapping import default_map
from training.fit import Run
from training.models.lstm import LstmSpec
from training.publish.publish import EXPERIMENT, Card, publish
from training.report.pictures import curves
from training.report.write import write_json

#: Splits for whose classes there is a text.
TEXT_SPLITS = ("letters", "balanced")
DEFAULTS = LanguageSettings()
LICENCE = "Apache-2.0. Trained on Project Gutenberg books (public domain in the US)."


def train_language(
    data: Path, classes: tuple[str, ...], units: int, settings: LanguageSettings, options: RunOptions
) -> tuple[keras.Model, LstmSpec, Run, dict[str, dict[str, float]]]:
    """Fit the LSTM to the training books in ``data`` and measure it on the others: model, its spec, run, scores."""
    alphabet = FusionAlphabet(classes)
    books = book_parts(data)
    texts = {part: load_text(books[part], alphabet) for part in ("language", "validation", "test")}
    spec = LstmSpec(len(alphabet.symbols), embedding=32, units=units)
    model, run = fit_language(spec, settings, texts, len(classes), options)
    scores = {
        part: language_scores(model, *fixed_windows(texts[part], 2 * CONTEXT, TEST_WINDOWS), len(classes))
        for part in ("validation", "test")
    }
    return model, spec, run, {p: {k: round(v, 5) for k, v in s.items() if k != "nats"} for p, s in scores.items()}


def write_language(
    out: Path, split: str, model: keras.Model, spec: LstmSpec, run: Run, facts: dict[str, Any]
) -> dict[str, Any]:
    """Write weights, manifest, architecture and report to ``out``. Returns the manifest."""
    about = {
        "purpose": f"the character after a text, classes of EMNIST {split}",
        "input": {"shape": ["B", "T"], "normalisation": "symbol numbers, state zero", "context": CONTEXT},
        "licence": LICENCE,
    }
    card = Card(f"lstm_{split}", spec, facts["labels"], {**about, **facts})
    manifest = publish(model, card, out, form=EXPERIMENT)
    (out / "report").mkdir(exist_ok=True)
    write_json(out / "report" / "report.json", {k: manifest[k] for k in ("name", "scores", "training", "command")})
    if run.epochs:
        curves(run.epochs, out / "report" / "curves.png")
    return manifest


@click.command()
@click.option("--split", type=click.Choice(TEXT_SPLITS), required=True)
@data_option("gutenberg/")
@out_option("weights and report")
@epochs_option(DEFAULTS.epochs, "Number of epochs of --steps batches each.")
@click.option("--minutes", type=float, default=float("inf"), help="Time limit.")
@click.option("--steps", type=click.IntRange(min=1), default=DEFAULTS.steps_per_epoch, show_default=True)
@click.option("--batch-size", "batch", type=click.IntRange(min=1), default=DEFAULTS.batch, show_default=True)
@click.option(
    "--window",
    type=click.IntRange(min=2),
    default=DEFAULTS.window,
    show_default=True,
    help="Length of a window in symbols.",
)
@rate_option(DEFAULTS.rate)
@click.option("--units", type=click.IntRange(min=1), default=320, show_default=True)
@seed_option()
@resume_option("--out")
@errors_as_messages()
def main(
    split: str,
    data: Path,
    out: Path,
    epochs: float,
    minutes: float,
    steps: int,
    batch: int,
    window: int,
    rate: float,
    units: int,
    seed: int,
    resume: bool,
) -> None:
    """Train the character LSTM for the classes of an EMNIST split."""
    keras.utils.set_random_seed(seed)
    settings = LanguageSettings(epochs, minutes, batch, window, rate, steps_per_epoch=steps)
    classes = default_map(split).classes
    options = RunOptions(out, seed, resume=resume)
    model, spec, run, scores = train_language(data, classes, units, settings, options)
    books = book_parts(data)
    facts = {
        "classes": list(classes),
        "labels": list(FusionAlphabet(classes).symbols),
        "data": {"books": "Project Gutenberg, reduced to the classes, a space and marks", "parts": part_names(books)},
        "split": split,
        "scores": scores,
        "training": training_facts(run, settings),
        "seed": seed,
    }
    write_language(out, split, model, spec, run, facts)
    test = scores["test"]
    print(f"unseen books: {test['bits_per_character']:.3f} bits per character, accuracy {test['accuracy']:.4f}")
    print(f"among classes: accuracy {test['among_classes']:.4f}, mean class accuracy {test['class_accuracy']:.4f}")


def training_facts(run: Run, settings: LanguageSettings) -> dict[str, Any]:
    """How the training went, plain values."""
    return {
        "steps": run.steps,
        "characters": run.steps * settings.batch * settings.window,
        "minutes": round(run.seconds / 60, 1),
        "best_epoch": run.best_epoch,
        "backend": keras.backend.backend(),
        "recipe": {key: value for key, value in asdict(settings).items() if np.isfinite(value)},
    }


if __name__ == "__main__":
    main()
