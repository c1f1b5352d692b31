"""The fit loop: a budget of steps or of time, cosine learning rate, checkpoints, the best weights kept, Ctrl-C.

`keras.Model.fit` is not used: it counts whole epochs from the beginning of the data, and under TensorFlow on a CPU it
may wait as long as it has worked before it returns. Here each batch is known by the number of its step, so that a
resumed run shows what the whole run would have shown.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain, count, islice
from multiprocessing import get_context
from typing import Any, Protocol

import keras
import numpy as np
from tqdm import tqdm

from training.fit.plan import Plan, Steps
from training.fit.run import Run, begin, load_best, save_best, save_checkpoint

#: Batches made ahead by each worker, while the network learns from the ones before.
AHEAD = 2

#: Figures of the validation part, such as {"val_loss": 0.3}, of the model as it is now.
Validate = Callable[[keras.Model], dict[str, float]]
#: Batches in order: inputs and targets.
Source = Iterator[tuple[Any, np.ndarray]]


class Batches(Protocol):
    """Step k's inputs and targets, the same for the same seed in any order of steps. An epoch is what lies between two
    validations.
    """

    steps_per_epoch: int

    def __getitem__(self, step: int) -> tuple[Any, np.ndarray]:
        """Inputs and targets (B, ...)."""


def fit(model: keras.Model, batches: Batches, plan: Plan, validate: Validate | None = None) -> Run:
    """Fit a compiled model; it is left with the weights that the plan's monitor finds best, and so is best.weights.h5.

    Without a monitor the weights of the last epoch are kept. Ctrl-C ends the fit as the end of the budget does. Raises
    ValueError where the loss is no longer a number, or the checkpoint to resume from is of another model.
    """
    run = begin(model, plan.folder, plan.resume)
    total = plan.stop.count if isinstance(plan.stop, Steps) else None
    try:
        with (
            tqdm(total=total, initial=run.steps, unit="batch", disable=None) as bar,
            made_ahead(batches, run.steps, total, plan.workers) as source,
        ):
            source = _begun(source)
            clock = _Clock(run)
            while not plan.stop.reached(run):
                _epoch(model, source, run, plan, run.steps + batches.steps_per_epoch, clock, bar)
                _close_epoch(model, run, plan, validate, clock)
                bar.write(_as_line(run.epochs[-1]))
    except KeyboardInterrupt:
        print(f"interrupted after {run.steps} batches: the best weights so far are kept")
    if run.best_epoch:
        load_best(model, plan.folder)
    return run


def _begun(source: Iterator[tuple[Any, np.ndarray]]) -> Source:
    """``source`` with its first batch made: workers take a minute to start, which is none of the budget's."""
    first = list(islice(source, 1))
    return chain(first, source)


class _Clock:
    """Counts the time of this process on a run, beside what earlier parts of it took."""

    def __init__(self, run: Run) -> None:
        self._run, self._before, self._started = run, run.seconds, time.monotonic()

    def update(self) -> None:
        self._run.seconds = self._before + time.monotonic() - self._started


def _epoch(
    model: keras.Model,
    source: Iterator[tuple[Any, np.ndarray]],
    run: Run,
    plan: Plan,
    end: int,
    clock: _Clock,
    bar: Any,
) -> None:
    """Steps up to ``end`` or to the end of the budget; adds their mean figures to the run."""
    first, before = run.steps, run.seconds
    totals: dict[str, float] = {}
    while run.steps < end and not plan.stop.reached(run):
        inputs, targets = next(source)
        model.optimizer.learning_rate = plan.learning_rate(run)
        figures = model.train_on_batch(inputs, targets, return_dict=True)
        for name, value in figures.items():
            totals[name] = totals.get(name, 0.0) + float(value)
        if not math.isfinite(totals["loss"]):
            raise ValueError(f"the loss of batch {run.steps + 1} is not a number: a lower learning rate may help")
        run.steps += 1
        clock.update()
        bar.update()
    means = {name: total / max(1, run.steps - first) for name, total in totals.items()}
    spent = {"steps": run.steps, "seconds": round(run.seconds - before, 1)}
    run.epochs.append({"epoch": len(run.epochs) + 1, **means, **spent})


def _close_epoch(model: keras.Model, run: Run, plan: Plan, validate: Validate | None, clock: _Clock) -> None:
    """Validate, keep the weights if they are better than those of the epochs before, and write a checkpoint."""
    figures = run.epochs[-1]
    if validate is not None:
        figures |= validate(model)
    monitor = plan.monitor
    if monitor is None or monitor.improves(figures[monitor.name], run.best.get(monitor.name)):
        save_best(model, plan.folder)
        run.best_epoch = len(run.epochs)
    clock.update()
    save_checkpoint(model, run, plan.folder)


def _as_line(figures: dict[str, float]) -> str:
    return " ".join(f"{k} {v:.4f}" if isinstance(v, float) else f"{k} {v}" for k, v in figures.items())


@contextmanager
def made_ahead(batches: Batches, first: int, last: int | None, workers: int = 0) -> Iterator[Source]:
    """Batches from step ``first`` on to before ``last``, made while those before are learned from.

    workers: processes that make them, each with a copy of ``batches``; 0: one thread.
    """
    with _pool(batches, workers) as pool:
        make = _make if workers else batches.__getitem__

        def source() -> Source:
            steps = count(first) if last is None else iter(range(first, last))
            waiting = deque(pool.submit(make, step) for step in islice(steps, AHEAD * max(1, workers)))
            while waiting:
                yield waiting.popleft().result()
                waiting.extend(pool.submit(make, step) for step in islice(steps, 1))

        try:
            yield source()
        finally:
            pool.shutdown(cancel_futures=True)


def _pool(batches: Batches, workers: int) -> Executor:
    if not workers:
        return ThreadPoolExecutor(1)
    # processes that are forked may wait forever for a lock that a thread of the network held
    return ProcessPoolExecutor(workers, get_context("spawn"), _take, (batches,))


_taken: list[Batches] = []


def _take(batches: Batches) -> None:
    """Keep what this worker makes batches of."""
    _taken[:] = [batches]


def _make(step: int) -> tuple[Any, np.ndarray]:
    """The batch of a step, in a worker."""
    return _taken[0][step]


def held_out_loss(inputs: Any, targets: np.ndarray, batch: int = 256) -> Validate:
    """`Validate` by the model's own loss and metrics on held-out examples: val_loss, val_accuracy."""

    def figures(model: keras.Model) -> dict[str, float]:
        found = model.evaluate(inputs, targets, batch_size=batch, verbose=0, return_dict=True)
        return {f"val_{name}": float(value) for name, value in found.items()}

    return figures
