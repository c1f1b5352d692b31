"""Calibrate word probabilities: of words at 0.9, nine in ten shall be right."""

from __future__ import annotations

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocrtool.decode.alphabet import Alphabet
from ocrtool.decode.beam import SPACE, Step, path_text, search
from ocrtool.decode.confidence import character_posterior, word_probability
from ocrtool.decode.settings import PathWeights
from training.decoder.align_pages import ScoredLine
from training.decoder.path_search import Evaluator


def fit_confidence(evaluator: Evaluator, weights: PathWeights) -> tuple[list[tuple[float, float]], float]:
    """Calibration points (raw, true) of word probabilities, and the share of right words at 0.9 and above."""
    paths = search(evaluator.lattices, evaluator.guide, weights, evaluator.beam, evaluator.alphabet)
    raw, right = [], []
    at = 0
    for sample in evaluator.samples:
        for line in sample.lines:
            words = _words(paths[at], line, weights.lm, evaluator.alphabet)
            at += 1
            if sample.infix:
                continue
            truth = sample.text.split()
            same = np.zeros(len(words), bool)
            for op in Levenshtein.opcodes([w for w, _ in words], truth):
                if op.tag == "equal":
                    same[op.src_start : op.src_end] = True
            raw += [p for _, p in words]
            right += same.tolist()
    x, y = np.array(raw), np.array(right, float)
    points = isotonic(x, y)
    calibrated = np.interp(x, [p[0] for p in points], [p[1] for p in points])
    sure = calibrated >= 0.9
    return points, float(y[sure].mean()) if sure.any() else 0.0


def _words(path: list[Step], line: ScoredLine, lm: float, alphabet: Alphabet) -> list[tuple[str, float]]:
    """Words of a path with their uncalibrated probabilities."""
    words: list[tuple[str, float]] = []
    run: list[Step] = []
    for step in [*path, Step(SPACE, -1, np.zeros(0))]:
        if step.label != SPACE:
            run.append(step)
        elif run:
            each = [character_posterior(s, line.lattice, lm)[s.label] for s in run]
            words.append((path_text(run, alphabet.glyphs), word_probability(each, ((0.0, 0.0), (1.0, 1.0)))))
            run = []
    return words


def isotonic(x: np.ndarray, y: np.ndarray, bins: int = 12) -> list[tuple[float, float]]:
    """Ascending calibration points: equal-count bins of x, means of y made monotone by pooling (Ayer et al., 1955)."""
    order = np.argsort(x, kind="stable")
    parts = [p for p in np.array_split(order, bins) if len(p)]
    blocks = [[float(x[p].mean()), float(y[p].mean()), len(p)] for p in parts]
    merged: list[list[float]] = []
    for block in blocks:
        merged.append(block)
        while len(merged) > 1 and merged[-2][1] >= merged[-1][1]:
            (xa, ya, na), (xb, yb, nb) = merged[-2:]
            merged[-2:] = [[(xa * na + xb * nb) / (na + nb), (ya * na + yb * nb) / (na + nb), na + nb]]
    points = [(0.0, 0.0), *((round(a, 4), round(b, 4)) for a, b, _ in merged)]
    return [*points, (1.0, max(points[-1][1], 0.999))] if points[-1][0] < 1.0 else points
