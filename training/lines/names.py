"""Names of people, firms and places of many countries, and addresses, from the word lists of faker."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from ocrtool.charset import LINE_CHARACTERS
from training.lines.draws import CAPITALS, Draw, chance, number, one, stamped

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
#: Pattern of a postcode and town (T), before or after the rest of an address.
TOWN_FORMS = (
    *(
        "T @@# #@@",
        "T, @## #@@",
        "##### T",
        "##### T",
        "D-##### T",
        "F-#### T",
        "#### T",
        "#### @@ T",
        "CH-#### T",
        "T, @@ #####",
    ),
    *(
        "T, NY ####0",
        "### ## T",
        "####-### T",
        "L-#### T",
        "##### T CEDEX ##",
        "T #",
        "##### T (@@)",
        "T, @#@ #@#",
        "##### T, Selangor",
    ),
)
CITIES = (
    *(
        "London",
        "Glasgow",
        "Leicester",
        "Cardiff",
        "Dublin",
        "Boston",
        "Springfield",
        "Madison",
        "Saint-Étienne",
        "Besançon",
    ),
    *(
        "Orléans",
        "Nîmes",
        "Angoulême",
        "Liège",
        "Genève",
        "Neuchâtel",
        "Zürich",
        "Köln",
        "Düsseldorf",
        "Würzburg",
        "Göteborg",
    ),
    *(
        "Malmö",
        "Århus",
        "Tromsø",
        "Bodø",
        "Cádiz",
        "Málaga",
        "León",
        "A Coruña",
        "São Paulo",
        "Évora",
        "Coimbra",
        "Kuala Lumpur",
    ),
    *(
        "Johor Bahru",
        "Québec",
        "Montréal",
        "San José",
        "Reykjavík",
        "Ísafjörður",
        "Þórshöfn",
        "Tórshavn",
        "L’Aquila",
        "Forlì",
    ),
)
#: A street, with N for the name of a person or town and # for its number.
STREETS = (
    *(
        "# N Road",
        "# N Street",
        "#, N Avenue",
        "#@ N Lane",
        "# N Dr., Apt. #",
        "Flat #, # N Gardens",
        "# N Blvd",
        "P.O. Box #00",
        "Unit #@, N Park",
    ),
    *(
        "#, rue N",
        "# bis, avenue N",
        "# bd de la N",
        "#, place N",
        "N-Straße #",
        "Nstr. #@",
        "Nweg #",
        "Am N #",
        "Ngasse #/#",
        "Alte Nstraße #–#",
    ),
    *(
        "C/ N, #, #º @",
        "Calle de N #",
        "Avda. N, s/n",
        "Via N #",
        "Piazza N, #/@",
        "Corso N #",
        "Rua N, n.º #",
        "Av. N, #, #.º Esq.",
        "Nstraat #",
    ),
    *(
        "Nlaan # bus #",
        "Ngatan #",
        "Nvägen #@",
        "Nsvej #, #. tv.",
        "Ngade #, st. th.",
        "Nveien #",
        "Nkatu # @ #",
        "Ntie #",
        "No. #, Jalan N #/#",
    ),
)
FIRM_TAILS = (
    *(
        "Ltd",
        "Ltd.",
        "plc",
        "LLP",
        "Inc.",
        "Corp.",
        "LLC",
        "& Co.",
        "& Sons",
        "GmbH",
        "GmbH & Co. KG",
        "AG",
        "e.K.",
        "S.A.",
        "SARL",
        "SAS",
    ),
    *(
        "S.L.",
        "S.p.A.",
        "S.r.l.",
        "Lda.",
        "B.V.",
        "N.V.",
        "AB",
        "A/S",
        "ApS",
        "AS",
        "Oy",
        "Sdn Bhd",
        "SDN. BHD.",
        "Pty Ltd",
        "KG",
        "Gruppe",
    ),
    *(
        "Brothers",
        "Trading",
        "Software",
        "Elektro",
        "Bäckerei",
        "Boulangerie",
        "Consulting",
        "Hardware",
        "® Foods",
        "™ Labs",
        "International",
    ),
)
TITLES = (
    "",
    "",
    "",
    "",
    "",
    "",
    "Mr ",
    "Mrs ",
    "Ms ",
    "Dr ",
    "Dr. ",
    "Prof. ",
    "Mme ",
    "M. ",
    "Herr ",
    "Frau ",
    "Sr. ",
    "Sra. D.ª ",
    "Sir ",
    "Rev. ",
)

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
    forms = (
        *(
            f"{given} {family}",
            f"{given} {family}",
            f"{one(TITLES, rng)}{given} {family}",
            f"{one(TITLES, rng)}{family}",
        ),
        *(
            f"{family}, {given}",
            f"{family.upper()} {given}",
            f"{family.upper()}, {given.upper()}",
            f"{given} {given[0]}. {family}",
        ),
        *(
            f"{given[0]}. {family}",
            f"{given} {one(CAPITALS, rng)}. {family}",
            f"{given} {family}-{surname(rng, locale)}",
            given,
            family,
        ),
        *(
            f"{given} {family} {surname(rng, locale)}",
            f"{given} van der {family}",
            f"{given} {family} ({number(19, 88, rng)})",
        ),
        *(
            f"{given[0]}{one(CAPITALS, rng)}{family[0]}",
            f"Attn: {given} {family}",
            f"c/o {family}",
            f"{given} & {forename(rng, locale)} {family}",
        ),
    )
    return one(forms, rng)


def city(rng: Draw) -> str:
    return one(CITIES, rng) if chance(0.5, rng) else one(listed("address", one(CITY_LOCALES, rng), "cities"), rng)


def street(rng: Draw) -> str:
    text = one(STREETS, rng).replace("N", surname(rng) if chance(0.8, rng) else city(rng), 1)
    while "#" in text:
        text = text.replace("#", str(number(1, 9, rng) if chance(0.4, rng) else number(10, 299, rng)), 1)
    return text.replace("@", one("abcABCD", rng))


def town(rng: Draw) -> str:
    return stamped(one(TOWN_FORMS, rng), rng).replace("T", city(rng), 1)


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
    name, tail = surname(rng), one(FIRM_TAILS, rng)
    forms = (
        *(
            f"{name} {tail}",
            f"{name} & {surname(rng)} {tail}",
            f"{name.upper()} {tail.upper()}",
            f"{name[:4].upper()} {tail}",
        ),
        *(
            f"{name[:3]}{surname(rng)[:4].title()} {tail}",
            f"{city(rng)} {tail}",
            f"{name}{number(1, 99, rng)} {tail}",
            f"{name}-{surname(rng)} {tail}",
        ),
    )
    return one(forms, rng)
