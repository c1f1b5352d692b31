"""Fit a character language model to windows of a corpus within a budget of time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import keras

from training.fit.budget import Progress, fit_in_time
from training.language.corpus import Corpus
from training.language.languages import Recipe
from training.language.windows import CorpusWindows, inputs_and_targets
from training.models.lstm import LstmSpec, build_sequence_model

#: Highest learning rate, and the norm that gradients are cut to: recurrent ones now and then explode.
RATE, GRADIENT_NORM = 2e-3, 1.0


@dataclass(frozen=True, slots=True)
class Budget:
    """How long a run takes and where. folder: holds best.weights.h5 and what resuming needs; minutes: training time in
    all, earlier parts of a resumed run counted in; resume: go on with the run in the folder.
    """

    folder: Path
    minutes: float
    seed: int = 1
    resume: bool = False


def spec_of(recipe: Recipe, corpus: Corpus) -> LstmSpec:
    """The sizes of the model for a corpus."""
    return LstmSpec(
        len(corpus.vocabulary.labels), units=recipe.units, dropout=recipe.dropout, projection=recipe.projection
    )


def fit_language(corpus: Corpus, recipe: Recipe, budget: Budget) -> Progress:
    """Fit until the time is used up; leaves best.weights.h5 and what resuming needs in the budget's folder.

    An interrupt ends it early: the best weights so far stay. Raises ValueError if the run to resume is of other sizes.
    """
    folder = budget.folder
    folder.mkdir(parents=True, exist_ok=True)
    resume = budget.resume and (folder / "last.keras").exists()
    progress = Progress.load(folder / "progress.json") if resume else Progress()
    if progress.seconds >= budget.minutes * 60:
        return progress
    spec = spec_of(recipe, corpus)
    model = _checkpoint(folder, spec, recipe) if resume else _fresh_model(spec, recipe, budget.seed)
    windows = CorpusWindows(corpus, recipe, budget.seed, progress.batches)
    validation = inputs_and_targets(corpus.validation_windows(recipe.window, recipe.validation_windows))
    fit_in_time(model, windows, validation, folder, progress, budget.minutes, RATE)
    return progress


def _fresh_model(spec: LstmSpec, recipe: Recipe, seed: int) -> keras.Model:
    keras.utils.set_random_seed(seed)
    model = build_sequence_model(spec, recipe.window, unroll=True)
    model.compile(
        optimizer=keras.optimizers.Adam(RATE, global_clipnorm=GRADIENT_NORM),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=False,
    )
    return model


def _checkpoint(folder: Path, spec: LstmSpec, recipe: Recipe) -> keras.Model:
    """The model that a run in ``folder`` left, optimizer and all."""
    model = keras.models.load_model(folder / "last.keras")
    fresh = build_sequence_model(spec, recipe.window)
    if [w.shape for w in model.weights] != [w.shape for w in fresh.weights] or model.input_shape != fresh.input_shape:
        raise ValueError(f"{folder / 'last.keras'} has other sizes than this run asks for: it cannot be resumed")
    return model
