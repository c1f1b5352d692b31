"""Symbols of a character language model, and how text is written in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from ocrtool.charset import Labels

#: Characters are looked up by code point; those of other planes (emoji) are never symbols.
_CODE_POINTS = 0x10000


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """One symbol for each character. labels: the symbols in order, single characters but for ``other``; aliases: the
    symbol of characters that have none of their own; other: the symbol of every character left, None if there is none.
    """

    labels: Labels
    aliases: Mapping[str, str] = field(default_factory=dict)
    other: str | None = None
    _numbers: np.ndarray = field(init=False, repr=False)  # (code points,) int32, -1: no symbol

    def __post_init__(self) -> None:
        numbers = np.full(_CODE_POINTS, -1 if self.other is None else self.labels.index(self.other), np.int32)
        for character, symbol in self.aliases.items():
            numbers[ord(character)] = self.labels.index(symbol)
        for number, symbol in enumerate(self.labels):
            if symbol != self.other:
                numbers[ord(symbol)] = number
        object.__setattr__(self, "_numbers", numbers)

    def encode(self, text: str) -> np.ndarray:
        """Symbol numbers (len(text),) of a text in NFC, of the smallest unsigned type that holds all symbols.

        Raises ValueError for a character without a symbol.
        """
        points = np.frombuffer(text.encode("utf-32-le"), np.uint32)
        numbers = self._numbers[np.where(points < _CODE_POINTS, points, 0)]
        numbers[points >= _CODE_POINTS] = -1 if self.other is None else self.labels.index(self.other)
        if (numbers < 0).any():
            raise ValueError(f"{text[int(np.argmin(numbers))]!r} is not among the symbols of the language model")
        return numbers.astype(np.min_scalar_type(len(self.labels) - 1))

    def decode(self, numbers: Iterable[int]) -> str:
        """The text of symbols; "\\N{REPLACEMENT CHARACTER}" stands for ``other``."""
        symbols = (self.labels[int(number)] for number in numbers)
        return "".join("\ufffd" if symbol == self.other else symbol for symbol in symbols)

    def number(self, symbol: str) -> int:
        """The number of a symbol. Raises KeyError if it is not one."""
        return self.labels.index(symbol)
