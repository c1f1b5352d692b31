"""Search for the path weights of least error, and what they give under cross-validation."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocrtool.decode.settings import PathWeights
from ocrtool.metrics import partial_edit_distance
from training.decoder.engines import Engine, read_lattices
from training.decoder.samples import Sample

#: Rounds of the coordinate search, each with half the steps of the one before; parts of the cross-validation.
ROUNDS, FOLDS = 3, 4
#: First step of a weight that names none.
STEP = 0.5
#: Less gain in the mean log error rate than this is none.
LEAST_GAIN = 1e-4
#: Added to error rates before the logarithm: below it, errors hardly matter.
RATE_FLOOR = 1e-3


class Evaluator:
    """Errors of each sample under given path weights; remembers every setting it was asked about."""

    def __init__(self, samples: list[Sample], engine: Engine) -> None:
        self.samples, self.engine = samples, engine
        self.lattices = [line.lattice for s in samples for line in s.lines]
        self._ends = np.cumsum([len(s.lines) for s in samples])[:-1]
        self._length = np.array([len(s.text) for s in samples], float)
        self._kinds = np.array([s.kind for s in samples])
        self.known: dict[PathWeights, np.ndarray] = {}

    def errors(self, weights: PathWeights) -> np.ndarray:
        """(samples,) edit distances."""
        if weights not in self.known:
            read = read_lattices(self.lattices, dataclasses.replace(self.engine, path_weights=weights))
            texts = np.split(np.array(read, object), self._ends)
            self.known[weights] = np.array(
                [_distance(s, " ".join(t)) for s, t in zip(self.samples, texts, strict=True)], float
            )
        return self.known[weights]

    def rates(self, errors: np.ndarray, among: np.ndarray | None = None) -> dict[str, float]:
        """Error rate of each kind, over the samples ``among`` (bool) or all."""
        among = np.ones(len(self.samples), bool) if among is None else among
        rates = {}
        for kind in sorted(set(self._kinds.tolist())):
            chosen = (self._kinds == kind) & among
            rates[kind] = float(errors[chosen].sum() / max(1.0, self._length[chosen].sum()))
        return rates

    def cost(self, errors: np.ndarray, among: np.ndarray | None = None) -> float:
        """Mean over the kinds of log error rate: each kind counts alike, whatever its level."""
        return float(np.mean([np.log(rate + RATE_FLOOR) for rate in self.rates(errors, among).values()]))


def _distance(sample: Sample, read: str) -> int:
    if sample.infix:
        return int(partial_edit_distance(sample.text.upper(), read.upper()))
    return int(Levenshtein.distance(sample.text, read))


def coordinate_search(
    evaluator: Evaluator, start: PathWeights, fixed: Sequence[str] = (), rounds: int = ROUNDS
) -> PathWeights:
    """Weights of least cost, one weight moved at a time, steps halved each round; those named in ``fixed`` stay."""
    free = [f for f in dataclasses.fields(PathWeights) if f.name not in fixed]
    best, cost = start, evaluator.cost(evaluator.errors(start))
    for turn in range(rounds):
        for weight in free:
            step = weight.metadata.get("step", STEP) / 2**turn
            for move in (-step, step):
                while (tried := _moved(best, weight, move)) is not None:
                    new = evaluator.cost(evaluator.errors(tried))
                    if new >= cost - LEAST_GAIN:
                        break
                    best, cost = tried, new
        print(f"round {turn + 1}: {best} {evaluator.rates(evaluator.errors(best))}", flush=True)
    return best


def _moved(weights: PathWeights, weight: dataclasses.Field[float], move: float) -> PathWeights | None:
    """The weights with one moved; None if it would fall below its least value."""
    value = round(getattr(weights, weight.name) + move, 4)
    return (
        None
        if value < weight.metadata.get("least", -math.inf)
        else dataclasses.replace(weights, **{weight.name: value})
    )


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
