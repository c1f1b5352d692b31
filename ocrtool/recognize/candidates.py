"""Candidate labels of each edge with their log-probabilities: the output of a glyph classifier."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Candidates:
    """Labels of E edges: all of a small alphabet in its order, or the most likely of a large one, best first.

    labels: (E, M) int32; log_probs: (E, M) float32 of those labels; reject: (E,) float32 log-probability of the reject
    class: half a character, several characters, a speck.
    """

    labels: np.ndarray
    log_probs: np.ndarray
    reject: np.ndarray

    def __len__(self) -> int:
        return len(self.reject)

    @classmethod
    def ordered(cls, labels: np.ndarray, log_probs: np.ndarray, reject: np.ndarray) -> Candidates:
        """Sort labels (E, M) by probability, best first."""
        by_score = np.argsort(-log_probs, axis=1, kind="stable")
        return cls(
            np.take_along_axis(labels, by_score, axis=1).astype(np.int32),
            np.take_along_axis(log_probs, by_score, axis=1),
            reject,
        )

    @classmethod
    def of_scores(cls, scores: np.ndarray) -> Candidates:
        """Take all labels, from log-probabilities (E, labels + 1) float32 with the reject class last."""
        count = scores.shape[1] - 1
        labels = np.broadcast_to(np.arange(count, dtype=np.int32), (len(scores), count))
        return cls(labels, scores[:, :count], scores[:, count])

    def top(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the most likely label of each edge and its log-probability: (E,) int32, (E,) float32."""
        if not len(self):
            return np.zeros(0, np.int32), np.zeros(0, np.float32)
        best = self.log_probs.argmax(axis=1)[:, None]
        labels, log_probs = (np.take_along_axis(x, best, axis=1)[:, 0] for x in (self.labels, self.log_probs))
        return labels, log_probs

    def best(self, count: int) -> Candidates:
        """Keep the ``count`` most likely labels of each edge, best first; unchanged if there are no more."""
        if self.labels.shape[1] <= count:
            return self
        kept = np.argpartition(-self.log_probs, count, axis=1)[:, :count]
        labels, log_probs = (np.take_along_axis(x, kept, axis=1) for x in (self.labels, self.log_probs))
        return Candidates.ordered(labels, log_probs, self.reject)

    def take(self, index: np.ndarray | slice) -> Candidates:
        """Select the edges at ``index`` (integers, a slice or a mask)."""
        return Candidates(self.labels[index], self.log_probs[index], self.reject[index])

    @classmethod
    def joined(cls, parts: list[Candidates]) -> Candidates:
        """Concatenate the parts, at least one."""
        return cls(*(np.concatenate([getattr(p, name) for p in parts]) for name in cls.__slots__))
