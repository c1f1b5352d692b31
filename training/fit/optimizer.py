"""Optimizers of the trainings, and models compiled for `training.fit.fit`."""

from __future__ import annotations

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
    metric: keras.metrics.Metric | None = None,
) -> None:
    """Compile ``model`` (logits out). metric: named "accuracy"; None: of integer labels.

    Compiled under JAX alone: on a CPU, XLA halves the speed of convolutions under TensorFlow, and PyTorch's compiler
    takes minutes. The metric is an object and not a name,
    and the optimizer is built at once: whatever makes variables in the first step has TensorFlow trace it twice.
    """
    metric = metric or keras.metrics.SparseCategoricalAccuracy(name="accuracy")
    jit = keras.backend.backend() == "jax"
    model.compile(optimizer=optimizer, loss=loss, metrics=[metric], jit_compile=jit)
    optimizer.build(model.trainable_variables)
