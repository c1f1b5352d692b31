"""A fit with a budget of time: cosine learning rate, best weights kept, resuming, Ctrl-C keeps what there is."""

from __future__ import annotations

import json
import logging
import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras

from ocrtool.files import atomic_write

logger = logging.getLogger(__name__)

#: Epochs asked of Keras; time ends the fit.
ENDLESS = 1_000_000


@dataclass
class Progress:
    """How far a run is; stored beside its checkpoint."""

    batches: int = 0
    seconds: float = 0.0
    best_loss: float = math.inf
    best_batches: int = 0

    @classmethod
    def load(cls, path: Path) -> Progress:
        """Progress stored in ``path``; a fresh one if there is none."""
        return cls(**json.loads(path.read_text())) if path.exists() else cls()

    def save(self, path: Path) -> None:
        """Write to ``path``, whole or not at all."""
        with atomic_write(path) as file:
            file.write(json.dumps(asdict(self)).encode())


class TimedCosine(keras.callbacks.Callback):
    """Warm up, then lower the learning rate along a half cosine over ``seconds``; stop when they are used up.

    Time and not the number of batches decides, so that a run ends when it should on a machine of any speed.
    """

    FINAL_SHARE = 0.02

    def __init__(self, progress: Progress, seconds: float, rate: float, warm_up: int = 200) -> None:
        super().__init__()
        self._progress, self._seconds, self._rate, self._warm_up = progress, seconds, rate, warm_up
        self._last = 0.0

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._last = time.monotonic()

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        done = min(1.0, self._progress.seconds / self._seconds)
        share = self.FINAL_SHARE + (1 - self.FINAL_SHARE) * 0.5 * (1 + math.cos(math.pi * done))
        warm = min(1.0, (self._progress.batches + 1) / self._warm_up)
        self.model.optimizer.learning_rate = self._rate * share * warm

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        now = time.monotonic()
        self._progress.seconds += now - self._last
        self._progress.batches += 1
        self._last = now
        if self._progress.seconds >= self._seconds:
            self.model.stop_training = True


class KeepBest(keras.callbacks.Callback):
    """After each epoch: the best weights by ``val_loss`` in best.weights.h5, all that resuming needs in last.keras."""

    def __init__(self, progress: Progress, folder: Path) -> None:
        super().__init__()
        self._progress, self._folder = progress, folder

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        loss = (logs or {}).get("val_loss", math.inf)
        if loss < self._progress.best_loss:
            self._progress.best_loss, self._progress.best_batches = float(loss), self._progress.batches
            partial = self._folder / "part.weights.h5"
            self.model.save_weights(partial)
            partial.replace(self._folder / "best.weights.h5")
        partial = self._folder / "part.keras"
        self.model.save(partial)
        partial.replace(self._folder / "last.keras")
        self._progress.save(self._folder / "progress.json")


def fit_in_time(
    model: keras.Model,
    batches: keras.utils.PyDataset,
    validation: tuple[Any, Any],
    folder: Path,
    progress: Progress,
    minutes: float,
    rate: float,
    epochs: int = ENDLESS,
) -> None:
    """Fit a compiled model until ``minutes`` (those in ``progress`` counted in) or ``epochs`` are used up, or Ctrl-C.

    Leaves best.weights.h5, last.keras and progress.json in ``folder`` and brings ``progress`` up to date.
    """
    callbacks = [TimedCosine(progress, minutes * 60, rate), KeepBest(progress, folder)]
    try:
        model.fit(
            batches,
            epochs=epochs,
            validation_data=validation,
            validation_batch_size=len(batches[0][1]),
            shuffle=False,
            verbose=2,
            callbacks=callbacks,
        )
    except KeyboardInterrupt:
        logger.warning("interrupted after %d batches; the best weights so far are kept", progress.batches)
