"""Each weight of the path score decides a reading: without it, or with its sign turned, another text comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

import pytest

from ocrtool.decode.lattice import Lattice
from ocrtool.decode.settings import PathWeights
from tests.unit.decode.lattices import Bigrams, Edge, decode, make_lattice, spelt

#: About what fitting on real pages gave.
WEIGHTS = PathWeights(glyph_power=0.7, reject=0.8, character=2.0, lm=1.25, space=1.3, word=0.7, skip=-9.75)
#: Probability of a symbol that nothing is said about. With these weights a character whose edge is as likely rejected
#: as not then earns what it costs, so that each case is about its own weight.
EVEN = 0.13


@dataclass(frozen=True, slots=True)
class Case:
    """A lattice whose reading hangs on one weight. readings: the text by the value of that weight."""

    lattice: Lattice
    readings: Mapping[float, str]
    pairs: Mapping[str, float] = field(default_factory=dict)


CASES = {
    # At 0 the single `m` counts as little as each half of it; at 1 the `d` is held twice as much to account as `cl`.
    "glyph_power": Case(
        make_lattice(
            4,
            {
                (0, 1): Edge({"r": 0.5}),
                (1, 2): Edge({"n": 0.5}),
                (0, 2): Edge({"m": 0.35}),
                (2, 3): Edge({"c": 0.14}),
                (3, 4): Edge({"l": 0.14}),
                (2, 4): Edge({"d": 0.12}),
            },
        ),
        {0.7: "rnd", 0.0: "md", -0.7: "md", 1.0: "rncl"},
    ),
    # The halves of the `m` look more like letters than it does, but they may be rejected as well.
    "reject": Case(
        make_lattice(
            2,
            {
                (0, 1): Edge({"r": 0.6}, reject=0.6),
                (1, 2): Edge({"n": 0.6}, reject=0.6),
                (0, 2): Edge({"m": 0.2}, reject=0.01),
            },
        ),
        {0.8: "m", 0.0: "rn", -0.8: "rn"},
    ),
    # What the language model takes for each further character, the bonus gives back.
    "character": Case(
        make_lattice(2, {(0, 1): Edge({"c": 0.6}), (1, 2): Edge({"l": 0.6}), (0, 2): Edge({"d": 0.4})}),
        {2.0: "cl", 0.0: "d", -2.0: "d"},
    ),
    "lm": Case(
        make_lattice(2, {(0, 1): Edge({"a": 0.9}), (1, 2): Edge({"1": 0.5, "l": 0.4})}),
        {1.25: "al", 0.0: "a1", -1.25: "a1"},
        {"al": 0.3, "a1": 0.1},
    ),
    # A wide gap that the language model would close, then a narrow one that it would open.
    "space": Case(
        make_lattice(3, {(i, i + 1): Edge({c: 0.9}) for i, c in enumerate("ane")}, {1: 0.95, 2: 0.2}),
        {1.3: "a ne", 0.0: "an e", -1.3: "an e"},
        {"an": 0.3, " n": 0.3, "a ": 0.1, "n ": 0.25, " e": 0.25, "ne": 0.1},
    ),
    # A gap that may be a space or none; each word earns a little.
    "word": Case(
        make_lattice(2, {(0, 1): Edge({"a": 0.9}), (1, 2): Edge({"n": 0.9})}, {1: 0.5}),
        {0.7: "a n", 0.0: "an", -0.7: "an"},
        {"an": 0.12, "a ": 0.2, " n": 0.4},
    ),
    # Faint dirt is read as a full stop rather than left out, but what looks like nothing at all is left out.
    "skip": Case(
        make_lattice(4, {(0, 1): Edge({"n": 0.9}), (1, 2): Edge({".": 0.01}, reject=0.98), (3, 4): Edge({"e": 0.9})}),
        {-9.75: "n.e", 0.0: "ne", 9.75: ""},
    ),
}


def reading(case: Case, weights: PathWeights) -> str:
    (path,) = decode([case.lattice], Bigrams(case.pairs, EVEN), weights)
    return spelt(path)


def test_every_weight_has_its_case_with_its_value_none_and_its_opposite() -> None:
    assert set(CASES) == {weight.name for weight in fields(PathWeights)}
    for name, case in CASES.items():
        value = getattr(WEIGHTS, name)
        assert {value, 0.0, -value} <= set(case.readings), name
        assert case.readings[value] not in (case.readings[0.0], case.readings[-value]), name


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in CASES for value in CASES[name].readings])
def test_weight_decides_the_reading(name: str, value: float) -> None:
    case = CASES[name]
    assert reading(case, replace(WEIGHTS, **{name: value})) == case.readings[value]
