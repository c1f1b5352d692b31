"""Beam search over the lattices of a page with a character language model.

All lines advance together, node by node, so that each step of the language model is one matrix product for all
hypotheses of all lines. A hypothesis at a node is a reading of everything to the left of the node.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocrtool.decode.alphabet import Alphabet
from ocrtool.decode.hypotheses import Arrivals, Frontier, Store, best_per_line, join, merge, select
from ocrtool.decode.language_model import LanguageModel
from ocrtool.decode.lattice import Lattice
from ocrtool.decode.path_score import label_scores, skip_scores, space_scores
from ocrtool.decode.settings import BeamSize, PathWeights
from ocrtool.segment.edges import MAX_PIECES

#: Labels of steps that are not characters.
SPACE, SKIP = -2, -3
#: A space is tried if its probability is above the first bound, no space if it is at most the second.
SPACE_PRUNE_LOW, SPACE_PRUNE_HIGH = 0.002, 0.998
#: Multiplier of the rolling hash that identifies equal readings.
HASH_PRIME = np.int64(1_000_003)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the best path.

    label: index, or SPACE; edge: its index, -1 for a space; lm_log_probs: (M,) float32, the language model's
    log-probabilities of the edge's labels, given the text before it.
    """

    label: int
    edge: int
    lm_log_probs: np.ndarray


@dataclass(frozen=True, slots=True)
class _EdgeTable:
    """All edges of all lines, sorted by start node; (E,) arrays.

    labels, score: (E, M) labels and their scores without the language model; skip: score of skipping the piece; first:
    (nodes + 1,) index of the first edge that starts at each node.
    """

    line: np.ndarray
    number: np.ndarray
    end: np.ndarray
    labels: np.ndarray
    score: np.ndarray
    skip: np.ndarray
    single: np.ndarray
    first: np.ndarray

    @classmethod
    def from_lattices(cls, lattices: Sequence[Lattice], weights: PathWeights) -> _EdgeTable:
        line = np.repeat(np.arange(len(lattices)), [len(x.start) for x in lattices])
        number = np.concatenate([np.arange(len(x.start)) for x in lattices])
        start = np.concatenate([x.start for x in lattices])
        end = np.concatenate([x.end for x in lattices])
        labels = np.concatenate([x.labels for x in lattices]).astype(np.int64)
        reject = np.concatenate([x.reject for x in lattices])
        score = label_scores(end - start, np.concatenate([x.log_probs for x in lattices]), reject, weights)
        score[labels < 0] = -np.inf
        skip = skip_scores(reject, weights)
        nodes = np.arange(max(x.pieces for x in lattices) + 2)
        order = np.argsort(start, kind="stable")
        return cls(
            line=line[order],
            number=number[order],
            end=end[order],
            labels=labels[order],
            score=score[order],
            skip=skip[order],
            single=(end - start == 1)[order],
            first=np.searchsorted(start[order], nodes),
        )


