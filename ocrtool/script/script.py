"""Interface of a script (writing system): everything in which scripts differ; all other code is shared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ocrtool.charset import UNKNOWN, Labels
from ocrtool.imaging.page import PreparedPage
from ocrtool.segment.layout import Layout, find_text
from ocrtool.segment.types import LineImage, LineRegion, Pieces
from ocrtool.weights.store import ANY, chosen_name

if TYPE_CHECKING:  # what reads glyph by glyph is loaded where a page needs it
    from ocrtool.recognize.candidates import Candidates
    from ocrtool.recognize.cascade import Proposals
    from ocrtool.recognize.crops import CropShape
    from ocrtool.segment.edges import Edges


@dataclass(frozen=True, slots=True)
class WeightNames:
    """Names of a script's weights: glyph classifier, language model, settings of the decoder over glyphs; and of a
    script that a line reader reads, the line reader and the settings of the decoder over its frames.
    """

    classifier: str
    language_model: str
    decoder: str
    line_reader: str | None = None
    line_decoder: str | None = None

    def of(self, model: str, folder: Path | None = None) -> WeightNames:
        """Return the names with those for research where ``model`` and the weights present allow; see `chosen_name`."""
        names = {field.name: getattr(self, field.name) for field in fields(self)}
        return WeightNames(**{part: name and chosen_name(name, model, folder) for part, name in names.items()})


@dataclass(frozen=True, slots=True)
class Detection:
    """Thresholds of script detection, as shares of inked width read confidently as the script's distinctive characters.

    clear_share, page_share: a page has the script if its clearest line and all its lines together reach these;
    line_share: a line is read in the script if it reaches this; sure: probability from which on a character counts.
    """

    clear_share: float
    page_share: float
    line_share: float
    sure: float = 0.8


class GlyphClassifier(Protocol):
    """A script's classifier, for glyphs on a line and for isolated characters."""

    def candidates(self, images: np.ndarray, geometry: np.ndarray) -> Candidates:
        """Classify glyphs of a line; see `ocrtool.recognize.cascade.Classifier`."""

    def probabilities(self, images: np.ndarray, geometry: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Classify crops known to be one character each.

        images: (N, side, side, 2) uint8; geometry: (N, 8) float32. Returns (N, glyphs) float64, rows summing to 1, and
        (N,) float64, the probability of the reject class.
        """


class Script:
    """A writing system. The methods suit an alphabet whose letters stand side by side; override what differs.

    Attributes
    ----------
    name : str
        For messages.
    language : str
        ISO 639-3 code of the language that it is read in.
    glyphs : sequence of str
        Label k of a lattice is ``glyphs[k]``.
    symbols : Labels
        Of the uniform language model.
    crop : CropShape
        Size of the classifier's crops.
    weights : WeightNames
        Of classifier, language model and decoder settings.
    detection : Detection or None
        None for the script that reads the lines no other script claims.

    Examples
    --------
    >>> from ocrtool.script.registry import load_script
    >>> script = load_script("eng")
    >>> script.language, len(script.glyphs), script.detection
    ('eng', 94, None)
    """

    name: str
    language: str
    glyphs: Sequence[str]
    symbols: Labels
    crop: CropShape
    weights: WeightNames
    detection: Detection | None = None

    def open_classifier(self, folder: Path | None, threads: int = 1, model: str = ANY) -> GlyphClassifier:
        """Open the glyph classifier from the weights in ``folder``, else those of the package.

        model: one of `ocrtool.weights.store.MODELS`. Raises WeightsNotFound, WeightsRefused.
        """
        raise NotImplementedError

    @cached_property
    def acceptable(self) -> np.ndarray:
        """(labels,) bool: labels that allow early acceptance: letters and digits.

        Marks do not, since two commas may be a quote, and a dot part of a colon.
        """
        return np.array([len(glyph) == 1 and glyph.isalnum() for glyph in self.glyphs])

    @cached_property
    def distinctive(self) -> np.ndarray:
        """(labels,) bool: characters that are evidence of this script; none for an alphabet that other scripts use."""
        return np.zeros(len(self.glyphs), bool)

    @cached_property
    def unknown(self) -> np.ndarray:
        """(labels,) bool: the label of all characters outside the labels, if there is one."""
        return np.array([glyph == UNKNOWN for glyph in self.glyphs])

    def find_lines(self, page: PreparedPage, height: float | None = None) -> Layout | None:
        """Find the lines of a page; None if there are none. height: estimated character height in input pixels."""
        return find_text(page, height)

    def refit(self, region: LineRegion, line_labels: np.ndarray) -> LineRegion:
        """Return the line with baseline and x-height fitted to the script's characters.

        line_labels: (H, W) int label map of the working page, the line of each ink pixel.
        """
        return region

    def clean(self, image: LineImage) -> LineImage:
        """Remove from the line whatever is not part of a character."""
        return image

    def cut(self, image: LineImage) -> Pieces:
        """Cut the line into pieces, the smallest parts of characters."""
        from ocrtool.segment.pieces import cut_pieces

        return cut_pieces(image)

    def first_pass(self, pieces: Pieces, edges: Edges) -> np.ndarray:
        """Return (E,) bool: True for edges that may be whole glyphs, which are scored first."""
        from ocrtool.segment.edges import whole_components

        return whole_components(pieces, edges)

    def adjust(self, first: Proposals, edges: Edges, candidates: Candidates) -> Candidates:
        """Adjust the candidates of all edges of a line to the readings of its whole glyphs."""
        return candidates

    def share(self, proposals: Proposals, among: np.ndarray | None = None) -> float:
        """Return the share of a line's inked width that is confidently distinctive characters of this script.

        among: (labels,) bool, other characters to look for.
        """
        edges, candidates = proposals.edges, proposals.candidates
        if self.detection is None or not len(edges):
            return 0.0
        labels, log_probs = candidates.top()
        wanted = self.distinctive if among is None else among
        sure = wanted[labels] & (log_probs >= np.log(self.detection.sure))
        inked = np.zeros(int(edges.boxes[:, 2].max()) + 1, bool)
        covered = inked.copy()
        for (x0, _, x1, _), is_sure in zip(edges.boxes.tolist(), sure, strict=True):  # a few hundred glyphs
            inked[x0:x1] = True
            covered[x0:x1] |= bool(is_sure)
        return int(np.count_nonzero(covered)) / max(1, int(np.count_nonzero(inked)))
