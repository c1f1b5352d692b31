"""Forced alignment: the best path through a line's lattice that spells a known text.

It turns transcribed pages into labelled real characters and real bad cuts, and into labelled word gaps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocrtool.charset import LATIN_CLASSES
from ocrtool.recognize.candidates import Candidates
from ocrtool.script.hangul.charset import glyph_number
from ocrtool.segment.edges import Edges

#: Cost (nats) of a piece left out, of a character that is nowhere, and weight of a space's log-probability.
SKIP_COST = 4.5
MISSING_COST = 8.0
SPACE_WEIGHT = 0.7
#: Scores are cut off here: one odd glyph must not push a whole line aside.
SCORE_FLOOR = -9.0
_SKIPPED, _MISSING, _BEGIN = -2, -3, -4


@dataclass(frozen=True, slots=True)
class Alignment:
    """edges: (n,) int edge of each aligned character; labels: (n,) int class; scores: (n,) log-probability of each;
    position: (n,) int, which character of the text (spaces not counted); after_space: (n,) bool; score: of the path.
    """

    edges: np.ndarray
    labels: np.ndarray
    scores: np.ndarray
    position: np.ndarray
    after_space: np.ndarray
    score: float


def _symbols(text: str, scores: np.ndarray | Candidates, any_case: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per edge and character the score (E, T) and the label (E, T), and (T,) bool: a space comes before it."""
    words = text.split()
    letters = "".join(words)
    after_space = np.concatenate([np.arange(len(word)) == 0 for word in words])
    if isinstance(scores, Candidates):
        labels = np.array([glyph_number(c) for c in letters])
        listed = scores.labels[:, :, None] == labels  # (E, M, T)
        values = np.where(listed, scores.log_probs[:, :, None], SCORE_FLOOR).max(axis=1)
        return np.maximum(values, SCORE_FLOOR), np.broadcast_to(labels, values.shape), after_space
    labels = np.array([LATIN_CLASSES.index(c) for c in letters])
    table = np.broadcast_to(labels, (len(scores), len(labels))).copy()
    values = scores[:, labels].astype(np.float64)
    if any_case:
        other = np.array([LATIN_CLASSES.index(c.swapcase()) for c in letters])
        swap = scores[:, other] > values
        table = np.where(swap, other[None, :], table)
        values = np.maximum(values, scores[:, other])
    return np.maximum(values, SCORE_FLOOR), table, after_space


def align(
    edges: Edges,
    scores: np.ndarray | Candidates,
    space: np.ndarray,
    text: str,
    *,
    infix: bool = False,
    any_case: bool = False,
) -> Alignment | None:
    """Best path that spells ``text``; None where the text is empty or no path exists.

    scores: (E, 95) log-probabilities, or the likeliest labels of each edge of a line of Korean; space: (N + 1,) space
    probabilities; infix: what stands before and after the text costs nothing.
    """
    if not text.strip() or len(edges) == 0:
        return None
    values, labels, after_space = _symbols(text, scores, any_case)
    pieces, length = int(edges.end.max()), values.shape[1]
    chance = np.clip(space.astype(np.float64), 1e-4, 1 - 1e-4)
    gap = SPACE_WEIGHT * np.where(after_space[None, :], np.log(chance)[:, None], np.log1p(-chance)[:, None])
    gap[0], gap[:, 0] = 0.0, 0.0
    best = np.full((pieces + 1, length + 1), -np.inf)
    back = np.full((pieces + 1, length + 1), _BEGIN, np.int32)
    best[:, 0] = 0.0 if infix else -SKIP_COST * np.arange(pieces + 1)
    if not infix:
        back[1:, 0] = _SKIPPED
    first = np.searchsorted(edges.start, np.arange(pieces + 1))
    slope = MISSING_COST * np.arange(length + 1)
    for node in range(pieces + 1):
        _fill_missing(best[node], back[node], slope)
        if node == pieces:
            break
        skipped = best[node, 1:] - SKIP_COST
        better = skipped > best[node + 1, 1:]
        best[node + 1, 1:][better] = skipped[better]
        back[node + 1, 1:][better] = _SKIPPED
        for e in range(first[node], first[node + 1]):
            reached = best[node, :-1] + values[e] + gap[node]
            end = edges.end[e]
            better = reached > best[end, 1:]
            best[end, 1:][better] = reached[better]
            back[end, 1:][better] = e
    node = int(np.argmax(best[:, length])) if infix else pieces
    if not np.isfinite(best[node, length]):
        return None
    return _trace(best, back, node, edges, values, labels, after_space)


def _fill_missing(row: np.ndarray, back: np.ndarray, slope: np.ndarray) -> None:
    """Let characters be absent at a node: row[t] >= row[t - 1] - MISSING_COST, in place."""
    filled = np.maximum.accumulate(row + slope) - slope
    better = filled > row + 1e-9
    row[better] = filled[better]
    back[better] = _MISSING


def _trace(
    best: np.ndarray,
    back: np.ndarray,
    node: int,
    edges: Edges,
    values: np.ndarray,
    labels: np.ndarray,
    after_space: np.ndarray,
) -> Alignment:
    t = values.shape[1]
    score = float(best[node, t])
    path: list[tuple[int, int]] = []
    while t > 0 or node > 0:
        step = int(back[node, t])
        if step == _BEGIN:
            break
        if step == _SKIPPED:
            node -= 1
        elif step == _MISSING:
            t -= 1
        else:
            t -= 1
            node = int(edges.start[step])
            path.append((step, t))
    path.reverse()
    e = np.array([p[0] for p in path], np.int64)
    at = np.array([p[1] for p in path], np.int64)
    return Alignment(e, labels[e, at], values[e, at], at, after_space[at], score)
