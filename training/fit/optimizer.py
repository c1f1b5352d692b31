"""Optimizers of the trainings, and models compiled for `training.fit.fit`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

#: Larger gradients are cut to this norm.
GRADIENT_NORM = 5.0


def make_optimizer(name: str, rate: float, decay: float = 0.0) -> keras.optimizers.Optimizer:
    """Adam, Adamax or Adadelta; decay: decoupled weight decay. Raises ValueError for any other name."""
    kinds = {"adam": keras.optimizers.Adam, "adamax": keras.optimizers.Adamax, "adadelta": keras.optimizers.Adadelta}
    if name not in kinds:
        raise ValueError(f"no optimizer named {name}; there are {', '.join(kinds)}")
    optimizer = kinds[name](rate, weight_decay=decay or None, global_clipnorm=GRADIENT_NORM)
    if decay:
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


def compile_trainee(
    model: keras.Model,
    optimizer: keras.optimizers.Optimizer,
    loss: keras.losses.Loss,
    metrics: Sequence[Any] = ("accuracy",),
) -> None:
    """Compile ``model`` (logits out) without XLA under TensorFlow: on a CPU that halves the speed of convolutions."""
    xla = keras.backend.backend() != "tensorflow"
    model.compile(optimizer=optimizer, loss=loss, metrics=list(metrics), jit_compile=xla)
