"""Train a model of the EMNIST suite.

    python -m training.emnist.train_emnist --model ours --split balanced --augment

The model is chosen on a part of the train images and measured on the test part, clean and augmented. OUT gets
emnist_MODEL_SPLIT.weights.h5 with its manifest, architecture.json, history.json and the folder report/.
"""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click
import cv2
import keras
import numpy as np

from training.command import errors_as_messages
from training.emnist.artifacts import EmnistResult, write_trained
from training.emnist.augment import STANDARD, augmented_test_set
from training.emnist.batches import ImageBatches
from training.emnist.evaluate import find_weights, open_model
from training.emnist.loss import LogitAdjustedCrossEntropy, log_prior
from training.emnist.predict import keras_run, predict, softmax
from training.emnist.recipes import RATES, RECIPES, Recipe
from training.emnist.splits import SPLITS, LabelledImages, load_split, split_validation
from training.fit import Monitor, Plan, Run, Steps, compile_trainee, fit, make_optimizer
from training.language.corpus import default_data_folder
from training.models.emnist import MODELS, build_emnist, size_names
from training.models.parts import LOGITS
from training.report.scores import split_scores

#: Share of each class of the train images by which weights are chosen.
VALIDATION_SHARE = 0.05
#: Longest training, minutes.
MOST_MINUTES = 60.0


def limited(data: LabelledImages, limit: int | None, seed: int) -> LabelledImages:
    """At most ``limit`` images, drawn at random."""
    if limit is None or limit >= len(data):
        return data
    return data.take(np.sort(np.random.default_rng(seed).choice(len(data), limit, replace=False)))


def logits_of(model: keras.Model) -> keras.Model:
    """The same network without its softmax: what the loss works on."""
    return keras.Model(model.inputs, model.get_layer(LOGITS).output)


def validation_figures(held: LabelledImages) -> Any:
    """Function of a logits model that gives the figures of ``held`` for the history."""

    def figures(model: keras.Model) -> dict[str, float]:
        scores = split_scores(softmax(predict(keras_run(model), held.images)[0]), held.labels, held.classes)
        return {f"val_{key}": scores[key] for key in ("loss", "accuracy", "class_accuracy")}

    return figures


def start_from(model: keras.Model, h5: Path, source: keras.Model) -> int:
    """Copy to ``model`` all layers of ``source`` (its weights read from ``h5``) that have its shapes; how many."""
    source.load_weights(h5)
    copied = 0
    for layer in model.layers:
        twin = next((other for other in source.layers if other.name == layer.name), None)
        weights = twin.get_weights() if twin is not None else []
        if weights and [w.shape for w in weights] == [w.shape for w in layer.get_weights()]:
            layer.set_weights(weights)
            copied += 1
    return copied


def train(
    model: keras.Model,
    train_part: LabelledImages,
    held: LabelledImages,
    recipe: Recipe,
    run: Path,
    seed: int,
    augmented: bool,
    minutes: float = MOST_MINUTES,
    resume: bool = False,
) -> Run:
    """Fit ``model`` (probabilities out) by the recipe; it is left with the best weights."""
    trainee = logits_of(model)
    prior = log_prior(train_part.labels, len(train_part.classes), recipe.level)
    optimizer = make_optimizer(recipe.optimizer, recipe.peak_rate, recipe.decay)
    compile_trainee(trainee, optimizer, LogitAdjustedCrossEntropy(prior, recipe.smoothing))
    batches = ImageBatches(train_part, recipe.batch, seed, STANDARD.weakened(recipe.strength) if augmented else None)
    stop = Steps.of_epochs(recipe.epochs, batches.steps_per_epoch, minutes)
    plan = Plan(run, stop, recipe.peak_rate, Monitor("val_class_accuracy"), resume)
    return fit(trainee, batches, plan, validation_figures(held))


def chosen_recipe(model: str, **changes: Any) -> Recipe:
    """The model's recipe with those ``changes`` that are not None; another optimizer brings its own rate."""
    given = {key: value for key, value in changes.items() if value is not None}
    if given.get("optimizer", RECIPES[model].optimizer) != RECIPES[model].optimizer:
        given.setdefault("rate", RATES[given["optimizer"]])
    return replace(RECIPES[model], **given)


def measure(model: keras.Model, test: LabelledImages) -> tuple[dict[str, dict[str, Any]], np.ndarray]:
    """Scores of the clean and the augmented test images; probabilities of the clean ones."""
    clean = predict(keras_run(model), test.images)[0]
    moved = predict(keras_run(model), augmented_test_set(test.images))[0]
    scores = {"test": clean, "augmented_test": moved}
    return {name: split_scores(p, test.labels, test.classes) for name, p in scores.items()}, clean


