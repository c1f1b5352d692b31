"""Text as people write it on forms: names, dates, addresses, amounts; mostly in block capitals."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

import numpy as np

from training.language.fold_text import normalise

#: Locales whose names are written in the Latin alphabet, with the weight of each. French ones lead.
NAME_LOCALES = {
    "fr_FR": 8,
    "fr_BE": 5,
    "fr_CA": 3,
    "fr_CH": 2,
    "fr_DZ": 3,
    "en_US": 4,
    "en_GB": 3,
    "en_IE": 1,
    "de_DE": 2,
    "de_CH": 1,
    "es_ES": 2,
    "it_IT": 2,
    "pt_PT": 1,
    "nl_NL": 1,
    "nl_BE": 2,
    "pl_PL": 1,
    "tr_TR": 1,
    "sv_SE": 0.5,
    "da_DK": 0.5,
    "ro_RO": 0.5,
    "hr_HR": 0.5,
    "cs_CZ": 0.5,
    "en_IN": 0.5,
    "en_NG": 0.3,
    "yo_NG": 0.3,
    "sw": 0.3,
    "vi_VN": 0.3,
}
FIELD_LOCALES = ("en_US", "en_GB", "fr_FR", "de_DE", "es_ES", "it_IT", "nl_NL")

#: What is printed in front of a field on forms.
NAME_LABELS = (
    "Name",
    "Full name",
    "First name",
    "Last name",
    "Surname",
    "Family name",
    "Given name",
    "Nom",
    "Prenom",
    "NOM",
    "PRENOM",
    "Nom et prenom",
    "NAME",
    "SURNAME",
    "Signature",
)
FIELD_LABELS = ("Date", "Date of birth", "Address", "City", "Phone", "Tel", "Email", "Company", "Amount", "Total")

_VOWELS = frozenset("AEIOUYaeiouy")
_JOINERS = ("DE", "DE LA", "LE", "VAN", "DI", "EL", "BEN", "DU", "MC", "DA")


def _is_latin(text: str) -> bool:
    return all(ord(c) < 0x250 or unicodedata.combining(c) for c in unicodedata.normalize("NFKD", text))


def _listed(provider: Any, word: str) -> list[str]:
    """Names in the lists of a faker person provider whose attribute holds ``word``."""
    found: set[str] = set()
    for attribute in dir(provider):
        if word in attribute:
            value = getattr(provider, attribute)
            if isinstance(value, (tuple, list, dict)):
                found |= {normalise(v) for v in value if isinstance(v, str) and _is_latin(v)}
    return sorted(found - {""})


def splice(first: str, second: str, rng: np.random.Generator) -> str:
    """A made-up name: the head of one up to a vowel, the tail of another from a vowel on.

    Lists are finite and real names are not; such names keep the model from learning the list by heart.
    """
    heads = [i for i in range(2, len(first)) if first[i] in _VOWELS]
    tails = [i for i in range(1, len(second) - 1) if second[i] in _VOWELS]
    if not heads or not tails:
        return first
    return first[: heads[rng.integers(len(heads))]] + second[tails[rng.integers(len(tails))] :]


class FormText:
    """Draws lines of form text. ``real_names``: names in capitals from real forms, drawn now and then."""

    SPLICED, REAL, LABELLED = 0.2, 0.1, 0.1

    def __init__(self, real_names: list[str] | None = None) -> None:
        from faker import Faker

        self._fakers = [Faker(locale) for locale in FIELD_LOCALES]
        self._real = real_names or []
        self._first: list[list[str]] = []
        self._last: list[list[str]] = []
        for locale in NAME_LOCALES:
            provider = next(p for p in Faker(locale).get_providers() if ".person" in type(p).__module__)
            self._first.append(_listed(provider, "first_name"))
            self._last.append(_listed(provider, "last_name"))
        weights = np.array(list(NAME_LOCALES.values()))
        self._edges = np.cumsum(weights / weights.sum())

    def window(self, rng: np.random.Generator, length: int) -> list[str]:
        """Lines of one form, at least ``length`` characters in all, in one manner of writing."""
        draw = rng.random()
        write: Callable[[str], str] = str.upper if draw < 0.72 else str.lower if draw > 0.97 else str
        make = (self.first_name, self.last_name, self.full_name, self.name, self.line, self.line)[rng.integers(6)]
        lines: list[str] = []
        while sum(map(len, lines)) < length:
            label, text = make(rng)
            lines.append(f"{label}{write(text)}")
        return lines

    def line(self, rng: np.random.Generator) -> tuple[str, str]:
        """A label (mostly empty) and a name or another field."""
        if rng.random() < 0.5:
            return self.name(rng)
        label = f"{FIELD_LABELS[rng.integers(len(FIELD_LABELS))]}: " if rng.random() < self.LABELLED else ""
        return label, self.field(rng)

    def name(self, rng: np.random.Generator) -> tuple[str, str]:
        """A label and any kind of name."""
        return (self.first_name, self.last_name, self.full_name)[rng.integers(3)](rng)

    def first_name(self, rng: np.random.Generator) -> tuple[str, str]:
        """A label and a given name, now and then a double one."""
        text = self._draw(self._first, rng)
        if rng.random() < 0.06:
            text = f"{text}{'-' if rng.random() < 0.7 else ' '}{self._draw(self._first, rng)}"
        return self._label(rng), text

    def last_name(self, rng: np.random.Generator) -> tuple[str, str]:
        """A label and a family name, now and then a double one or one with a particle."""
        text, draw = self._draw(self._last, rng), rng.random()
        if draw < 0.04:
            text = f"{text}{'-' if rng.random() < 0.6 else ' '}{self._draw(self._last, rng)}"
        elif draw < 0.08:
            text = f"{_JOINERS[rng.integers(len(_JOINERS))].title()} {text}"
        return self._label(rng), text

    def full_name(self, rng: np.random.Generator) -> tuple[str, str]:
        """A label and a given and a family name, in either order."""
        pair = [self.first_name(rng)[1], self.last_name(rng)[1]]
        return self._label(rng), " ".join(pair if rng.random() < 0.6 else pair[::-1])

    def field(self, rng: np.random.Generator) -> str:
        """A date, place, number, company or address, normalised, on one line."""
        fake = self._fakers[rng.integers(len(self._fakers))]
        fake.seed_instance(int(rng.integers(1 << 31)))
        kind = rng.integers(9)
        if kind <= 1:
            formats = ("%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%m/%d/%Y", "%d %B %Y", "%B %d, %Y", "%d-%m-%Y", "%Y-%m-%d")
            return normalise(fake.date(formats[rng.integers(len(formats))]))
        if kind == 2:
            amount = f"{10 ** rng.uniform(0, 5):,.2f}"
            return ("", "$", "$ ", "")[rng.integers(4)] + amount + ("", "", " EUR", " USD")[rng.integers(4)]
        makers = (fake.phone_number, fake.street_address, fake.city, fake.company, fake.email, fake.address)
        return normalise(makers[kind - 3]().split("\n")[rng.integers(2) if kind == 8 else 0])

    def _label(self, rng: np.random.Generator) -> str:
        if rng.random() >= self.LABELLED:
            return ""
        return NAME_LABELS[rng.integers(len(NAME_LABELS))] + (": ", " : ", " ")[rng.integers(3)]

    def _draw(self, lists: list[list[str]], rng: np.random.Generator) -> str:
        if self._real and rng.random() < self.REAL:
            return self._real[rng.integers(len(self._real))]
        names = lists[min(int(np.searchsorted(self._edges, rng.random())), len(lists) - 1)]
        text = names[rng.integers(len(names))]
        if rng.random() < self.SPLICED:
            text = splice(text, names[rng.integers(len(names))], rng)
        return text
