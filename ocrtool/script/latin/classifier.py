"""The Latin glyph classifier: crops and their places to calibrated log-probabilities."""

from __future__ import annotations

import numpy as np

from ocrtool.charset import LATIN_CLASSES
from ocrtool.errors import WeightsRefused
from ocrtool.recognize.candidates import Candidates
from ocrtool.recognize.network import GlyphNetwork, log_softmax
from ocrtool.weights.store import Weights, finite, read_as

#: Least sum that is divided by.
LEAST = 1e-6


class LatinClassifier:
    """Runs the compiled classifier. Not to be shared between threads."""

    def __init__(self, weights: Weights, threads: int = 1) -> None:
        """Raises WeightsRefused if the weights are of another kind or for other labels."""
        with read_as("a classifier of Latin characters", weights.name):
            labels = list(weights.manifest["labels"])
            self._temperature = finite(weights.manifest.get("temperature", 1.0))
        if labels != list(LATIN_CLASSES):
            raise WeightsRefused(f"{weights.name} was trained for other labels than this program reads")
        if not self._temperature > 0.0:
            raise WeightsRefused(f"{weights.name} has a temperature of {self._temperature}; it must be above 0")
        self._network = GlyphNetwork(weights, threads)

    def candidates(self, images: np.ndarray, place: np.ndarray) -> Candidates:
        """All 94 labels of each crop, in the order of LATIN."""
        return Candidates.of_scores(self.log_probs(images, place))

    def probabilities(self, images: np.ndarray, place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of crops that are one character each: (N, 94) float64, rows summing to 1, and (N,) of being refused."""
        every = np.exp(self.log_probs(images, place).astype(np.float64))
        return every[:, :-1] / np.maximum(LEAST, every[:, :-1].sum(axis=1, keepdims=True)), every[:, -1]

    def log_probs(self, images: np.ndarray, place: np.ndarray) -> np.ndarray:
        """images: (E, 32, 32, 2) uint8; place: (E, 8) float32. Returns (E, 95) float32, natural logarithms."""
        return log_softmax(self._network.logits(images, place, len(LATIN_CLASSES)) / self._temperature)
