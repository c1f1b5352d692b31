"""The fit loop of the suite: a number of steps, cosine learning rate, checkpoints, the best weights kept.

Steps and not minutes decide, so that a seed repeats a run. `keras.Model.fit` is not used: under TensorFlow on a CPU it
may wait as long as it has worked before it returns.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
from tqdm import tqdm

from ocrtool.files import atomic_write
from training.emnist.batches import Batches

#: Steps over which the learning rate rises, at most, and its share left at the end.
WARM_UP, FINAL_SHARE = 300, 0.01
#: Larger gradients are cut to this norm.
GRADIENT_NORM = 5.0


@dataclass
class Run:
    """How far a run is: steps done, seconds spent in them, figures of each epoch, the best of them."""

    steps: int = 0
    seconds: float = 0.0
    epochs: list[dict[str, float]] = field(default_factory=list)
    best_score: float = -math.inf
    best_epoch: int = 0

    @classmethod
    def load(cls, folder: Path) -> Run:
        """The run stored in ``folder``; a fresh one if there is none."""
        path = folder / "history.json"
        return cls(**json.loads(path.read_text())) if path.is_file() else cls()

    def save(self, folder: Path) -> None:
        """Write history.json, whole or not at all."""
        with atomic_write(folder / "history.json") as file:
            file.write(json.dumps(asdict(self), indent=1).encode())


def make_optimizer(name: str, rate: float, decay: float = 0.0) -> keras.optimizers.Optimizer:
    """Adam, Adamax or Adadelta. Raises ValueError for any other name."""
    kinds = {"adam": keras.optimizers.Adam, "adamax": keras.optimizers.Adamax, "adadelta": keras.optimizers.Adadelta}
    if name not in kinds:
        raise ValueError(f"no optimizer named {name}; there are {', '.join(kinds)}")
    optimizer = kinds[name](rate, weight_decay=decay or None, global_clipnorm=GRADIENT_NORM)
    if decay:
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


def compile_trainee(model: keras.Model, optimizer: keras.optimizers.Optimizer, loss: keras.losses.Loss) -> None:
    """Make ``model`` (logits out) ready for `fit`. XLA halves the speed of convolutions on a CPU under TensorFlow."""
    xla = keras.backend.backend() != "tensorflow"
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"], jit_compile=xla)


def learning_rate(step: int, steps: int, peak: float) -> float:
    """Of a warm-up and half a cosine over ``steps``."""
    share = FINAL_SHARE + (1 - FINAL_SHARE) * 0.5 * (1 + math.cos(math.pi * min(1.0, step / steps)))
    return peak * share * min(1.0, (step + 1) / min(WARM_UP, max(1, steps // 5)))


def fit(
    model: keras.Model,
    batches: Batches,
    score: Callable[[keras.Model], dict[str, float]],
    folder: Path,
    epochs: float,
    peak_rate: float,
    minutes: float = math.inf,
    resume: bool = False,
) -> Run:
    """Fit a compiled model; leaves it with its best weights, and best.weights.h5 and history.json in ``folder``.

    score: figures of the validation part, of which ``val_class_accuracy`` decides which weights are best. epochs: may
    be broken. minutes: an end before ``epochs``. resume: go on from the last epoch in ``folder``. Ctrl-C ends the run.
    """
    folder.mkdir(parents=True, exist_ok=True)
    run = Run.load(folder) if resume else Run()
    if run.steps:
        _restore(model, folder)
    steps = max(1, round(epochs * batches.steps_per_epoch))
    try:
        with tqdm(total=steps, initial=run.steps, unit="batch", disable=None) as bar:
            while run.steps < steps and run.seconds < 60 * minutes:
                end = min(steps, run.steps + batches.steps_per_epoch)
                _epoch(model, batches, run, end, steps, peak_rate, bar, 60 * minutes)
                _close_epoch(model, run, score, folder, bar)
    except KeyboardInterrupt:
        print(f"interrupted after {run.steps} of {steps} batches: the best weights so far are kept")
    if (folder / "best.weights.h5").is_file():
        _bare(model).load_weights(folder / "best.weights.h5")
    return run


def _epoch(
    model: keras.Model, batches: Batches, run: Run, end: int, steps: int, peak: float, bar: Any, seconds: float
) -> None:
    """Steps up to ``end`` or to the end of the time; adds their mean loss and accuracy to the run."""
    started, before, first = time.monotonic(), run.seconds, run.steps
    totals = np.zeros(2)
    while run.steps < end and run.seconds < seconds:
        images, labels = batches[run.steps]
        model.optimizer.learning_rate = learning_rate(run.steps, steps, peak)
        figures = model.train_on_batch(images, labels, return_dict=True)
        model.reset_metrics()
        totals += float(figures["loss"]), float(figures["accuracy"])
        run.steps += 1
        run.seconds = before + time.monotonic() - started
        bar.update()
    loss, accuracy = totals / max(1, run.steps - first)
    spent = round(time.monotonic() - started, 1)
    number = len(run.epochs) + 1
    run.epochs.append({"epoch": number, "loss": loss, "accuracy": accuracy, "steps": run.steps, "seconds": spent})


def _close_epoch(
    model: keras.Model, run: Run, score: Callable[[keras.Model], dict[str, float]], folder: Path, bar: Any
) -> None:
    figures = run.epochs[-1]
    figures |= score(model)
    if figures["val_class_accuracy"] > run.best_score:
        run.best_score, run.best_epoch = figures["val_class_accuracy"], len(run.epochs)
        _save_weights(model, folder / "best.weights.h5")
    _save_weights(model, folder / "last.weights.h5")
    with atomic_write(folder / "optimizer.npz") as file:
        np.savez(file, *[keras.ops.convert_to_numpy(v) for v in model.optimizer.variables])
    run.save(folder)
    bar.write(" ".join(f"{k} {v:.4f}" if isinstance(v, float) else f"{k} {v}" for k, v in figures.items()))


def _bare(model: keras.Model) -> keras.Model:
    """The same layers without the optimizer, whose state is stored on its own."""
    return keras.Model(model.inputs, model.outputs)


def _restore(model: keras.Model, folder: Path) -> None:
    _bare(model).load_weights(folder / "last.weights.h5")
    model.optimizer.build(model.trainable_variables)
    with np.load(folder / "optimizer.npz") as stored:
        for variable, name in zip(model.optimizer.variables, stored.files, strict=True):
            variable.assign(stored[name])


def _save_weights(model: keras.Model, path: Path) -> None:
    """Whole or not at all. Keras wants a path that ends as weights do."""
    partial = path.with_name("part." + path.name)
    _bare(model).save_weights(partial)
    partial.replace(path)
