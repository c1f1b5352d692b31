"""Run a classifier over any number of images: in Keras as it was trained, or in its compiled form."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from ocrtool.errors import WeightsRefused
from ocrtool.jobs.machine import cores
from ocrtool.recognize.network import log_softmax
from ocrtool.weights.store import Weights
from training.emnist.batches import as_input
from training.report.scores import LEAST_PROBABILITY

if TYPE_CHECKING:
    import keras

#: Images (B, H, W, 1) float32 in 0..255, B always the same, to probabilities (B, C).
Run = Callable[[np.ndarray], np.ndarray]

#: Images per batch: enough to keep the cores busy, small enough for the largest model.
BATCH = 256


def in_batches(
    run: Callable[[list[np.ndarray]], np.ndarray],
    rows: Callable[[slice], list[np.ndarray]],
    count: int,
    batch: int = BATCH,
) -> tuple[np.ndarray, float]:
    """Outputs (count, ...) float32 of ``run`` for the inputs that ``rows`` gives for a slice, and seconds spent in it.

    The first batch runs once before it is timed, to leave out compiling. The last one is padded, so that no network is
    compiled for another size. Raises ValueError if there is nothing to run.
    """
    if count < 1:
        raise ValueError("there is no image to run the classifier on")
    batch = min(batch, count)
    parts = []
    seconds = 0.0
    for first in tqdm(range(0, count, batch), unit="batch", disable=None, leave=False):
        inputs = rows(slice(first, min(first + batch, count)))
        padded = [np.resize(array, (batch, *array.shape[1:])) for array in inputs]
        if first == 0:
            run(padded)
        started = time.perf_counter()
        outputs = run(padded)
        seconds += time.perf_counter() - started
        parts.append(np.asarray(outputs, np.float32)[: len(inputs[0])])
    return np.concatenate(parts), seconds


def predict(run: Run, images: np.ndarray, batch: int = BATCH) -> tuple[np.ndarray, float]:
    """Probabilities (N, C) float32 of ``images`` (N, H, W) uint8, upright, ink bright, and images per second.

    Raises ValueError if there is no image.
    """
    count = len(images)
    outputs, seconds = in_batches(lambda inputs: run(inputs[0]), lambda rows: [as_input(images[rows])], count, batch)
    return outputs, count / seconds


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities (..., C) float64 over the last axis."""
    return np.asarray(np.exp(log_softmax(logits.astype(np.float64))))


def keras_run(model: keras.Model) -> Run:
    """The model itself, on any Keras backend."""

    def run(rows: np.ndarray) -> np.ndarray:
        return np.asarray(model.predict_on_batch(rows), np.float32)

    return run


def compiled_run(weights: Weights, shape: tuple[int, ...], threads: int | None = None) -> Run:
    """The compiled form of ``weights`` for images of ``shape`` (H, W), on all cores unless ``threads`` are named.

    Raises WeightsRefused if it takes anything else than one such image.
    """
    interpreter = weights.open_interpreter(threads or cores())
    inputs = interpreter.get_input_details()
    check_inputs(weights.name, [tuple(int(n) for n in detail["shape"][1:]) for detail in inputs], shape)
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
        return np.array(interpreter.get_tensor(output))

    return run


def check_inputs(name: str, inputs: list[tuple[int, ...]], shape: tuple[int, ...]) -> None:
    """Raise WeightsRefused unless ``inputs``, shapes without the batch, are one grey image of ``shape`` (H, W)."""
    if inputs == [(*shape, 1)]:
        return
    found = " and ".join(" × ".join(map(str, sizes)) or "single numbers" for sizes in inputs)
    wanted = " × ".join(map(str, (*shape, 1)))
    raise WeightsRefused(f"{name} takes {found}, not one image of {wanted}")


def tempered(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """``probabilities`` (N, C) after dividing the logits they come from by ``temperature``."""
    if temperature == 1.0:
        return probabilities
    return softmax(np.log(np.maximum(probabilities, LEAST_PROBABILITY)) / temperature)
