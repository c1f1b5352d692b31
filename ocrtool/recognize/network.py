"""A compiled glyph network: crops and geometry features to logits, in batches."""

from __future__ import annotations

from typing import Any

import numpy as np

from ocrtool.errors import WeightsRefused
from ocrtool.weights.store import Weights

#: Crops per batch: large enough to keep the cores busy, small enough to stay in their caches.
BATCH = 128
#: Names of the network's inputs: crops, and geometry features.
IMAGE_INPUT, GEOMETRY_INPUT = "image", "place"


class GlyphNetwork:
    """Runs a network with the inputs IMAGE_INPUT and GEOMETRY_INPUT. Not to be shared between threads."""

    def __init__(self, weights: Weights, threads: int = 1) -> None:
        """Open the network. Raises WeightsRefused if it has other inputs."""
        self._name = weights.name
        self._interpreter = weights.open_interpreter(threads)
        self._inputs = self._find_inputs(weights.name)
        self._size = 0

    def _find_inputs(self, name: str) -> dict[str, tuple[int, tuple[int, ...]]]:
        """Return the tensor index and the shape of one example by input name. Raises WeightsRefused."""
        details: list[dict[str, Any]] = self._interpreter.get_input_details()
        found = {
            key: (int(d["index"]), tuple(int(n) for n in d["shape"][1:]))
            for d in details
            for key in (IMAGE_INPUT, GEOMETRY_INPUT)
            if key in d["name"]
        }
        if len(details) != 2 or len(found) != 2:
            raise WeightsRefused(f"{name} does not have the inputs {IMAGE_INPUT} and {GEOMETRY_INPUT}")
        return found

    def logits(self, images: np.ndarray, geometry: np.ndarray, outputs: int) -> np.ndarray:
        """Run the network. images: (E, side, side, 2) uint8; geometry: (E, 8) float32. Returns (E, outputs) float32.

        Raises WeightsRefused if it is a network of other sizes.
        """
        logits = np.empty((len(images), outputs), np.float32)
        for first in range(0, len(images), BATCH):
            part = slice(first, min(first + BATCH, len(images)))
            try:
                logits[part] = self._run(images[part], geometry[part])
            except ValueError as error:
                sizes = f"crops of {images.shape[1]} pixels and {outputs} outputs"
                raise WeightsRefused(f"{self._name}.tflite is not a network for {sizes}") from error
        return logits

    def _run(self, images: np.ndarray, geometry: np.ndarray) -> np.ndarray:
        """Return the logits of one batch: (B, outputs)."""
        if len(images) != self._size:
            for index, shape in self._inputs.values():
                self._interpreter.resize_tensor_input(index, [len(images), *shape])
            self._interpreter.allocate_tensors()
            self._size = len(images)
        self._interpreter.set_tensor(self._inputs[IMAGE_INPUT][0], images.astype(np.float32))
        self._interpreter.set_tensor(self._inputs[GEOMETRY_INPUT][0], np.ascontiguousarray(geometry, np.float32))
        self._interpreter.invoke()
        return np.asarray(self._interpreter.get_tensor(self._interpreter.get_output_details()[0]["index"]))


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Return the natural logarithm of the softmax over the last axis, in the shape and type of ``logits``."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def sigmoid(score: np.ndarray, bound: float = 30.0) -> np.ndarray:
    """Return the probabilities of log odds; beyond ±``bound`` they stay as there, so that their logs are finite."""
    probability: np.ndarray = 1.0 / (1.0 + np.exp(-np.clip(score, -bound, bound)))
    return probability
