"""The Latin glyph classifier: crops with geometry features to calibrated log-probabilities."""

from __future__ import annotations

import numpy as np

from ocrtool.charset import LATIN_CLASSES
from ocrtool.errors import WeightsRefused
from ocrtool.recognize.candidates import Candidates
from ocrtool.recognize.network import GlyphNetwork, log_softmax
from ocrtool.weights.store import Weights, read_as, temperature

#: Floor of divisors.
LEAST = 1e-6


class LatinClassifier:
    """Runs the compiled classifier. Not to be shared between threads."""

    def __init__(self, weights: Weights, threads: int = 1) -> None:
        """Open the network. Raises WeightsRefused if the weights are of another kind or for other labels."""
        with read_as("a classifier of Latin characters", weights.name):
            labels = list(weights.manifest["labels"])
            self._temperature = temperature(weights.manifest.get("temperature", 1.0))
        if labels != list(LATIN_CLASSES):
            raise WeightsRefused(f"{weights.name} was trained for other labels than this program reads")
        self._network = GlyphNetwork(weights, threads)

    def candidates(self, images: np.ndarray, geometry: np.ndarray) -> Candidates:
        """Classify crops: all 94 labels of each, in the order of LATIN."""
        return Candidates.of_scores(self.log_probs(images, geometry))

    def probabilities(self, images: np.ndarray, geometry: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Classify isolated characters: (N, 94) float64, rows summing to 1, and (N,) of the reject class."""
        shares = np.exp(self.log_probs(images, geometry).astype(np.float64))
        return shares[:, :-1] / np.maximum(LEAST, shares[:, :-1].sum(axis=1, keepdims=True)), shares[:, -1]

    def log_probs(self, images: np.ndarray, geometry: np.ndarray) -> np.ndarray:
        """Return (E, 95) float32 log-probabilities. images: (E, 32, 32, 2) uint8; geometry: (E, 8) float32."""
        return log_softmax(self._network.logits(images, geometry, len(LATIN_CLASSES)) / self._temperature)
