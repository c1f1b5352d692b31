"""The beam search and its lattice, on lattices made by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from ocrtool.charset import ENGLISH, LATIN, LATIN_CLASSES, REJECT, Labels
from ocrtool.decode.alphabet import Alphabet
from ocrtool.decode.beam import path_text, search
from ocrtool.decode.lattice import Lattice
from ocrtool.decode.lattice import build_lattice as lattice_of
from ocrtool.decode.settings import BeamSize, DecoderSettings, PathWeights
from ocrtool.decode.spaces import space_features, space_probabilities, split_level
from ocrtool.recognize.candidates import Candidates
from ocrtool.segment.edges import Edges
from training.decoder.logistic import fit_logistic

WEIGHTS = PathWeights(glyph_power=1.0, reject=0.2, character=0.0, lm=1.0, space=1.0, word=0.0, skip=-6.0)
BEAM = BeamSize(8, 12.0)
ALPHABET = Alphabet.from_symbols(LATIN, Labels(ENGLISH))
REJECT_INDEX = LATIN_CLASSES.index(REJECT)


class NoGuide:
    """All symbols alike."""

    def start(self, count: int) -> np.ndarray:
        return np.zeros((count, 0), np.float32)

    def step(self, symbols: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.full((len(symbols), len(ENGLISH)), -np.log(len(ENGLISH)), np.float32), state


class BigramGuide:
    """After a symbol its favourite is likely; the state counts the symbols heard."""

    def __init__(self, favourites: dict[str, str]) -> None:
        self.table = np.full((len(ENGLISH), len(ENGLISH)), np.log(0.002), np.float32)
        for a, b in favourites.items():
            self.table[ENGLISH.index(a), ENGLISH.index(b)] = np.log(0.8)

    def start(self, count: int) -> np.ndarray:
        return np.zeros((count, 1), np.float32)

    def step(self, symbols: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.table[symbols], state + 1


def edge_scores(edges: list[tuple[int, int]], readings: dict[tuple[int, int], dict[str, float]]) -> np.ndarray:
    """(E, 95) log-probabilities: the readings named, the reject class the rest."""
    scores = np.full((len(edges), len(LATIN_CLASSES)), 1e-5)
    for k, edge in enumerate(edges):
        for label, p in readings.get(edge, {}).items():
            scores[k, LATIN_CLASSES.index(label)] = p
        scores[k, REJECT_INDEX] = max(1e-5, 1.0 - scores[k, :REJECT_INDEX].sum())
    return np.log(scores).astype(np.float32)


def make(
    n: int, readings: dict[tuple[int, int], dict[str, float]], spaces: dict[int, float] | None = None
) -> tuple[Edges, np.ndarray, np.ndarray]:
    pairs = [(i, j) for i in range(n) for j in range(i + 1, min(n, i + 3) + 1)]
    edges = Edges(np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs]), np.zeros((len(pairs), 4), int))
    space = np.full(n + 1, 0.01, np.float32)
    space[0] = space[-1] = 0
    for node, p in (spaces or {}).items():
        space[node] = p
    return edges, edge_scores(pairs, readings), space


def build_lattice(edges: Edges, scores: np.ndarray, space: np.ndarray) -> Lattice:
    return lattice_of(edges, Candidates.of_scores(scores), space)


def lattice(*args: object) -> Lattice:
    return build_lattice(*make(*args))  # type: ignore[arg-type]


def read(lattices: list[Lattice], model: object = None, weights: PathWeights = WEIGHTS) -> list[str]:
    paths = search(lattices, model or NoGuide(), weights, BEAM, ALPHABET)  # type: ignore[arg-type]
    return [path_text(path, LATIN) for path in paths]


def test_joined_pieces_win_where_halves_are_rejected() -> None:
    m = lattice(3, {(0, 2): {"m": 0.9}, (0, 1): {"r": 0.2}, (1, 2): {"n": 0.2}, (2, 3): {"e": 0.95}})
    assert read([m]) == ["me"]


def test_guide_decides_between_like_shapes() -> None:
    line = lattice(2, {(0, 1): {"c": 0.9}, (1, 2): {"1": 0.5, "l": 0.45}})
    assert read([line]) == ["c1"]
    assert read([line], BigramGuide({"\n": "c", "c": "l"})) == ["cl"]
    assert read([line], BigramGuide({"\n": "c", "c": "l"}), dataclasses.replace(WEIGHTS, lm=0.0)) == ["c1"]


def test_spaces_come_from_gaps_and_guide() -> None:
    letters = {(i, i + 1): {c: 0.95} for i, c in enumerate("aman")}
    alone = dataclasses.replace(WEIGHTS, lm=0.0)
    assert read([lattice(4, letters, {1: 0.9})], weights=alone) == ["a man"]
    assert read([lattice(4, letters, {1: 0.3})], weights=alone) == ["aman"]
    assert read([lattice(4, letters, {1: 0.3})], BigramGuide({"a": " ", " ": "m", "m": "a"})) == ["a man"]


def test_lines_of_different_length_are_read_as_if_alone() -> None:
    words = ["a", "reading", "of", "several", "lines", "together"]
    lattices = [lattice(len(w), {(i, i + 1): {c: 0.9} for i, c in enumerate(w)}) for w in words]
    assert read(lattices) == words
    assert [read([x])[0] for x in lattices] == words


def test_dirt_is_skipped_when_nothing_fits() -> None:
    assert read([lattice(3, {(0, 1): {"a": 0.9}, (2, 3): {"b": 0.9}})]) == ["ab"]


def test_no_pieces_no_text() -> None:
    empty = build_lattice(Edges(*(np.zeros(s, int) for s in (0, 0, (0, 4)))), np.zeros((0, 95)), np.zeros(1))
    assert read([empty]) == [""]
    assert read([]) == []


def test_otsu_split_finds_word_gaps() -> None:
    level, contrast = split_level(np.array([0.1, 0.15, 0.12, 0.8, 0.1, 0.9]))
    assert level == pytest.approx((0.15 + 0.8) / 2)
    assert contrast > 0.98


def test_space_weights_are_learned_from_gaps() -> None:
    rng = np.random.default_rng(0)
    truth = np.tile([False, False, False, True], 50)
    gaps = np.where(truth, 0.9, 0.15) + rng.normal(0, 0.05, len(truth))
    weights = fit_logistic(space_features(gaps), truth)
    found = space_probabilities(gaps, weights)[1:-1] > 0.5
    assert (found == truth).all()


def parameters(**weights: float) -> dict[str, object]:
    path = {field.name: 1.0 for field in dataclasses.fields(PathWeights)} | weights
    beam = {"hypotheses": 8, "reach": 12.0}
    lists = {"space_weights": [1.0] * 6, "text_weights": [1.0] * 7, "confidence": [[0.0, 0.0], [1.0, 1.0]]}
    return {"guided": path, "unguided": path, "beam": beam, **lists}


def test_settings_come_from_a_manifest() -> None:
    settings = DecoderSettings.from_manifest(parameters(word=-2.5))
    assert settings.with_lm.word == settings.without_lm.word == -2.5 and settings.beam == BEAM


def test_settings_from_manifest_refuse_what_is_missing_or_unknown() -> None:
    with pytest.raises(KeyError):
        DecoderSettings.from_manifest({name: value for name, value in parameters().items() if name != "unguided"})
    with pytest.raises(ValueError, match="new_term"):
        DecoderSettings.from_manifest(parameters(new_term=1.0))
    unfitted = parameters()
    unfitted["guided"] = {"lm": 1.0}
    with pytest.raises(ValueError, match="glyph_power"):
        DecoderSettings.from_manifest(unfitted)
