"""Search for the sizes of the tuned model.

    python -m training.emnist.tune --data DIR --trials 14 --images 24000 --out DIR

Random sizes are tried on a subset of the train images with augmentation, and the best of them again for longer; all are
compared on validation images cut from the train part, never on the test part. Sizes with more than half of
MobileNetV2's parameters, or with too many multiplications, are rejected untrained. OUT gets search.tsv (every trial),
search.json (the settings) and best.json. The same command resumes a search that was stopped. The search behind the
shipped weights is in training/emnist/tuned_search.tsv and tuned_search.json.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from importlib import metadata
from pathlib import Path
from typing import Any

import click
import cv2

from ocrtool.errors import ExitCode
from training.command import (
    bfloat16_option,
    data_option,
    epochs_option,
    errors_as_messages,
    minutes_option,
    out_option,
    seed_option,
)
from training.emnist.fit_classifier import FitData
from training.emnist.labelled import VALIDATION_SHARE, random_subset, split_validation
from training.emnist.recipes import RECIPES, Recipe
from training.emnist.search import COLUMNS, Limits, Plan, best_row, choice_of, most_parameters, search
from training.emnist.splits import SPLITS, load_split
from training.emnist.tables import Table, keep_settings
from training.emnist.trial import TrialTask
from training.publish.manifest import library_versions, training_command
from training.report.write import write_json


def write_choice(log: Table, recipe: Recipe, path: Path) -> dict[str, Any]:
    """Write the best trial of the log to ``path``. Raises ValueError if no trial finished."""
    row = best_row(log.rows)
    if row is None:
        faults = [row["note"] for row in log.rows if row["note"]]
        raise ValueError(f"{log.path}: no trial finished{f', the last: {faults[-1]}' if faults else ''}")
    versions = {**library_versions(), "keras-tuner": metadata.version("keras-tuner")}
    choice = {**choice_of(row, recipe), "versions": versions, "command": training_command()}
    write_json(path, choice)
    return choice


@click.command()
@data_option("EMNIST files", inside="emnist")
@click.option("--split", type=click.Choice(SPLITS), default="balanced", show_default=True)
@click.option("--trials", type=click.IntRange(min=1), default=14, show_default=True, help="Number of random trials.")
@click.option(
    "--finalists", type=click.IntRange(min=0), default=3, show_default=True, help="Best trials, repeated longer."
)
@click.option("--images", type=click.IntRange(min=1), default=24000, show_default=True, help="Train images per trial.")
@epochs_option(1.0)
@click.option("--batch-size", "batch", type=click.IntRange(min=1), default=64, show_default=True)
@click.option(
    "--macs",
    type=click.FloatRange(min=0, min_open=True),
    default=25.0,
    show_default=True,
    help="Upper limit of multiplications per image, in millions.",
)
@minutes_option(60.0, "Time limit.")
@bfloat16_option()
@seed_option()
@out_option("the log and the result")
def main(
    data: Path,
    split: str,
    trials: int,
    finalists: int,
    images: int,
    epochs: float,
    batch: int,
    macs: float,
    minutes: float,
    bfloat16: bool,
    seed: int,
    out: Path,
) -> None:
    """Search for the sizes of the tuned model with keras-tuner."""
    cv2.setNumThreads(1)
    interrupted = False
    with errors_as_messages():
        whole = load_split(data, split, "train")
        kept, validation = split_validation(whole, VALIDATION_SHARE, seed)
        subset = random_subset(kept, images, seed)
        task = TrialTask("tuned", FitData(subset, validation, augmented=True), seed, bfloat16)
        plan = Plan(trials, finalists, epochs, minutes, seed)
        limits = Limits(most_parameters(len(whole.classes)), round(macs * 1e6))
        recipe = replace(RECIPES["tuned"], batch=batch)
        plan_facts = {key: value for key, value in asdict(plan).items() if key != "minutes"}
        settings = {"split": split, "images": len(subset), "batch": batch, "bfloat16": bfloat16, **plan_facts}
        keep_settings(out / "search.json", {**settings, "limits": asdict(limits)})
        log = Table(out / "search.tsv", COLUMNS)
        try:
            search(task, recipe, plan, limits, log, out)
        except KeyboardInterrupt:
            interrupted = True
        choice = write_choice(log, recipe, out / "best.json")
    cost = f"{choice['parameters']} parameters, {choice['macs'] / 1e6:.1f} M multiplications"
    print(f"chosen: {choice['sizes']}, {cost}, mean class accuracy {choice['validation']['class_accuracy']:.4f}")
    if interrupted:
        print("interrupted: the same command resumes the search")
        raise SystemExit(ExitCode.INTERRUPTED)


if __name__ == "__main__":
    main()
