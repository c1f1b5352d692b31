"""Beam search over the lattices of a page, guided by a character language model.

All lines advance together, node by node, so that each step of the language model is one matrix product for all
hypotheses of all lines. A hypothesis at a node is a reading of everything left of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ocrtool.charset import LATIN
from ocrtool.decode.alphabet import Alphabet, latin_alphabet
from ocrtool.decode.hypotheses import Candidates, Front, Store, best_per_line, join, merge, select
from ocrtool.decode.lattice import Lattice
from ocrtool.decode.settings import BeamSize, PathWeights
from ocrtool.segment.edges import MAX_PIECES

#: Labels of a step that is no character.
SPACE, SKIP = -2, -3
#: A space is tried where its probability is above this, and left untried as certain above the other.
SPACE_PRUNE_LOW, SPACE_PRUNE_HIGH = 0.002, 0.998
#: Multiplier of the rolling hash by which equal readings are known.
HASH_PRIME = np.int64(1_000_003)


class Guide(Protocol):
    """What the search asks of a language model."""

    def start(self, count: int) -> np.ndarray:
        """States (count, S) before the first symbol."""

    def step(self, symbols: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log-probabilities (B, symbols) of what follows ``symbols`` (B,), and the new states (B, S)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the best path: a label index, or SPACE; its edge (-1 for a space).

    context: (M,) float32, the language model's log-probabilities of the edge's labels before one of them was read.
    """

    label: int
    edge: int
    context: np.ndarray


