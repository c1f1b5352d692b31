"""Lines of programs, markup, logs and shell commands."""

from __future__ import annotations

from training.lines import figures, unguessable
from training.lines.draws import HEX, SMALL, Draw, Maker, chance, filled, number, one, some
from training.lines.lists import kept

STEMS = kept("identifier_stems")
#: Fields stand between « and », as braces are common here.
TEMPLATES = kept("program_lines")


def _word(rng: Draw) -> str:
    return one(STEMS, rng) if chance(0.8, rng) else some(SMALL, number(2, 7, rng), rng)


def camel(rng: Draw) -> str:
    """An identifier such as getItemCount."""
    return _word(rng) + "".join(_word(rng).capitalize() for _ in range(number(1, 2, rng)))


def _capital_camel(rng: Draw) -> str:
    return "".join(_word(rng).capitalize() for _ in range(number(2, 3, rng)))


def _snake(rng: Draw) -> str:
    return "_".join(_word(rng) for _ in range(number(1, 3, rng)))


FIELDS: dict[str, Maker] = {
    "w": _word,
    "camel": camel,
    "Camel": _capital_camel,
    "snake": _snake,
    "UPPER": lambda rng: _snake(rng).upper(),
    "n": lambda rng: str(int(10 ** rng.uniform(0.0, 3.5))),
    "d": lambda rng: str(number(1, 9, rng)),
    "l": lambda rng: one(SMALL, rng),
    "hex": lambda rng: some(HEX, one((2, 4, 6), rng), rng),
    "path": unguessable.path,
    "url": unguessable.url,
    "stamp": figures.timestamp,
}


def program(rng: Draw) -> str:
    """A line of code, markup, a log or a shell."""
    return filled(one(TEMPLATES, rng), FIELDS, rng, "«»")
