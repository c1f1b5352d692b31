"""Forced alignment: the best path through a line's lattice that spells a known text.

It turns transcribed pages into labelled real characters and real non-characters, and into labelled word gaps. A path is
scored as the beam search does without a language model, by the formula of `ocrtool.decode.path_score`, except
that a character that its edge does not list is very unlikely instead of impossible, and that a character may be
missing: a known text must find its place in a bad line too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocrtool.decode.lattice import Lattice
from ocrtool.decode.path_score import label_scores, skip_scores, space_scores
from ocrtool.decode.settings import PathWeights

#: Cost (nats) of a character of the text that no edge stands for.
MISSING_COST = 8.0
#: Log-probability of a character that its edge does not list, and floor of all others: one odd glyph must not push a
#: whole line aside. On drawn pages of known characters -9 gave more right labels than -12.
SCORE_FLOOR = -9.0
#: Word gaps are never surer than this.
LEAST_SPACE = 1e-4
_SKIPPED, _MISSING, _BEGIN = -2, -3, -4


@dataclass(frozen=True, slots=True)
class Alignment:
    """edges: (n,) int edge of each aligned character; labels: (n,) int label; scores: (n,) log-probability of each;
    position: (n,) int, which character of the text (spaces not counted); after_space: (n,) bool; score: of the path.
    """

    edges: np.ndarray
    labels: np.ndarray
    scores: np.ndarray
    position: np.ndarray
    after_space: np.ndarray
    score: float


@dataclass(frozen=True, slots=True)
class Spelling:
    """A text to be found. labels: (T,) int label of each character, spaces left out; others: (T,) int, labels that are
    as good; after_space: (T,) bool, a space comes before it; infix: what stands before and after it costs nothing.
    """

    labels: np.ndarray
    others: np.ndarray
    after_space: np.ndarray
    infix: bool = False

    @classmethod
    def from_text(cls, text: str, glyphs: Sequence[str], *, infix: bool = False, any_case: bool = False) -> Spelling:
        """Raises ValueError for a character that is none of ``glyphs``, what labels are. any_case: of letters."""
        words = text.split()
        letters = "".join(words)
        number = {glyph: label for label, glyph in enumerate(glyphs)}
        unknown = [c for c in letters if c not in number]
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no character of this script")
        labels = np.array([number[c] for c in letters], np.int64)
        others = np.array([number.get(c.swapcase(), number[c]) for c in letters], np.int64) if any_case else labels
        starts = [np.arange(len(word)) == 0 for word in words]
        return cls(labels, others, np.concatenate([*starts, np.zeros(0, bool)]), infix)


def align(lattice: Lattice, spelling: Spelling, weights: PathWeights) -> Alignment | None:
    """Best path that spells a text; None where the text is empty or no path exists. weights: ``lm`` does not matter."""
    if len(spelling.labels) == 0 or len(lattice.start) == 0:
        return None
    values, labels = _character_scores(lattice, spelling)
    best, back = _best_paths(lattice, values, spelling, weights)
    node = int(np.argmax(best[:, -1])) if spelling.infix else lattice.pieces
    if not np.isfinite(best[node, -1]):
        return None
    edges, position = _trace(back, node, lattice.start)
    score = float(best[node, -1])
    after_space = spelling.after_space[position]
    return Alignment(edges, labels[edges, position], values[edges, position], position, after_space, score)


def _character_scores(lattice: Lattice, spelling: Spelling) -> tuple[np.ndarray, np.ndarray]:
    """Log-probability (E, T) of each character of the text on each edge, and the label (E, T) that has it."""
    values = _label_scores(lattice, spelling.labels)
    others = _label_scores(lattice, spelling.others)
    return np.maximum(values, others), np.where(others > values, spelling.others, spelling.labels)


def _label_scores(lattice: Lattice, wanted: np.ndarray) -> np.ndarray:
    """Log-probability (E, T) float64 of labels ``wanted`` (T,) on each edge, at least SCORE_FLOOR."""
    unique, which = np.unique(wanted, return_inverse=True)
    column = np.full(max(int(lattice.labels.max()), int(unique[-1])) + 2, len(unique))
    column[unique] = np.arange(len(unique))  # the last entry, also of label -1, is for all that are not wanted
    table = np.full((len(lattice.start), len(unique) + 1), SCORE_FLOOR)
    np.put_along_axis(table, column[lattice.labels], np.maximum(lattice.log_probs, SCORE_FLOOR), axis=1)
    return np.asarray(table[:, which])


def _best_paths(
    lattice: Lattice, values: np.ndarray, spelling: Spelling, weights: PathWeights
) -> tuple[np.ndarray, np.ndarray]:
    """Score (pieces + 1, T + 1) of the best path to each node with so many characters read, and its last step."""
    pieces, length = lattice.pieces, values.shape[1]
    edge_scores, skips = _path_scores(lattice, values, weights)
    gaps = _gap_scores(lattice, spelling.after_space, weights)
    best = np.full((pieces + 1, length + 1), -np.inf)
    back = np.full((pieces + 1, length + 1), _BEGIN, np.int32)
    best[:, 0] = 0.0 if spelling.infix else np.concatenate([[0.0], np.cumsum(skips)])
    if not spelling.infix:
        back[1:, 0] = _SKIPPED
    first = np.searchsorted(lattice.start, np.arange(pieces + 1))
    for node in range(pieces + 1):
        _fill_missing(best[node], back[node])
        if node == pieces:
            break
        _improve(best[node + 1, 1:], back[node + 1, 1:], best[node, 1:] + skips[node], _SKIPPED)
        for e in range(first[node], first[node + 1]):
            end = lattice.end[e]
            _improve(best[end, 1:], back[end, 1:], best[node, :-1] + edge_scores[e] + gaps[node], e)
    return best, back


def _path_scores(lattice: Lattice, values: np.ndarray, weights: PathWeights) -> tuple[np.ndarray, np.ndarray]:
    """What an edge adds to a path as each character (E, T), and what each piece left out adds (pieces,)."""
    span = lattice.end - lattice.start
    skip = np.full(lattice.pieces, weights.skip)
    single = span == 1
    skip[lattice.start[single]] = skip_scores(lattice.reject[single], weights)
    return label_scores(span, values, lattice.reject, weights), skip


def _gap_scores(lattice: Lattice, after_space: np.ndarray, weights: PathWeights) -> np.ndarray:
    """What a node before each character of the text adds (pieces + 1, T): a space there, or none."""
    taken, left = space_scores(np.clip(lattice.space, LEAST_SPACE, 1 - LEAST_SPACE), weights)
    gaps: np.ndarray = np.where(after_space[None, :], taken[:, None], left[:, None])
    gaps[0], gaps[:, 0] = 0.0, 0.0
    return gaps


def _improve(best: np.ndarray, back: np.ndarray, reached: np.ndarray, step: int) -> None:
    """Take a step where it leads to a better path, in place."""
    better = reached > best
    best[better] = reached[better]
    back[better] = step


def _fill_missing(best: np.ndarray, back: np.ndarray) -> None:
    """Let characters be missing at a node: best[t] >= best[t - 1] - MISSING_COST, in place."""
    slope = MISSING_COST * np.arange(len(best))
    filled = np.maximum.accumulate(best + slope) - slope
    better = filled > best + 1e-9
    best[better] = filled[better]
    back[better] = _MISSING


def _trace(back: np.ndarray, node: int, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Edges (n,) of the path to ``node`` with all characters read, and the position (n,) of each one's character."""
    t = back.shape[1] - 1
    path: list[tuple[int, int]] = []
    while (step := int(back[node, t])) != _BEGIN:
        if step == _SKIPPED:
            node -= 1
        elif step == _MISSING:
            t -= 1
        else:
            t -= 1
            node = int(start[step])
            path.append((step, t))
    path.reverse()
    return np.array([e for e, _ in path], np.int64), np.array([t for _, t in path], np.int64)
