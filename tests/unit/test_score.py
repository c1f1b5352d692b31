"""Scoring edges in two turns: what is settled is not looked at again."""

from __future__ import annotations

import numpy as np

from ocrtool.charset import LATIN_CLASSES, REJECT
from ocrtool.recognize.candidates import Candidates
from ocrtool.recognize.cascade import score_cascade, score_edges
from ocrtool.script.latin.script import SCRIPT
from ocrtool.segment.edges import Edges, find_edges, whole_components
from ocrtool.segment.segmented import SegmentedLine
from ocrtool.segment.types import LINE_ROWS, LineImage, Pieces


class SameForAll:
    """A classifier that gives every edge the same label with the same probability; counts what it is shown."""

    def __init__(self, label: str, probability: float) -> None:
        self.row = np.full(len(LATIN_CLASSES), 1e-6)
        self.row[LATIN_CLASSES.index(label)] = probability
        self.row[LATIN_CLASSES.index(REJECT)] = 1.0 - probability
        self.shown = 0

    def candidates(self, images: np.ndarray, geometry: np.ndarray) -> Candidates:
        self.shown += len(images)
        return Candidates.of_scores(np.tile(np.log(self.row + 1e-9).astype(np.float32), (len(images), 1)))


def three_components() -> SegmentedLine:
    """A line of three components, the middle one cut in two: pieces 0, 1 + 2, 3."""
    labels = np.zeros((LINE_ROWS, 80), np.int16)
    spans = [(10, 20), (22, 30), (30, 38), (41, 50)]
    for i, (a, b) in enumerate(spans):
        labels[42:62, a:b] = i + 1
    boxes = np.array([(a, 42, b, 62) for a, b in spans], np.int32)
    pieces = Pieces(labels, boxes, np.array([1, 2, 2, 3], np.int32))
    soft = np.where(labels > 0, 255, 0).astype(np.uint8)
    return SegmentedLine(LineImage(soft, np.eye(2, 3), 20.0), pieces, find_edges(pieces))


class RoundLetters:
    """A classifier that takes everything for a round letter, rather a capital than a small one."""

    def candidates(self, images: np.ndarray, geometry: np.ndarray) -> Candidates:
        row = np.full(len(LATIN_CLASSES), 1e-6)
        row[[LATIN_CLASSES.index("O"), LATIN_CLASSES.index("o")]] = 0.5, 0.4
        return Candidates.of_scores(np.tile(np.log(row).astype(np.float32), (len(images), 1)))


def line_of_heights(*heights: int) -> SegmentedLine:
    """A line of components so high (pixels), all on the baseline, each of one piece."""
    labels = np.zeros((LINE_ROWS, 20 * len(heights) + 20), np.int16)
    boxes = np.array([(20 * i + 10, 62 - height, 20 * i + 20, 62) for i, height in enumerate(heights)], np.int32)
    for i, (x0, y0, x1, y1) in enumerate(boxes):
        labels[y0:y1, x0:x1] = i + 1
    pieces = Pieces(labels, boxes, np.arange(1, len(heights) + 1, dtype=np.int32))
    soft = np.where(labels > 0, 255, 0).astype(np.uint8)
    return SegmentedLine(LineImage(soft, np.eye(2, 3), 20.0), pieces, find_edges(pieces))


def read_singly(line: SegmentedLine) -> str:
    """The likeliest label of each single piece."""
    (scored,), (found,) = score_cascade([line], RoundLetters(), SCRIPT)
    single = np.flatnonzero(scored.edges.end - scored.edges.start == 1)
    return "".join(LATIN_CLASSES[k] for k in found.take(single).top()[0])


def pairs(edges: Edges) -> list[tuple[int, int]]:
    return list(zip(edges.start.tolist(), edges.end.tolist(), strict=True))


def test_whole_components_are_known() -> None:
    line = three_components()
    whole = line.edges.take(whole_components(line.pieces, line.edges))
    assert pairs(whole) == [(0, 1), (1, 3), (3, 4)]


def test_sure_components_are_neither_cut_nor_joined() -> None:
    classifier = SameForAll("n", 0.999)
    lines, scores = score_cascade([three_components()], classifier, SCRIPT)
    assert pairs(lines[0].edges) == [(0, 1), (1, 3), (3, 4)]
    assert classifier.shown == len(scores[0]) == 3


def test_doubtful_components_are_looked_at_every_way() -> None:
    line = three_components()
    lines, scores = score_cascade([line], SameForAll("n", 0.7), SCRIPT)
    assert pairs(lines[0].edges) == pairs(line.edges)
    everything = score_edges([line], [line.edges], SameForAll("n", 0.7), SCRIPT.crop)[0]
    assert np.allclose(scores[0].log_probs, everything.log_probs)
    assert np.allclose(scores[0].reject, everything.reject)


def test_marks_settle_nothing() -> None:
    line = three_components()
    lines, _ = score_cascade([line], SameForAll("'", 0.999), SCRIPT)  # two of them may be a quote
    assert pairs(lines[0].edges) == pairs(line.edges)


def test_case_goes_by_height_where_a_line_shows_both_heights() -> None:
    assert read_singly(line_of_heights(20, 20, 29, 20, 29, 20)) == "ooOoOo"
    assert read_singly(line_of_heights(20, 20, 20, 20)) == "OOOO"


def test_no_lines() -> None:
    assert score_cascade([], SameForAll("n", 0.9), SCRIPT) == ([], [])
