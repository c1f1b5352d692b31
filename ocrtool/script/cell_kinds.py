"""Kinds of the characters in the cells of a form: figures stand among figures, capitals among capitals.

``0`` and ``O``, ``1`` and ``I``, ``7`` and ``t`` are distinguished by their neighbours: a hidden Markov model over the
kinds of a row's characters, whose posterior is found by the forward-backward algorithm (Rabiner, "A tutorial on hidden
Markov models", 1989, section III A).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

#: Kinds: figures, capitals, small letters, all else.
KINDS = 4
#: Probability that a character is of the kind of the one before, in the next cell and across a gap; and how much what
#: the ink says of a kind counts, since it is surer than right. Chosen on forms of validation writers.
STAYS, STAYS_ACROSS, TRUST = 0.97, 0.5, 0.5


def kinds_of(labels: Sequence[str]) -> np.ndarray:
    """Return the kind of each label: (n,) int."""
    return np.array([_kind(label) for label in labels])


def _kind(label: str) -> int:
    if len(label) != 1 or not label.isalnum():
        return 3
    return 0 if label.isdigit() else 1 if label.isupper() else 2


def agree_kinds(log_probs: np.ndarray, kinds: np.ndarray, apart: np.ndarray) -> np.ndarray:
    """Return log-probabilities (n, classes) of a row's characters in the light of the kinds of all of them.

    log_probs: (n, classes), each row a distribution; kinds: (classes,); apart: (n - 1,) bool, gaps between characters.
    """
    own = np.stack([np.logaddexp.reduce(log_probs[:, kinds == kind], axis=1) for kind in range(KINDS)], axis=1)
    return np.asarray(log_probs + (kind_posterior(own, apart) - own)[:, kinds])


def kind_posterior(own: np.ndarray, apart: np.ndarray) -> np.ndarray:
    """Return the log-probabilities (n, kinds) of the kinds of characters in a row, in the light of all of them.

    own: (n, kinds) what the ink of each says; apart: (n - 1,) bool, gaps between characters.
    """
    shares = TRUST * own
    steps = [_steps(STAYS_ACROSS if gap else STAYS, own.shape[1]) for gap in apart.tolist()]
    before, after = shares.copy(), np.zeros_like(shares)
    for k, step in enumerate(steps, start=1):
        before[k] += np.logaddexp.reduce(before[k - 1][:, None] + step, axis=0)
    for k, step in reversed(list(enumerate(steps))):
        after[k] = np.logaddexp.reduce(step + shares[k + 1] + after[k + 1], axis=1)
    posterior = before + after
    return np.asarray(posterior - np.logaddexp.reduce(posterior, axis=1, keepdims=True))


def _steps(stays: float, kinds: int) -> np.ndarray:
    """Return the log-probabilities (kinds, kinds) of going on from kind to kind."""
    found = np.full((kinds, kinds), np.log((1 - stays) / (kinds - 1)))
    np.fill_diagonal(found, np.log(stays))
    return found
