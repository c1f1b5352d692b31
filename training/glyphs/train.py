"""Train the glyph classifier of a script.

    python -m training.glyphs.train latin --shards PATTERN --run RUN --out OUT

Trains on the shards of `training.glyphs.make` and of transcribed pages; for Latin also on EMNIST and UNIPEN characters.
``--init`` starts from earlier weights; a label that these lack becomes a new output. Writes
OUT/NAME.weights.h5, .tflite and .json, NAME being the script's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

import click
import cv2
import keras

from training.command import (
    Option,
    all_of,
    batch_option,
    bfloat16_option,
    data_option,
    epochs_option,
    errors_as_messages,
    init_option,
    minutes_option,
    out_option,
    rate_option,
    resume_option,
    run_option,
    seed_option,
)
from training.fit import Batches, Minutes, Monitor, Plan, Run, Steps, Validate, fit, precision
from training.fit.between import between
from training.glyphs.examples import Examples, find_shards
from training.glyphs.widen import load_start
from training.publish.architectures import ARCHITECTURES, build_spec, glyph_models
from training.publish.publish import Card, Measure, publish

#: Batches between two validations.
STEPS = 1000


class GlyphTask(Protocol):
    """What is trained for one script; ``name``: of the weights."""

    name: ClassVar[str]
    labels: ClassVar[Iterable[str]]
    monitor: ClassVar[Monitor]

    @property
    def spec(self) -> Any:
        """Of the network."""

    def default_stop(self, steps_per_epoch: int, /) -> Steps | Minutes:
        """The budget where none is given."""

    def gather(self, shards: list[Path], validation: list[Path], seed: int) -> tuple[Examples, Examples]:
        """Examples to train on, and to choose the weights and temperatures by."""

    def batches(self, train: Examples, batch: int, seed: int, steps_per_epoch: int) -> Batches:
        """Augmented batches."""

    def compile(self, model: keras.Model, rate: float) -> None:
        """Make ``model`` ready to fit."""

    def validate(self, held: Examples) -> Validate:
        """Figures of ``held``, that of the monitor among them."""

    def measure(self, held: Examples) -> Measure:
        """Temperature and scores of the stored model on ``held``."""

    def facts(self, train: Examples, held: Examples) -> Mapping[str, Any]:
        """input, data, split and licence, for the manifest."""


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """How a classifier is trained. shards, validation: patterns of files; folder: of checkpoints; init: weights to
    start from, keep: the share of them in what is published; steps: batches between two validations; epochs, minutes:
    budget, see `stop`; rate: peak learning rate.
    """

    folder: Path
    out: Path
    shards: Sequence[str] = ()
    validation: Sequence[str] = ()
    init: Path | None = None
    keep: float = 0.0
    epochs: float | None = None
    minutes: float | None = None
    rate: float = 2e-3
    batch: int = 256
    steps: int = STEPS
    bfloat16: bool = False
    seed: int = 0
    resume: bool = False

    def stop(self, default: Callable[[int], Steps | Minutes]) -> Steps | Minutes:
        """A budget of epochs, with minutes as an end before that; of minutes alone; or the script's own."""
        if self.epochs is not None:
            return Steps.of_epochs(self.epochs, self.steps, *(() if self.minutes is None else (self.minutes,)))
        return default(self.steps) if self.minutes is None else Minutes(self.minutes)


def train(task: GlyphTask, settings: TrainSettings) -> dict[str, Any]:
    """Train and publish the classifier of a script. Returns the manifest.

    Raises FileNotFoundError for a pattern that matches no file; ValueError for what does not fit together.
    """
    if settings.keep and settings.init is None:
        raise ValueError("--keep needs the weights to keep: --init")
    keras.utils.set_random_seed(settings.seed)
    data, held = task.gather(find_shards(settings.shards), find_shards(settings.validation), settings.seed)
    print(f"{len(data)} examples, {len(held)} to choose by")
    with precision(settings.bfloat16):
        model = build_spec(task.spec)
    if settings.init is not None:
        load_start(model, settings.init, task.labels)
    start = model.get_weights()
    task.compile(model, settings.rate)
    batches = task.batches(data, settings.batch, settings.seed, settings.steps)
    plan = Plan(settings.folder, settings.stop(task.default_stop), settings.rate, task.monitor, settings.resume)
    run = fit(model, batches, plan, task.validate(held))
    model.set_weights(between(start, model.get_weights(), 1 - settings.keep))
    facts = {**task.facts(data, held), "seed": settings.seed, "run": _run_facts(run, settings.batch)}
    return publish(model, Card(task.name, task.spec, task.labels, facts), settings.out, task.measure(held))


def _run_facts(run: Run, batch: int) -> dict[str, Any]:
    return {
        "minutes": round(run.seconds / 60, 1),
        "batches": run.steps,
        "shown": run.steps * batch,
        "best_epoch": run.best_epoch,
    }


def _model_option(script: str) -> Option:
    names = glyph_models(script)
    return click.option("--model", type=click.Choice(names), default=names[0], show_default=True)


training_options = all_of(
    click.option("--shards", multiple=True, metavar="PATTERN", help="Shards to train on."),
    click.option(
        "--validation", multiple=True, metavar="PATTERN", help="Shards for validation, by which weights are chosen."
    ),
    run_option(),
    out_option(),
    init_option(),
    click.option(
        "--keep",
        type=click.FloatRange(0.0, 1.0),
        default=0.0,
        show_default=True,
        help="Share of the weights of --init in those that are published: their mean.",
    ),
    epochs_option(about="Number of epochs of --steps batches; the learning rate falls to their end."),
    minutes_option(about="Time limit; without --epochs, the learning rate falls to its end."),
    rate_option(),
    batch_option(256),
    click.option(
        "--steps", type=click.IntRange(min=1), default=STEPS, show_default=True, help="Batches between two validations."
    ),
    bfloat16_option(),
    seed_option(),
    resume_option(),
)


@click.group()
def main() -> None:
    """Train the glyph classifier of a script and write its weights."""
    cv2.setNumThreads(1)


@main.command()
@_model_option("latin")
@data_option("emnist/ and unipen/")
@click.option(
    "--weight", "changes", multiple=True, metavar="SOURCE=SHARE", help="Share of a source in the examples shown."
)
@training_options
@errors_as_messages()
def latin(model: str, data: Path, changes: tuple[str, ...], **settings: Any) -> None:
    """Train on Latin letters, digits and punctuation.  [default budget: 35 minutes]"""
    from training.glyphs.latin import LatinTask

    _report(train(LatinTask(data, ARCHITECTURES[model].spec(), changes), TrainSettings(**settings)))


@main.command()
@_model_option("hangul")
@click.option(
    "--alone",
    "alone_share",
    type=click.FloatRange(0.0, 0.75),
    default=0.35,
    show_default=True,
    help="Share of isolated characters in the examples shown.",
)
@training_options
@errors_as_messages()
def hangul(model: str, alone_share: float, **settings: Any) -> None:
    """Train on syllables and marks of Korean print.  [default budget: 16 epochs]"""
    from training.glyphs.hangul import HangulTask

    _report(train(HangulTask(ARCHITECTURES[model].spec(), alone_share), TrainSettings(**settings)))


def _report(manifest: Mapping[str, Any]) -> None:
    print(manifest["temperature"], manifest["scores"])


if __name__ == "__main__":
    main()
