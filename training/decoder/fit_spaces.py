"""Fit the space model on gaps between aligned characters."""

from __future__ import annotations

import dataclasses

import numpy as np

from ocrtool.decode.spaces import space_features, space_probabilities
from ocrtool.segment.edges import gaps_before
from training.decoder.align import Spelling, align
from training.decoder.aligned_lines import AlignedLine
from training.decoder.engines import Engine, ScoredLine
from training.decoder.logistic import fit_logistic
from training.decoder.samples import Sample

#: A line's gaps are believed when at least this share of its characters is good.
LINE_SHARE = 0.7


def fit_spaces(samples: list[Sample], engine: Engine) -> tuple[np.ndarray, dict[str, float]]:
    """Weights of the space model from gaps between aligned neighbours, and its error rate on them.

    Raises ValueError where no line could be aligned or no gap holds a space.
    """
    features, truth = [], []
    for sample in samples:
        aligned = _aligned(sample, engine)
        if aligned is None:
            continue
        nodes, spaces = _gaps(aligned)
        features.append(space_features(gaps_before(aligned.line.line.pieces))[nodes - 1])
        truth.append(spaces)
    y = np.concatenate([np.zeros(0, bool), *truth])
    if y.all() or not y.any():
        raise ValueError(f"of {len(samples)} samples too few could be aligned with their text to fit word spaces")
    x = np.concatenate(features)
    weights = fit_logistic(x, y)
    wrong = float(np.mean((x @ weights > 0) != y))
    return weights, {"gaps": float(len(y)), "wrong": round(wrong, 5)}


def _aligned(sample: Sample, engine: Engine) -> AlignedLine | None:
    """The first line of a sample with its text; None if it fits badly."""
    line = sample.lines[0]
    spelling = Spelling.from_text(sample.text, engine.alphabet.glyphs, infix=sample.infix, any_case=sample.infix)
    found = align(line.lattice, spelling, engine.settings.without_lm)
    if found is None or len(found.edges) < 2:
        return None
    aligned = AlignedLine(line, found)
    return aligned if aligned.good_share >= LINE_SHARE else None


def _gaps(aligned: AlignedLine) -> tuple[np.ndarray, np.ndarray]:
    """Nodes (n,) between neighbouring characters and inside characters, and whether a space is there (n,) bool."""
    edges, a = aligned.line.line.edges, aligned.alignment
    joined = (edges.end[a.edges[:-1]] == edges.start[a.edges[1:]]) & (np.diff(a.position) == 1)
    between = edges.start[a.edges[1:]][joined]
    inner = np.array([n for e in a.edges for n in range(edges.start[e] + 1, edges.end[e])], np.int64)
    return np.concatenate([between, inner]), np.concatenate([a.after_space[1:][joined], np.zeros(len(inner), bool)])


def with_spaces(samples: list[Sample], weights: np.ndarray) -> list[Sample]:
    """The samples with the space probabilities of new weights in their lattices."""

    def renewed(line: ScoredLine) -> ScoredLine:
        space = space_probabilities(gaps_before(line.line.pieces), weights)
        return dataclasses.replace(line, lattice=dataclasses.replace(line.lattice, space=space))

    return [dataclasses.replace(s, lines=[renewed(line) for line in s.lines]) for s in samples]
