"""Look for the sizes of the tuned model.

    python -m training.emnist.tune --data DIR --trials 14 --images 24000 --out DIR

Random sizes are tried on a part of the train images, lightly augmented, and the best of them once more for longer; all
are judged by other train images, never by the test part. Sizes with more than half of MobileNetV2's parameters, or with
too many multiplications, are refused untrained. OUT gets search.tsv (every trial), search.json (what was asked for) and
best.json. The same command goes on with a search that was stopped. What it found for this project's weights is kept in
training/emnist/tuned_search.tsv and tuned_search.json.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from importlib import metadata
from pathlib import Path
from typing import Any

import click
import cv2

from ocrtool.errors import ExitCode
from training.command import errors_as_messages
from training.emnist.recipes import RECIPES, Recipe
from training.emnist.search import COLUMNS, Limits, Plan, best_row, choice_of, most_parameters, search
from training.emnist.splits import SPLITS, load_split, split_validation
from training.emnist.tables import Table, keep_settings
from training.emnist.train_emnist import VALIDATION_SHARE, limited
from training.emnist.trial import Task
from training.language.corpus import default_data_folder
from training.publish.manifest import library_versions, training_command
from training.report.write import write_json


def write_choice(log: Table, recipe: Recipe, path: Path) -> dict[str, Any]:
    """Write to ``path`` what the log's best trial was. Raises ValueError if no trial came to its end."""
    row = best_row(log.rows)
    if row is None:
        faults = [row["note"] for row in log.rows if row["note"]]
        raise ValueError(f"{log.path}: no trial came to its end{f', the last: {faults[-1]}' if faults else ''}")
    versions = {**library_versions(), "keras-tuner": metadata.version("keras-tuner")}
    choice = {**choice_of(row, recipe), "versions": versions, "command": training_command()}
    write_json(path, choice)
    return choice


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=None, help="Folder of EMNIST files.")
@click.option("--split", type=click.Choice(SPLITS), default="balanced", show_default=True)
@click.option("--trials", type=click.IntRange(min=1), default=14, show_default=True, help="Random sizes to train.")
@click.option("--finalists", type=click.IntRange(min=0), default=3, show_default=True, help="Best to train longer.")
@click.option("--images", type=click.IntRange(min=1), default=24000, show_default=True, help="Train images of a trial.")
@click.option("--epochs", type=click.FloatRange(min=0, min_open=True), default=1.0, show_default=True)
@click.option("--batch-size", "batch", type=click.IntRange(min=1), default=64, show_default=True)
@click.option(
    "--macs",
    type=click.FloatRange(min=0, min_open=True),
    default=25.0,
    show_default=True,
    help="Most multiplications of one image, millions.",
)
@click.option(
    "--minutes", type=click.FloatRange(min=0, min_open=True), default=60.0, show_default=True, help="Longest search."
)
@click.option("--bfloat16", is_flag=True, help="Compute in bfloat16: up to twice as fast where the CPU has it.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the log and the choice.")
def main(
    data: Path | None,
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
    """Look with keras-tuner for the sizes of the tuned model."""
    cv2.setNumThreads(1)
    interrupted = False
    with errors_as_messages():
        parts = load_split(data or default_data_folder() / "emnist", split, "train")
        kept, held = split_validation(parts, VALIDATION_SHARE, seed)
        task = Task("tuned", limited(kept, images, seed), held, seed, augmented=True, bfloat16=bfloat16)
        plan = Plan(trials, finalists, epochs, minutes, seed)
        limits = Limits(most_parameters(len(parts.classes)), round(macs * 1e6))
        recipe = replace(RECIPES["tuned"], batch=batch)
        asked = {key: value for key, value in asdict(plan).items() if key != "minutes"}
        settings = {"split": split, "images": len(task.train_part), "batch": batch, "bfloat16": bfloat16, **asked}
        keep_settings(out / "search.json", {**settings, "limits": asdict(limits)})
        log = Table(out / "search.tsv", COLUMNS)
        try:
            search(task, recipe, plan, limits, log, out)
        except KeyboardInterrupt:
            interrupted = True
        choice = write_choice(log, recipe, out / "best.json")
    cost = f"{choice['parameters']} parameters, {choice['macs'] / 1e6:.1f} M multiplications"
    print(f"chosen: {choice['sizes']}, {cost}, mean of classes {choice['validation']['class_accuracy']:.4f}")
    if interrupted:
        print("interrupted: the same command goes on with the search")
        raise SystemExit(ExitCode.INTERRUPTED)


if __name__ == "__main__":
    main()
