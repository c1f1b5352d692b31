"""Run a classifier over any number of images: in Keras as it was trained, or in its compiled form."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from ocrtool.errors import WeightsRefused
from ocrtool.weights import Weights

if TYPE_CHECKING:
    import keras

#: Images (B, H, W, 1) float32 in 0..255, B always the same, to probabilities (B, C).
Run = Callable[[np.ndarray], np.ndarray]

#: Images that go through the network at once: enough to keep the cores busy, little enough for the largest model.
BATCH = 256


def cores() -> int:
    """Processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def predict(run: Run, images: np.ndarray, batch: int = BATCH) -> tuple[np.ndarray, float]:
    """Probabilities (N, C) float32 of ``images`` (N, H, W) uint8, upright, ink bright, and images done a second.

    The first batch runs once before the clock does: it pays for compiling. The last one is filled up, so that no
    network is compiled for another size. Raises ValueError if there is no image.
    """
    if not len(images):
        raise ValueError("there is no image to run the classifier on")
    batch = min(batch, len(images))
    run(_batch_of(images, 0, batch))
    parts = []
    seconds = 0.0
    for first in tqdm(range(0, len(images), batch), unit="batch", disable=None, leave=False):
        rows = _batch_of(images, first, batch)
        started = time.perf_counter()
        parts.append(run(rows)[: len(images) - first])
        seconds += time.perf_counter() - started
    done = len(parts) * batch
    return np.concatenate(parts), done / seconds


def _batch_of(images: np.ndarray, first: int, batch: int) -> np.ndarray:
    """(batch, H, W, 1) float32 from number ``first`` on, black where there are no more."""
    rows = np.zeros((batch, *images.shape[1:], 1), np.float32)
    part = images[first : first + batch]
    rows[: len(part), ..., 0] = part
    return rows


def keras_run(model: keras.Model) -> Run:
    """The model itself, on whatever backend Keras has."""

    def run(rows: np.ndarray) -> np.ndarray:
        return np.asarray(model.predict_on_batch(rows), np.float32)

    return run


def compiled_run(weights: Weights, shape: tuple[int, ...], threads: int | None = None) -> Run:
    """The compiled form of ``weights`` for images of ``shape`` (H, W), on all cores unless ``threads`` are named.

    Raises WeightsRefused if it takes anything else than one such image.
    """
    interpreter = weights.open_interpreter(threads or cores())
    inputs = interpreter.get_input_details()
    check_inputs(weights.name, [tuple(int(n) for n in one["shape"][1:]) for one in inputs], shape)
    output = interpreter.get_output_details()[0]["index"]
    allocated = 0

    def run(rows: np.ndarray) -> np.ndarray:
        nonlocal allocated
        if len(rows) != allocated:
            interpreter.resize_tensor_input(inputs[0]["index"], rows.shape)
            interpreter.allocate_tensors()
            allocated = len(rows)
        interpreter.set_tensor(inputs[0]["index"], rows)
        interpreter.invoke()
        return interpreter.get_tensor(output).copy()

    return run


def check_inputs(name: str, inputs: list[tuple[int, ...]], shape: tuple[int, ...]) -> None:
    """Raise WeightsRefused unless ``inputs``, shapes without the batch, are one grey image of ``shape`` (H, W)."""
    if inputs == [(*shape, 1)]:
        return
    found = " and ".join(" × ".join(map(str, one)) or "single numbers" for one in inputs)
    wanted = " × ".join(map(str, (*shape, 1)))
    raise WeightsRefused(f"{name} takes {found}, not one image of {wanted}")


def tempered(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """What ``probabilities`` (N, C) are if the scores they come from are divided by ``temperature``."""
    if temperature == 1.0:
        return probabilities
    logs = np.log(np.maximum(probabilities, np.finfo(np.float32).tiny)) / temperature
    powers = np.exp(logs - logs.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
