"""Maps the glyphs of a lattice to the symbols of the language model."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocrtool.charset import LINE_START, OTHER, Labels

#: Plain signs that stand for others of the same use in a text.
PLAIN = {sign: plain for plain, signs in {'"': "“”„«»", "'": "‘’‚‹›", "-": "–—", "*": "•·○●"}.items() for sign in signs}
#: Signs that stand for another in the text that a language model was trained on.
SAME = {"•": "·"}
#: Symbol of signs that are like none that a language model knows: rare, and anything may follow it.
STRANGE = "*"
#: Logarithm of what all characters that borrow a symbol get of its probability, if the symbol has a character itself.
BORROWED = float(np.log(0.05))


@dataclass(frozen=True, slots=True, eq=False)
class Alphabet:
    """Glyphs of a lattice and their symbols.

    glyphs: label k of a lattice is ``glyphs[k]``; symbol_of: (len(glyphs),) int32, the symbol of each; share:
    (len(glyphs),) float64, log of the glyph's share of its symbol: 0 except for glyphs that share one; start,
    space: the symbols for the beginning of a line and for a word space.
    """

    glyphs: Sequence[str]
    symbol_of: np.ndarray
    share: np.ndarray
    start: int
    space: int

    @classmethod
    def from_symbols(cls, glyphs: Sequence[str], symbols: Labels) -> Alphabet:
        """Map each glyph to its symbol. Raises KeyError if one has none and there is no ``<other>`` for it.

        The letters that it does not know share ``<other>``: there are thousands of them. A sign that it does not know
        has all of it, since prose holds too few signs to say how common they are in notices and lists; or the symbol
        that stands for it in the model's text.
        """
        names = [next((name for name in (g, SAME.get(g, g)) if name in symbols), OTHER) for g in glyphs]
        if OTHER in names and OTHER not in symbols:
            raise KeyError(f"the language model does not know {glyphs[names.index(OTHER)]!r}")
        symbol_of = np.array([symbols.index(name) for name in names], np.int32)
        rare = np.array([name == OTHER and _is_letter(glyph) for name, glyph in zip(names, glyphs, strict=True)])
        share = np.where(rare, -np.log(max(1, int(np.count_nonzero(rare)))), 0.0)
        return cls(glyphs, symbol_of, share, symbols.index(LINE_START), symbols.index(" "))

    @classmethod
    def nearest(cls, glyphs: Sequence[str], symbols: Labels) -> Alphabet:
        """Map each glyph to its symbol, or to that of the nearest character that has one.

        An accented letter borrows its base letter's, a typographic sign that of a plain one; the rest share
        ``<other>``, or a rare sign's if the model lacks it. Raises KeyError if it lacks that too.
        """
        own = np.array([glyph in symbols for glyph in glyphs])
        near = [glyph if k else _nearest(glyph, symbols) for glyph, k in zip(glyphs, own, strict=True)]
        symbol_of = np.array([symbols.index(symbol) for symbol in near], np.int32)
        borrowers = np.bincount(symbol_of[~own], minlength=len(symbols))[symbol_of]
        owned = np.isin(symbol_of, symbol_of[own])
        share = np.where(own, 0.0, np.where(owned, BORROWED, 0.0) - np.log(np.maximum(borrowers, 1)))
        return cls(glyphs, symbol_of, share, symbols.index(LINE_START), symbols.index(" "))


def _is_letter(glyph: str) -> bool:
    """Return True for a letter, False for signs, letters that serve as signs (ℓ) among them."""
    return glyph.isalpha() and (unicodedata.category(glyph[0]) == "Lo" or unicodedata.normalize("NFKC", glyph) == glyph)


def _nearest(glyph: str, symbols: Labels) -> str:
    """Return the symbol for a glyph that has none. Raises KeyError."""
    base = unicodedata.normalize("NFD", glyph)[0]
    for near in (base, PLAIN.get(glyph, ""), OTHER, STRANGE):
        if near in symbols:
            return near
    raise KeyError(f"the language model has no symbol for {glyph!r}")
