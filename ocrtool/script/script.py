"""What differs between writing systems, as one object; all else is the same code for every script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np

from ocrtool.charset import Labels
from ocrtool.imaging.page import PreparedPage
from ocrtool.recognize.candidates import Candidates
from ocrtool.recognize.cascade import Classifier, Proposals
from ocrtool.recognize.crops import CropShape
from ocrtool.segment.edges import Edges, whole_components
from ocrtool.segment.layout import Layout, find_text
from ocrtool.segment.pieces import cut_pieces
from ocrtool.segment.types import LineImage, LineRegion, Pieces


@dataclass(frozen=True, slots=True)
class WeightNames:
    """Names of a script's sets of weights: glyph classifier, language model, fitted decoder."""

    classifier: str
    language_model: str
    decoder: str


@dataclass(frozen=True, slots=True)
class Detection:
    """How a script is told from the one that reads all that no other claims.

    Shares are of inked width that was surely read as the script's own characters: of the clearest line and of all lines
    together, from which on a page holds the script; and of a line, from which on it is read in it.
    """

    clear_share: float
    page_share: float
    line_share: float
    #: A character of its own so likely is evidence.
    sure: float = 0.8


class GlyphClassifier(Classifier, Protocol):
    """A script's classifier, of glyphs on a line and of characters that stand alone."""

    def probabilities(self, images: np.ndarray, geometry: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Crops that are known to be one character each to probabilities of the script's glyphs.

        images: (N, side, side, 2) uint8; geometry: (N, 8) float32. Returns (N, glyphs) float64, rows summing to 1, and
        (N,) float64, the probability that it is no character of the script's.
        """


class Script:
    """A writing system. The methods are those of an alphabet whose letters stand side by side; override what differs.

    name: in messages; language: ISO 639-3 code of the language it is read in; glyphs: what label k of a lattice is;
    symbols: of a language model that knows nothing; crop: how the classifier sees a glyph; detection: None for the
    script that reads what no other claims.
    """

    name: str
    language: str
    glyphs: Sequence[str]
    symbols: Labels
    crop: CropShape
    weights: WeightNames
    detection: Detection | None = None

    def open_classifier(self, folder: Path | None, threads: int = 1) -> GlyphClassifier:
        """The glyph classifier from the weights in ``folder``, else those of the program.

        Raises WeightsNotFound, WeightsRefused.
        """
        raise NotImplementedError

    @cached_property
    def acceptable(self) -> np.ndarray:
        """(labels,) bool: letters and digits. Marks are left open: two commas may be a quote, a dot part of a colon."""
        return np.array([len(glyph) == 1 and glyph.isalnum() for glyph in self.glyphs])

    @cached_property
    def distinctive(self) -> np.ndarray:
        """(labels,) bool: characters that are evidence of this script. None of an alphabet that others use too."""
        return np.zeros(len(self.glyphs), bool)

    def find_lines(self, page: PreparedPage, height: float | None = None) -> Layout | None:
        """The lines of a page; None if there are none. height: guess of the characters' height in input pixels."""
        return find_text(page, height)

    def refit(self, region: LineRegion, line_labels: np.ndarray) -> LineRegion:
        """The line with baseline and x-height as the script's characters have them.

        line_labels: (H, W) int32 of the working page, number of the line that each ink pixel belongs to.
        """
        return region

    def clean(self, image: LineImage) -> LineImage:
        """The line without what is no part of a character."""
        return image

    def cut(self, image: LineImage) -> Pieces:
        """The smallest parts that a character may consist of."""
        return cut_pieces(image)

    def first_pass(self, pieces: Pieces, edges: Edges) -> np.ndarray:
        """(E,) bool: edges that may be whole glyphs, scored before all others."""
        return whole_components(pieces, edges)

    def adjust(self, first: Proposals, edges: Edges, candidates: Candidates) -> Candidates:
        """Candidates of all edges of a line, in the light of what its whole glyphs were read as."""
        return candidates

    def share(self, proposals: Proposals) -> float:
        """Share of a line's inked width that is surely characters of this script's own."""
        edges, candidates = proposals.edges, proposals.candidates
        if self.detection is None or not len(edges):
            return 0.0
        labels, log_probs = candidates.top()
        sure = self.distinctive[labels] & (log_probs >= np.log(self.detection.sure))
        inked = np.zeros(int(edges.boxes[:, 2].max()) + 1, bool)
        covered = inked.copy()
        for (x0, _, x1, _), is_sure in zip(edges.boxes.tolist(), sure, strict=True):  # a few hundred glyphs
            inked[x0:x1] = True
            covered[x0:x1] |= bool(is_sure)
        return int(np.count_nonzero(covered)) / max(1, int(np.count_nonzero(inked)))
