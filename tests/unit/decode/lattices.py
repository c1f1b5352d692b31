"""Small lattices and language models made by hand, and the one call of the decoder that the tests here make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ocrtool.charset import OTHER, Labels
from ocrtool.decode.alphabet import Alphabet
from ocrtool.decode.beam import SPACE, Step, search
from ocrtool.decode.lattice import Lattice
from ocrtool.decode.settings import BeamSize, PathWeights

LINE_START = "\n"
#: Glyphs of the lattices. The language model does not know the last two, which share ``<other>``.
GLYPHS = "abcdeijklmnortvw01.äö"
SYMBOLS = Labels([LINE_START, " ", *GLYPHS[:-2], OTHER])
ALPHABET = Alphabet.from_symbols(GLYPHS, SYMBOLS)
#: Most glyphs an edge may be read as.
LABELS = 3
#: Keeps every hypothesis of a small lattice.
WIDE = BeamSize(100_000, 1e9)

Run = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Edge:
    """What the classifier says about a run of pieces.

    glyphs: probability of each glyph; reject: that the run is no character. They need not add up to 1: what is missing
    belongs to glyphs that the lattice does not list.
    """

    glyphs: Mapping[str, float] = field(default_factory=dict)
    reject: float = 0.5


def make_lattice(pieces: int, edges: Mapping[Run, Edge], spaces: Mapping[int, float] | None = None) -> Lattice:
    """A lattice of ``pieces``. edges: by (first piece, one past the last); spaces: probability of one at each node.

    A single piece that is not named is certainly no character; where no space is named its probability is 0.001, which
    is too low to be tried.
    """
    named = {(i, i + 1): Edge(reject=0.999) for i in range(pieces)} | dict(edges)
    runs = sorted(named)
    labels = np.full((len(runs), LABELS), -1, np.int32)
    log_probs = np.full((len(runs), LABELS), -14.0, np.float32)
    for row, run in enumerate(runs):
        for column, (glyph, p) in enumerate(sorted(named[run].glyphs.items(), key=lambda item: -item[1])):
            labels[row, column], log_probs[row, column] = GLYPHS.index(glyph), np.log(p)
    reject = np.log([named[run].reject for run in runs]).astype(np.float32)
    space = np.full(pieces + 1, 0.001, np.float32)
    space[[0, -1]] = 0.0
    for node, p in (spaces or {}).items():
        space[node] = p
    start, end = np.array(runs, np.int32).reshape(-1, 2).T
    return Lattice(start, end, labels, log_probs, reject, space, pieces)


class Bigrams:
    """A language model of which only some pairs of symbols are told; all other pairs have probability ``rest``."""

    def __init__(self, pairs: Mapping[str, float], rest: float) -> None:
        self._table = np.full((len(SYMBOLS), len(SYMBOLS)), np.log(rest), np.float32)
        for pair, p in pairs.items():
            self._table[SYMBOLS.index(pair[0]), SYMBOLS.index(pair[1])] = np.log(p)

    def start(self, rows: int) -> np.ndarray:
        """No state: (rows, 0) float32."""
        return np.zeros((rows, 0), np.float32)

    def step(self, symbols: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log-probabilities (B, symbols) of what follows."""
        return self._table[symbols], state


class Histories:
    """A language model whose every prediction depends on all symbols read so far, through a number kept as state."""

    #: Number of states; a prime, so that few histories share one.
    STATES = 499

    def __init__(self, seed: int) -> None:
        random = np.random.default_rng(seed)
        logits = random.normal(0.0, 2.0, (self.STATES, len(SYMBOLS)))
        self.table = (logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))).astype(np.float32)

    def start(self, rows: int) -> np.ndarray:
        """State (rows, 1) float32."""
        return np.ones((rows, 1), np.float32)

    def step(self, symbols: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log-probabilities (B, symbols) of what follows, and the next state (B, 1)."""
        following = (state[:, 0].astype(np.int64) * 31 + np.asarray(symbols) * 7 + 3) % self.STATES
        return self.table[following], following[:, None].astype(np.float32)


def decode(
    lattices: list[Lattice], model: Bigrams | Histories, weights: PathWeights, beam: BeamSize = WIDE
) -> list[list[Step]]:
    """The best path of each lattice, as the program finds it."""
    return search(lattices, model, weights, beam, ALPHABET)


def spelt(path: list[Step]) -> str:
    """The text of a path."""
    return "".join(" " if step.label == SPACE else GLYPHS[step.label] for step in path)
