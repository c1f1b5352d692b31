"""What is written in block capitals character by character: names, amounts, dates and codes."""

from __future__ import annotations

import numpy as np

CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
#: Heads, middles and tails of made-up names.
# fmt: off
_HEADS = (
    "AN", "BER", "CAR", "DU", "EL", "FRAN", "GAR", "HEN", "IS", "JU", "KAR", "LE", "MAR", "NO", "OL", "PET", "QUI",
    "RO", "SAN", "THO", "UR", "VAN", "WIL", "XA", "YO", "ZIM",
)
_MIDDLES = (
    "", "", "", "BER", "CO", "DI", "GE", "LI", "MA", "NE", "RI", "SO", "TE", "VA", "ZE",
)
_TAILS = (
    "A", "AUX", "D", "DEZ", "ER", "ET", "FF", "IA", "ICK", "INE", "KA", "LD", "LEY", "MAN", "NN", "O", "S", "SON",
    "TON", "TTE", "UX", "Y",
)
# fmt: on
#: Marks that join the parts of codes.
_JOINTS = ("-", "/", " ", "", ".")


def _of(choices: tuple[str, ...], rng: np.random.Generator) -> str:
    return choices[rng.integers(len(choices))]


def _digits(count: int, rng: np.random.Generator) -> str:
    return "".join(DIGITS[i] for i in rng.integers(10, size=count))


def _name(rng: np.random.Generator) -> str:
    words = [_of(_HEADS, rng) + _of(_MIDDLES, rng) + _of(_TAILS, rng) for _ in range(int(rng.integers(1, 4)))]
    text = "-".join(words[:2]) if rng.random() < 0.1 else " ".join(words)
    draw = rng.random()
    return text if draw < 0.7 else text.title() if draw < 0.95 else text.lower()


def _amount(rng: np.random.Generator) -> str:
    value = 10 ** rng.uniform(0, 5)
    text = f"{value:,.2f}" if rng.random() < 0.6 else f"{value:.0f}"
    if rng.random() < 0.3:
        text = text.translate(str.maketrans(",.", ".,"))
    return _of(("", "", "$", "$ "), rng) + text + _of(("", "", " EUR", " %", "/-"), rng)


def _date(rng: np.random.Generator) -> str:
    day, month, year = int(rng.integers(1, 29)), int(rng.integers(1, 13)), int(rng.integers(1920, 2030))
    joint = _of(("/", ".", "-", " "), rng)
    parts = (f"{day:02d}", f"{month:02d}", str(year) if rng.random() < 0.6 else f"{year % 100:02d}")
    return joint.join(parts if rng.random() < 0.8 else parts[::-1])


def _code(rng: np.random.Generator) -> str:
    parts = []
    for _ in range(int(rng.integers(1, 4))):
        letters = "".join(CAPITALS[i] for i in rng.integers(26, size=int(rng.integers(0, 4))))
        parts.append(letters + _digits(int(rng.integers(1, 5)), rng))
    return _of(_JOINTS, rng).join(parts)


def form_field(rng: np.random.Generator) -> str:
    """One field of a form, as filled in by hand."""
    makers = (_name, _name, _amount, _date, _code)
    return makers[rng.integers(len(makers))](rng)
