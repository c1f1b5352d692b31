"""Hypotheses of the beam search over a CTC reader's lines, in columns, so that all windows are processed at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocrtool.decode.settings import BeamSize


@dataclass(slots=True)
class Beam:
    """Hypotheses of all windows, those of a window in succession and its best one first; (n,) arrays.

    blank, label: ink's score of the alignments that end in a blank, in the last character; lm: the rest of the score;
    last: the last class; text: hash; ids: in the store; state (n, S), log_probs (n, symbols) after the last character.
    """

    window: np.ndarray
    blank: np.ndarray
    label: np.ndarray
    lm: np.ndarray
    last: np.ndarray
    text: np.ndarray
    ids: np.ndarray
    state: np.ndarray
    log_probs: np.ndarray

    def take(self, index: np.ndarray) -> Beam:
        return Beam(*(getattr(self, name)[index] for name in Beam.__slots__))


@dataclass(frozen=True, slots=True)
class Appended:
    """Texts got by appending a label: (m,) row of the hypothesis extended, scores of ink and the rest, label, hash."""

    row: np.ndarray
    ink: np.ndarray
    lm: np.ndarray
    label: np.ndarray
    text: np.ndarray

    def take(self, index: np.ndarray) -> Appended:
        return Appended(*(getattr(self, name)[index] for name in Appended.__slots__))


class Store:
    """All hypotheses that appended a character: parent, event, label."""

    def __init__(self) -> None:
        self.columns: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self.size = 0

    def add(self, parent: np.ndarray, event: np.ndarray, label: np.ndarray) -> np.ndarray:
        self.columns.append((parent, event, label))
        self.size += len(parent)
        return np.arange(self.size - len(parent), self.size)

    def joined(self) -> tuple[np.ndarray, ...]:
        return tuple(np.concatenate(column) for column in zip(*self.columns, strict=True))


def group_starts(groups: np.ndarray) -> np.ndarray:
    """Return where each run of equal numbers begins. groups: (n,)."""
    begins = np.ones(len(groups), bool)
    np.not_equal(groups[1:], groups[:-1], out=begins[1:])
    return begins.nonzero()[0]


def prune(window: np.ndarray, score: np.ndarray, size: BeamSize) -> np.ndarray:
    """Return the best hypotheses of each window, the windows in order, each best first."""
    order = np.lexsort((-score, window))
    sorted_window = window[order]
    starts = group_starts(sorted_window)
    group = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(order))))
    rank = np.arange(len(order)) - starts[group]
    kept = (rank < size.hypotheses) & (score[order] >= (score[order[starts]] - size.reach)[group])
    return np.asarray(order[kept])
