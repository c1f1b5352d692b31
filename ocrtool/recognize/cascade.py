"""Classification of all edges of lines in two passes: whole glyphs first, then the edges that these leave open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from ocrtool.recognize.candidates import Candidates
from ocrtool.recognize.crops import CropShape, glyph_geometry, glyph_images
from ocrtool.segment.edges import Edges
from ocrtool.segment.segmented import SegmentedLine
from ocrtool.segment.types import Pieces

#: A whole glyph with an acceptable label of at least this probability is accepted early: the edges that cut it or join
#: it with its neighbours are not scored. This saves two thirds of the work on clean print.
ACCEPT_PROBABILITY = 0.985


class Classifier(Protocol):
    """What reading needs from a glyph classifier."""

    def candidates(self, images: np.ndarray, geometry: np.ndarray) -> Candidates:
        """Classify crops (E, side, side, 2) uint8 with geometry features (E, 8) float32."""


class GlyphScript(Protocol):
    """What scoring needs from a script."""

    @property
    def crop(self) -> CropShape:
        """Size of the classifier's crops."""

    @property
    def acceptable(self) -> np.ndarray:
        """(labels,) bool: labels that allow early acceptance. Marks do not: two commas may be a quote."""

    def first_pass(self, pieces: Pieces, edges: Edges) -> np.ndarray:
        """Return (E,) bool: True for edges that may be whole glyphs."""

    def adjust(self, first: Proposals, edges: Edges, candidates: Candidates) -> Candidates:
        """Adjust the candidates of all edges to the readings of the line's whole glyphs."""


@dataclass(frozen=True, slots=True)
class Proposals:
    """The edges of a line that may be whole glyphs, and their candidates."""

    edges: Edges
    candidates: Candidates


def score_edges(
    lines: Sequence[SegmentedLine], edges: Sequence[Edges], classifier: Classifier, crop: CropShape
) -> list[Candidates]:
    """Classify the given edges of each line, all in one call of the classifier."""
    if not lines:
        return []
    pairs = list(zip(lines, edges, strict=True))
    images = np.concatenate([glyph_images(line.image, line.pieces, e, crop) for line, e in pairs])
    geometry = np.concatenate([glyph_geometry(line.pieces, e) for line, e in pairs])
    found, ends = classifier.candidates(images, geometry), np.cumsum([len(e) for e in edges])
    return [found.take(slice(end - len(e), end)) for end, e in zip(ends.tolist(), edges, strict=True)]


def propose(lines: Sequence[SegmentedLine], classifier: Classifier, script: GlyphScript) -> list[Proposals]:
    """Run the first pass: classify the edges that may be whole glyphs."""
    edges = [line.edges.take(script.first_pass(line.pieces, line.edges)) for line in lines]
    found = score_edges(lines, edges, classifier, script.crop)
    return [Proposals(e, c) for e, c in zip(edges, found, strict=True)]


def score_cascade(
    lines: Sequence[SegmentedLine],
    classifier: Classifier,
    script: GlyphScript,
    first: Sequence[Proposals] | None = None,
) -> tuple[list[SegmentedLine], list[Candidates]]:
    """Classify the edges of all lines in two passes: whole glyphs, then the edges that these leave open.

    first: results of `propose`, if it has been run. Returns the lines with the edges that were scored, and the
    candidates of these.
    """
    first = propose(lines, classifier, script) if first is None else first
    remaining = []
    for line, proposals in zip(lines, first, strict=True):
        accepted = accepts(proposals.candidates, script.acceptable)
        seen = script.first_pass(line.pieces, line.edges)
        remaining.append(line.edges.take(~seen & untouched_by(line, proposals.edges, accepted)))
    more = score_edges(lines, remaining, classifier, script.crop)
    scored, candidates = [], []
    for line, proposals, edges, found in zip(lines, first, remaining, more, strict=True):
        edges_scored, merged = _merged(proposals, Proposals(edges, found))
        scored.append(replace(line, edges=edges_scored))
        candidates.append(script.adjust(proposals, edges_scored, merged))
    return scored, candidates


def _merged(first: Proposals, remaining: Proposals) -> tuple[Edges, Candidates]:
    """Merge the edges of both, sorted by start and end, and their candidates."""
    start = np.concatenate([first.edges.start, remaining.edges.start])
    end = np.concatenate([first.edges.end, remaining.edges.end])
    order = np.lexsort((end, start))
    boxes = np.concatenate([first.edges.boxes, remaining.edges.boxes])
    edges = Edges(start[order], end[order], boxes[order])
    return edges, Candidates.joined([first.candidates, remaining.candidates]).take(order)


def accepts(candidates: Candidates, acceptable: np.ndarray) -> np.ndarray:
    """Return (E,) bool: True for glyphs accepted early, so that no other edge over their pieces is needed."""
    labels, log_probs = candidates.top()
    accepted: np.ndarray = acceptable[labels] & (log_probs >= np.log(ACCEPT_PROBABILITY))
    return accepted


def untouched_by(line: SegmentedLine, edges: Edges, accepted: np.ndarray) -> np.ndarray:
    """Return (E,) bool: True for edges of the line that share no piece with the ``accepted`` (mask) of ``edges``."""
    taken = np.zeros(len(line.pieces) + 1, np.int64)
    np.add.at(taken, edges.start[accepted], 1)
    np.add.at(taken, edges.end[accepted], -1)
    before = np.concatenate([[0], np.cumsum(np.cumsum(taken)[:-1] > 0)])  # accepted pieces left of each node
    return np.asarray(before[line.edges.end] == before[line.edges.start])
