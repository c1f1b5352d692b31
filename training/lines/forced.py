"""How well a text fits what a CTC reader saw of a line, and where each of its characters stands.

The forward recursion of CTC (Graves et al., "Connectionist temporal classification", 2006, section 4.1) for several
texts of one line at once, and its best path for one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from training.lines.ctc import BLANK

#: Log-probability of what cannot be: finite, so that differences of it are numbers.
_NEVER = -1e30


@dataclass(frozen=True, slots=True)
class Forced:
    """The best path of a line that spells a text.

    first, last: (n,) int, first and last frame of each character; scores: (n,) of each, the log-probability of its
    class where that is highest.
    """

    first: np.ndarray
    last: np.ndarray
    scores: np.ndarray


def text_scores(log_probs: np.ndarray, texts: Sequence[np.ndarray]) -> np.ndarray:
    """Log-probability of each text, over all alignments: (n,); hardly finite where the frames are too few.

    log_probs: (T, C) natural, class 0 the blank; texts: classes of each.
    """
    longest = max(len(text) for text in texts)
    states = np.zeros((len(texts), 2 * longest + 1), np.int64)
    for row, text in zip(states, texts, strict=True):
        row[1 : 2 * len(text) : 2] = text
    skips = _skips(states)
    alpha = np.full(states.shape, _NEVER)
    alpha[:, 0] = 0.0
    before = alpha.copy()  # nothing read yet: as if a blank stood before the first frame
    for frame in log_probs.astype(np.float64):
        one = np.concatenate([np.full((len(texts), 1), _NEVER), before[:, :-1]], axis=1)
        two = np.concatenate([np.full((len(texts), 2), _NEVER), before[:, :-2]], axis=1)
        alpha = np.logaddexp(np.logaddexp(before, one), np.where(skips, two, _NEVER))
        before = np.maximum(alpha + frame[states], _NEVER)
    ends = np.array([2 * len(text) for text in texts])
    rows = np.arange(len(texts))
    return np.asarray(np.logaddexp(before[rows, ends], np.where(ends > 0, before[rows, ends - 1], _NEVER)))


def force(log_probs: np.ndarray, text: np.ndarray) -> Forced | None:
    """The best path that spells ``text``, at least one character; None where the frames are too few for it."""
    states = np.zeros((1, 2 * len(text) + 1), np.int64)
    states[0, 1::2] = text
    skips = _skips(states)[0]
    count = states.shape[1]
    came = np.zeros((len(log_probs), count), np.int8)
    before = np.full(count, _NEVER)
    before[0] = 0.0
    for t, frame in enumerate(log_probs.astype(np.float64)):
        ways = np.full((3, count), _NEVER)
        ways[0] = before
        ways[1, 1:] = before[:-1]
        ways[2, 2:] = np.where(skips[2:], before[:-2], _NEVER)
        came[t] = ways.argmax(axis=0)
        before = np.maximum(ways.max(axis=0) + frame[states[0]], _NEVER)
    state = count - 1 if before[-1] >= before[-2] else count - 2
    if before[state] <= _NEVER / 2:
        return None
    path = np.zeros(len(log_probs), np.int64)
    for t in range(len(log_probs) - 1, -1, -1):
        path[t] = state
        state -= int(came[t, state])
    return _described(log_probs, text, path)


def _described(log_probs: np.ndarray, text: np.ndarray, path: np.ndarray) -> Forced:
    frames = np.flatnonzero(path % 2)
    which = path[frames] // 2
    first = frames[np.searchsorted(which, np.arange(len(text)))]
    last = frames[np.searchsorted(which, np.arange(len(text)), side="right") - 1]
    own = log_probs[frames, text[which]]
    scores = np.full(len(text), -np.inf)
    np.maximum.at(scores, which, own)
    return Forced(first, last, scores)


def _skips(states: np.ndarray) -> np.ndarray:
    """(n, S) bool: states that may follow the one but one before: characters that differ from the last."""
    skips = np.zeros(states.shape, bool)
    skips[:, 2:] = (states[:, 2:] != BLANK) & (states[:, 2:] != states[:, :-2])
    return skips
