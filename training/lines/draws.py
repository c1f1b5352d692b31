"""Small draws that made-up lines are put together from: one of several, digits, stamped patterns, filled templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import TypeAlias, TypeVar

import numpy as np

Draw: TypeAlias = np.random.Generator
Maker: TypeAlias = Callable[[Draw], str]
Thing = TypeVar("Thing")

DIGITS, SMALL, HEX = "0123456789", "abcdefghijklmnopqrstuvwxyz", "0123456789abcdef"
CAPITALS = SMALL.upper()
#: What the signs of a stamped pattern stand for; every other character stands for itself.
STAMPS = {"#": DIGITS, "@": CAPITALS, "&": SMALL, "?": CAPITALS + DIGITS, "*": HEX}


def one(choices: Sequence[Thing], rng: Draw) -> Thing:
    # A scaled float takes a tenth of the time of `Generator.integers`.
    return choices[int(rng.random() * len(choices))]


def number(low: int, high: int, rng: Draw) -> int:
    """From ``low`` to ``high``, both included."""
    return low + int(rng.random() * (high - low + 1))


def some(alphabet: Sequence[str], count: int, rng: Draw) -> str:
    """``count`` characters of ``alphabet``."""
    return "".join([alphabet[int(u * len(alphabet))] for u in rng.random(count)])


def chance(probability: float, rng: Draw) -> bool:
    return bool(rng.random() < probability)


def stamped(pattern: str, rng: Draw) -> str:
    """``pattern`` with a character drawn for each of STAMPS: ``@#-&`` may give ``K7-e``."""
    drawn = []
    for sign, u in zip(pattern, rng.random(len(pattern)), strict=True):
        alphabet = STAMPS.get(sign, sign)
        drawn.append(alphabet[int(u * len(alphabet))])
    return "".join(drawn)


def filled(template: str, fields: Mapping[str, Maker], rng: Draw, marks: str = "{}") -> str:
    """``template`` with each name between ``marks`` replaced by a draw of the field of that name."""
    head, *rest = template.split(marks[0])
    pieces = [head]
    for piece in rest:
        name, _, tail = piece.partition(marks[1])
        pieces += (fields[name](rng), tail)
    return "".join(pieces)


class Mixture:
    """Makers of lines with a weight each."""

    def __init__(self, weights: Mapping[Maker, float]) -> None:
        if not weights or min(weights.values()) < 0:
            raise ValueError("a mixture needs makers, with weights that are not negative")
        self._makers = tuple(weights)
        self._edges = np.array(tuple(accumulate(weights.values())))

    def __call__(self, rng: Draw) -> str:
        place = int(np.searchsorted(self._edges, rng.random() * self._edges[-1], side="right"))
        return self._makers[min(place, len(self._makers) - 1)](rng)
