"""The line reader: a compiled network from strips to log-probabilities of characters, frame by frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ocrtool.errors import WeightsRefused
from ocrtool.recognize.network import log_softmax
from ocrtool.segment.strip import STRIP_ROWS, Strip
from ocrtool.weights.store import Weights, read_as, temperature

#: Name of the blank among the labels.
BLANK_LABEL = "<blank>"
#: Strips are padded to a multiple of this many columns, and run together up to so many columns in all: more are slower,
#: since they need more memory than the processor's cache has.
WIDTH_STEP, COLUMNS = 64, 2400
#: Strips of a batch differ in width by at most this factor: padding costs as much as text.
WIDTH_FACTOR = 1.25


class LineReader:
    """Runs the network over strips, on one thread: a strip is too little for two. Not to be shared between threads.

    labels: of its classes, the blank first; frame: columns of a strip that a frame covers.
    """

    def __init__(self, weights: Weights) -> None:
        """Open the network. Raises WeightsRefused if the manifest or the compiled form is not that of a line reader."""
        with read_as("a line reader", weights.name):
            self.labels: tuple[str, ...] = tuple(map(str, weights.manifest["labels"]))
            self._temperature = temperature(weights.manifest["temperature"])
        self._interpreter = weights.open_interpreter()
        details: list[dict[str, Any]] = self._interpreter.get_input_details()
        if len(details) != 1 or len(details[0]["shape"]) != 4 or int(details[0]["shape"][1]) != STRIP_ROWS:
            raise WeightsRefused(f"{weights.tflite_path} does not take strips of {STRIP_ROWS} rows")
        classes = int(self._interpreter.get_output_details()[0]["shape"][-1])
        if self.labels[:2] != (BLANK_LABEL, " ") or classes != len(self.labels):
            raise WeightsRefused(f"{weights.name}.json does not name the blank, the space and one label for each class")
        self._input = int(details[0]["index"])
        self._shape: tuple[int, int] = (0, 0)

    def read(self, strips: Sequence[Strip]) -> list[np.ndarray]:
        """Return the log-probabilities of each strip: (T, classes) float32, natural, the blank in column 0."""
        widths = np.array([strip.soft.shape[1] for strip in strips], int)
        found: list[np.ndarray] = [np.zeros((0, len(self.labels)), np.float32)] * len(strips)
        for chosen in _batches(widths):
            width = int(-(-widths[chosen].max() // WIDTH_STEP) * WIDTH_STEP)
            batch = np.zeros((len(chosen), STRIP_ROWS, width, 1), np.float32)
            for row, k in enumerate(chosen.tolist()):
                batch[row, :, : widths[k], 0] = strips[k].soft
            logits = self._run(batch)
            frame = width / logits.shape[1]
            for row, k in enumerate(chosen.tolist()):
                frames = int(np.ceil(widths[k] / frame))
                found[k] = log_softmax(logits[row, :frames] / self._temperature)
        return found

    def _run(self, batch: np.ndarray) -> np.ndarray:
        """Return the logits (B, T, classes) of strips (B, STRIP_ROWS, W, 1)."""
        shape = (batch.shape[0], batch.shape[2])
        if shape != self._shape:
            self._interpreter.resize_tensor_input(self._input, [shape[0], STRIP_ROWS, shape[1], 1])
            self._interpreter.allocate_tensors()
            self._shape = shape
        self._interpreter.set_tensor(self._input, batch)
        self._interpreter.invoke()
        return np.asarray(self._interpreter.get_tensor(self._interpreter.get_output_details()[0]["index"]))


def _batches(widths: np.ndarray) -> list[np.ndarray]:
    """Group strips of about one width: arrays of their numbers."""
    order = np.argsort(-widths, kind="stable")
    batches: list[list[int]] = []
    for k in order.tolist():
        if batches:
            first = int(widths[batches[-1][0]])
            if widths[k] * WIDTH_FACTOR >= first and first * (len(batches[-1]) + 1) <= COLUMNS:
                batches[-1].append(k)
                continue
        batches.append([k])
    return [np.array(batch) for batch in batches]
