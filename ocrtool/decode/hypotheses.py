"""Hypotheses of the beam search, stored in columns so that all lines of a page are processed at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocrtool.decode.settings import BeamSize


class Store:
    """All hypotheses ever kept, as growing columns: parent, label, edge, language model log-probabilities."""

    def __init__(self) -> None:
        self.parent: list[np.ndarray] = []
        self.label: list[np.ndarray] = []
        self.edge: list[np.ndarray] = []
        self.lm_log_probs: list[np.ndarray] = []
        self.size = 0

    def add(self, parent: np.ndarray, label: np.ndarray, edge: np.ndarray, lm_log_probs: np.ndarray) -> np.ndarray:
        self.parent.append(parent)
        self.label.append(label)
        self.edge.append(edge)
        self.lm_log_probs.append(lm_log_probs.astype(np.float16))
        ids = np.arange(self.size, self.size + len(parent))
        self.size += len(parent)
        return ids

    def columns(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return parent (n,), label (n,), edge (n,), lm_log_probs (n, M) float16 of all hypotheses."""
        return tuple(np.concatenate(c) for c in (self.parent, self.label, self.edge, self.lm_log_probs))  # type: ignore


@dataclass(slots=True)
class Frontier:
    """Hypotheses at one node of all lines: (n,) arrays; state (n, S), log_probs (n, symbols) after their last one."""

    line: np.ndarray
    score: np.ndarray
    text: np.ndarray
    ends_in_space: np.ndarray
    ids: np.ndarray
    state: np.ndarray
    log_probs: np.ndarray


@dataclass(slots=True)
class Arrivals:
    """Hypotheses that arrive at a node, before pruning: (n,) arrays.

    node, row: the hypothesis that each extends, as a row of that node's frontier; label, edge: the extension.
    """

    line: np.ndarray
    score: np.ndarray
    text: np.ndarray
    node: np.ndarray
    row: np.ndarray
    label: np.ndarray
    edge: np.ndarray

    def take(self, index: np.ndarray) -> Arrivals:
        return Arrivals(*(getattr(self, name)[index] for name in Arrivals.__slots__))


def join(parts: list[Arrivals]) -> Arrivals:
    return Arrivals(*(np.concatenate([getattr(p, name) for p in parts]) for name in Arrivals.__slots__))


def best_per_line(line: np.ndarray, score: np.ndarray, text: np.ndarray, beam: BeamSize) -> np.ndarray:
    """Prune: keep the best of equal readings, and of each line the ``beam.hypotheses`` best within ``beam.reach``."""
    order = np.lexsort((-score, text, line))
    first = np.ones(len(order), bool)
    first[1:] = (text[order][1:] != text[order][:-1]) | (line[order][1:] != line[order][:-1])
    unique = order[first]
    order = unique[np.lexsort((-score[unique], line[unique]))]
    starts = np.flatnonzero(np.diff(line[order], prepend=-1))
    group = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(order))))
    rank = np.arange(len(order)) - starts[group]
    best = score[order[starts]][group]
    return order[(rank < beam.hypotheses) & (score[order] >= best - beam.reach)]


def select(frontier: Frontier, index: np.ndarray) -> Frontier:
    """Select the hypotheses of a frontier at ``index``."""
    return Frontier(*(getattr(frontier, name)[index] for name in Frontier.__slots__))


def merge(first: Frontier, second: Frontier) -> Frontier:
    """Merge two frontiers of one node, sorted by line."""
    joined = Frontier(*(np.concatenate([getattr(first, n), getattr(second, n)]) for n in Frontier.__slots__))
    return select(joined, np.argsort(joined.line, kind="stable"))
