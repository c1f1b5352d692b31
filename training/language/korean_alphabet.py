"""Symbols of a Korean language model: whole syllables, or the letters that they are made of."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from ocrtool.charset import LATIN, LINE_START, Labels
from ocrtool.script.hangul.charset import MARKS, OTHER, SYLLABLES
from ocrtool.text import is_syllable

#: A character of another plane (emoji) is OTHER; the others are looked up by code point.
_CODE_POINTS = 0x10000
#: Letters of a syllable in its decomposed form (NFD): initials, vowels, finals.
INITIAL_LETTERS = tuple(map(chr, range(0x1100, 0x1113)))
VOWEL_LETTERS = tuple(map(chr, range(0x1161, 0x1176)))
FINAL_LETTERS = tuple(map(chr, range(0x11A8, 0x11C3)))


@dataclass(frozen=True, eq=False)
class Alphabet:
    """Symbols and the way characters are written in them: one symbol each, in jamo two or three for a syllable."""

    labels: Labels
    _codes: np.ndarray = field(init=False, repr=False)  # (code points, 3) int16, -1 where a character has fewer symbols

    def __post_init__(self) -> None:
        codes = np.full((_CODE_POINTS, 3), -1, np.int16)
        codes[:, 0] = self.other
        for symbol in self.labels:
            if symbol != OTHER:
                codes[ord(symbol), 0] = self.labels.index(symbol)
        if self.jamo:
            for code in range(ord("가"), ord("힣") + 1):
                letters = unicodedata.normalize("NFD", chr(code))
                codes[code, : len(letters)] = [self.labels.index(letter) for letter in letters]
        object.__setattr__(self, "_codes", codes)

    @property
    def jamo(self) -> bool:
        """True if syllables are taken apart."""
        return INITIAL_LETTERS[0] in self.labels

    @property
    def other(self) -> int:
        """Number of the symbol for every character not listed."""
        return self.labels.index(OTHER)

    @property
    def begins(self) -> np.ndarray:
        """(symbols,) bool: symbols that a visible character may begin with; not a space, a line start, a vowel."""
        never = {LINE_START, " ", *VOWEL_LETTERS, *FINAL_LETTERS}
        return np.array([symbol not in never for symbol in self.labels])

    @property
    def unlisted_syllables(self) -> int:
        """How many of all syllables are OTHER; of the syllables model, whatever this one is."""
        return 0 if self.jamo else SYLLABLES - sum(map(is_syllable, self.labels))

    def codes(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """Symbols (N,) int32 of a text, and to which of its characters each belongs, (N,) int32."""
        points = np.frombuffer(text.encode("utf-32-le"), np.uint32)
        table = self._codes[np.where(points < _CODE_POINTS, points, 0)]  # (characters, 3)
        table[points >= _CODE_POINTS] = self.other, -1, -1
        used = table >= 0
        owners = np.broadcast_to(np.arange(len(points), dtype=np.int32)[:, None], used.shape)
        return table[used].astype(np.int32), owners[used]

    def encode(self, text: str) -> np.ndarray:
        """Symbols (N,) int32 of a text in NFC."""
        return self.codes(text)[0]

    def decode(self, symbols: Iterable[int]) -> str:
        """The text of symbols, in NFC; "\\N{REPLACEMENT CHARACTER}" stands for OTHER."""
        labels = (self.labels[int(number)] for number in symbols)
        return unicodedata.normalize("NFC", "".join("\ufffd" if label == OTHER else label for label in labels))


def make_alphabet(counts: Counter[str], least: int, jamo: bool, always: str = "") -> Alphabet:
    """The alphabet of a text with these character ``counts``: line start, space, ASCII, marks, syllables, OTHER.

    Of marks beyond ASCII and of syllables those are listed that occur ``least`` times; marks in ``always`` in any case.
    """
    marks = [mark for mark in MARKS[len(LATIN) :] if counts[mark] >= least or mark in always]
    if jamo:
        hangul = [*INITIAL_LETTERS, *VOWEL_LETTERS, *FINAL_LETTERS]
    else:
        hangul = sorted(c for c, count in counts.items() if is_syllable(c) and count >= least)
    return Alphabet(Labels([LINE_START, " ", *LATIN, *marks, *hangul, OTHER]))


def coverage(counts: Counter[str], alphabet: Alphabet) -> float:
    """Share of the syllables of a text that the alphabet can write."""
    if alphabet.jamo:
        return 1.0
    syllables = {c: count for c, count in counts.items() if is_syllable(c)}
    return sum(count for c, count in syllables.items() if c in alphabet.labels) / max(1, sum(syllables.values()))
