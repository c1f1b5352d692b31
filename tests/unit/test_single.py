"""Reading a single character by two classifiers: which script, which look at the picture."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ocrtool.charset import LATIN, LATIN_CLASSES
from ocrtool.script.hangul.charset import FINALS, GLYPHS, INITIALS, KINDS, SYLLABLE_KIND, VOWELS, glyph_number
from ocrtool.script.hangul.classifier import HangulClassifier
from ocrtool.script.hangul.script import SCRIPT as HANGUL
from ocrtool.script.latin.classifier import LatinClassifier
from ocrtool.script.single import Shares, SingleClassifier
from ocrtool.script.single import merged as merged_shares


def latin_row(refused: float, **shares: float) -> np.ndarray:
    row = np.full(len(LATIN_CLASSES), 1e-9)
    for label, share in shares.items():
        row[LATIN.index(label)] = share
    row[-1] = refused
    return row[None]


def korean_row(**shares: float) -> np.ndarray:
    row = np.full(len(GLYPHS), 1e-9)
    for label, share in shares.items():
        row[glyph_number(label)] = share
    return row[None] / row.sum()


class Scored(LatinClassifier):
    """Gives the scores it is made with."""

    def __init__(self, row: np.ndarray) -> None:
        self.row = row

    def log_probs(self, images: np.ndarray, geometry: np.ndarray) -> np.ndarray:
        return np.log(self.row)


def merged(latin: np.ndarray, korean: np.ndarray) -> np.ndarray:
    nothing = np.zeros(0)
    base = Shares(LATIN, *Scored(latin).probabilities(nothing, nothing))
    found = merged_shares(base, Shares(GLYPHS, korean, np.zeros(1)))
    assert found.glyphs == tuple(GLYPHS)
    return found.shares


def likeliest(row: np.ndarray) -> str:
    return GLYPHS[int(row[0].argmax())]


def test_a_syllable_that_the_latin_classifier_refuses() -> None:
    row = merged(latin_row(0.9, A=0.1), korean_row(가=0.95, A=0.05))
    assert likeliest(row) == "가" and row[0].max() > 0.95
    assert row.sum() == pytest.approx(1.0)


def test_a_letter_by_hand_that_the_korean_classifier_has_never_seen() -> None:
    row = merged(latin_row(0.001, y=0.99), korean_row(니=0.7, y=0.05, Y=0.25))
    assert likeliest(row) == "y"


def test_print_of_which_the_korean_classifier_is_sure() -> None:
    assert likeliest(merged(latin_row(0.2, t=0.8), korean_row(가=0.9999, t=0.0001))) == "가"
    assert likeliest(merged(latin_row(0.3, e=0.7), korean_row(e=0.99, 으=0.01))) == "e"


def test_each_is_believed_on_its_side() -> None:
    row = merged(latin_row(0.01, a=0.7, o=0.29), korean_row(o=0.9, a=0.1))
    assert likeliest(row) == "a" and row[0, LATIN.index("o")] == pytest.approx(0.29 / 0.99, abs=0.02)


def test_one_alone() -> None:
    shares, refused = Scored(latin_row(0.5, a=0.5)).probabilities(np.zeros(0), np.zeros(0))
    assert shares[0, LATIN.index("a")] == pytest.approx(1.0, abs=1e-6) and refused[0] == pytest.approx(0.5)
    with pytest.raises(ValueError, match="no classifier"):
        SingleClassifier([])


class FakeKorean(HangulClassifier):
    """Sure of 각 where a crop is mostly paper, and of nothing else."""

    def __init__(self) -> None:
        pass

    def heads(self, images: np.ndarray, geometry: np.ndarray) -> list[np.ndarray]:
        assert images.shape[1:] == (40, 40, 2) and not geometry.any()
        light = (images[..., 0] > 127).mean(axis=(1, 2)) < 0.35
        sizes = (len(KINDS), len(INITIALS), len(VOWELS), len(FINALS))
        out = []
        for size, place_of in zip(sizes, (SYLLABLE_KIND, 0, 0, 1), strict=True):
            row = np.full((len(images), size), 1.0 / size)
            row[light] = 0.02 / (size - 1)
            row[light, place_of] = 0.98
            out.append(np.log(row))
        return out


def test_the_surest_look_is_taken_and_told_where_it_is() -> None:
    gray = np.full((60, 70), 200, np.uint8)
    gray[20:40, 30:34] = 20
    gray[36:40, 30:50] = 20
    korean: Any = FakeKorean()
    for picture in (gray, 255 - gray):
        reading = SingleClassifier([(HANGUL, korean)]).read(picture, 3)
        assert reading.labels[0].label == "각" and 0.9 < reading.labels[0].probability < 1.0
        assert len(reading.labels) == 3
        assert reading.box is not None
        found = np.array([reading.box.x0, reading.box.y0, reading.box.x1, reading.box.y1])
        assert np.abs(found - [30, 20, 50, 40]).max() <= 1
    blank = SingleClassifier([(HANGUL, korean)]).read(np.full((30, 30), 250, np.uint8), 3)
    assert blank.box is None and blank.labels == ()
