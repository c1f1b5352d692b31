"""How far a fit is, and its files: history.json, best.weights.h5 and the checkpoint from which a fit is resumed."""

from __future__ import annotations

import json
import warnings
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import h5py
import keras

from ocrtool.files import atomic_write

#: Figures of every epoch; best weights without optimizer; last weights with it, of no use once the fit has ended.
HISTORY, BEST, CHECKPOINT = "history.json", "best.weights.h5", "last.weights.h5"
#: Where the run stands in the checkpoint.
STORED_RUN = "run"


@dataclass
class Run:
    """Steps done, seconds since the start (validation and earlier parts of a resumed run included), figures of each
    epoch, and the number of the epoch whose weights are kept, from 1 on; 0: none yet.
    """

    steps: int = 0
    seconds: float = 0.0
    epochs: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int = 0

    @property
    def best(self) -> dict[str, float]:
        """Figures of the epoch whose weights are kept; empty if there is none."""
        return self.epochs[self.best_epoch - 1] if self.best_epoch else {}

    def save(self, folder: Path) -> None:
        """Write history.json, whole or not at all."""
        with atomic_write(folder / HISTORY) as file:
            file.write(json.dumps(asdict(self), indent=1).encode())


def begin(model: keras.Model, folder: Path, resume: bool) -> Run:
    """The run to go on with, ``model`` as its checkpoint left it; a fresh run removes what an earlier one left.

    Raises ValueError if the checkpoint is of another model or optimizer.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if resume and (folder / CHECKPOINT).is_file():
        return restore(model, folder / CHECKPOINT)
    for name in (HISTORY, BEST, CHECKPOINT):
        (folder / name).unlink(missing_ok=True)
    return Run()


def finished_steps(folder: Path) -> int:
    """Steps of the run in ``folder``, 0 if there is none."""
    try:
        return int(json.loads((folder / HISTORY).read_text(encoding="utf-8"))["steps"])
    except FileNotFoundError:
        return 0


def restore(model: keras.Model, checkpoint: Path) -> Run:
    """Set weights and optimizer to those of ``checkpoint``. Raises ValueError if it is of others."""
    with h5py.File(checkpoint) as file:
        stored = json.loads(file[STORED_RUN].asstr()[()])
    run, optimizer = Run(**stored["run"]), type(model.optimizer).__name__
    with warnings.catch_warnings():  # what does not fit is skipped with a warning: the steps counted show it
        warnings.simplefilter("ignore")
        try:
            model.load_weights(checkpoint)
            fits = stored["optimizer"] == optimizer and int(model.optimizer.iterations) == run.steps
        except (ValueError, KeyError):
            fits = False
    if not fits:
        raise ValueError(f"{checkpoint} is of another model or optimizer: the run cannot be resumed")
    return run


def save_checkpoint(model: keras.Model, run: Run, folder: Path) -> None:
    """Weights, optimizer and run in one file: they can never be of different steps; history.json for people."""
    partial = folder / f"part.{CHECKPOINT}"
    model.save_weights(partial)
    with h5py.File(partial, "a") as file:
        file[STORED_RUN] = json.dumps({"run": asdict(run), "optimizer": type(model.optimizer).__name__})
    partial.replace(folder / CHECKPOINT)
    run.save(folder)


def save_best(model: keras.Model, folder: Path) -> None:
    """The weights alone, whole or not at all."""
    partial = folder / f"part.{BEST}"  # Keras wants a path that ends as weights do
    without_optimizer(model).save_weights(partial)
    partial.replace(folder / BEST)


def load_best(model: keras.Model, folder: Path) -> None:
    """Set ``model`` to the weights kept."""
    without_optimizer(model).load_weights(folder / BEST)


def without_optimizer(model: keras.Model) -> Any:
    """The same layers in a model never compiled: an optimizer's state would make its file three times as large."""
    return keras.Model(model.inputs, model.outputs)
