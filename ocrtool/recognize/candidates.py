"""The likeliest labels of each edge: what a classifier of very many classes gives instead of all their scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Candidates:
    """labels: (E, M) int32, likeliest first; log_probs: (E, M) float32 of those labels; reject: (E,) float32
    log-probability that the edge is a bad cut.
    """

    labels: np.ndarray
    log_probs: np.ndarray
    reject: np.ndarray

    def __len__(self) -> int:
        return len(self.reject)

    @classmethod
    def ordered(cls, labels: np.ndarray, log_probs: np.ndarray, reject: np.ndarray) -> Candidates:
        """Of labels (E, M) in any order."""
        by_score = np.argsort(-log_probs, axis=1, kind="stable")
        return cls(
            np.take_along_axis(labels, by_score, axis=1).astype(np.int32),
            np.take_along_axis(log_probs, by_score, axis=1),
            reject,
        )

    def take(self, index: np.ndarray | slice) -> Candidates:
        """Those of the edges at ``index`` (integers, a slice or a mask)."""
        return Candidates(self.labels[index], self.log_probs[index], self.reject[index])

    @classmethod
    def joined(cls, parts: list[Candidates]) -> Candidates:
        """All parts one after the other; at least one."""
        return cls(*(np.concatenate([getattr(p, name) for p in parts]) for name in cls.__slots__))
