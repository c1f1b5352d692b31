"""All edges of a page through the glyph classifier, in a few batches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from ocrtool.charset import LATIN_CLASSES
from ocrtool.recognize.crops import glyph_geometry, glyph_images
from ocrtool.script.latin.case import reads_small, settle_case, shows_both_heights
from ocrtool.segment.edges import Edges, whole_components
from ocrtool.segment.pieces import above_baseline
from ocrtool.segment.types import X_HEIGHT, LineImage, Pieces

#: A whole connected component read as a letter or digit with this probability is settled: its own cuts and its joins
#: with its neighbours are not looked at. On clean print that spares two thirds of the work.
ACCEPT_PROBABILITY = 0.985
#: Labels that may settle a component. Marks are left open: two commas may be a quote, a dot part of a colon.
ACCEPTABLE = np.array([len(label) == 1 and label.isalnum() for label in LATIN_CLASSES])


class Classifier(Protocol):
    """What reading asks of a glyph classifier."""

    def log_probs(self, images: np.ndarray, place: np.ndarray) -> np.ndarray:
        """(E, 32, 32, 2) uint8 crops and (E, 8) float32 places -> (E, 95) float32 log-probabilities."""


@dataclass(frozen=True, slots=True)
class SegmentedLine:
    """A line cut up: its image, its pieces, and the edges over them that are looked at."""

    image: LineImage
    pieces: Pieces
    edges: Edges


def score_lines(lines: list[SegmentedLine], classifier: Classifier) -> list[np.ndarray]:
    """Log-probabilities of all edges of all lines: one (E, 95) float32 per line."""
    return _score(lines, [line.edges for line in lines], classifier)


def _score(lines: list[SegmentedLine], edges: list[Edges], classifier: Classifier) -> list[np.ndarray]:
    if not lines:
        return []
    images = [glyph_images(line.image, line.pieces, e) for line, e in zip(lines, edges, strict=True)]
    places = [glyph_geometry(line.pieces, e) for line, e in zip(lines, edges, strict=True)]
    ends = np.cumsum([len(e) for e in edges])[:-1]
    return np.split(classifier.log_probs(np.concatenate(images), np.concatenate(places)), ends)


def score_cascade(lines: list[SegmentedLine], classifier: Classifier) -> tuple[list[SegmentedLine], list[np.ndarray]]:
    """As ``score_lines``, in two turns: whole components first, then only what they leave open.

    Returns the lines with the edges that were looked at, and their scores.
    """
    whole = [whole_components(line.pieces, line.edges) for line in lines]
    first = [line.edges.take(w) for line, w in zip(lines, whole, strict=True)]
    first_scores = _score(lines, first, classifier)
    rest = [
        line.edges.take(~w & untouched_by(line, e, _accepts(s)))
        for line, w, e, s in zip(lines, whole, first, first_scores, strict=True)
    ]
    rest_scores = _score(lines, rest, classifier)
    out_lines, out_scores = [], []
    for line, e, s, more, more_scores in zip(lines, first, first_scores, rest, rest_scores, strict=True):
        start, end = np.concatenate([e.start, more.start]), np.concatenate([e.end, more.end])
        order = np.lexsort((end, start))
        boxes = np.concatenate([e.boxes, more.boxes])
        edges = Edges(start[order], end[order], boxes[order])
        out_lines.append(replace(line, edges=edges))
        merged = np.concatenate([s, more_scores])[order]
        mixed = shows_both_heights(above_baseline(e.boxes[:, 1])) and reads_small(s, _heights(e))
        out_scores.append(settle_case(merged, _heights(edges)) if mixed else merged)
    return out_lines, out_scores


def _heights(edges: Edges) -> np.ndarray:
    """Heights of the glyphs in x-heights: (E,) float."""
    return (edges.boxes[:, 3] - edges.boxes[:, 1]) / X_HEIGHT


def _accepts(scores: np.ndarray) -> np.ndarray:
    """(E,) bool: components so surely a letter or digit that nothing else over them is looked at."""
    return scores[:, ACCEPTABLE].max(axis=1, initial=-np.inf) >= np.log(ACCEPT_PROBABILITY)


def untouched_by(line: SegmentedLine, edges: Edges, settled: np.ndarray) -> np.ndarray:
    """(E,) bool: edges of the line that share no piece with the ``settled`` ones (mask) of ``edges``."""
    taken = np.zeros(len(line.pieces) + 1, np.int64)
    np.add.at(taken, edges.start[settled], 1)
    np.add.at(taken, edges.end[settled], -1)
    before = np.concatenate([[0], np.cumsum(np.cumsum(taken)[:-1] > 0)])  # settled pieces left of each node
    return before[line.edges.end] == before[line.edges.start]
