"""The fit loop of every training here: `fit` with a `Plan`, and how the model is compiled for it."""

from training.fit.loop import Batches, Validate, fit, held_out_loss
from training.fit.optimizer import compile_trainee, make_optimizer
from training.fit.plan import Minutes, Monitor, Plan, Steps
from training.fit.precision import precision
from training.fit.run import Run, finished_steps

__all__ = [
    "Batches",
    "Minutes",
    "Monitor",
    "Plan",
    "Run",
    "Steps",
    "Validate",
    "compile_trainee",
    "finished_steps",
    "fit",
    "held_out_loss",
    "make_optimizer",
    "precision",
]