@click.command()
@click.option("--model", "name", type=click.Choice(list(MODELS)), required=True)
@click.option("--split", type=click.Choice(SPLITS), default="balanced", show_default=True)
@click.option("--data", type=click.Path(path_type=Path), default=None, help="Folder of EMNIST files.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for weights and report.")
@click.option("--augment", "augmented", is_flag=True, help="Vary the images as they are shown.")
@click.option("--optimizer", type=click.Choice(list(RATES)), help="Default: the model's recipe, as for all below.")
@click.option("--rate", type=float, help="Peak learning rate.")
@click.option("--batch-size", "batch", type=click.IntRange(min=1))
@click.option("--dropout", type=click.FloatRange(0, 1, max_open=True))
@click.option("--epochs", type=click.FloatRange(min=0, min_open=True), help="May be broken: 1.5.")
@click.option("--level", type=click.FloatRange(0, 1), help="How far unequal numbers of the classes are undone.")
@click.option("--strength", type=click.FloatRange(0, 1), help="Of the augmentation; 1 is the whole policy.")
@click.option("--size", "sizes", multiple=True, metavar="NAME=VALUE", help="A size of the model, such as hidden=128.")
@click.option("--limit", type=click.IntRange(min=1), help="Train on so many images only.")
@click.option("--minutes", type=float, default=MOST_MINUTES, show_default=True, help="Longest training.")
@click.option("--start", type=click.Path(path_type=Path, exists=True), help="Folder of weights to go on from.")
@click.option("--bfloat16", is_flag=True, help="Compute in bfloat16: up to twice as fast where the CPU has it.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--resume", is_flag=True, help="Go on with the run in --out.")
@errors_as_messages()
def main(
    name: str,
    split: str,
    data: Path | None,
    out: Path,
    augmented: bool,
    limit: int | None,
    minutes: float,
    start: Path | None,
    bfloat16: bool,
    seed: int,
    resume: bool,
    dropout: float | None,
    sizes: tuple[str, ...],
    **changes: Any,
) -> None:
    """Train a model of the EMNIST suite and write its weights and report."""
    cv2.setNumThreads(1)
    keras.utils.set_random_seed(seed)
    folder = data or default_data_folder() / "emnist"
    parts, test = load_split(folder, split, "train"), load_split(folder, split, "test")
    settings = read_sizes(name, sizes, dropout)
    kept, held = split_validation(parts, VALIDATION_SHARE, seed)
    kept = limited(kept, limit, seed)
    recipe = chosen_recipe(name, **changes)
    classes = len(parts.classes)
    if bfloat16:
        keras.mixed_precision.set_dtype_policy("mixed_bfloat16")
    model = build_emnist(name, classes, **settings)
    started = None if start is None else begin_from(model, start)
    print(f"{name}: {model.count_params()} parameters, {len(kept)} images, {asdict(recipe)}")
    run = train(model, kept, held, recipe, out, seed, augmented, minutes, resume)
    keras.mixed_precision.set_dtype_policy("float32")
    bare = build_emnist(name, classes, **settings)
    bare.set_weights(model.get_weights())
    scores, probabilities = measure(bare, test)
    result = EmnistResult(
        name, split, parts.classes, settings, recipe, run, scores, seed, augmented, bfloat16, len(kept), started
    )
    write_trained(out, bare, result, test, probabilities)
    for part, figures in scores.items():
        print(f"{part}: accuracy {figures['accuracy']:.4f}, mean of classes {figures['class_accuracy']:.4f}")


def read_sizes(model: str, sizes: tuple[str, ...], dropout: float | None) -> dict[str, Any]:
    """Sizes given as NAME=VALUE, several numbers with commas. Raises ValueError for one that the model lacks."""
    known = size_names(model)
    settings: dict[str, Any] = {} if dropout is None else {"dropout": dropout}
    for size in sizes:
        key, _, value = size.partition("=")
        if key not in known:
            raise ValueError(f"{model} has no size {key}; it has {', '.join(sorted(known))}")
        numbers = [_number(part) for part in value.split(",")]
        settings[key] = numbers if len(numbers) > 1 else numbers[0]
    return settings


def _number(text: str) -> float | int | bool:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is not a number")
    return int(value) if value.is_integer() and "." not in text else value


def begin_from(model: keras.Model, folder: Path) -> dict[str, Any]:
    """Copy what fits of the trained model in ``folder``; how that was trained.

    Raises WeightsNotFound and WeightsRefused.
    """
    weights = find_weights(folder)
    copied = start_from(model, weights.h5_path, open_model(weights))
    print(f"started from {weights.name}: {copied} layers")
    return {key: weights.manifest.get(key) for key in ("name", "command", "training")}


if __name__ == "__main__":
    main()