class _Search:
    """One search over the lattices of a page.

    frontiers: hypotheses at the last MAX_PIECES nodes; pending: hypotheses that arrive at later nodes; completed: best
    score and hypothesis of each line that has been read to its end.
    """

    def __init__(
        self,
        lattices: Sequence[Lattice],
        model: LanguageModel,
        weights: PathWeights,
        beam: BeamSize,
        alphabet: Alphabet,
    ) -> None:
        self.lattices, self.model, self.weights, self.beam, self.alphabet = lattices, model, weights, beam, alphabet
        self.edges = _EdgeTable.from_lattices(lattices, weights)
        self.store = Store()
        self.frontiers: dict[int, Frontier] = {}
        self.pending: dict[int, list[Arrivals]] = {}
        self.pieces = np.array([lattice.pieces for lattice in lattices])
        self.completed: dict[int, tuple[float, int]] = {}

    def run(self) -> list[list[Step]]:
        last = int(self.pieces.max(initial=0))
        for node in range(last):
            frontier = self._arrive(node) if node else self._start()
            if frontier is None:
                continue
            self.frontiers[node] = frontier
            self.frontiers.pop(node - MAX_PIECES - 1, None)
            self._expand(node, frontier)
        self._arrive(last)
        return self._trace()

    def _start(self) -> Frontier:
        """Create the empty hypothesis of each line, with the language model advanced over the line start."""
        lines = np.flatnonzero(self.pieces > 0)
        begins = np.full(len(lines), self.alphabet.start, np.int32)
        log_probs, state = self.model.step(begins, self.model.start(len(lines)))
        none = np.full(len(lines), -1)
        ids = self.store.add(none, none, none, self._no_lm_log_probs(len(lines)))
        ends_in_space = np.ones(len(lines), bool)  # no space before the first character
        return Frontier(lines, np.zeros(len(lines)), lines.astype(np.int64), ends_in_space, ids, state, log_probs)

    def _expand(self, node: int, frontier: Frontier) -> None:
        """Extend every hypothesis at a node by every edge that starts there."""
        edges = self.edges
        a, b = edges.first[node], edges.first[node + 1]
        if a == b:
            return
        low = np.searchsorted(frontier.line, edges.line[a:b], side="left")
        count = np.searchsorted(frontier.line, edges.line[a:b], side="right") - low
        edge = np.repeat(np.arange(a, b), count)
        within = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
        row = np.repeat(low, count) + within  # hypothesis of each (edge, hypothesis) pair
        labels = edges.labels[edge]
        lm_score = self._lm_log_probs(frontier.log_probs, row, labels)
        score = frontier.score[row][:, None] + edges.score[edge] + self.weights.lm * lm_score
        pair, column = np.nonzero(np.isfinite(score))
        chosen = labels[pair, column]
        text = frontier.text[row[pair]] * HASH_PRIME + chosen + 3
        read = self._arrivals(node, frontier, row[pair], score[pair, column], text, chosen, edge[pair])
        single = edges.single[edge]
        skipped = frontier.score[row[single]] + edges.skip[edge[single]]
        none = np.full(len(skipped), SKIP)
        skips = self._arrivals(node, frontier, row[single], skipped, frontier.text[row[single]], none, edge[single])
        arrivals = join([read, skips])
        ends = edges.end[arrivals.edge]
        for end in np.unique(ends):
            self.pending.setdefault(int(end), []).append(arrivals.take(np.flatnonzero(ends == end)))

    def _lm_log_probs(self, log_probs: np.ndarray, row: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Return the language model's log-probabilities (n, M) of labels (n, M); row: (n,) rows of ``log_probs``."""
        known = np.maximum(labels, 0)
        return np.asarray(log_probs[row[:, None], self.alphabet.symbol_of[known]] + self.alphabet.share[known])

    def _no_lm_log_probs(self, count: int) -> np.ndarray:
        return np.zeros((count, self.edges.labels.shape[1]), np.float16)

    @staticmethod
    def _arrivals(
        node: int,
        frontier: Frontier,
        row: np.ndarray,
        score: np.ndarray,
        text: np.ndarray,
        label: np.ndarray,
        edge: np.ndarray,
    ) -> Arrivals:
        return Arrivals(frontier.line[row], score, text, np.full(len(row), node), row, label, edge)

    def _arrive(self, node: int) -> Frontier | None:
        """Prune the arrivals at a node, advance the language model, branch on a space, and complete lines."""
        parts = self.pending.pop(node, None)
        if not parts:
            return None
        arrived = join(parts)
        arrived = arrived.take(best_per_line(arrived.line, arrived.score, arrived.text, self.beam))
        frontier = self._advance_lm(arrived)
        ending = self.pieces[frontier.line] == node
        for row in np.flatnonzero(ending):
            self._complete(int(frontier.line[row]), float(frontier.score[row]), int(frontier.ids[row]))
        if ending.all():
            return None
        if ending.any():
            frontier = select(frontier, np.flatnonzero(~ending))
        return self._branch_on_space(node, frontier)

    def _complete(self, line: int, score: float, hypothesis: int) -> None:
        if line not in self.completed or score > self.completed[line][0]:
            self.completed[line] = (score, hypothesis)

    def _advance_lm(self, arrived: Arrivals) -> Frontier:
        """Advance the language model over the last character of each hypothesis."""
        nodes, which = np.unique(arrived.node, return_inverse=True)
        parents = [self.frontiers[int(node)] for node in nodes]
        offset = np.cumsum([0] + [len(p.ids) for p in parents])
        row = arrived.row + offset[which]
        state = np.concatenate([p.state for p in parents])[row]
        before = np.concatenate([p.log_probs for p in parents])
        log_probs = before[row]
        lm_log_probs = self._lm_log_probs(before, row, self.edges.labels[arrived.edge])
        parent = np.concatenate([p.ids for p in parents])[row]
        skipped = arrived.label == SKIP
        read = np.flatnonzero(~skipped)
        if len(read):
            symbols = self.alphabet.symbol_of[arrived.label[read]]
            log_probs[read], state[read] = self.model.step(symbols, state[read])
        ends_in_space = np.concatenate([p.ends_in_space for p in parents])[row] & skipped
        ids = self.store.add(parent, arrived.label, arrived.edge, lm_log_probs)
        return Frontier(arrived.line, arrived.score, arrived.text, ends_in_space, ids, state, log_probs)

    def _branch_on_space(self, node: int, frontier: Frontier) -> Frontier:
        """Branch each hypothesis into one with and one without a space, scored by gap and language model."""
        chance = np.array([self.lattices[k].space[node] for k in frontier.line], np.float64)
        taken, not_taken = space_scores(chance, self.weights)
        rows = np.flatnonzero((chance > SPACE_PRUNE_LOW) & ~frontier.ends_in_space)
        lm_score = frontier.log_probs[rows, self.alphabet.space]
        taken_score = frontier.score[rows] + taken[rows] + self.weights.lm * lm_score
        stay_score = frontier.score + np.where(frontier.ends_in_space, 0.0, not_taken)
        stays = np.flatnonzero((chance <= SPACE_PRUNE_HIGH) | frontier.ends_in_space)
        staying = replace(frontier, score=stay_score)
        if len(rows) == 0:
            return staying
        line = np.concatenate([frontier.line[stays], frontier.line[rows]])
        score = np.concatenate([stay_score[stays], taken_score])
        text = np.concatenate([frontier.text[stays], frontier.text[rows] * HASH_PRIME + 1])
        kept = best_per_line(line, score, text, self.beam)
        stay, take = kept[kept < len(stays)], kept[kept >= len(stays)] - len(stays)
        return merge(select(staying, stays[stay]), self._append_space(frontier, rows[take], taken_score[take]))

    def _append_space(self, frontier: Frontier, rows: np.ndarray, score: np.ndarray) -> Frontier:
        """Append a space to the hypotheses ``rows`` and advance the language model over it."""
        if len(rows) == 0:
            return select(frontier, rows)
        spaces = np.full(len(rows), self.alphabet.space, np.int32)
        log_probs, state = self.model.step(spaces, frontier.state[rows])
        none = np.full(len(rows), -1)
        ids = self.store.add(frontier.ids[rows], np.full(len(rows), SPACE), none, self._no_lm_log_probs(len(rows)))
        text = frontier.text[rows] * HASH_PRIME + 1
        return Frontier(frontier.line[rows], score, text, np.ones(len(rows), bool), ids, state, log_probs)

    def _trace(self) -> list[list[Step]]:
        """Trace back the best path of each line, returned left to right."""
        parent, label, edge, lm_log_probs = self.store.columns()
        paths: list[list[Step]] = [[] for _ in self.lattices]
        for line, (_, hypothesis) in self.completed.items():
            while int(parent[hypothesis]) >= 0:
                kind = int(label[hypothesis])
                if kind != SKIP:
                    number = int(self.edges.number[edge[hypothesis]]) if kind >= 0 else -1
                    paths[line].append(Step(kind, number, lm_log_probs[hypothesis].astype(np.float32)))
                hypothesis = int(parent[hypothesis])
            paths[line].reverse()
            while paths[line] and paths[line][-1].label == SPACE:
                paths[line].pop()
        return paths


def search(
    lattices: Sequence[Lattice], model: LanguageModel, weights: PathWeights, beam: BeamSize, alphabet: Alphabet
) -> list[list[Step]]:
    """Find the best path through each lattice: one list of steps (characters and spaces) per line.

    alphabet: maps the labels of the lattices to characters and to symbols of the language model.
    """
    if not any(lattice.pieces for lattice in lattices):
        return [[] for _ in lattices]
    return _Search(lattices, model, weights, beam, alphabet).run()


def path_text(path: Sequence[Step], glyphs: Sequence[str]) -> str:
    """Return the text of a path. glyphs: the characters of its labels."""
    return "".join(" " if step.label == SPACE else glyphs[step.label] for step in path)
