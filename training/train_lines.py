"""Train the line reader.

    python -m training.lines.make_lines print SHARDS --count 240000
    python -m training.lines.make_lines pen SHARDS --count 120000
    python -m training.lines.make_lines print HELD --count 4000 --part validation
    python -m training.lines.make_lines pen HELD --count 4000 --part validation
    python -m training.train_lines --shards SHARDS --validation HELD --run RUN --out OUT

``--init`` starts from earlier weights; add ``--no-frames`` then, since they know where characters stand. Of the weights
between these and the last ones those are taken that read the lines of HELD best (``way`` in the manifest). Such weights
can cut lines of real pages (`training.lines.make_aligned`) into SHARDS to go on with. Writes OUT/lines.weights.h5,
.tflite and .json. Fastest on a CPU with Keras' PyTorch backend (``KERAS_BACKEND=torch``).

A GPU wants larger batches, and processes that make them: ``--columns 240000 --workers 4 --bfloat16``. Where TensorFlow
is missing, so that the weights cannot be compiled, copy RUN to a machine that has it and end there with ``--resume``.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import click
import cv2
import keras

from ocrtool.files import atomic_write
from training.command import (
    EXISTING,
    bfloat16_option,
    errors_as_messages,
    init_option,
    minutes_option,
    out_option,
    rate_option,
    resume_option,
    run_option,
    seed_option,
    workers_option,
)
from training.fit import Minutes, Monitor, Plan, finished_steps, fit, precision
from training.lines import task
from training.lines.batches import COLUMNS, SOURCE_SHARES, LineBatches, Mix
from training.lines.further import choose_way, weights_of
from training.models.line_reader import COLUMN
from training.publish.architectures import build_spec
from training.publish.publish import Card, publish

#: Batches between two validations, and lines of each source to validate on.
STEPS, HELD = 600, 400
#: Columns that are learned from in a minute on two cores, for the fading of the loss of frames.
COLUMNS_A_MINUTE = 150.0 * COLUMNS
NAME = "lines"
#: What the manifest says of a run, in its folder: a run that ended on another machine is published as it was there.
FACTS = "facts.json"


def parse_shares(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, float]:
    """SOURCE=SHARE of each ``--share``, beside the usual ones. Raises click.BadParameter."""
    shares = dict(SOURCE_SHARES)
    for value in values:
        source, _, share = value.partition("=")
        try:
            shares[source] = float(share)
        except ValueError:
            raise click.BadParameter(f"{value} is not SOURCE=SHARE, such as iam=0.25") from None
        if not (source and 0 <= shares[source] < float("inf")):
            raise click.BadParameter(f"{value} is not SOURCE=SHARE with a share of 0 or more")
    return shares


@click.command()
@click.option("--shards", type=EXISTING, required=True, help="Folder of shards to train on.")
@click.option("--validation", type=EXISTING, required=True, help="Folder of shards to choose the weights by.")
@run_option()
@out_option()
@init_option()
@minutes_option(90.0)
@rate_option(2.5e-3)
@click.option(
    "--share",
    "shares",
    multiple=True,
    metavar="SOURCE=SHARE",
    callback=parse_shares,
    help="Share of a source in the batches, relative to the others; 0 leaves it out. May be given again.",
)
@click.option("--frames/--no-frames", default=True, help="Begin with a loss of each frame.")
@click.option(
    "--columns",
    type=click.IntRange(min=COLUMNS),
    default=COLUMNS,
    show_default=True,
    help="Columns of pixels of a batch: 600 are a line of 60 characters. More on a GPU.",
)
@workers_option()
@bfloat16_option()
@click.option("--name", default=NAME, show_default=True, help="Name of the weights.")
@resume_option()
@seed_option()
@errors_as_messages()
def main(
    shards: Path,
    validation: Path,
    folder: Path,
    out: Path,
    init: Path | None,
    minutes: float,
    rate: float,
    shares: dict[str, float],
    frames: bool,
    columns: int,
    workers: int,
    bfloat16: bool,
    name: str,
    resume: bool,
    seed: int,
) -> None:
    """Train the line reader and write its weights."""
    cv2.setNumThreads(1)
    keras.utils.set_random_seed(seed)
    with precision(bfloat16):
        model = build_spec(task.SPEC)
    if init is not None:
        model.load_weights(init)
    start = weights_of(model)
    task.compile_reader(model, rate)
    steps = round(minutes * COLUMNS_A_MINUTE / columns)
    batches = LineBatches(shards, seed, STEPS, COLUMN / task.SPEC.frames, steps, Mix(shares, frames, columns))
    held = task.load_held(validation, HELD)
    plan = Plan(folder, Minutes(minutes), rate, Monitor("val_cer", "min"), resume, workers)
    before = finished_steps(folder) if resume else 0
    run = fit(model, batches, plan, lambda model: task.error_rates(model, held))
    way = 1.0 if init is None else choose_way(model, start, lambda model: task.error_rates(model, held)["val_cer"])
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / FACTS
    if run.steps > before or not record.is_file():
        facts = {
            **task.facts(batches, held),
            "seed": seed,
            "run": {"minutes": round(run.seconds / 60, 1), "batches": run.steps, "columns": columns, "way": way},
        }
        with atomic_write(record) as file:
            file.write(json.dumps(facts, indent=1).encode())
    facts = json.loads(record.read_text(encoding="utf-8"))
    publish(model, Card(name, task.SPEC, task.LABELS, facts), out, partial(task.measure, held=held))


if __name__ == "__main__":
    main()
