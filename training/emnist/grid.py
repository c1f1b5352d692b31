"""Optimizers × batch sizes × epochs × dropouts in one table.

    python -m training.emnist.grid --model vanilla --out DIR

Each combination is trained separately and compared on validation images cut from the train part; only the best one is
then measured on the test part. OUT gets grid.tsv (a line as soon as a training ends), grid.md, grid.png and grid.json.
The same command, or one with further values, trains what is missing; Ctrl-C keeps what is finished.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import cv2

from ocrtool.errors import ExitCode
from training.command import bfloat16_option, data_option, errors_as_messages, out_option, seed_option
from training.emnist.artifacts import headline
from training.emnist.fit_classifier import FitData, measure
from training.emnist.grid_picture import heat_map
from training.emnist.grid_search import AXES, COLUMNS, Combination, best_of, combinations, latest, markdown, run_grid
from training.emnist.labelled import VALIDATION_SHARE, LabelledImages, random_subset, split_validation
from training.emnist.recipes import RATES, Recipe, chosen_recipe
from training.emnist.splits import SPLITS, load_split
from training.emnist.tables import Table, keep_settings
from training.emnist.trial import TrialTask
from training.models.emnist import MODELS, build_emnist
from training.models.parts import logits_of
from training.report.write import write_json


class Values(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.2 on
    """Values of one kind separated by commas: 64,128."""

    name = "A,B,…"

    def __init__(self, read: Callable[[str], Any], right: Callable[[Any], bool], what: str) -> None:
        self._read, self._right, self._what = read, right, what

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> list[Any]:
        """The values in the order given, each once."""
        if isinstance(value, list):
            return value
        try:
            values = [self._read(part.strip()) for part in str(value).split(",")]
        except ValueError:
            values = []
        if not values or not all(map(self._right, values)):
            self.fail(f"{value!r} is not {self._what}, separated by commas", param, ctx)
        return list(dict.fromkeys(values))


def measure_best(task: TrialTask, best: Combination, test: LabelledImages, folder: Path) -> dict[str, Any]:
    """Scores of the chosen training on the test part, clean and augmented. folder: that of its run."""
    model = build_emnist(task.model, len(test.classes), **best.sizes)
    logits_of(model).load_weights(folder / "best.weights.h5")
    return {part: headline(scores) for part, scores in measure(model, test)[0].items()}


def write_tables(grid: list[Combination], log: Table, title: str, out: Path) -> Combination | None:
    """Write grid.md and grid.png. Returns the best combination; None if no training finished."""
    (out / "grid.md").write_text(f"{title}, validation images:\n\n{markdown(grid, log)}", encoding="utf-8")
    rows = latest(log)
    best = best_of([rows[point.key] for point in grid if point.key in rows])
    if best is None:
        return None
    heat_map(grid, log, title, out / "grid.png")
    return next(point for point in grid if point.key == tuple(best[axis] for axis in AXES))


def report_best(task: TrialTask, best: Combination, log: Table, test: LabelledImages, out: Path) -> str:
    """Measure the best training and write grid.json, once. Returns a sentence about it, also appended to grid.md."""
    path = out / "grid.json"
    chosen = {"chosen": latest(log)[best.key]}
    stored = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if stored.get("chosen") != chosen["chosen"]:
        stored = {**chosen, "scores": measure_best(task, best, test, out / "runs" / best.name)}
        write_json(path, stored)
    scores = stored["scores"]["test"]
    sentence = (
        f"Best mean class accuracy: {best.name}. On the {scores['images']:,} test images: "
        f"accuracy {scores['accuracy']:.4f}, mean class accuracy {scores['class_accuracy']:.4f}."
    )
    with (out / "grid.md").open("a", encoding="utf-8") as file:
        file.write(f"\n{sentence}\n")
    return sentence


POSITIVE = Values(int, lambda n: n > 0, "whole numbers of at least 1")
LENGTHS = Values(float, lambda n: 0 < n < 1e6, "numbers above 0")
SHARES = Values(float, lambda n: 0 <= n < 1, "shares from 0 to below 1")
KINDS = Values(str, lambda name: name in RATES, f"some of {', '.join(RATES)}")


@click.command()
@click.option("--model", "name", type=click.Choice(list(MODELS)), required=True)
@click.option("--split", type=click.Choice(SPLITS), default="balanced", show_default=True)
@data_option("EMNIST files", inside="emnist")
@click.option("--optimizers", type=KINDS, default="adam,adamax,adadelta", show_default=True)
@click.option("--batch-sizes", "batches", type=POSITIVE, default="64,128", show_default=True)
@click.option("--epochs", type=LENGTHS, default="2,4", show_default=True)
@click.option("--dropouts", type=SHARES, default="0.25,0.5", show_default=True)
@click.option("--augment", "augmented", is_flag=True, help="Augment the images.")
@click.option("--limit", type=click.IntRange(min=1), help="Train on at most N images.", metavar="N")
@bfloat16_option()
@seed_option()
@out_option("table, picture and runs")
def main(
    name: str,
    split: str,
    data: Path,
    optimizers: list[str],
    batches: list[int],
    epochs: list[float],
    dropouts: list[float],
    augmented: bool,
    limit: int | None,
    bfloat16: bool,
    seed: int,
    out: Path,
) -> None:
    """Train a model with every combination of settings and write a table of the scores."""
    grid = combinations(optimizers, batches, epochs, dropouts)
    cv2.setNumThreads(1)
    interrupted = False
    with errors_as_messages():
        whole, test = load_split(data, split, "train"), load_split(data, split, "test")
        kept, validation = split_validation(whole, VALIDATION_SHARE, seed)
        task = TrialTask(name, FitData(random_subset(kept, limit, seed), validation, augmented), seed, bfloat16)
        images = len(task.data.train)
        settings = {"model": name, "split": split, "images": images, "augmented": augmented, "bfloat16": bfloat16}
        keep_settings(out / "settings.json", {**settings, "seed": seed})
        log = Table(out / "grid.tsv", COLUMNS)

        def recipe_of(point: Combination) -> Recipe:
            return chosen_recipe(name, optimizer=point.optimizer, batch=point.batch, epochs=point.epochs)

        try:
            run_grid(task, grid, recipe_of, log, out)
        except KeyboardInterrupt:
            interrupted = True
        title = f"{name} on EMNIST {split}, {images:,} images{', augmented' if augmented else ''}"
        best = write_tables(grid, log, title, out)
        if interrupted:
            print(f"interrupted: {out / 'grid.md'} has the finished trainings; the same command resumes")
            raise SystemExit(ExitCode.INTERRUPTED)
        if best is None:
            raise ValueError(f"{log.path}: no training finished, the last: {log.rows[-1]['note']}")
        print(report_best(task, best, log, test, out))


if __name__ == "__main__":
    main()
