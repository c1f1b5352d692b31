"""The beam search against an enumeration of all paths."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocrtool.decode.beam import SPACE, Step
from ocrtool.decode.lattice import Lattice
from ocrtool.decode.settings import BeamSize, PathWeights
from tests.unit.decode.enumeration import Enumeration, Reading
from tests.unit.decode.lattices import GLYPHS, Bigrams, Edge, Histories, decode, make_lattice, spelt

#: The same examples on every machine, none of them too slow.
repeatable = settings(derandomize=True, max_examples=200, deadline=None, database=None)

#: Probabilities, the ends of the range and both sides of the bounds for spaces among them.
probabilities = st.sampled_from([1e-6, 0.001, 0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.9999])
eighths = st.integers(-24, 24).map(lambda number: number / 8)
weights = st.builds(
    PathWeights,
    glyph_power=st.integers(-4, 8).map(lambda number: number / 8),
    reject=eighths,
    character=eighths,
    lm=eighths,
    space=eighths,
    word=eighths,
    skip=st.integers(-100, 8).map(lambda number: number / 8),
)


@st.composite
def lattices(draw: st.DrawFn) -> Lattice:
    """Up to five pieces, any of their runs an edge; up to three labels on an edge, two where there are five pieces."""
    pieces = draw(st.integers(0, 5))
    glyphs = st.dictionaries(st.sampled_from(GLYPHS), probabilities, max_size=3 if pieces < 5 else 2)
    edge = st.builds(Edge, glyphs, probabilities)
    longer = [(i, j) for i in range(pieces) for j in range(i + 2, pieces + 1)]
    runs = [(i, i + 1) for i in range(pieces)] + (
        draw(st.lists(st.sampled_from(longer), unique=True)) if longer else []
    )
    spaces = {node: draw(probabilities) for node in range(1, pieces)}
    return make_lattice(pieces, {run: draw(edge) for run in runs}, spaces)


def read_by(path: list[Step]) -> Reading:
    """A path of the beam search as the enumeration writes it."""
    return tuple(None if step.label == SPACE else (step.edge, step.label) for step in path)


def test_what_is_pruned_cannot_win_later() -> None:
    """The likelier first letter never goes with the second one; who keeps nothing else is left with it."""
    line = make_lattice(2, {(0, 1): Edge({"c": 0.6, "e": 0.4}), (1, 2): Edge({"n": 0.9})})
    beams = {"one": BeamSize(1, 99.0), "two": BeamSize(2, 99.0), "near": BeamSize(9, 0.1), "far": BeamSize(9, 1.0)}
    model, weights = Bigrams({"en": 0.9}, rest=0.01), PathWeights(lm=1.0)
    read = {name: spelt(decode([line], model, weights, beam)[0]) for name, beam in beams.items()}
    assert read == {"one": "cn", "two": "en", "near": "cn", "far": "en"}


def test_a_gap_that_is_certain_is_a_space_whatever_the_language_model_says() -> None:
    letters = {(0, 1): Edge({"a": 0.9}), (1, 2): Edge({"n": 0.9})}
    model, weights = Bigrams({"an": 0.9, "a ": 1e-6, " n": 1e-6}, rest=0.01), PathWeights(lm=2.0, space=0.1, skip=-99.0)
    certain, wide = make_lattice(2, letters, {1: 0.999}), make_lattice(2, letters, {1: 0.99})
    assert [spelt(path) for path in decode([certain, wide], model, weights)] == ["a n", "an"]


def test_glyphs_that_the_language_model_does_not_know_share_what_it_gives_them() -> None:
    """Two of them share 0.4, so each has 0.2."""
    line = make_lattice(1, {(0, 1): Edge({"a": 0.5, "ö": 0.5})})
    read = [spelt(decode([line], Bigrams({"\na": p}, rest=0.4), PathWeights(lm=1.0))[0]) for p in (0.19, 0.21)]
    assert read == ["ö", "a"]


@repeatable
@given(st.lists(lattices(), min_size=1, max_size=3), weights, st.integers(0, 9))
def test_a_wide_beam_finds_the_best_of_all_paths(lines: list[Lattice], weights: PathWeights, seed: int) -> None:
    model = Histories(seed)
    for lattice, path in zip(lines, decode(lines, model, weights), strict=True):
        every = Enumeration(lattice, model, weights)
        best = max(every.scores.values())
        winners = {every.text(reading) for reading, score in every.scores.items() if score > best - 1e-6}
        assert every.scores[read_by(path)] == pytest.approx(best, abs=1e-6)
        assert spelt(path) in winners


@repeatable
@given(lattices(), weights, st.integers(0, 9))
def test_each_step_knows_what_the_language_model_expected(lattice: Lattice, weights: PathWeights, seed: int) -> None:
    model = Histories(seed)
    (path,) = decode([lattice], model, weights)
    every, reading = Enumeration(lattice, model, weights), read_by(path)
    for index, step in enumerate(path):
        if step.label != SPACE:
            expected = every.expected(reading, index)
            found = {
                int(label): p
                for label, p in zip(lattice.labels[step.edge], step.lm_log_probs, strict=True)
                if label >= 0
            }
            assert found == pytest.approx(expected, rel=1e-3, abs=1e-3)  # kept as 16-bit floats


@repeatable
@given(lattices(), weights, st.integers(1, 4), st.sampled_from([0.0, 1.0, 4.0]))
def test_a_narrow_beam_still_gives_a_path(
    lattice: Lattice, weights: PathWeights, hypotheses: int, reach: float
) -> None:
    model = Histories(0)
    (path,) = decode([lattice], model, weights, BeamSize(hypotheses, reach))
    assert read_by(path) in Enumeration(lattice, model, weights).scores
