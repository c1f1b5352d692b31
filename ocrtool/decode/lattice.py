"""The lattice of a line: nodes between pieces, edges over runs of pieces, labels with scores on each edge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocrtool.recognize.candidates import Candidates
from ocrtool.segment.edges import Edges

#: Maximum number of labels of an edge, and the distance (nats) from its best label at which others are dropped.
LABELS_PER_EDGE = 8
LABEL_REACH = 9.0
#: Floor of log-probabilities: below it a classifier's certainty carries no information.
LOG_FLOOR = -14.0


@dataclass(frozen=True, slots=True)
class Lattice:
    """One line ready for decoding: E edges over N pieces.

    start, end: (E,) int32; labels: (E, M) int32, best first, -1 = none; log_probs: (E, M) float32 of those labels;
    reject: (E,) float32 log-probability of the reject class; space: (N + 1,) float32, probability of a space at each
    node (0 at both ends); pieces: N.
    """

    start: np.ndarray
    end: np.ndarray
    labels: np.ndarray
    log_probs: np.ndarray
    reject: np.ndarray
    space: np.ndarray
    pieces: int


def build_lattice(edges: Edges, candidates: Candidates, space: np.ndarray) -> Lattice:
    """Build the lattice of a line from its candidates. space: (N + 1,) probability of a space at each node."""
    kept = candidates.best(LABELS_PER_EDGE)
    labels, log_probs = kept.labels.copy(), np.maximum(kept.log_probs, LOG_FLOOR)
    labels[log_probs < log_probs[:, :1] - LABEL_REACH] = -1
    reject = np.maximum(kept.reject, LOG_FLOOR)
    return Lattice(edges.start, edges.end, labels, log_probs, reject, space, len(space) - 1)
