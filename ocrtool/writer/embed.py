"""Page embeddings: the whitened mean of the network's embeddings of a page's patches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ocrtool.errors import WeightsRefused
from ocrtool.weights.store import Weights, finite, read_as
from ocrtool.writer.compare import l2_normalize
from ocrtool.writer.network import PatchNetwork
from ocrtool.writer.patches import PATCH_SIDE, Window, choose_windows, cut_windows, possible_starts
from ocrtool.writer.strips import Strip, find_strips

#: Maximum number of patches per page. They overlap, so that more would add nothing.
MOST_PATCHES = 120
#: Least amount of handwriting on a page, in patches side by side: about a third of a line on a sheet of paper.
LEAST_WRITING = 4.0
#: A page with a smaller share of its patches in handwritten lines is a printed page.
LEAST_WRITTEN = 0.25
#: Seed of the choice of patches, so that the same page always has the same embedding.
SEED = 0


@dataclass(frozen=True, slots=True)
class PageEmbedding:
    """vector: (D,) float32 of unit length; reason: why there is none; patches: number used."""

    vector: np.ndarray | None
    patches: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PrintTest:
    """Test for print, linear in the mean of a line's patch embeddings: positive is print. weights: (D,) float64."""

    weights: np.ndarray
    bias: float

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> PrintTest:
        """Read the test. Raises LookupError, TypeError, ValueError and other errors if the manifest has none."""
        return cls(np.array([finite(w) for w in manifest["print"]["weights"]]), finite(manifest["print"]["bias"]))

    def is_print(self, mean: np.ndarray) -> bool:
        """Return True for print. mean: (D,) of a line's patch embeddings."""
        return float(mean @ self.weights + self.bias) > 0.0


class Embedder:
    """Embeds pages. Not to be shared between threads."""

    def __init__(self, weights: Weights, threads: int = 1) -> None:
        """Open the network. Raises WeightsRefused."""
        self._network = PatchNetwork(weights, threads)
        with read_as("a network for writers with a test of print against handwriting", weights.name):
            self._print = PrintTest.from_manifest(weights.manifest)
            self.digest = str(weights.manifest["h5_sha256"])
        if self._print.weights.shape != (self._network.dimensions,):
            raise WeightsRefused(f"{weights.name}.json and {weights.name}.tflite differ in the size of embeddings")

    @property
    def dimensions(self) -> int:
        """Size of an embedding."""
        return self._network.dimensions

    def embed(self, gray: np.ndarray) -> PageEmbedding:
        """Embed a page. gray: (H, W) uint8, any polarity, light and resolution."""
        return self.embed_strips(find_strips(gray))

    def embed_strips(self, strips: Sequence[Strip]) -> PageEmbedding:
        """Embed the lines of a page. Lines of print, as on a form, are left out."""
        if not strips:
            return PageEmbedding(None, reason="blank page")
        if (amount := writing(strips)) < LEAST_WRITING:
            return PageEmbedding(None, reason=_too_little(amount))
        windows = choose_windows(strips, np.random.default_rng(SEED), MOST_PATCHES)
        vectors = self._network.embed(cut_windows(strips, windows))
        line = np.array([window.strip for window in windows])
        written = np.array([not self._print.is_print(vectors[line == k].mean(axis=0)) for k in line])
        if written.mean() < LEAST_WRITTEN:
            return PageEmbedding(None, len(windows), "printed text, no handwriting")
        if (amount := writing([strips[k] for k in np.unique(line[written])])) < LEAST_WRITING:
            return PageEmbedding(None, len(windows), f"{_too_little(amount)} beside the print")
        return PageEmbedding(l2_normalize(vectors[written].mean(axis=0)), int(written.sum()))

    def mean(self, strips: Sequence[Strip], windows: Sequence[Window]) -> np.ndarray:
        """Return the mean embedding of ``windows``: (D,) float32, not of unit length."""
        mean: np.ndarray = self._network.embed(cut_windows(strips, windows)).mean(axis=0)
        return mean


def _too_little(amount: float) -> str:
    return f"too little handwriting: {100 * amount / LEAST_WRITING:.0f} % of the few words that are needed"


def writing(strips: Sequence[Strip]) -> float:
    """Measure the amount of writing, in patches side by side."""
    starts = [len(possible_starts(strip.image)) for strip in strips]
    return sum(count + PATCH_SIDE - 1 for count in starts if count) / PATCH_SIDE
