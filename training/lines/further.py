"""Fit the line reader further, to a few hundred lines of one kind, without forgetting what else it reads."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from ocrtool.recognize.line_reader import LineReader
from training.fit import Minutes, Monitor, Plan, Run, fit
from training.fit.between import between
from training.lines import task
from training.lines.batches import LineBatches, Mix
from training.lines.pages import Sample
from training.lines.shards import pack, write_shard
from training.models.line_reader import COLUMN, LineReaderSpec

#: One line in so many is kept to choose the weights by.
HELD_STEP = 8
#: Columns of a batch: of few lines, small batches teach more in the same time.
BATCH = 5_000
#: Passes over the lines between two validations, and validations without a better one that end a fit.
PASSES, PATIENCE = 2, 6
#: Steps of warm-up: the network is not far from where it goes.
WARM_UP = 10
#: How far weights may go from where they started to where the fit led, and the share of its gain that is to be kept.
WAYS, KEPT_GAIN = (0.3, 0.4, 0.5, 0.6, 0.7, 0.85, 1.0), 0.95
#: How many times as many errors other lines may have as before, unless they have them at the first of WAYS already.
#: Fitted to ten pages of a book, half of the way read other pages of it with 24 to 32 % fewer errors and drawn letters
#: with as many as before; 75 % of it with 76 % fewer, and drawn letters and codes with twice as many.
FORGOTTEN = 1.25
#: Shards of the lines to fit to and of those shown again between them, and the share of the batches that shows these:
#: a network fitted to one kind of page alone is soon unsure of what that kind does not hold, as display type.
SOURCE, AGAIN, AGAIN_SHARE = "pages", "again", 0.35


@dataclass(frozen=True, slots=True)
class Lines:
    """What a fit is given.

    fitted: lines to fit to; aside: lines to choose the weights by; again: lines of other kinds, shown between the first
    so that they stay known (Robins, "Catastrophic forgetting, rehearsal and pseudorehearsal", 1995).
    """

    fitted: Sequence[Sample]
    aside: Sequence[Sample]
    again: Sequence[Sample] = ()


@dataclass(frozen=True, slots=True)
class Fitted:
    """before, rate: character error rates of the lines kept aside; interrupted: by Ctrl-C."""

    before: float
    rate: float
    run: Run
    interrupted: bool


class ModelReader(LineReader):
    """A line reader that runs a Keras model, before it is compiled."""

    def __init__(self, model: keras.Model, labels: Sequence[str], temperature: float) -> None:
        self.labels, self._temperature, self._model = tuple(labels), temperature, model

    def _run(self, batch: np.ndarray) -> np.ndarray:
        return np.asarray(keras.ops.convert_to_numpy(self._model(batch, training=False)))


def keep_aside(samples: Sequence[Sample]) -> tuple[list[Sample], list[Sample]]:
    """Lines to fit to and lines to choose the weights by; a line is of the same part whenever it is found again."""
    aside = [zlib.crc32(sample.soft.tobytes()) % HELD_STEP == 0 for sample in samples]
    if not any(aside) or all(aside):
        aside = [k % HELD_STEP == 0 for k in range(len(samples))]
    fitted = [sample for sample, held in zip(samples, aside, strict=True) if not held]
    return fitted, [sample for sample, held in zip(samples, aside, strict=True) if held]


def freeze_statistics(model: keras.Model) -> None:
    """Keep the normalisation of every layer as it is: a few hundred lines are no measure of it."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False


def fit_further(
    model: keras.Model,
    spec: LineReaderSpec,
    lines: Lines,
    minutes: float,
    rate: float,
    seed: int,
) -> Fitted:
    """Fit ``model`` to lines, and leave it with the weights that read the lines kept aside best, if only the first.

    Ctrl-C ends the fit as the end of its time does.
    """
    freeze_statistics(model)
    task.compile_reader(model, rate)
    start, before = weights_of(model), aside_rate(model, lines.aside)
    with tempfile.TemporaryDirectory() as scratch:
        shards = Path(scratch)
        write_shard(shards / f"{SOURCE}-000.npz", pack(lines.fitted))
        shares = {SOURCE: 1.0}
        if lines.again:
            write_shard(shards / f"{AGAIN}-000.npz", pack(lines.again))
            shares = {SOURCE: 1 - AGAIN_SHARE, AGAIN: AGAIN_SHARE}
        steps = max(1, round(PASSES / shares[SOURCE] * sum(sample.soft.shape[1] for sample in lines.fitted) / BATCH))
        batches = LineBatches(shards, seed, steps, COLUMN / spec.frames, 1, Mix(shares, False, BATCH))
        stop = Minutes(minutes, warm_up=WARM_UP, patience=PATIENCE)
        plan = Plan(shards / "run", stop, rate, Monitor("val_cer", "min"))
        run = fit(model, batches, plan, lambda model: {"val_cer": aside_rate(model, lines.aside)})
    after = aside_rate(model, lines.aside)
    if after > before:
        model.set_weights(start)
    return Fitted(before, min(before, after), run, not stop.reached(run))


def step_back(
    model: keras.Model, start: Sequence[np.ndarray], aside: Sequence[Sample], others: Sequence[Sample] = ()
) -> float:
    """Leave ``model`` as near to ``start`` as its gain allows; returns the share of the way that is left, 0 to 1.

    See `training.fit.between`. others: lines of other kinds, of which not too many may be forgotten.
    """
    end = weights_of(model)
    last = aside_rate(model, aside)
    model.set_weights(start)
    first, most = aside_rate(model, aside), FORGOTTEN * aside_rate(model, others)
    way = 0.0
    for longer in WAYS if last < first else ():
        model.set_weights(between(start, end, longer))
        if others and way and aside_rate(model, others) > most:
            break
        way = longer
        if first - aside_rate(model, aside) >= KEPT_GAIN * (first - last):
            break
    model.set_weights(between(start, end, way))
    return way


def choose_way(model: keras.Model, start: Sequence[np.ndarray], rate: Callable[[keras.Model], float]) -> float:
    """Leave ``model`` with the weights between ``start`` and its own that have the lowest rate; returns their share of
    the way, above 0 to 1. See `training.fit.between`. rate: of errors.
    """
    end = weights_of(model)

    def at(way: float) -> float:
        model.set_weights(between(start, end, way))
        return rate(model)

    best = min(reversed(WAYS), key=at)
    at(best)
    return best


def weights_of(model: keras.Model) -> list[np.ndarray]:
    """A copy of all weights."""
    return [np.array(weight) for weight in model.get_weights()]


def aside_rate(model: keras.Model, aside: Sequence[Sample]) -> float:
    """Character error rate of the lines kept aside, 0 of none."""
    return task.error_rate(aside, task.predict(model, aside))
