"""What glyphs a lattice may hold, and which symbols of the language model they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocrtool.charset import LINE_START, OTHER, Labels


@dataclass(frozen=True, slots=True, eq=False)
class Alphabet:
    """glyphs: what label k of a lattice is; symbol_of: (len(glyphs),) int32, its symbol; share: (len(glyphs),) float64,
    log of its share in that symbol: 0, but for glyphs that share ``<other>``; start, space: symbols of the beginning of
    a line and of a word space.
    """

    glyphs: Sequence[str]
    symbol_of: np.ndarray
    share: np.ndarray
    start: int
    space: int

    @classmethod
    def of(cls, glyphs: Sequence[str], symbols: Labels) -> Alphabet:
        """Raises KeyError if a symbol is missing and there is no ``<other>`` to stand for it."""
        known = np.array([glyph in symbols for glyph in glyphs])
        if not known.all() and OTHER not in symbols:
            raise KeyError(f"the language model does not know {glyphs[int(np.argmin(known))]!r}")
        symbol_of = np.array([symbols.index(g if k else OTHER) for g, k in zip(glyphs, known, strict=True)], np.int32)
        share = np.where(known, 0.0, -np.log(max(1, int(np.count_nonzero(~known)))))
        return cls(glyphs, symbol_of, share, symbols.index(LINE_START), symbols.index(" "))
