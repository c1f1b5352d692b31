"""Fit the space model on gaps between aligned characters."""

from __future__ import annotations

import dataclasses

import numpy as np

from ocrtool.decode.spaces import space_features, space_probabilities
from ocrtool.segment.edges import gaps_before
from training.decoder.align import align
from training.decoder.align_pages import GOOD_SCORE, ScoredLine
from training.decoder.logistic import fit_logistic
from training.decoder.samples import Sample

#: A line's gaps are believed when at least this share of its characters is good.
LINE_SHARE = 0.7


def fit_spaces(samples: list[Sample]) -> tuple[np.ndarray, dict[str, float]]:
    """Weights of the space model from gaps between aligned neighbours, and its error rate on them."""
    features, truth = [], []
    for sample in samples:
        for line in sample.lines[:1]:
            edges, pieces = line.line.edges, line.line.pieces
            a = align(edges, line.scores, line.lattice.space, sample.text, infix=sample.infix, any_case=sample.infix)
            if a is None or len(a.edges) < 2 or np.mean(a.scores > GOOD_SCORE) < LINE_SHARE:
                continue
            every = space_features(gaps_before(pieces))
            joined = (edges.end[a.edges[:-1]] == edges.start[a.edges[1:]]) & (np.diff(a.position) == 1)
            nodes = edges.start[a.edges[1:]][joined]
            features.append(every[nodes - 1])
            truth.append(a.after_space[1:][joined])
            inner = [n for e in a.edges for n in range(edges.start[e] + 1, edges.end[e])]
            features.append(every[np.array(inner, np.int64) - 1])
            truth.append(np.zeros(len(inner), bool))
    x, y = np.concatenate(features), np.concatenate(truth)
    weights = fit_logistic(x, y)
    wrong = float(np.mean((x @ weights > 0) != y))
    return weights, {"gaps": float(len(y)), "wrong": round(wrong, 5)}


def with_spaces(samples: list[Sample], weights: np.ndarray) -> list[Sample]:
    """The samples with the space probabilities of new weights in their lattices."""

    def renew(line: ScoredLine) -> ScoredLine:
        space = space_probabilities(gaps_before(line.line.pieces), weights)
        return dataclasses.replace(line, lattice=dataclasses.replace(line.lattice, space=space))

    return [dataclasses.replace(s, lines=[renew(line) for line in s.lines]) for s in samples]
