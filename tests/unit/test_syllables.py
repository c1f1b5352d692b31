"""Lines of Hangul-like strokes: geometry, stacks, pieces, and which edges are looked at first."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocrtool.imaging.prepare import prepare
from ocrtool.recognize.candidates import Candidates
from ocrtool.recognize.cascade import propose, score_cascade
from ocrtool.script.hangul.charset import glyph_number
from ocrtool.script.hangul.classifier import MOST_LABELS
from ocrtool.script.hangul.layout import find_hangul_text
from ocrtool.script.hangul.script import SCRIPT
from ocrtool.script.hangul.segment import (
    SYLLABLE_TO_X_HEIGHT,
    column_runs,
    cut_syllables,
    syllable_region,
    whole_stacks,
    without_underline,
)
from ocrtool.segment.edges import find_edges
from ocrtool.segment.segmented import SegmentedLine, segment_line
from ocrtool.segment.types import LINE_ROWS, X_HEIGHT, LineImage, LineRegion

BODY_ROWS = round(SYLLABLE_TO_X_HEIGHT * X_HEIGHT)
TOP = 31


def beside(ink: np.ndarray, x: int, top: int = TOP, size: int = BODY_ROWS) -> None:
    """A syllable like 미: a box and a bar to its right, not touching."""
    cv2.rectangle(ink, (x, top + size // 4), (x + size // 2, top + 3 * size // 4), 255, 3)
    cv2.rectangle(ink, (x + size - 5, top), (x + size - 2, top + size - 1), 255, -1)


def stacked(ink: np.ndarray, x: int, top: int = TOP, size: int = BODY_ROWS) -> None:
    """A syllable like 믐: a box, a bar and a box, one over the other, not touching."""
    for row in (top + 1, top + 2 * size // 3 + 1):
        cv2.rectangle(ink, (x + 4, row), (x + size - 5, row + size // 4), 255, 3)
    cv2.rectangle(ink, (x, top + size // 2 - 2), (x + size - 1, top + size // 2 + 1), 255, -1)


def line_image(*shapes: object, gap: int = 6) -> LineImage:
    ink = np.zeros((LINE_ROWS, 20 + len(shapes) * (BODY_ROWS + gap) + 20), np.uint8)
    for k, shape in enumerate(shapes):
        shape(ink, 20 + k * (BODY_ROWS + gap))  # type: ignore[operator]
    return LineImage(ink, np.eye(2, 3), float(X_HEIGHT))


def test_strokes_over_one_another_are_one_piece_and_strokes_beside_are_two() -> None:
    assert len(set(cut_syllables(line_image(stacked)).component.tolist())) == 1
    assert len(set(cut_syllables(line_image(beside)).component.tolist())) == 2


def test_every_syllable_is_among_what_is_looked_at_first() -> None:
    pieces = cut_syllables(line_image(beside, stacked, beside))
    edges = find_edges(pieces)
    first = edges.take(whole_stacks(pieces, edges))
    spans = {(int(a), int(b)) for a, _, b, _ in first.boxes}
    for k in range(3):
        left = 20 + k * (BODY_ROWS + 6)
        assert any(abs(a - left) <= 3 and abs(b - left - BODY_ROWS) <= 3 for a, b in spans), k


def test_no_ink_of_a_syllable_is_lost_and_a_rule_under_it_is_no_piece() -> None:
    line = line_image(beside, stacked)
    kept = np.count_nonzero(cut_syllables(line).labels[line.soft > 127])
    assert kept == np.count_nonzero(line.soft)
    ruled = line.soft.copy()
    ruled[TOP + BODY_ROWS + 4 : TOP + BODY_ROWS + 6, 15:-15] = 255
    assert len(cut_syllables(LineImage(ruled, line.to_page, line.x_height))) == len(cut_syllables(line))


def test_underline_goes_and_what_stands_on_it_stays() -> None:
    line = line_image(beside, stacked, beside)
    ruled = line.soft.copy()
    foot = TOP + BODY_ROWS
    ruled[foot : foot + 3, 15:-15] = 255  # it touches the feet of all three
    freed = without_underline(LineImage(ruled, line.to_page, line.x_height)).soft
    between = np.flatnonzero(~(line.soft > 0).any(axis=0))
    assert not freed[:, between].any()
    assert np.array_equal(freed[:foot], line.soft[:foot])
    assert np.array_equal(without_underline(line).soft, line.soft)


def test_blank_line_has_no_pieces() -> None:
    assert len(cut_syllables(LineImage(np.zeros((LINE_ROWS, 200), np.uint8), np.eye(2, 3), 20.0))) == 0
    assert len(column_runs(np.zeros((10, 20), bool))) == 0


def test_body_of_a_line_is_that_of_its_tall_columns() -> None:
    ink = np.zeros((120, 400), np.uint8)
    for k in range(6):
        beside(ink, 20 + 60 * k, top=40, size=44)
    cv2.rectangle(ink, (385, 78), (390, 83), 255, -1)  # a full stop
    region = LineRegion((20, 40, 391, 84), 0.0, 70.0, 11.0, 1)
    found = syllable_region(region, (ink > 0).astype(np.int32))
    assert found.x_height * SYLLABLE_TO_X_HEIGHT == pytest.approx(44, abs=2)
    assert found.intercept == pytest.approx(84 - 0.2 * found.x_height, abs=2)


@pytest.mark.parametrize("size", [22, 40, 70])
def test_lines_are_found_at_any_resolution_and_tight_leading(size: int) -> None:
    step = round(1.3 * size)
    page = np.zeros((5 * step + 2 * size, 14 * round(1.2 * size) + 2 * size), np.uint8)
    for row in range(5):
        for k in range(14):
            (beside if (row + k) % 2 else stacked)(page, size + k * round(1.2 * size), size + row * step, size)
    prepared = prepare(255 - page)
    assert prepared is not None
    found = find_hangul_text(prepared, size * 0.8)
    assert found is not None
    assert len(found.lines) == 5
    pieces = [segment_line(found, region, SCRIPT) for region in found.lines]
    assert all(line is not None and len(set(line.pieces.component.tolist())) == 21 for line in pieces)


@pytest.mark.parametrize(("last", "step", "more"), [(1, 48, 0), (2, 48, 8), (2, 60, 20)])
def test_a_last_line_of_a_few_syllables_is_a_line_of_its_own(last: int, step: int, more: int) -> None:
    size = 40
    page = np.zeros((9 * size, 14 * 48 + 2 * size), np.uint8)
    for row, count in enumerate((14, 14, last, 14)):
        for k in range(count):
            (beside if (row + k) % 2 else stacked)(page, size + 48 * k, size + step * row + more * (row == 2), size)
    prepared = prepare(255 - page)
    assert prepared is not None
    found = find_hangul_text(prepared, size * 0.8)
    assert found is not None
    assert len(found.lines) == 4


class Reads:
    """Knows what is as wide as a syllable, with a given probability; all else is rejected."""

    def __init__(self, label: int, probability: float) -> None:
        self.label, self.probability, self.seen = label, probability, 0

    def candidates(self, images: np.ndarray, geometry: np.ndarray) -> Candidates:
        self.seen += len(images)
        syllable = geometry[:, 4] > 0.75 * SYLLABLE_TO_X_HEIGHT
        labels = np.full((len(images), MOST_LABELS), self.label, np.int32)
        p = np.where(syllable, self.probability, 0.01)[:, None] * np.array([1.0] + [1e-6] * (MOST_LABELS - 1))
        return Candidates(labels, np.log(p).astype(np.float32), np.log(1 - p[:, 0] + 1e-9).astype(np.float32))


def segmented(line: LineImage) -> SegmentedLine:
    pieces = cut_syllables(line)
    return SegmentedLine(line, pieces, find_edges(pieces))


def test_sure_syllables_spare_their_cuts_the_look() -> None:
    line = segmented(line_image(beside, beside, beside, beside))
    sure, unsure = Reads(5000, 0.999), Reads(5000, 0.6)
    (kept,), _ = score_cascade([line], sure, SCRIPT)
    (every,), found = score_cascade([line], unsure, SCRIPT)
    assert sure.seen == len(kept.edges) < unsure.seen == len(every.edges) == len(line.edges)
    assert len(found[0]) == len(every.edges)


def test_share_of_hangul_counts_what_is_surely_a_syllable() -> None:
    line = segmented(line_image(beside, stacked))
    assert SCRIPT.share(propose([line], Reads(5000, 0.95), SCRIPT)[0]) == 1.0
    assert SCRIPT.share(propose([line], Reads(5000, 0.5), SCRIPT)[0]) == 0.0
    assert SCRIPT.share(propose([line], Reads(3, 0.95), SCRIPT)[0]) == 0.0  # a mark


def test_share_of_characters_outside_the_labels() -> None:
    line = segmented(line_image(beside, stacked))
    unknown = propose([line], Reads(glyph_number("\ufffd"), 0.95), SCRIPT)[0]
    assert SCRIPT.share(unknown) == 0.0
    assert SCRIPT.share(unknown, SCRIPT.unknown) == 1.0
    assert SCRIPT.share(propose([line], Reads(5000, 0.95), SCRIPT)[0], SCRIPT.unknown) == 0.0
