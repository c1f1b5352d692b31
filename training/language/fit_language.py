"""Fit a character language model to windows of a corpus within a budget of time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import keras

from training.fit import Minutes, Monitor, Plan, Run, compile_trainee, fit, held_out_loss, precision
from training.language.corpus import Corpus
from training.language.languages import Recipe
from training.language.windows import CorpusWindows, inputs_and_targets
from training.models.lstm import LstmSpec, build_sequence_model

#: The norm that gradients are cut to: recurrent ones now and then explode.
GRADIENT_NORM = 1.0


@dataclass(frozen=True, slots=True)
class Budget:
    """How long a run takes and where. folder: holds best.weights.h5 and what resuming needs; minutes: training time in
    all, earlier parts of a resumed run counted in; resume: go on with the run in the folder; bfloat16: compute so;
    workers: processes that make batches, for a GPU.
    """

    folder: Path
    minutes: float
    seed: int = 1
    resume: bool = False
    bfloat16: bool = False
    workers: int = 0


def spec_of(recipe: Recipe, corpus: Corpus) -> LstmSpec:
    """The sizes of the model for a corpus."""
    return LstmSpec(
        len(corpus.vocabulary.labels), units=recipe.units, dropout=recipe.dropout, projection=recipe.projection
    )


def fit_language(corpus: Corpus, recipe: Recipe, budget: Budget) -> Run:
    """Fit until the time is used up; leaves best.weights.h5 and what resuming needs in the budget's folder.

    An interrupt ends it early: the best weights so far stay. Raises ValueError if the run to resume is of other sizes.
    """
    keras.utils.set_random_seed(budget.seed)
    with precision(budget.bfloat16):
        model = build_sequence_model(spec_of(recipe, corpus), recipe.window, unroll=True)
    optimizer = keras.optimizers.Adam(recipe.rate, global_clipnorm=GRADIENT_NORM)
    compile_trainee(model, optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    windows = CorpusWindows(corpus, recipe, budget.seed)
    held = inputs_and_targets(corpus.validation_windows(recipe.window, recipe.validation_windows))
    plan = Plan(
        budget.folder, Minutes(budget.minutes), recipe.rate, Monitor("val_loss", "min"), budget.resume, budget.workers
    )
    return fit(model, windows, plan, held_out_loss(*held, batch=recipe.batch))
