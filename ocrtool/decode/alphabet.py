"""Maps the glyphs of a lattice to the symbols of the language model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocrtool.charset import LINE_START, OTHER, Labels


@dataclass(frozen=True, slots=True, eq=False)
class Alphabet:
    """Glyphs of a lattice and their symbols.

    glyphs: label k of a lattice is ``glyphs[k]``; symbol_of: (len(glyphs),) int32, the symbol of each; share:
    (len(glyphs),) float64, log of the glyph's share of its symbol: 0 except for glyphs that share ``<other>``; start,
    space: the symbols for the beginning of a line and for a word space.
    """

    glyphs: Sequence[str]
    symbol_of: np.ndarray
    share: np.ndarray
    start: int
    space: int

    @classmethod
    def from_symbols(cls, glyphs: Sequence[str], symbols: Labels) -> Alphabet:
        """Map each glyph to its symbol. Raises KeyError if one has none and there is no ``<other>`` for it."""
        known = np.array([glyph in symbols for glyph in glyphs])
        if not known.all() and OTHER not in symbols:
            raise KeyError(f"the language model does not know {glyphs[int(np.argmin(known))]!r}")
        symbol_of = np.array([symbols.index(g if k else OTHER) for g, k in zip(glyphs, known, strict=True)], np.int32)
        share = np.where(known, 0.0, -np.log(max(1, int(np.count_nonzero(~known)))))
        return cls(glyphs, symbol_of, share, symbols.index(LINE_START), symbols.index(" "))
