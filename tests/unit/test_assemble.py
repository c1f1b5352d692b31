"""Paths to words with boxes, probabilities and alternatives; lines that are no text."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ocrtool.charset import LATIN
from ocrtool.decode.assemble import LineAssembler
from ocrtool.decode.beam import SPACE, Step
from ocrtool.decode.confidence import alternatives, character_posterior, word_probability
from ocrtool.decode.ctc_words import line_word_probabilities, word_features
from ocrtool.decode.lattice import Lattice
from ocrtool.decode.settings import DecoderSettings
from ocrtool.decode.text_filter import is_surely_read, is_text_probability, median_x_height
from ocrtool.imaging.affine import compose, input_boxes
from ocrtool.segment.edges import Edges
from ocrtool.segment.types import LINE_ROWS, LineImage
from ocrtool.types import Alternative, Box, Character, Line, Word
from ocrtool.weights.store import read_manifest

CONTEXT = np.full(2, -4.0, np.float32)


def lattice_of(*pairs: str, first: float = 0.9, second: float = 1e-6) -> Lattice:
    """One edge after the other; each may be the first or second of a pair, the reject class has the rest."""
    count = len(pairs)
    labels = np.array([[LATIN.index(c) for c in pair] for pair in pairs], np.int32).reshape(count, 2)
    log_probs = np.tile(np.log([[first, second]]), (count, 1)).astype(np.float32)
    reject = np.full(count, np.log(1 - first - second + 1e-9), np.float32)
    return Lattice(np.arange(count), np.arange(count) + 1, labels, log_probs, reject, np.zeros(count + 1), count)


def line_of(text: str, probability: float, x_height: float = 20.0) -> Line:
    box = Box(0, 0, 10, 20)
    words = tuple(Word(box, tuple(Character(box, c, probability) for c in word), probability) for word in text.split())
    return Line(box, words, (0.0, 20.0, 100.0, 20.0), x_height)


def test_boxes_come_back_to_the_input() -> None:
    half = np.array([[0.5, 0.0, 3.0], [0.0, 0.5, 4.0]])
    assert input_boxes(np.array([[10, 20, 30, 60]]), half, (100, 100)) == [Box(8, 14, 18, 34)]
    quarter_turn = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 50.0]])
    assert input_boxes(np.array([[10, 20, 30, 40]]), quarter_turn, (100, 100)) == [Box(20, 20, 40, 40)]


def test_boxes_stay_inside_the_input() -> None:
    (box,) = input_boxes(np.array([[-5, -5, 200, 200]]), np.eye(2, 3), (60, 80))
    assert box == Box(0, 0, 80, 60)


def test_compose_does_the_inner_map_first() -> None:
    shift, double = np.array([[1.0, 0, 5], [0, 1, 7]]), np.array([[2.0, 0, 0], [0, 2, 0]])
    assert (compose(double, shift) @ [1, 1, 1]).tolist() == [12, 16]


def test_path_becomes_words() -> None:
    image = LineImage(np.zeros((LINE_ROWS, 100), np.uint8), np.eye(2, 3), 20.0)
    edges = Edges(np.arange(3), np.arange(1, 4), np.array([[0, 42, 10, 62], [12, 42, 20, 62], [40, 42, 50, 62]]))
    steps = [Step(LATIN.index("a"), 0, CONTEXT), Step(LATIN.index("m"), 1, CONTEXT), Step(SPACE, -1, CONTEXT)]
    steps.append(Step(LATIN.index("I"), 2, CONTEXT))
    line = LineAssembler(image, np.eye(2, 3), (96, 100), 0.5, ((0.0, 0.0), (1.0, 1.0)), LATIN).assemble(
        steps, edges, lattice_of("ao", "mn", "Il")
    )
    assert line is not None
    assert line.text == "am I"
    assert line.words[0].box == Box(0, 42, 20, 62)
    assert line.words[0].characters[1].probability == pytest.approx(0.9, abs=0.01)
    assert line.x_height == 20.0


def test_empty_path_is_no_line() -> None:
    image = LineImage(np.zeros((LINE_ROWS, 100), np.uint8), np.eye(2, 3), 20.0)
    edges = Edges(np.zeros(0, int), np.zeros(0, int), np.zeros((0, 4), int))
    assembler = LineAssembler(image, np.eye(2, 3), (96, 100), 0.5, ((0.0, 0.0), (1.0, 1.0)), LATIN)
    assert assembler.assemble([], edges, lattice_of()) is None


def test_context_moves_the_posterior() -> None:
    line = lattice_of("1l", first=0.5, second=0.45)
    plain = character_posterior(Step(LATIN.index("1"), 0, CONTEXT), line, 0.7)
    assert plain[LATIN.index("1")] > plain[LATIN.index("l")]
    assert sum(plain.values()) == pytest.approx(0.95)
    found = character_posterior(Step(LATIN.index("1"), 0, np.log(np.array([0.01, 0.5]))), line, 0.7)
    assert found[LATIN.index("l")] > found[LATIN.index("1")]


def test_alternatives_are_likeliest_first_and_hold_the_chosen_label() -> None:
    posterior = dict(enumerate([0.1, 0.3, 0.2, 0.15, 0.1, 0.05, 1e-5]))
    found = alternatives(posterior, 5, LATIN)
    assert [a.probability for a in found] == sorted((a.probability for a in found), reverse=True)
    assert LATIN[5] in [a.label for a in found]
    assert len(found) == 5


def test_word_is_as_sure_as_its_calibration_says() -> None:
    points = ((0.0, 0.0), (0.5, 0.2), (1.0, 0.9))
    assert word_probability([1.0, 1.0], points) == pytest.approx(0.9)
    assert word_probability([0.5], points) == pytest.approx(0.2)


#: Agreement of the characters of a line that was read in one view.
ONE_VIEW = np.full(9, np.nan)


def odds(probability: float) -> float:
    return float(np.log(probability / (1 - probability)))


def test_words_of_a_line_are_described_by_their_characters_their_line_and_the_ink() -> None:
    probability, ink = np.array([0.9, 0.8, 0.5]), np.array([0.9, 0.6, 0.4])
    found = word_features(probability, ink, ONE_VIEW[:3], np.array([0, 2]))
    line = odds((0.9 * 0.8 * 0.5) ** (1 / 3))
    np.testing.assert_allclose(
        found,
        [[1, odds(0.9 * 0.8), line, odds(0.9 * 0.6), 0, 0], [1, odds(0.5), line, odds(0.4), 0, 0]],
        rtol=1e-9,
        atol=1e-12,
    )
    several = word_features(probability, ink, np.array([0.25, 0.25, 1.0]), np.array([0, 2]))
    np.testing.assert_allclose(several[:, 4:], [[1, odds(0.25)], [1, odds(0.94)]], err_msg="one of four views; all")
    long = word_features(np.full(9, 0.9), np.full(9, 0.9), ONE_VIEW, np.array([0]))
    assert long[0, 1] == pytest.approx(odds(0.9**4)), "the errors of a long word come together"
    assert np.isfinite(word_features(np.array([1.0, 0.0]), np.zeros(2), ONE_VIEW[:2], np.array([0, 1]))).all()


def test_a_word_of_a_line_is_less_sure_where_the_line_or_the_ink_is() -> None:
    def word(probability: float, ink: float, *others: float) -> float:
        characters = np.array([probability, *others])
        count = len(characters)
        features = word_features(characters, np.array([ink, *others]), ONE_VIEW[:count], np.arange(count))
        return float(line_word_probabilities(features, (-1.0, 0.5, 0.3, 0.2, 0.7, 0.6))[0])

    alone = word(0.9, 0.9, 0.9, 0.9)
    assert alone == pytest.approx(1 / (1 + np.exp(1.0 - odds(0.9))))
    assert word(0.9, 0.9, 0.3, 0.2) < alone, "the line is hard to read"
    assert word(0.9, 0.4, 0.9, 0.9) < alone, "the language model alone makes it certain"


@pytest.mark.parametrize(
    ("text", "probability", "x_height", "is_text"),
    [
        ("It was the best of times and the worst", 0.95, 20.0, True),
        ("CHAPTER VII", 0.9, 31.0, True),
        ("-| = .- 1_ [", 0.3, 9.0, False),
        ("i", 0.2, 60.0, False),
    ],
)
def test_shipped_weights_tell_text_from_pictures(text: str, probability: float, x_height: float, is_text: bool) -> None:
    settings = DecoderSettings.from_manifest(read_manifest("decoder_eng")["parameters"])
    found = is_text_probability(line_of(text, probability, x_height), 20.0, settings.text_weights)
    assert (found >= 0.5) == is_text


def test_a_line_whose_characters_are_all_sure_is_text() -> None:
    assert is_surely_read(line_of("– 3 of 7 –", 0.95), 20.0)
    assert is_surely_read(line_of("W-2 2024", 0.95, 56.0), 20.0), "the kind of a form, beside its title"
    assert not is_surely_read(line_of("– 3 of 7 –", 0.95, 130.0), 20.0), "of another size"
    assert not is_surely_read(line_of("– 3 of 7 –", 0.95, 10.0), 20.0), "of another size"
    assert not is_surely_read(line_of("IO", 0.95, 56.0), 20.0), "a stroke and a ring in a picture"
    assert not is_surely_read(line_of("– 3 of 7 –", 0.8), 20.0), "unsure"
    assert not is_surely_read(line_of("– | –", 0.95), 20.0), "no letters"
    assert not is_surely_read(line_of("– 3 of 7 –", 0.95), None), "a page of few lines"


def test_forms_that_only_their_surroundings_tell_apart_are_sure() -> None:
    """Of `R = V / I` the last is a stroke that may be a figure or a letter, but that it is one is sure."""
    line, box = line_of("R = V", 0.95), Box(0, 0, 10, 20)
    stroke = Character(box, "I", 0.5, (Alternative("1", 0.5), Alternative("I", 0.45)))
    assert is_surely_read(replace(line, words=(*line.words, Word(box, (stroke,), 0.5))), 20.0)
    other = replace(stroke, alternatives=(Alternative("1", 0.5), Alternative("T", 0.45)))
    assert not is_surely_read(replace(line, words=(*line.words, Word(box, (other,), 0.5))), 20.0)


def test_median_x_height_is_that_of_most_characters() -> None:
    lines = [line_of("A TITLE", 0.9, 40.0), *[line_of("a much longer line of small letters", 0.9, 20.0)] * 4]
    assert median_x_height(lines) == 20.0
    assert median_x_height(lines[:2]) is None
