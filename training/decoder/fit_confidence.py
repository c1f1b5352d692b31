"""Calibrate word probabilities: of words at 0.9, nine in ten shall be right."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocrtool.decode.beam import SPACE, Step, path_text
from ocrtool.decode.confidence import character_posterior, word_probability
from ocrtool.decode.settings import PathWeights
from training.decoder.engines import NOT_CALIBRATED, Engine, ScoredLine, search_lattices
from training.decoder.path_search import Evaluator

#: Probability from which a word counts as sure.
SURE = 0.9
#: Groups of equally many words whose shares right are made to rise.
BINS = 12
#: Probability of a word that nothing speaks against.
MOST = 0.999


def fit_confidence(evaluator: Evaluator, weights: PathWeights) -> tuple[list[tuple[float, float]], float]:
    """Calibration points of word probabilities, and the share right of words at SURE and above."""
    engine = evaluator.engine
    paths = iter(search_lattices(evaluator.lattices, dataclasses.replace(engine, path_weights=weights)))
    raw: list[float] = []
    right: list[bool] = []
    for sample in evaluator.samples:
        for line, path in zip(sample.lines, paths, strict=False):
            words = _words(path, line, weights.lm, engine)
            if not sample.infix:
                raw += [p for _, p in words]
                right += words_right([w for w, _ in words], sample.text.split()).tolist()
    x, y = np.array(raw), np.array(right, float)
    points = isotonic(x, y)
    calibrated = np.interp(x, [p[0] for p in points], [p[1] for p in points])
    sure = calibrated >= SURE
    return points, float(y[sure].mean()) if sure.any() else 0.0


def words_right(read: list[str], truth: list[str]) -> np.ndarray:
    """(len(read),) bool: words that stand in the best alignment with the words of the truth."""
    right = np.zeros(len(read), bool)
    for op in Levenshtein.opcodes(read, truth):
        if op.tag == "equal":
            right[op.src_start : op.src_end] = True
    return right


def words_found(read: Sequence[str], truth: Sequence[str]) -> np.ndarray:
    """(len(read),) bool: words that the truth has, in whatever order, each as often as it has them."""
    left, found = Counter(truth), np.zeros(len(read), bool)
    for k, word in enumerate(read):
        found[k] = left[word] > 0
        left[word] -= 1
    return found


def _words(path: list[Step], line: ScoredLine, lm: float, engine: Engine) -> list[tuple[str, float]]:
    """Words of a path with their uncalibrated probabilities."""
    words: list[tuple[str, float]] = []
    run: list[Step] = []
    for step in [*path, Step(SPACE, -1, np.zeros(0))]:
        if step.label != SPACE:
            run.append(step)
        elif run:
            each = [character_posterior(s, line.lattice, lm)[s.label] for s in run]
            words.append((path_text(run, engine.alphabet.glyphs), word_probability(each, NOT_CALIBRATED)))
            run = []
    return words


def isotonic(x: np.ndarray, y: np.ndarray, bins: int = BINS) -> list[tuple[float, float]]:
    """Ascending calibration points: means of x and y over equal-count bins of x, of y made to rise by pooling bins.

    x: (n,) probabilities; y: (n,) 1.0 where right, else 0.0. Raises ValueError where there are none.
    """
    if len(x) == 0:
        raise ValueError("no word was read: there is nothing to calibrate")
    from sklearn.isotonic import IsotonicRegression

    parts = [part for part in np.array_split(np.argsort(x, kind="stable"), bins) if len(part)]
    count = np.array([len(part) for part in parts], float)
    mean_x, mean_y = (np.array([values[part].mean() for part in parts]) for values in (x, y))
    risen = IsotonicRegression().fit(np.arange(len(parts)), mean_y, sample_weight=count).predict(np.arange(len(parts)))
    points = [(0.0, 0.0)]
    for value in np.unique(risen):
        pooled = risen == value
        points.append((round(float(np.average(mean_x[pooled], weights=count[pooled])), 4), round(float(value), 4)))
    return [*points, (1.0, max(points[-1][1], MOST))] if points[-1][0] < 1.0 else points
