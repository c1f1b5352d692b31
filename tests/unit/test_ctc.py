"""Reading the frames of a CTC reader: the best path, its places, and the beam search against plain enumeration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from ctc_frames import ALPHABET, CHARACTERS, SYMBOLS, Bigrams, frames
from hypothesis import given, settings
from hypothesis import strategies as st

from ocrtool.charset import LINE_CHARACTERS, LINE_START, Labels
from ocrtool.decode.alphabet import Alphabet
from ocrtool.decode.ctc import UNSURE, greedy, search
from ocrtool.decode.ctc_places import find_places
from ocrtool.decode.ctc_reading import Reading
from ocrtool.decode.ctc_windows import unsureness
from ocrtool.decode.language_model import UniformModel
from ocrtool.decode.settings import BeamSize, CtcWeights

WIDE = BeamSize(100_000, 1e9)
#: The ink as it is, without a language model.
PLAIN = CtcWeights(lm=0.0, character=0.0, word=0.0, power=0.0)
GUIDED = CtcWeights()


class NoModel(UniformModel):
    def step(self, symbols: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        raise AssertionError("a sure line asks the language model")


def read(log_probs: np.ndarray, model: Bigrams | UniformModel, weights: CtcWeights = GUIDED) -> Reading:
    return search([log_probs], model, weights, BeamSize(), ALPHABET)[0]


def text(reading: Reading) -> str:
    return reading.text(CHARACTERS)


def collapse(path: Sequence[int]) -> tuple[int, ...]:
    kept = [label for k, label in enumerate(path) if k == 0 or label != path[k - 1]]
    return tuple(label for label in kept if label)


def enumerate_texts(log_probs: np.ndarray) -> dict[tuple[int, ...], float]:
    """Return the log-probability of every text, added up over all its paths."""
    totals: dict[tuple[int, ...], float] = {}
    for path in product(range(log_probs.shape[1]), repeat=len(log_probs)):
        score = float(log_probs[np.arange(len(path)), list(path)].sum(dtype=np.float64))
        key = collapse(path)
        totals[key] = float(np.logaddexp(totals.get(key, -np.inf), score))
    return totals


@st.composite
def vague_lines(draw: st.DrawFn, classes: int = 4, longest: int = 5) -> np.ndarray:
    """Lines without a sure frame or label, so that all of one is a place and all labels are tried.

    No label is as improbable as one that does not reach over the border of two frames.
    """
    length = draw(st.integers(1, longest))
    values = st.floats(0.08, 1.0)
    probs = np.array(draw(st.lists(values, min_size=length * classes, max_size=length * classes)))
    probs = probs.reshape(length, classes)
    return np.log(probs / probs.sum(axis=1, keepdims=True)).astype(np.float32)


@given(vague_lines())
@settings(max_examples=60, deadline=None)
def test_search_finds_the_best_of_all_texts(log_probs: np.ndarray) -> None:
    alphabet = Alphabet.from_symbols("ab", SYMBOLS)
    found = search([log_probs], UniformModel(SYMBOLS), PLAIN, WIDE, alphabet, unsure=0.0)[0]
    totals = enumerate_texts(log_probs)
    assert totals[tuple(found.labels.tolist())] >= max(totals.values()) - 1e-5


@given(st.lists(vague_lines(), min_size=1, max_size=3), st.integers(0, 1000), st.sampled_from([0.0, 0.5, 1.0]))
@settings(max_examples=60, deadline=None)
def test_search_finds_the_best_score_with_a_language_model(lines: list[np.ndarray], seed: int, power: float) -> None:
    """Lines of a page are read together and do not touch each other."""
    alphabet = Alphabet.from_symbols("ab", SYMBOLS)
    noise = np.random.default_rng(seed).normal(0.0, 2.0, (len(SYMBOLS), len(SYMBOLS)))
    model = Bigrams((noise - np.logaddexp.reduce(noise, axis=1, keepdims=True)).astype(np.float32))
    weights = CtcWeights(lm=0.7, character=1.1, word=-0.4, unsure_scale=0.9, power=power)
    symbol = [-1, SYMBOLS.index(" "), SYMBOLS.index("a"), SYMBOLS.index("b")]

    def score(labels: tuple[int, ...], ink: float) -> float:
        before, total = SYMBOLS.index(LINE_START), ink
        for label in labels:
            total += 0.7 * float(model.log_probs[before, symbol[label]]) + 1.1 - 0.4 * (label == 1)
            before = symbol[label]
        return total

    for line, found in zip(lines, search(lines, model, weights, WIDE, alphabet, unsure=0.0), strict=True):
        doubt = min(1.0, (1.0 - find_places(line).probability[0]) / 0.9) ** power
        scores = {labels: score(labels, ink) for labels, ink in enumerate_texts(line / doubt).items()}
        assert scores[tuple(found.labels.tolist())] >= max(scores.values()) - 1e-4


@given(vague_lines())
@settings(max_examples=40, deadline=None)
def test_probability_of_a_place_is_that_of_its_text(log_probs: np.ndarray) -> None:
    places = find_places(log_probs)
    assert len(places.probability) == 1
    expected = enumerate_texts(log_probs)[collapse(log_probs.argmax(axis=1).tolist())]
    assert places.probability[0] == pytest.approx(np.exp(expected), rel=1e-4)


def test_probability_of_repeated_letters_needs_the_blank() -> None:
    likely = {"l": 0.9, "_": 0.1}
    places = find_places(frames(likely, {"l": 0.4, "_": 0.6}, likely))
    assert places.probability.tolist() == [pytest.approx(0.9 * 0.6 * 0.9, rel=1e-3)]


def test_sharpened_ink_counts_in_every_frame_of_a_character() -> None:
    """The best path has p = 0.483, u is 0.574: a second character costs 1.39 nats, and 1.67 if only starts count."""
    line = frames({"a": 0.7, "b": 0.3}, {"a": 0.69, "b": 0.31})
    weights = CtcWeights(lm=0.0, unsure_scale=0.9, power=1.0)
    found = [text(read(line, UniformModel(SYMBOLS), replace(weights, character=bonus))) for bonus in (1.3, 1.5)]
    assert found == ["a", "ab"]


def test_best_path_is_collapsed() -> None:
    found = greedy(frames("_", "h", "h", "_", "e", " ", "l", "_", "l", "l", "b"))
    assert text(found) == "he llb"
    assert found.frames.tolist() == [1, 4, 5, 6, 8, 10]
    assert (found.probability > 0.99).all()


def test_frame_of_a_character_is_its_peak() -> None:
    found = greedy(frames("_", {"a": 0.6, "_": 0.4}, {"a": 0.9, "_": 0.1}, {"_": 0.7, "a": 0.3}, "_"))
    assert (found.frames.tolist(), found.first.tolist(), found.last.tolist()) == ([2], [1], [3])


def is_sure(line: np.ndarray) -> bool:
    """No place of a line is searched."""
    return bool((find_places(line).probability >= 1.0 - UNSURE).all())


def test_empty_lines() -> None:
    blank, none = frames("_", "_"), np.zeros((0, len(CHARACTERS) + 1), np.float32)
    for line in (blank, none):
        assert is_sure(line)
        assert text(greedy(line)) == ""
    assert [text(x) for x in search([blank, none, frames("a")], NoModel(SYMBOLS), GUIDED, WIDE, ALPHABET)] == [
        "",
        "",
        "a",
    ]
    assert search([], NoModel(SYMBOLS), GUIDED, WIDE, ALPHABET) == []


def test_a_line_may_be_found_empty() -> None:
    reluctant = CtcWeights(lm=0.0, character=-30.0)
    assert text(read(frames("_", {"_": 0.6, "a": 0.4}), UniformModel(SYMBOLS), reluctant)) == ""


def test_sure_lines_never_ask_the_language_model() -> None:
    onset = [{"_": 0.7, "a": 0.3}, "a", {"_": 0.9, "a": 0.1}]
    line = frames("_", *onset, "_", "8", "_", "_", " ", "b", "_")
    assert is_sure(line)
    assert text(read(line, NoModel(SYMBOLS))) == "a8 b"


@pytest.mark.parametrize(
    "row", [{"a": 0.5, "b": 0.4, "_": 0.1}, {"_": 0.95, "a": 0.05}, {"_": 0.6, " ": 0.4}, {"a": 0.95, "_": 0.05}]
)
def test_what_is_unsure(row: dict[str, float]) -> None:
    """Two labels, a character that may be where the blank wins, a space that may be, a character that may not."""
    assert not is_sure(frames("c", "_", row, "_", "d"))


def test_language_model_decides_where_ink_is_even() -> None:
    line = frames("_", "h", "_", {"8": 0.5, "B": 0.4, "_": 0.1}, "_", "d", "_")
    assert text(greedy(line)) == "h8d"
    assert text(read(line, Bigrams.favouring("hB"))) == "hBd"
    assert text(read(line, Bigrams.favouring("h8"))) == "h8d"
    assert text(read(line, Bigrams.favouring("Bd"))) == "hBd", "what follows is evidence too"


def test_language_model_has_no_say_where_ink_is_sure() -> None:
    model = Bigrams.favouring("hB", "Bd")
    even = {"a": 0.5, "b": 0.4, "_": 0.1}
    line = frames("_", "h", "_", {"8": 0.999, "B": 0.001}, "_", "d", "_", even)
    strong = replace(GUIDED, lm=2.0)
    assert text(read(line, model, strong)).startswith("h8d")
    beside = frames("_", "h", even, {"8": 0.99, "B": 0.008}, even, "_")
    assert "8" in text(read(beside, Bigrams.favouring("aB", "bB"))), "unsure neighbours do not make it unsure"


@pytest.mark.parametrize(("favoured", "expected"), [(("ab",), "ab"), (("a ", " b"), "a b")])
def test_language_model_decides_on_spaces(favoured: tuple[str, ...], expected: str) -> None:
    line = frames("_", "a", "_", {"_": 0.5, " ": 0.5}, "_", "b", "_")
    assert text(read(line, Bigrams.favouring(*favoured))) == expected


def test_bonuses_matter_only_where_ink_is_unsure() -> None:
    eager = CtcWeights(lm=0.0, character=3.0)
    faint = frames("_", "a", "_", {"_": 0.7, "b": 0.3}, "_")
    fainter = frames("_", "a", "_", {"_": 0.97, "b": 0.03}, "_")
    uniform = UniformModel(SYMBOLS)
    assert [text(read(line, uniform, eager)) for line in (faint, fainter)] == ["ab", "a"]


def test_repeated_letters_need_a_blank() -> None:
    """The text of the blank path has less than what two letters that merge have."""
    valley = [{"l": 0.9, "_": 0.1}, {"l": 0.55, "_": 0.45}, {"l": 0.9, "_": 0.1}]
    assert text(read(frames("_", *valley, "_"), UniformModel(SYMBOLS), PLAIN)) == "l"
    assert text(read(frames("_", *valley, "_"), Bigrams.favouring("ll"))) == "ll"
    assert text(read(frames("_", "l", "l", "l", "_"), Bigrams.favouring("ll"))) == "l"


def test_alignments_of_a_text_are_added_up() -> None:
    """The blank path is the best one, but two paths of the character together have more."""
    line = frames({"_": 0.6, "a": 0.4}, {"_": 0.6, "a": 0.4})
    assert text(greedy(line)) == ""
    assert text(read(line, UniformModel(SYMBOLS), PLAIN)) == "a"


def test_a_character_stands_where_it_most_likely_is() -> None:
    faint, strong = {"a": 0.1, "_": 0.9}, {"a": 0.85, "_": 0.15}
    found = read(frames("_", faint, "_", strong, "_", faint, "_"), UniformModel(SYMBOLS), PLAIN)
    assert (text(found), found.frames.tolist()) == ("a", [3])


def test_equal_letters_of_two_places_are_two() -> None:
    likely = {"l": 0.85, "_": 0.15}
    assert text(read(frames("_", likely, "_", "_", likely, "_"), UniformModel(SYMBOLS), PLAIN)) == "ll"


def test_the_surer_the_ink_the_less_the_language_model_says() -> None:
    line = frames("_", "h", "_", {"8": 0.97, "B": 0.03}, "_", "d", "_")
    model = Bigrams.favouring("hB", "Bd")
    weights = CtcWeights(lm=0.5, character=0.0)
    assert text(read(line, model, replace(weights, power=0.0))) == "hBd"
    assert text(read(line, model, weights)) == "h8d"


def test_reading_ends_when_one_hypothesis_is_left() -> None:
    model = Bigrams.favouring("8a")
    line = frames({"8": 0.5, "B": 0.4, "_": 0.1}, *(row for _ in range(20) for row in ("a", "_")))
    assert text(search([line], model, GUIDED, BeamSize(hypotheses=1), ALPHABET)[0]) == "8" + "a" * 20
    assert model.steps < 15


def test_windows_of_a_line_are_read_apart_with_their_context() -> None:
    """Sure characters between cost a step each at most, however many hypotheses there are."""
    even = {"8": 0.5, "B": 0.4, "_": 0.1}
    sure = [row for _ in range(30) for row in ("a", "_")]
    model = Bigrams.favouring("aB")
    found = read(frames(even, "_", *sure, even, "_", *sure), model)
    assert text(found) == "8" + "a" * 30 + "B" + "a" * 30
    assert model.steps < 140
    assert (np.diff(found.frames) > 0).all()


def test_probability_is_that_of_ink_and_text() -> None:
    line = frames("_", "h", "_", {"8": 0.5, "B": 0.4, "_": 0.1}, "_", "d", "_")
    ink = greedy(line).alternatives(1)
    assert [CHARACTERS[k - 1] for k, _ in ink[:2]] == ["8", "B"]
    assert [p for _, p in ink[:2]] == pytest.approx([0.5, 0.4], abs=1e-3), "the blank has the rest"
    found = read(line, Bigrams.favouring("hB"))
    (best, high), (_, low) = found.alternatives(1)[:2]
    assert (CHARACTERS[best - 1], found.probability[1]) == ("B", pytest.approx(high))
    assert high > 0.8 > 0.2 > low
    assert read(line, Bigrams.favouring("Bd")).probability[1] > 0.6, "what follows counts too"
    faint = frames("_", "h", "_", {"_": 0.5, "B": 0.5}, "_", "d", "_")
    assert 0.5 < read(faint, Bigrams.favouring("hB")).probability[1] < 0.98, "there may be no character"
    assert found.alternative_probabilities.sum(axis=1).max() <= 1.0 + 1e-6


def test_what_the_ink_says_is_kept_beside_what_the_language_model_makes_of_it() -> None:
    line = frames("_", "l", "_", {"c": 0.5, "e": 0.4, "_": 0.1}, "_", "d", "_")
    found = read(line, Bigrams.favouring("le", "ed"))
    assert text(found) == "led" and found.probability[1] > 0.6
    assert found.ink[1] == pytest.approx(0.4, abs=1e-3)
    np.testing.assert_array_equal(found.ink[[0, 2]], found.probability[[0, 2]])
    np.testing.assert_array_equal(greedy(line).ink, greedy(line).probability)


def test_every_character_has_a_symbol() -> None:
    plain = Alphabet.nearest(LINE_CHARACTERS[1:], Labels(LINE_START + " " + "".join(map(chr, range(0x21, 0x7F)))))
    symbols = LINE_START + " " + "".join(map(chr, range(0x21, 0x7F)))
    symbol_of = {glyph: symbols[k] for glyph, k in zip(plain.glyphs, plain.symbol_of, strict=True)}
    share_of = dict(zip(plain.glyphs, plain.share, strict=True))
    assert [symbol_of[glyph] for glyph in "é“—☐e"] == ["e", '"', "-", "*", "e"]
    assert share_of["e"] == 0.0 > share_of["é"] > -10.0
    full = Alphabet.nearest(LINE_CHARACTERS[1:], Labels((LINE_START, *LINE_CHARACTERS)))
    assert not full.share.any()
    with pytest.raises(KeyError, match="☐"):
        Alphabet.nearest("☐", Labels(LINE_START + " ab"))


def test_the_language_model_has_less_say_on_signs() -> None:
    weights = CtcWeights(unsure_scale=1.0, power=1.0, sign=0.4)
    u = unsureness(np.array([0.5, 0.5, 0.9]), np.array([False, True, True]), weights)
    assert u == pytest.approx([0.5, 0.2, 0.04])
    rows = np.log(np.full((9, 4), 1e-6))
    rows[[1, 4, 7], [2, 3, 2]] = np.log(0.9)  # a letter, a sign, a letter, blanks between them
    rows[[0, 2, 3, 5, 6, 8], 0] = np.log(0.99999)
    found = find_places(rows.astype(np.float32))
    assert found.any_of(np.array([False, False, False, True])).tolist() == [False, True, False]