class _Search:
    """One search over the lattices of a page."""

    def __init__(
        self, lattices: list[Lattice], guide: Guide, weights: PathWeights, beam: BeamSize, alphabet: Alphabet
    ) -> None:
        self.lattices, self.guide, self.weights, self.beam, self.alphabet = lattices, guide, weights, beam, alphabet
        self.store = Store()
        self.fronts: dict[int, Front] = {}
        self.waiting: dict[int, list[Candidates]] = {}
        self.pieces = np.array([lattice.pieces for lattice in lattices])
        self.last = int(self.pieces.max(initial=0))
        self.finals: dict[int, tuple[float, int]] = {}
        self._flatten()

    def _flatten(self) -> None:
        """All edges of all lines in one table sorted by start, with their share of a path's score."""
        w = self.weights
        line = np.repeat(np.arange(len(self.lattices)), [len(x.start) for x in self.lattices])
        number = np.concatenate([np.arange(len(x.start)) for x in self.lattices])
        start = np.concatenate([x.start for x in self.lattices])
        end = np.concatenate([x.end for x in self.lattices])
        labels = np.concatenate([x.labels for x in self.lattices]).astype(np.int64)
        log_probs = np.concatenate([x.log_probs for x in self.lattices]).astype(np.float64)
        reject = np.concatenate([x.reject for x in self.lattices]).astype(np.float64)
        span = (end - start).astype(np.float64) ** w.glyph_power
        score = span[:, None] * log_probs - w.reject * reject[:, None] + w.character
        score[labels < 0] = -np.inf
        self.edge_width = labels.shape[1]
        order = np.argsort(start, kind="stable")
        self.edge_line, self.edge_number = line[order], number[order]
        self.edge_end, self.edge_labels, self.edge_score = end[order], labels[order], score[order]
        self.edge_reject, self.edge_single = reject[order], (end - start == 1)[order]
        self.edge_from = np.searchsorted(start[order], np.arange(self.last + 2))

    def run(self) -> list[list[Step]]:
        lines = np.flatnonzero(self.pieces > 0)
        state = self.guide.start(len(lines))
        log_probs, state = self.guide.step(np.full(len(lines), self.alphabet.start, np.int32), state)
        minus = np.full(len(lines), -1)
        ids = self.store.add(minus, minus, minus, self._no_context(len(lines)))
        spaced = np.ones(len(lines), bool)  # no space before the first character
        front = Front(lines, np.zeros(len(lines)), lines.astype(np.int64), spaced, ids, state, log_probs)
        for node in range(self.last):
            if node:
                arrived = self._arrive(node)
                if arrived is None:
                    continue
                front = arrived
            self.fronts[node] = front
            self.fronts.pop(node - MAX_PIECES - 1, None)
            self._expand(node, front)
        self._arrive(self.last)
        return self._trace()

    def _expand(self, node: int, front: Front) -> None:
        """Send every hypothesis at a node along every edge that starts there."""
        a, b = self.edge_from[node], self.edge_from[node + 1]
        if a == b:
            return
        first = np.searchsorted(front.line, self.edge_line[a:b], side="left")
        count = np.searchsorted(front.line, self.edge_line[a:b], side="right") - first
        edge = np.repeat(np.arange(a, b), count)
        within = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
        row = np.repeat(first, count) + within  # hypothesis of each (edge, hypothesis) pair
        labels = self.edge_labels[edge]
        heard = self._expected(front.log_probs, row, labels)
        score = front.score[row][:, None] + self.edge_score[edge] + self.weights.lm * heard
        pair, column = np.nonzero(np.isfinite(score))
        chosen = labels[pair, column]
        text = front.text[row[pair]] * HASH_PRIME + chosen + 3
        parts = [self._candidates(node, front, row[pair], score[pair, column], text, chosen, edge[pair])]
        single = self.edge_single[edge]
        skipped = front.score[row[single]] + self.weights.skip + self.edge_reject[edge[single]]
        none = np.full(len(skipped), SKIP)
        parts.append(self._candidates(node, front, row[single], skipped, front.text[row[single]], none, edge[single]))
        candidates = join(parts)
        ends = self.edge_end[candidates.edge]
        for end in np.unique(ends):
            self.waiting.setdefault(int(end), []).append(candidates.take(np.flatnonzero(ends == end)))

    def _expected(self, log_probs: np.ndarray, row: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """The language model's log-probabilities (n, M) of labels (n, M) by its rows (n,)."""
        known = np.maximum(labels, 0)
        return log_probs[row[:, None], self.alphabet.symbol_of[known]] + self.alphabet.share[known]

    def _no_context(self, count: int) -> np.ndarray:
        return np.zeros((count, self.edge_width), np.float16)

    @staticmethod
    def _candidates(
        node: int,
        front: Front,
        row: np.ndarray,
        score: np.ndarray,
        text: np.ndarray,
        label: np.ndarray,
        edge: np.ndarray,
    ) -> Candidates:
        return Candidates(front.line[row], score, text, np.full(len(row), node), row, label, edge)

    def _arrive(self, node: int) -> Front | None:
        """Prune what arrives at a node, ask the language model, decide about a space; lines that end here are done."""
        parts = self.waiting.pop(node, None)
        if not parts:
            return None
        arrived = join(parts)
        arrived = arrived.take(best_per_line(arrived.line, arrived.score, arrived.text, self.beam))
        front = self._listen(arrived)
        ending = self.pieces[front.line] == node
        for row in np.flatnonzero(ending):
            self._finish(int(front.line[row]), float(front.score[row]), int(front.ids[row]))
        if ending.all():
            return None
        if ending.any():
            front = select(front, np.flatnonzero(~ending))
        return self._space(node, front)

    def _finish(self, line: int, score: float, hypothesis: int) -> None:
        if line not in self.finals or score > self.finals[line][0]:
            self.finals[line] = (score, hypothesis)

    def _listen(self, arrived: Candidates) -> Front:
        """Let the language model hear the character each hypothesis ends in."""
        nodes, which = np.unique(arrived.node, return_inverse=True)
        parents = [self.fronts[int(node)] for node in nodes]
        offset = np.cumsum([0] + [len(p.ids) for p in parents])
        row = arrived.row + offset[which]
        state = np.concatenate([p.state for p in parents])[row]
        before = np.concatenate([p.log_probs for p in parents])
        log_probs = before[row]
        context = self._expected(before, row, self.edge_labels[arrived.edge])
        parent = np.concatenate([p.ids for p in parents])[row]
        spaced = np.concatenate([p.spaced for p in parents])[row]
        read = np.flatnonzero(arrived.label != SKIP)
        if len(read):
            symbols = self.alphabet.symbol_of[arrived.label[read]]
            log_probs[read], state[read] = self.guide.step(symbols, state[read])
        spaced = spaced & (arrived.label == SKIP)
        ids = self.store.add(parent, arrived.label, arrived.edge, context)
        return Front(arrived.line, arrived.score, arrived.text, spaced, ids, state, log_probs)

    def _space(self, node: int, front: Front) -> Front:
        """Let each hypothesis stay as it is or take a space, as the gap at this node and the language model advise."""
        w = self.weights
        chance = np.array([self.lattices[k].space[node] for k in front.line], np.float64)
        chance = np.clip(chance, 1e-6, 1.0 - 1e-6)
        rows = np.flatnonzero((chance > SPACE_PRUNE_LOW) & ~front.spaced)
        heard = front.log_probs[rows, self.alphabet.space]
        taken_score = front.score[rows] + w.space * np.log(chance[rows]) + w.lm * heard + w.word
        stay_score = front.score + np.where(front.spaced, 0.0, w.space * np.log1p(-chance))
        stays = np.flatnonzero((chance <= SPACE_PRUNE_HIGH) | front.spaced)
        front.score = stay_score
        if len(rows) == 0:
            return front
        line = np.concatenate([front.line[stays], front.line[rows]])
        score = np.concatenate([stay_score[stays], taken_score])
        text = np.concatenate([front.text[stays], front.text[rows] * HASH_PRIME + 1])
        kept = best_per_line(line, score, text, self.beam)
        staying, taking = kept[kept < len(stays)], kept[kept >= len(stays)] - len(stays)
        return merge(select(front, stays[staying]), self._take_space(front, rows[taking], taken_score[taking]))

    def _take_space(self, front: Front, rows: np.ndarray, score: np.ndarray) -> Front:
        """The hypotheses ``rows`` with a space appended, heard by the language model."""
        if len(rows) == 0:
            return select(front, rows)
        log_probs, state = self.guide.step(np.full(len(rows), self.alphabet.space, np.int32), front.state[rows])
        none = np.full(len(rows), -1)
        ids = self.store.add(front.ids[rows], np.full(len(rows), SPACE), none, self._no_context(len(rows)))
        text = front.text[rows] * HASH_PRIME + 1
        return Front(front.line[rows], score, text, np.ones(len(rows), bool), ids, state, log_probs)

    def _trace(self) -> list[list[Step]]:
        """The best path of each line, left to right."""
        parent, label, edge, context = self.store.columns()
        paths: list[list[Step]] = [[] for _ in self.lattices]
        for line, (_, hypothesis) in self.finals.items():
            while int(parent[hypothesis]) >= 0:
                kind = int(label[hypothesis])
                if kind != SKIP:
                    number = int(self.edge_number[edge[hypothesis]]) if kind >= 0 else -1
                    paths[line].append(Step(kind, number, context[hypothesis].astype(np.float32)))
                hypothesis = int(parent[hypothesis])
            paths[line].reverse()
            while paths[line] and paths[line][-1].label == SPACE:
                paths[line].pop()
        return paths


def search(
    lattices: list[Lattice], guide: Guide, weights: PathWeights, beam: BeamSize, alphabet: Alphabet | None = None
) -> list[list[Step]]:
    """Best path through each lattice: one list of steps (characters and spaces) per line.

    alphabet: of lattices and guide; None: that of Latin text.
    """
    if not any(lattice.pieces for lattice in lattices):
        return [[] for _ in lattices]
    return _Search(lattices, guide, weights, beam, alphabet or latin_alphabet()).run()


def path_text(path: list[Step], glyphs: Sequence[str] = LATIN) -> str:
    """The text a path spells. glyphs: what its labels are."""
    return "".join(" " if step.label == SPACE else glyphs[step.label] for step in path)
