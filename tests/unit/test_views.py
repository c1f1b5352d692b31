"""Lines in several views: how they are cut, and one reading of several."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from ctc_frames import ALPHABET, CHARACTERS, Bigrams, frames
from drawn_lines import draw_page, layout_of

from ocrtool.decode.ctc import greedy
from ocrtool.decode.ctc_beam import Classes
from ocrtool.decode.ctc_consensus import Consensus
from ocrtool.decode.settings import CtcWeights
from ocrtool.script.views import FEWEST, agreed, are_unsure
from ocrtool.segment.strip import STRIP_BASELINE, STRIP_ROWS, Strip, View, cut_strip, cut_views

TEXT = "now some men are on rooms or near seas"


def leaning(gray: np.ndarray, shear: float) -> np.ndarray:
    """The page sheared: columns to the right per row upward."""
    h, w = gray.shape
    matrix = np.array([[1.0, -shear, shear * h], [0.0, 1.0, 0.0]])
    return cv2.warpAffine(gray, matrix, (w + round(shear * h), h), flags=cv2.INTER_CUBIC, borderValue=255)


def ink_rows(strip: Strip) -> int:
    return int(np.count_nonzero((strip.soft > 128).any(axis=1)))


def sharpness(strip: Strip) -> float:
    """How much of the ink stands in few columns, as of upright strokes."""
    profile = strip.soft.sum(axis=0, dtype=float)
    return float((profile**2).sum() / profile.sum() ** 2 * len(profile))


def test_views_are_smaller_wider_and_upright() -> None:
    layout = layout_of(draw_page([TEXT], 40).gray)
    plain, small, wide = cut_views(layout, layout.lines[0], [View(), View(shrink=1.5), View(stretch=1.5)])
    assert ink_rows(small) == pytest.approx(ink_rows(plain) / 1.5, abs=1)
    assert wide.soft.shape[1] == pytest.approx(1.5 * plain.soft.shape[1], rel=0.05)
    assert ink_rows(wide) == ink_rows(plain)
    first = cut_strip(layout, layout.lines[0])
    assert np.array_equal(first.soft, plain.soft)


def test_a_view_takes_the_slant_out() -> None:
    layout = layout_of(leaning(draw_page(["still tilt lilt hill"], 40).gray, 0.25))
    plain, upright = cut_views(layout, layout.lines[0], [View(), View(shear=0.25)])
    assert sharpness(upright) > 1.3 * sharpness(plain)


def test_long_tails_do_not_make_the_letters_of_views_small() -> None:
    page = draw_page([TEXT], 40)
    gray = page.gray.copy()
    layout = layout_of(gray)
    x0, _, x1, y1 = layout.lines[0].box
    scale = layout.page.input_scale
    tail = int((x0 + x1) / 2 * scale)
    gray = cv2.copyMakeBorder(gray, 0, 200, 0, 0, cv2.BORDER_CONSTANT, value=255)
    cv2.line(gray, (tail, int(y1 * scale) - 12), (tail, int(y1 * scale) + 70), 0, 5)
    layout = layout_of(gray)
    region = layout.lines[0]
    first, (view,) = cut_strip(layout, region), cut_views(layout, region, [View()])
    assert first.soft.shape[1] < 0.75 * view.soft.shape[1]
    assert view.soft[STRIP_ROWS - 1].max() > 128  # the tail runs out of the strip


def test_lines_of_some_characters_are_read_again_if_unsure() -> None:
    long, short = greedy(frames(*"abcd" * (FEWEST // 4))), greedy(frames(*"abc"))
    assert are_unsure([], []) == []
    assert are_unsure([long, long, long, short], [0.8, 0.95, 0.2, 0.8]) == [True, False, False, False]


def test_on_a_page_of_print_few_lines_are_read_again() -> None:
    lines = [greedy(frames(*"abcd" * (FEWEST // 4)))] * 3
    assert are_unsure(lines, [0.5, 0.85, 0.7]) == [True, True, True]
    assert are_unsure(lines, [0.5, 0.8, 0.97])[0]
    assert are_unsure(lines, [0.5, 0.97, 0.97]) == [False, False, False]
    assert are_unsure(lines, [0.7, 0.97, 0.97]) == [True, False, False]
    assert are_unsure(lines, [0.85, 0.97, 0.97]) == [False, False, False]


def test_a_page_of_noise_is_not_read_again() -> None:
    lines = [greedy(frames(*"abcd" * (FEWEST // 4)))] * 12
    assert are_unsure(lines, [0.5] * 7 + [0.75] * 5) == [False] * 12
    assert all(are_unsure(lines, [0.5] * 4 + [0.75] * 8))


def strip_of(width: int, origin: float, scale: float) -> Strip:
    to_page = np.array([[scale, 0.0, origin], [0.0, scale, -scale * STRIP_BASELINE]])
    return Strip(np.zeros((STRIP_ROWS, width), np.uint8), np.arange(width, dtype=np.float32), to_page)


def test_characters_of_another_view_come_to_stand_where_they_are_on_the_page() -> None:
    # frames of two columns; the second view is twice as large
    first = frames("a", "_", "_", " ", "_", {"c": 0.5, "d": 0.3}, "_", "b", "_")
    letters = {1: {"b": 0.5, "a": 0.3}, 7: " ", 11: "d", 15: "b"}
    second = frames(*(letters.get(k, "_") for k in range(18)))
    views = [(strip_of(18, 0.0, 1.0), first), (strip_of(36, 0.0, 0.5), second)]
    classes = Classes.of(ALPHABET, CtcWeights(lm=0.0, character=0.0, word=0.0))
    consensus = Consensus(Bigrams.favouring(), 0.0, classes, ALPHABET.start)
    readings = [greedy(rows) for _, rows in views]
    found = agreed(consensus, views, readings)
    assert found.text(CHARACTERS) == "a db"
    assert found.frames.tolist() == [0, 5, 5, 7]
    assert found.probability[2] == pytest.approx(readings[1].probability[2])
    assert found.alternatives(2)[0][0] == CHARACTERS.index("d") + 1
    assert found.agreement.tolist() == [0.5, 1.0, 0.5, 0.5], "each word is one view's alone"
    assert np.isnan(readings[0].agreement).all()


def test_bits_of_rules_in_other_views_are_no_words() -> None:
    bar = CHARACTERS.index("l") + 1
    first = frames("a", "_", " ", {"c": 0.5, "b": 0.3}, "_", "_")
    second = frames("a", "_", " ", "b", " ", "l")
    views = [(strip_of(12, 0.0, 1.0), rows) for rows in (first, second)]
    classes = Classes.of(ALPHABET, CtcWeights(lm=0.0, character=0.0, word=0.0))
    consensus = Consensus(Bigrams.favouring(), 0.0, classes, ALPHABET.start)
    readings = [greedy(rows) for _, rows in views]
    assert agreed(consensus, views, readings).text(CHARACTERS) == "a b l"
    assert agreed(consensus, views, readings, bar).text(CHARACTERS) == "a b"


def test_a_page_of_scribble_is_not_read_again_though_it_looks_like_hard_handwriting() -> None:
    lines = [greedy(frames(*"abcd" * (FEWEST // 4)))] * 70
    assert all(are_unsure(lines[:20], [0.7] * 20))
    assert not any(are_unsure(lines, [0.7] * 70))
    assert all(are_unsure(lines, [0.8] * 70))
