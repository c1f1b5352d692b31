"""All edges of lines of Hangul through their classifier, and how much of a line is Hangul."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from ocrtool.recognize.candidates import Candidates
from ocrtool.recognize.crops import HANGUL_CROP, glyph_geometry, glyph_images
from ocrtool.recognize.score import SegmentedLine, untouched_by
from ocrtool.script.hangul.charset import MARKS
from ocrtool.script.hangul.classifier import MOST_LABELS
from ocrtool.script.hangul.segment import whole_stacks
from ocrtool.segment.edges import Edges

#: A whole stack of strokes, or several as wide as a syllable, read with this probability are settled: no other edge
#: over them is looked at.
ACCEPT_PROBABILITY = 0.985
#: A syllable so likely is evidence of Hangul.
SURE = 0.8


class SyllableClassifier(Protocol):
    """What reading asks of a classifier of syllables."""

    def candidates(self, images: np.ndarray, place: np.ndarray) -> Candidates:
        """(E, 40, 40, 2) uint8 crops and (E, 8) float32 places -> the likeliest labels of each."""


def score_edges(lines: list[SegmentedLine], edges: list[Edges], classifier: SyllableClassifier) -> list[Candidates]:
    """Candidates of the given edges of each line."""
    if not sum(len(e) for e in edges):
        none = np.zeros((0, MOST_LABELS), np.float32)
        return [Candidates(none.astype(np.int32), none, none[:, 0]) for _ in edges]
    pairs = list(zip(lines, edges, strict=True))
    images = np.concatenate([glyph_images(line.image, line.pieces, e, HANGUL_CROP) for line, e in pairs])
    places = np.concatenate([glyph_geometry(line.pieces, e) for line, e in pairs])
    found, ends = classifier.candidates(images, places), np.cumsum([len(e) for e in edges])
    return [found.take(slice(end - len(e), end)) for end, e in zip(ends.tolist(), edges, strict=True)]


@dataclass(frozen=True, slots=True)
class Proposals:
    """The edges of a line that may be whole syllables, and what they look like."""

    edges: Edges
    found: Candidates

    @property
    def hangul_share(self) -> float:
        """Share of the line's inked width that is surely syllables."""
        if not len(self.edges):
            return 0.0
        sure = (self.found.labels[:, 0] >= len(MARKS)) & (self.found.log_probs[:, 0] >= np.log(SURE))
        inked = np.zeros(int(self.edges.boxes[:, 2].max()) + 1, bool)
        covered = inked.copy()
        for (x0, _, x1, _), is_sure in zip(self.edges.boxes.tolist(), sure, strict=True):
            inked[x0:x1] = True
            covered[x0:x1] |= bool(is_sure)
        return int(np.count_nonzero(covered)) / max(1, int(np.count_nonzero(inked)))


def propose(lines: list[SegmentedLine], classifier: SyllableClassifier) -> list[Proposals]:
    """Candidates of what may be whole syllables, letters or marks."""
    edges = [line.edges.take(whole_stacks(line.pieces, line.edges)) for line in lines]
    found = score_edges(lines, edges, classifier)
    return [Proposals(e, c) for e, c in zip(edges, found, strict=True)]


def score_hangul_cascade(
    lines: list[SegmentedLine], classifier: SyllableClassifier, first: list[Proposals] | None = None
) -> tuple[list[SegmentedLine], list[Candidates]]:
    """Candidates of the edges of all lines in two turns: what may be whole syllables, then what that leaves open.

    first: what `propose` gave, where it has been done. Returns the lines with the edges that were looked at, and
    their candidates.
    """
    first = propose(lines, classifier) if first is None else first
    rest = []
    for line, look in zip(lines, first, strict=True):
        seen = whole_stacks(line.pieces, line.edges)
        rest.append(line.edges.take(~seen & untouched_by(line, look.edges, accepts(look.found))))
    more = score_edges(lines, rest, classifier)
    out_lines, out = [], []
    for line, look, edges, found in zip(lines, first, rest, more, strict=True):
        start, end = np.concatenate([look.edges.start, edges.start]), np.concatenate([look.edges.end, edges.end])
        order = np.lexsort((end, start))
        every = Edges(start[order], end[order], np.concatenate([look.edges.boxes, edges.boxes])[order])
        out_lines.append(replace(line, edges=every))
        out.append(Candidates.joined([c for c in (look.found, found) if len(c)] or [found]).take(order))
    return out_lines, out


def accepts(found: Candidates) -> np.ndarray:
    """(E,) bool: edges read so surely, as a syllable, letter or digit, that no other over their pieces is needed."""
    best = found.labels[:, 0]
    plain = np.array([c.isalnum() for c in MARKS])
    able = (best >= len(MARKS)) | plain[np.minimum(best, len(MARKS) - 1)]
    return able & (found.log_probs[:, 0] >= np.log(ACCEPT_PROBABILITY))
