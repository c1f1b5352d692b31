"""Fit a character language model to windows of text within a budget of time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from training.fit.budget import Progress, fit_in_time
from training.models.lstm import LstmSpec, build_sequence_model

#: Symbols of a window: about one and a half lines, since every line is decoded from the zero state.
WINDOW = 80


@dataclass(frozen=True, slots=True)
class Settings:
    """How a run goes. ``minutes``: training time in all, earlier parts of a resumed run counted in.

    ``window``: symbols of a window; ``batch``: windows of a batch; ``rate``: highest learning rate.
    """

    minutes: float
    seed: int = 1
    batch: int = 64
    window: int = WINDOW
    rate: float = 2e-3
    batches_per_epoch: int = 400


def compile_for_training(spec: LstmSpec, settings: Settings) -> keras.Model:
    """A fresh model, ready to fit."""
    keras.utils.set_random_seed(settings.seed)
    model = build_sequence_model(spec, settings.window, unroll=True)
    model.compile(
        optimizer=keras.optimizers.Adam(settings.rate, global_clipnorm=1.0),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=False,
    )
    return model


def load_checkpoint(folder: Path, spec: LstmSpec, settings: Settings) -> keras.Model:
    """The model that a run in ``folder`` left, optimizer and all. Raises ValueError if it is of other sizes."""
    model = keras.models.load_model(folder / "last.keras")
    fresh = build_sequence_model(spec, settings.window)
    if [w.shape for w in model.weights] != [w.shape for w in fresh.weights] or model.input_shape != fresh.input_shape:
        raise ValueError(f"{folder / 'last.keras'} is of other sizes than asked for: it cannot be gone on with")
    return model


def fit_windows(
    spec: LstmSpec,
    settings: Settings,
    windows_from: Callable[[int], keras.utils.PyDataset],
    validating: tuple[np.ndarray, np.ndarray],
    folder: Path,
    resume: bool = False,
) -> Progress:
    """Fit until the time is used up; leaves best.weights.h5 and what resuming needs in ``folder``.

    windows_from: the batches (symbols (B, T), next symbols (B, T)) that follow a number of batches. validating: windows
    (N, T) of the same length. An interrupt ends it early: the best weights so far stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    resume = resume and (folder / "last.keras").exists()
    progress = Progress.load(folder / "progress.json") if resume else Progress()
    if progress.seconds >= settings.minutes * 60:
        return progress
    model = load_checkpoint(folder, spec, settings) if resume else compile_for_training(spec, settings)
    fit_in_time(model, windows_from(progress.batches), validating, folder, progress, settings.minutes, settings.rate)
    return progress
