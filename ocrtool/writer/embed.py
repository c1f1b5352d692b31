"""A page to its embedding: the whitened mean of the network's embeddings of its patches; or why it has none."""

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

#: Patches of a page that the network is run on. They overlap, so that more would add nothing.
MOST_PATCHES = 120
#: Writing that a page must hold, in patches side by side: about a third of a line on a sheet of paper.
LEAST_WRITING = 4.0
#: A page with less of its patches in lines of handwriting is one of print.
LEAST_WRITTEN = 0.25
#: Of the choice of patches: the same page always gives the same.
SEED = 0


@dataclass(frozen=True, slots=True)
class PageEmbedding:
    """vector: (D,) float32 of unit length, or None and ``reason``, a clause; patches: that the network was run on."""

    vector: np.ndarray | None
    patches: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PrintTest:
    """Print or handwriting: logistic in the mean of a line's patches. weights: (D,) float64; print is above 0."""

    weights: np.ndarray
    bias: float

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> PrintTest:
        """Raises LookupError, TypeError, ValueError and other errors if the manifest has none."""
        return cls(np.array([finite(w) for w in manifest["print"]["weights"]]), finite(manifest["print"]["bias"]))

    def is_print(self, mean: np.ndarray) -> bool:
        """mean: (D,) of the patches' vectors."""
        return float(mean @ self.weights + self.bias) > 0.0


class Embedder:
    """Embeds pages. Not to be shared between threads."""

    def __init__(self, weights: Weights, threads: int = 1) -> None:
        """Raises WeightsRefused."""
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
        """gray: (H, W) uint8, any polarity, light and resolution."""
        return self.embed_strips(find_strips(gray))

    def embed_strips(self, strips: Sequence[Strip]) -> PageEmbedding:
        """As `embed`, of a page's lines. Lines of print among the writing, as on a form, are left out."""
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
        """(D,) float32, not of unit length."""
        mean: np.ndarray = self._network.embed(cut_windows(strips, windows)).mean(axis=0)
        return mean


def _too_little(amount: float) -> str:
    return f"too little handwriting: {100 * amount / LEAST_WRITING:.0f} % of the few words that are needed"


def writing(strips: Sequence[Strip]) -> float:
    """How much writing there is, in patches side by side."""
    starts = [len(possible_starts(strip.image)) for strip in strips]
    return sum(count + PATCH_SIDE - 1 for count in starts if count) / PATCH_SIDE
