"""Search for the path weights of least error, and what they give under cross-validation."""

from __future__ import annotations

import dataclasses

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocrtool.decode.alphabet import Alphabet, latin_alphabet
from ocrtool.decode.beam import Guide, path_text, search
from ocrtool.decode.lattice import Lattice
from ocrtool.decode.settings import BeamSize, PathWeights
from ocrtool.metrics import partial_edit_distance
from training.decoder.samples import Sample

#: Moves of the coordinate search, per weight; ever finer in later rounds.
MOVES: dict[str, tuple[float, ...]] = {
    "glyph_power": (-0.25, 0.25),
    "reject": (-0.15, 0.15),
    "character": (-0.6, 0.6),
    "lm": (-0.2, 0.2),
    "space": (-0.4, 0.4),
    "word": (-0.7, 0.7),
    "skip": (-2.5, 2.5),
}
ROUNDS = 3
FOLDS = 4
#: Lines that are no text taken from one page: a page of foliage must not outvote all others.
MOST_JUNK = 25


class Evaluator:
    """Errors of each sample under given path weights; remembers every setting it was asked about."""

    def __init__(self, samples: list[Sample], guide: Guide, beam: BeamSize, alphabet: Alphabet | None = None) -> None:
        self.samples, self.guide, self.beam = samples, guide, beam
        self.alphabet = alphabet or latin_alphabet()
        self.lattices: list[Lattice] = [line.lattice for s in samples for line in s.lines]
        self.ends = np.cumsum([len(s.lines) for s in samples])[:-1]
        self.length = np.array([len(s.text) for s in samples], float)
        self.kinds = np.array([s.kind for s in samples])
        self.known: dict[PathWeights, np.ndarray] = {}

    def errors(self, weights: PathWeights) -> np.ndarray:
        """(samples,) edit distances."""
        if weights not in self.known:
            paths = search(self.lattices, self.guide, weights, self.beam, self.alphabet)
            texts = np.split(np.array([path_text(p, self.alphabet.glyphs) for p in paths], object), self.ends)
            self.known[weights] = np.array(
                [_distance(s, " ".join(t)) for s, t in zip(self.samples, texts, strict=True)], float
            )
        return self.known[weights]

    def rates(self, errors: np.ndarray, among: np.ndarray | None = None) -> dict[str, float]:
        """Error rate of each kind, over the samples ``among`` (bool) or all."""
        among = np.ones(len(self.samples), bool) if among is None else among
        kinds = sorted(set(self.kinds.tolist()))
        return {
            k: float(errors[(self.kinds == k) & among].sum() / max(1.0, self.length[(self.kinds == k) & among].sum()))
            for k in kinds
        }

    def cost(self, errors: np.ndarray, among: np.ndarray | None = None) -> float:
        """Mean over the kinds of log error rate: each kind counts alike, whatever its level."""
        return float(np.mean([np.log(rate + 1e-3) for rate in self.rates(errors, among).values()]))


def _distance(sample: Sample, read: str) -> int:
    if sample.infix:
        return int(partial_edit_distance(sample.text.upper(), read.upper()))
    return int(Levenshtein.distance(sample.text, read))


def coordinate_search(evaluator: Evaluator, start: PathWeights, names: tuple[str, ...]) -> PathWeights:
    """Weights of least cost, one weight moved at a time, steps halved each round."""
    best, cost = start, evaluator.cost(evaluator.errors(start))
    for turn in range(ROUNDS):
        for name in names:
            for move in MOVES[name]:
                while True:
                    tried = dataclasses.replace(best, **{name: round(getattr(best, name) + move / 2**turn, 4)})
                    if tried.lm < 0 or tried.glyph_power < 0:
                        break
                    new = evaluator.cost(evaluator.errors(tried))
                    if new >= cost - 1e-4:
                        break
                    best, cost = tried, new
        print(f"round {turn + 1}: {best} {evaluator.rates(evaluator.errors(best))}", flush=True)
    return best


def cross_validated(evaluator: Evaluator) -> dict[str, float]:
    """Error rates when each fold of groups is read with the setting that did best on the other folds."""
    groups = [f"{s.kind}/{s.group}" for s in evaluator.samples]
    order = {g: i for i, g in enumerate(dict.fromkeys(groups))}
    fold = np.array([order[g] % FOLDS for g in groups])
    errors = np.zeros(len(groups))
    for k in range(FOLDS):
        best = min(evaluator.known.values(), key=lambda e: evaluator.cost(e, fold != k))
        errors[fold == k] = best[fold == k]
    return evaluator.rates(errors)
