"""Train the dense network published with PHD08 and compare it, on seen and unseen fonts, with the program's classifier:
``python -m training.phd08.train_hangul_dense --fonts DIR --out OUT``.

Trained on samples in PHD08's form, eight syllables in the substitutes of seven of its nine fonts; measured on test
samples of these, on the other two fonts, and on the held-out families. The Korean classifier of the program reads the
same samples, among all its labels. OUT gets hangul_dense.weights.h5 with its manifest, architecture.json,
comparison.json and the folder report/ (of the two held-out fonts).
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import click
import cv2
import keras
import numpy as np
from tqdm import tqdm

from ocrtool.recognize.crops import GEOMETRY_SIZE, isolated_image
from ocrtool.script.hangul.charset import GLYPHS
from ocrtool.script.hangul.classifier import HangulClassifier
from ocrtool.script.hangul.script import HANGUL_CROP
from ocrtool.weights.store import open_weights
from training.command import (
    PATH,
    epochs_option,
    errors_as_messages,
    korean_fonts_option,
    out_option,
    seed_option,
    weights_option,
)
from training.emnist.batches import ImageBatches
from training.emnist.fit_classifier import validation_figures
from training.emnist.labelled import LabelledImages, split_validation
from training.emnist.predict import keras_run, predict
from training.fit import Monitor, Plan, Run, Steps, compile_trainee, fit, make_optimizer
from training.models.dense import DenseSpec, build_dense
from training.models.parts import logits_of
from training.phd08.counterparts import COUNTERPARTS
from training.phd08.dense_samples import CLASS_NAMES, CLASSES, Samples, in_families, like_phd08
from training.publish.publish import EXPERIMENT, Card, publish
from training.report.markdown import put_between, table
from training.report.write import write_json, write_report
from training.synthesis.hangul_fonts import find_korean_fonts

NAME = "hangul_dense"
#: Published accuracy of the example on unseen fonts.
PUBLISHED = 0.786
#: Fonts held out, the last in the order of PHD08's files, as in the published split.
HELD_FONTS = ("H1", "H2")
#: Shares of the samples of seen fonts: to choose the epoch by, and to measure seen fonts on.
VALIDATION_SHARE, SEEN_TEST_SHARE = 0.1, 0.1
RATE, BATCH = 1e-3, 128
LICENCE = "Apache-2.0. Trained on characters drawn in openly licensed fonts."


def fit_dense(seen: LabelledImages, folder: Path, epochs: float, seed: int) -> tuple[keras.Model, Run, LabelledImages]:
    """The fitted network (probabilities out), its run, and the test samples of ``seen``."""
    remaining, test = split_validation(seen, SEEN_TEST_SHARE, seed)
    kept, validation = split_validation(remaining, VALIDATION_SHARE, seed)
    model = build_dense(DenseSpec(len(seen.classes)))
    trainee = logits_of(model)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    compile_trainee(trainee, make_optimizer("adam", RATE), loss)
    batches = ImageBatches(kept, BATCH, seed)
    plan = Plan(folder, Steps.of_epochs(epochs, batches.steps_per_epoch), RATE, Monitor("val_class_accuracy"))
    run = fit(trainee, batches, plan, validation_figures(validation))
    return model, run, test


def dense_accuracy(model: keras.Model, data: LabelledImages) -> float:
    """Accuracy among the eight classes."""
    return float(np.mean(predict(keras_run(model), data.images)[0].argmax(axis=1) == data.labels))


def classifier_correct(classifier: HangulClassifier, samples: Samples) -> np.ndarray:
    """Which samples (N,) the program's classifier reads correctly, among all its labels, without context."""
    crops = np.stack([isolated_image(image * np.uint8(255), HANGUL_CROP) for image in samples.images])
    found = classifier.candidates(crops, np.zeros((len(crops), GEOMETRY_SIZE), np.float32)).labels[:, 0]
    return np.asarray(np.array([GLYPHS[i] for i in found]) == np.array(list(CLASSES))[samples.labels])


def held_out_pairs(samples: Samples, data: LabelledImages, epochs: float, seed: int) -> dict[str, float]:
    """Accuracy on each pair of consecutive fonts of a network trained on the other seven."""
    names, result = list(COUNTERPARTS), {}
    for index, first in enumerate(names):
        pair = (first, names[(index + 1) % len(names)])
        unseen = np.isin(samples.fonts, pair)
        with tempfile.TemporaryDirectory() as folder:
            keras.utils.set_random_seed(seed)
            model, _, _ = fit_dense(data.take(~unseen), Path(folder), epochs, seed)
        result["+".join(pair)] = round(dense_accuracy(model, data.take(unseen)), 4)
    return result


