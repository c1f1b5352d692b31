"""What people enter into forms: names, places, dates, numbers and codes, of letters and figures that anybody writes."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Callable

import numpy as np

from training.synthesis.form_text import FormText
from training.synthesis.office_codes import CAPITALS, DIGITS, number, some

#: Most characters of an entry.
LONGEST = 18
LETTERS = frozenset(string.ascii_letters + " ")
#: Characters of codes that are not taken for others.
CODE_LETTERS = "ABCDEFGHJKLMNPRTUVWXY"
TOWNS = ("NORTHWICH", "HARLOW", "BERGEN", "LEUVEN", "SEGOVIA", "PADUA", "GRAZ", "TOURS", "OXFORD", "DELFT", "KIEL")
STREETS = ("MILL LANE", "HIGH STREET", "PARK ROAD", "STATION RD", "QUEENS WAY", "CHURCH HILL", "BRIDGE ST")


class Entries:
    """Draws labels with their entries."""

    def __init__(self) -> None:
        self._names = FormText()
        self._makers: dict[str, Callable[[np.random.Generator], str]] = {
            "Surname": lambda rng: self._name(rng, self._names.last_name),
            "First name": lambda rng: self._name(rng, self._names.first_name),
            "Name of applicant": lambda rng: self._name(rng, self._names.full_name),
            "Town": lambda rng: TOWNS[rng.integers(len(TOWNS))],
            "Street": lambda rng: f"{STREETS[rng.integers(len(STREETS))]} {number(1, 199, rng)}",
            "Date of birth": _date,
            "Valid until": _date,
            "Telephone": lambda rng: "0" + some(DIGITS, number(8, 10, rng), rng),
            "Postcode": lambda rng: some(DIGITS, 5, rng),
            "Customer no.": lambda rng: some(DIGITS, number(6, 9, rng), rng),
            "Policy": lambda rng: some(CODE_LETTERS, 2, rng) + some(DIGITS, number(5, 7, rng), rng),
            "Registration": lambda rng: some(CAPITALS, 3, rng) + " " + some(DIGITS, number(2, 4, rng), rng),
            "Amount": lambda rng: some("123456789", 1, rng) + some(DIGITS, number(1, 4, rng), rng),
        }

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels that there are."""
        return tuple(self._makers)

    def entry(self, label: str, rng: np.random.Generator) -> str:
        """An entry for a label, in capitals and figures."""
        return self._makers[label](rng)

    def _name(self, rng: np.random.Generator, make: Callable[[np.random.Generator], tuple[str, str]]) -> str:
        while True:
            plain = "".join(c for c in unicodedata.normalize("NFD", make(rng)[1]) if not unicodedata.combining(c))
            if 3 <= len(plain) <= LONGEST and LETTERS.issuperset(plain):
                return plain.upper()


def _date(rng: np.random.Generator) -> str:
    return f"{number(1, 28, rng):02d} {number(1, 12, rng):02d} {number(1930, 2026, rng)}"
