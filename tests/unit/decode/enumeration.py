"""Every path of a small lattice, one by one, scored by the formula of `PathWeights`: slow, and hard to get wrong.

Nothing here is shared with the beam search: no arrays, no pruning, no merging of equal readings.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ocrtool.decode.lattice import Lattice
from ocrtool.decode.settings import PathWeights
from tests.unit.decode.lattices import ALPHABET, GLYPHS, LINE_START, SYMBOLS, Histories

#: A space is not tried at a gap less likely than the first, and not left out at one likelier than the second.
IMPOSSIBLE_SPACE, CERTAIN_SPACE = 0.002, 0.998
#: A gap is never held to be surer than this.
SUREST_GAP = 1e-6


@dataclass(frozen=True, slots=True)
class Read:
    """A character: which edge of the lattice, which of its labels."""

    edge: int
    column: int


@dataclass(frozen=True, slots=True)
class Skip:
    """A piece left out as dirt, by its edge."""

    edge: int


@dataclass(frozen=True, slots=True)
class Gap:
    """The gap at a node that may be a space, and whether it is."""

    node: int
    space: bool


Move = Read | Skip | Gap
#: What a reading consists of: (edge, label) of each character, None for a space.
Reading = tuple[tuple[int, int] | None, ...]


@dataclass(frozen=True)
class Enumeration:
    """All paths of one lattice."""

    lattice: Lattice
    model: Histories
    weights: PathWeights

    @cached_property
    def scores(self) -> dict[Reading, float]:
        """The best score of each reading, over all ways to leave dirt out and to place its spaces."""
        best: dict[Reading, float] = {}
        for path in self._paths(0, ()):
            reading = self._reading(path)
            best[reading] = max(best.get(reading, -math.inf), self._score(path))
        return best

    def text(self, reading: Reading) -> str:
        """What a reading spells."""
        return "".join(" " if item is None else GLYPHS[item[1]] for item in reading)

    def expected(self, reading: Reading, index: int) -> dict[int, float]:
        """Log-probability that the language model gives each label of the edge at ``place`` of a reading."""
        item = reading[index]
        assert item is not None
        before = _Reader(self.model)
        for other in reading[:index]:
            before.read(" " if other is None else GLYPHS[other[1]])
        return {int(label): before.log_prob(GLYPHS[label]) for label in self.lattice.labels[item[0]] if label >= 0}

    def _paths(self, node: int, so_far: tuple[Move, ...]) -> Iterator[tuple[Move, ...]]:
        if node == self.lattice.pieces:
            yield so_far
            return
        for gap in self._gaps(node, so_far):
            for edge in np.flatnonzero(self.lattice.start == node).tolist():
                end = int(self.lattice.end[edge])
                for column in np.flatnonzero(self.lattice.labels[edge] >= 0).tolist():
                    yield from self._paths(end, (*so_far, *gap, Read(edge, column)))
                if end == node + 1:
                    yield from self._paths(end, (*so_far, *gap, Skip(edge)))

    def _gaps(self, node: int, so_far: tuple[Move, ...]) -> list[tuple[Move, ...]]:
        """What the gap at a node may be; nothing at all before the first character and after a space."""
        written = [move for move in so_far if isinstance(move, Read) or (isinstance(move, Gap) and move.space)]
        if not written or isinstance(written[-1], Gap):
            return [()]
        chance = float(self.lattice.space[node])
        spaces = [False] if chance <= IMPOSSIBLE_SPACE else [True] if chance > CERTAIN_SPACE else [False, True]
        return [(Gap(node, space),) for space in spaces]

    def _score(self, path: tuple[Move, ...]) -> float:
        weights, lattice, reader, total = self.weights, self.lattice, _Reader(self.model), 0.0
        for move in path:
            if isinstance(move, Read):
                span = int(lattice.end[move.edge] - lattice.start[move.edge])
                glyph = GLYPHS[lattice.labels[move.edge, move.column]]
                total += span**weights.glyph_power * float(lattice.log_probs[move.edge, move.column])
                total += weights.character - weights.reject * float(lattice.reject[move.edge])
                total += weights.lm * reader.log_prob(glyph)
                reader.read(glyph)
            elif isinstance(move, Skip):
                total += weights.skip + float(lattice.reject[move.edge])
            else:
                chance = min(max(float(lattice.space[move.node]), SUREST_GAP), 1.0 - SUREST_GAP)
                total += weights.space * math.log(chance if move.space else 1.0 - chance)
                if move.space:
                    total += weights.word + weights.lm * reader.log_prob(" ")
                    reader.read(" ")
        return total

    def _reading(self, path: tuple[Move, ...]) -> Reading:
        """What a path reads; a space after the last character is nothing."""
        items: list[tuple[int, int] | None] = []
        for move in path:
            if isinstance(move, Read):
                items.append((move.edge, int(self.lattice.labels[move.edge, move.column])))
            elif isinstance(move, Gap) and move.space:
                items.append(None)
        while items and items[-1] is None:
            items.pop()
        return tuple(items)


class _Reader:
    """The language model on its way along one text."""

    def __init__(self, model: Histories) -> None:
        self._model, self._state = model, model.start(1)
        self._next = np.zeros(0, np.float32)
        self.read(LINE_START)

    def read(self, character: str) -> None:
        self._next, self._state = self._model.step(np.array([self._symbol(character)]), self._state)
        self._next = self._next[0]

    def log_prob(self, character: str) -> float:
        """Glyphs that the model does not know share what it gives to ``<other>``."""
        unknown = [glyph for glyph in ALPHABET.glyphs if glyph not in SYMBOLS]
        share = math.log(len(unknown)) if character in unknown else 0.0
        return float(self._next[self._symbol(character)]) - share

    def _symbol(self, character: str) -> int:
        return SYMBOLS.index(character if character in SYMBOLS else SYMBOLS[-1])