def compare(
    samples: Samples,
    others: Samples,
    unseen: np.ndarray,
    model: keras.Model,
    seen_test: LabelledImages,
    classifier: HangulClassifier | None,
) -> dict[str, dict[str, Any]]:
    """By kind of fonts: samples, accuracy of the dense network and of the program's classifier on them."""
    held_out = samples.take(unseen)
    sets = {
        "seen": (seen_test, None),
        "unseen": (held_out.labelled(), held_out),
        "families": (others.labelled(), others),
    }
    result: dict[str, dict[str, Any]] = {}
    for name, (images, drawn) in sets.items():
        result[name] = {"samples": len(images), "dense": round(dense_accuracy(model, images), 4)}
        if classifier is not None and drawn is not None:
            correct = classifier_correct(classifier, drawn)
            result[name]["own"] = round(float(correct.mean()), 4)
            fonts = np.unique(drawn.fonts)
            result[name]["own_by_font"] = {str(f): round(float(correct[drawn.fonts == f].mean()), 4) for f in fonts}
    return result


def write(out: Path, model: keras.Model, run: Run, data: LabelledImages, comparison: dict[str, Any], seed: int) -> None:
    """Weights, manifest, architecture, comparison and the report of ``data``."""
    facts = {
        "purpose": "PHD08's published example: eight syllables",
        "input": {"image": [28, 28, 1], "normalisation": "0..255 divided by 255 within the network, ink bright"},
        "data": {"fonts": {name: counterpart.font for name, counterpart in COUNTERPARTS.items()}},
        "split": f"by font: {', '.join(HELD_FONTS)} unseen",
        "scores": comparison,
        "training": {"epochs": len(run.epochs), "steps": run.steps, "minutes": round(run.seconds / 60, 1)},
        "seed": seed,
        "licence": LICENCE,
    }
    manifest = publish(model, Card(NAME, DenseSpec(len(CLASSES)), CLASSES, facts), out, form=EXPERIMENT)
    write_json(out / "comparison.json", comparison)
    probabilities = predict(keras_run(model), data.images)[0]
    extra = {"name": NAME, "command": manifest["command"], "seed": seed}
    write_report(out / "report", data.images, data.labels, CLASS_NAMES, probabilities, run.epochs, extra)


def as_markdown(comparison: dict[str, Any]) -> str:
    """The table of docs/hangul/models.md."""
    held = " and ".join(HELD_FONTS)
    titles = {
        "seen": "seven of the nine fonts, test samples",
        "unseen": f"the other two, {held}",
        "families": "eight families of the part *test*",
    }
    rows = []
    for key, title in titles.items():
        part = comparison[key]
        rows.append([title, f"{part['samples']:,}", f"{part['dense']:.3f}", _share(part.get("own"))])
    header = ["fonts of the samples", "samples", "dense network, of 8", f"`hangul`, of {len(GLYPHS):,}"]
    lines = table(header, rows, header[1:])
    if turns := comparison.get("held_out_pairs"):
        values = sorted(turns.values())
        named = ", ".join(f"{name} {value:.3f}" for name, value in turns.items())
        lines += (
            f"\nAccuracy of the dense network on each pair of held-out fonts: {values[0]:.3f} to {values[-1]:.3f}, "
            f"mean {np.mean(values):.3f} (published: {PUBLISHED}). {named}."
        )
    return lines


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


@click.command()
@korean_fonts_option()
@out_option("weights and report")
@epochs_option(3.0)
@click.option(
    "--variations",
    type=click.IntRange(1, 243),
    default=243,
    show_default=True,
    help="Number of samples of each syllable in each of the nine fonts.",
)
@click.option(
    "--test-variations",
    type=click.IntRange(1, 243),
    default=27,
    show_default=True,
    help="Number of samples of each syllable in each font of the held-out families.",
)
@click.option("--own/--no-own", default=True, help="Also measure the program's Korean classifier.")
@click.option("--turns/--no-turns", default=True, help="Also hold out each pair of consecutive fonts.")
@weights_option()
@click.option("--into", type=PATH, help="Markdown file whose part <!-- dense --> is replaced.")
@seed_option()
@errors_as_messages()
def main(
    fonts: Path | None,
    out: Path,
    epochs: float,
    variations: int,
    test_variations: int,
    own: bool,
    turns: bool,
    weights: Path | None,
    into: Path | None,
    seed: int,
) -> None:
    """Train the dense network published with PHD08 and compare it with the program's classifier."""
    cv2.setNumThreads(1)
    keras.utils.set_random_seed(seed)
    classifier = HangulClassifier(open_weights("hangul", weights)) if own else None
    samples = like_phd08(find_korean_fonts(fonts), variations, seed)
    families = find_korean_fonts(fonts, "test")
    with tqdm(total=len(families), desc="drawing", disable=None) as bar:
        others = in_families(families, test_variations, seed, bar.update)
    data, unseen = samples.labelled(), np.isin(samples.fonts, HELD_FONTS)
    model, run, seen_test = fit_dense(data.take(~unseen), out, epochs, seed)
    comparison: dict[str, Any] = compare(samples, others, unseen, model, seen_test, classifier)
    if turns:
        comparison["held_out_pairs"] = held_out_pairs(samples, data, epochs, seed)
    write(out, model, run, data.take(unseen), comparison, seed)
    lines = as_markdown(comparison)
    if into is not None:
        put_between(into, "dense", lines)
    print(lines)


if __name__ == "__main__":
    main()
