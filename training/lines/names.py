"""Names of people, firms and places of many countries, and addresses, from the word lists of faker."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from ocrtool.charset import LINE_CHARACTERS
from training.lines.draws import CAPITALS, Draw, chance, number, one, stamped
from training.lines.lists import kept

PERSON_LOCALES = (
    "en_GB",
    "en_US",
    "fr_FR",
    "de_DE",
    "es_ES",
    "it_IT",
    "pt_PT",
    "nl_NL",
    "sv_SE",
    "da_DK",
    "no_NO",
    "fi_FI",
    "en_IN",
)
CITY_LOCALES = ("de_DE", "sv_SE", "it_IT", "pt_PT", "fi_FI", "da_DK", "nl_NL")
#: Templates of `str.format`.
PEOPLE, FIRMS = kept("people"), kept("firms")
#: Patterns of `stamped` and, in braces, a town or a name; # of a street is its number, @ a letter after it.
TOWN_FORMS = kept("town_forms")
CITIES = kept("cities")
STREETS = kept("streets")
FIRM_TAILS = kept("firm_tails")
TITLES = kept("titles_of_people")

_KNOWN = frozenset(LINE_CHARACTERS)


@cache
def listed(kind: str, locale: str, attribute: str) -> tuple[str, ...]:
    """The list ``attribute`` of faker's provider ``kind`` of ``locale``, sorted; what has other characters is left out.

    The provider's class alone is imported: a `Faker` object takes a hundred times as long.
    """
    provider = import_module(f"faker.providers.{kind}.{locale}").Provider
    return tuple(
        sorted({word for word in getattr(provider, attribute) if word.strip() == word and _KNOWN.issuperset(word)})
    )


def forename(rng: Draw, locale: str) -> str:
    name = one(listed("person", locale, "first_names"), rng)
    return f"{name}-{one(listed('person', locale, 'first_names'), rng)}" if chance(0.05, rng) else name


def surname(rng: Draw, locale: str | None = None) -> str:
    return one(listed("person", locale or one(PERSON_LOCALES, rng), "last_names"), rng)


def person(rng: Draw) -> str:
    """A name in any order and form: Dr. Åsa Lind, LIND, Åsa, Å. B. Lind."""
    locale = one(PERSON_LOCALES, rng)
    given, family = forename(rng, locale), surname(rng, locale)
    return one(PEOPLE, rng).format(
        given=given,
        GIVEN=given.upper(),
        g=given[0],
        second=forename(rng, locale),
        family=family,
        FAMILY=family.upper(),
        f=family[0],
        other=surname(rng, locale),
        title=one(TITLES, rng),
        i=one(CAPITALS, rng),
        n=number(19, 88, rng),
    )


def city(rng: Draw) -> str:
    return one(CITIES, rng) if chance(0.5, rng) else one(listed("address", one(CITY_LOCALES, rng), "cities"), rng)


def street(rng: Draw) -> str:
    text = one(STREETS, rng).format(name=surname(rng) if chance(0.8, rng) else city(rng))
    while "#" in text:
        text = text.replace("#", str(number(1, 9, rng) if chance(0.4, rng) else number(10, 299, rng)), 1)
    return text.replace("@", one("abcABCD", rng))


def town(rng: Draw) -> str:
    return stamped(one(TOWN_FORMS, rng), rng).format(city=city(rng))


def address(rng: Draw) -> str:
    """A line of an address, or the whole of it on one line."""
    kind = rng.random()
    if kind < 0.3:
        return street(rng)
    if kind < 0.55:
        return town(rng)
    whole = one((", ", ", ", " · ", " – ", " | ", " • "), rng).join([street(rng), town(rng)])
    return f"{firm(rng)}, {whole}" if kind > 0.85 else whole


def firm(rng: Draw) -> str:
    name, other, tail = surname(rng), surname(rng), one(FIRM_TAILS, rng)
    return one(FIRMS, rng).format(
        name=name,
        NAME=name.upper(),
        NAM=name[:4].upper(),
        NA=name[:2].upper(),
        na=name[:3],
        other=other,
        oth=other[:4].title(),
        tail=tail,
        TAIL=tail.upper(),
        city=city(rng),
        n=number(1, 99, rng),
    )
