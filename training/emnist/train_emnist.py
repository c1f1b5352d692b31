"""Train a model of the EMNIST suite.

    python -m training.emnist.train_emnist --model compact_resnet --split balanced --augment

Weights are chosen on validation images cut from the train part and measured on the test part, clean and augmented. OUT
gets emnist_MODEL_SPLIT.weights.h5 with its manifest, architecture.json, history.json and the folder report/.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import cv2
import keras

from training.command import (
    EXISTING,
    bfloat16_option,
    data_option,
    epochs_option,
    errors_as_messages,
    minutes_option,
    out_option,
    rate_option,
    resume_option,
    seed_option,
)
from training.emnist.artifacts import EmnistResult, write_trained
from training.emnist.fit_classifier import MOST_MINUTES, FitData, RunOptions, fit_classifier, measure, start_from
from training.emnist.labelled import VALIDATION_SHARE, random_subset, split_validation
from training.emnist.recipes import RATES, chosen_recipe
from training.emnist.splits import SPLITS, load_split
from training.fit.precision import precision
from training.models.emnist import MODELS, build_emnist, size_names


@click.command()
@click.option("--model", "name", type=click.Choice(list(MODELS)), required=True)
@click.option("--split", type=click.Choice(SPLITS), default="balanced", show_default=True)
@data_option("EMNIST files", inside="emnist")
@out_option("weights and report")
@click.option("--augment", "augmented", is_flag=True, help="Augment the images.")
@click.option(
    "--optimizer", type=click.Choice(list(RATES)), help="Default of this and the following options: the model's recipe."
)
@rate_option(None)
@click.option("--batch-size", "batch", type=click.IntRange(min=1))
@click.option("--dropout", type=click.FloatRange(0, 1, max_open=True))
@epochs_option(about="Passes over the images; may be fractional.")
@click.option(
    "--tau", type=click.FloatRange(0, 1), help="Tau of the logit adjustment: 0 none, 1 equal class frequencies."
)
@click.option("--augment-scale", type=click.FloatRange(0, 1), help="Strength of the augmentation; 1 is standard.")
@click.option("--size", "sizes", multiple=True, metavar="NAME=VALUE", help="A size of the model, such as hidden=128.")
@click.option("--limit", type=click.IntRange(min=1), help="Train on at most N images.", metavar="N")
@minutes_option(MOST_MINUTES, "Time limit of the training.")
@click.option("--start", type=EXISTING, help="Folder of trained weights to start from.")
@bfloat16_option()
@seed_option()
@resume_option("--out")
@errors_as_messages()
def main(
    name: str,
    split: str,
    data: Path,
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
    whole, test = load_split(data, split, "train"), load_split(data, split, "test")
    settings = read_sizes(name, sizes, dropout)
    kept, validation = split_validation(whole, VALIDATION_SHARE, seed)
    fit_data = FitData(random_subset(kept, limit, seed), validation, augmented)
    recipe = chosen_recipe(name, **changes)
    classes = len(whole.classes)
    with precision(bfloat16):
        model = build_emnist(name, classes, **settings)
        started = None if start is None else start_from(model, start)
        print(f"{name}: {model.count_params()} parameters, {len(fit_data.train)} images, {asdict(recipe)}")
        run = fit_classifier(model, fit_data, recipe, RunOptions(out, seed, minutes, resume))
    bare = build_emnist(name, classes, **settings)
    bare.set_weights(model.get_weights())
    scores, probabilities = measure(bare, test)
    images = len(fit_data.train)
    result = EmnistResult(
        name, split, whole.classes, settings, recipe, run, scores, seed, augmented, bfloat16, images, started
    )
    write_trained(out, bare, result, test, probabilities)
    for part, figures in scores.items():
        print(f"{part}: accuracy {figures['accuracy']:.4f}, mean class accuracy {figures['class_accuracy']:.4f}")


def read_sizes(model: str, sizes: tuple[str, ...], dropout: float | None) -> dict[str, Any]:
    """Sizes given as NAME=VALUE, several numbers separated by commas. Raises ValueError for a size the model lacks."""
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


if __name__ == "__main__":
    main()
