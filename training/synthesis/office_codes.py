"""What no language model can guess: serial numbers, IBANs, hashes, addresses of the internet, amounts, dates, times.

Each function takes a random generator and gives one line of text, or a part of one. Check digits are right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

Draw = np.random.Generator
Thing = TypeVar("Thing")

DIGITS, CAPITALS, HEX = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789abcdef"
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October")
#: Countries of IBANs: length of the rest after country and check digits, and whether it begins with four letters.
IBANS = {"DE": (18, False), "GB": (18, True), "FR": (23, False), "NL": (14, True), "ES": (20, False), "CH": (17, False)}
VAT_DIGITS = {"DE": 9, "GB": 9, "FR": 11, "IT": 11, "PL": 10, "DK": 8}
CURRENCIES = ("€", "£", "$", "EUR", "CHF", "USD")
HOSTS = ("northmill", "acme-parts", "x-y", "lind", "orbis7", "holtex", "qv-data", "river.city", "data2go")
ENDINGS = ("com", "org", "net", "example", "co.uk", "de", "io")
FORENAMES = ("Anna", "Tom", "Ines", "Karl", "Maja", "Piet", "Ruth", "Olaf", "Cleo", "Vera", "Hugo", "Ida", "Neil")
SURNAMES = ("Weber", "Okafor", "Lindqvist", "Marsh", "Duval", "Ibarra", "Novak", "Hale", "Quist", "Zeller", "O'Neil")
PARTS = ("Bracket", "Hex bolt", "Seal ring", "Shaft", "Cover plate", "Bearing", "Fuse holder", "Valve", "Gasket")
FOLDERS = ("home", "srv", "data", "export", "logs", "var", "backup", "img_old", "tmp")
FILES = ("report", "scan_p", "invoice-", "IMG_", "readme", "main", "setup", "log.")
SUFFIXES = ("pdf", "tar.gz", "csv", "h", "docx", "py", "xlsx", "txt")


def one(choices: Sequence[Thing], rng: Draw) -> Thing:
    return choices[int(rng.integers(len(choices)))]


def some(alphabet: str, count: int, rng: Draw) -> str:
    return "".join(alphabet[i] for i in rng.integers(len(alphabet), size=count))


def number(low: int, high: int, rng: Draw) -> int:
    """From ``low`` to ``high``, both included."""
    return int(rng.integers(low, high + 1))


def in_groups(text: str, size: int) -> str:
    return " ".join(text[i : i + size] for i in range(0, len(text), size))


def serial(rng: Draw) -> str:
    """A serial number in groups of letters and digits."""
    groups = [some(CAPITALS + DIGITS, number(2, 6, rng), rng) for _ in range(number(2, 4, rng))]
    return ("S/N ", "Serial no. ", "SN: ", "")[number(0, 3, rng)] + one(("-", "-", "/", "."), rng).join(groups)


def iban(rng: Draw) -> str:
    """In groups of four, its check digits by ISO 7064, modulo 97."""
    country = one(tuple(IBANS), rng)
    length, lettered = IBANS[country]
    rest = some(CAPITALS, 4, rng) + some(DIGITS, length - 4, rng) if lettered else some(DIGITS, length, rng)
    as_digits = "".join(str(int(c, 36)) for c in rest + country + "00")
    return in_groups(f"{country}{98 - int(as_digits) % 97:02d}{rest}", 4)


def vat_id(rng: Draw) -> str:
    country = one(tuple(VAT_DIGITS), rng)
    return one(("VAT ", "VAT ID: ", "VAT reg. no. "), rng) + country + some(DIGITS, VAT_DIGITS[country], rng)


def isbn(rng: Draw) -> str:
    """ISBN-13 with its check digit."""
    digits = "978" + some("0123", 1, rng) + some(DIGITS, 8, rng)
    check = -sum(int(d) * (1, 3)[i % 2] for i, d in enumerate(digits)) % 10
    return f"ISBN {digits[:3]}-{digits[3]}-{digits[4:8]}-{digits[8:]}-{check}"


def phone(rng: Draw) -> str:
    forms = ("+44 20 #### ####", "+49 (0)30 ######-##", "(###) ###-####", "+33 1 ## ## ## ##", "0### / ######")
    return "".join(some(DIGITS, 1, rng) if c == "#" else c for c in one(forms, rng))


def time(rng: Draw) -> str:
    hour, minute = number(0, 23, rng), number(0, 59, rng)
    forms = (f"{hour:02d}:{minute:02d}", f"{hour % 12 + 1}:{minute:02d} {'am' if hour < 12 else 'pm'}")
    return one((*forms, f"{hour:02d}:{minute:02d}:{number(0, 59, rng):02d}.{number(0, 999, rng):03d}"), rng)


def date(rng: Draw) -> str:
    day, month, year = number(1, 28, rng), number(1, 10, rng), number(1978, 2031, rng)
    forms = (f"{day:02d}/{month:02d}/{year}", f"{year}-{month:02d}-{day:02d}", f"{day}.{month}.{year % 100:02d}")
    return one((*forms, f"{day} {MONTHS[month - 1]} {year}", f"{MONTHS[month - 1]} {day}, {year}"), rng)


def part(rng: Draw) -> str:
    """A line of a part list."""
    size = f"M{number(3, 24, rng)}x{number(6, 120, rng)}" if rng.random() < 0.5 else f"{number(2, 400, rng)} mm"
    code = f"{some(DIGITS, 4, rng)}-{some(DIGITS, 3, rng)}-{some(CAPITALS, 1, rng)}"
    return f"{number(1, 60, rng)} {one(PARTS, rng)} {size} {code} {revision(rng)}"


def revision(rng: Draw) -> str:
    return f"Rev. {some(CAPITALS, 1, rng)}{number(1, 99, rng)}"


def digest(rng: Draw) -> str:
    return f"{one(('sha256:', 'md5 ', 'commit '), rng)}{some(HEX, number(12, 32, rng), rng)}"


def plate(rng: Draw) -> str:
    forms = ("AA## AAA", "A-AA ####", "AA-###-AA", "#AAA###")
    return "".join(some({"A": CAPITALS, "#": DIGITS}.get(c, c), 1, rng) for c in one(forms, rng))


def room(rng: Draw) -> str:
    letter = some(CAPITALS, 1, rng)
    forms = (
        f"Room {letter}{number(1, 9, rng)}.{number(1, 60, rng):02d}",
        f"Bldg. {letter}, Rm {number(100, 999, rng)}",
    )
    return one(forms, rng)


def email(rng: Draw) -> str:
    forename, surname = one(FORENAMES, rng).lower(), one(SURNAMES, rng).lower().replace("'", "")
    box = one((f"{forename}.{surname}", f"{forename[0]}{surname}{number(1, 99, rng)}", f"{surname}_{forename}"), rng)
    return f"{box}@{one(HOSTS, rng)}.{one(ENDINGS, rng)}"


def url(rng: Draw) -> str:
    place = f"{one(('https://www.', 'http://', 'https://', 'www.'), rng)}{one(HOSTS, rng)}.{one(ENDINGS, rng)}"
    tail = f"{some(CAPITALS.lower(), number(1, 5, rng), rng)}"
    query = f"?{one(('id', 'q', 'ref'), rng)}={some(DIGITS + CAPITALS, number(3, 6, rng), rng)}"
    return f"{place}/{tail}{one((query, '/index.html', f'#s{number(1, 40, rng)}', ''), rng)}"


def path(rng: Draw) -> str:
    file = f"{one(FILES, rng)}{number(1, 9999, rng)}.{one(SUFFIXES, rng)}"
    folders = [one(FOLDERS, rng) for _ in range(number(1, 3, rng))]
    return "C:\\" + "\\".join([*folders, file]) if rng.random() < 0.4 else "/" + "/".join([*folders, file])


def ip_address(rng: Draw) -> str:
    if rng.random() < 0.3:
        return "2001:db8:" + ":".join(some(HEX, 4, rng) for _ in range(3)) + "::" + some(HEX, 2, rng)
    return ".".join(str(number(1, 254, rng)) for _ in range(4)) + one(("", f":{number(80, 9999, rng)}", "/24"), rng)


def version(rng: Draw) -> str:
    numbers = f"{number(0, 19, rng)}.{number(0, 40, rng)}.{number(0, 99, rng)}"
    return (
        one(("v", "version ", "release "), rng)
        + numbers
        + one(("", "", "-rc1", "~beta2", f"+g{some(HEX, 7, rng)}"), rng)
    )


def money(rng: Draw) -> str:
    """Up to 100,000, with separators of thousands as on English invoices."""
    sign = one(CURRENCIES, rng)
    figure = f"{10 ** rng.uniform(0.0, 5.0):,.2f}"
    return f"{figure} {sign}" if len(sign) > 1 else f"{sign}{figure}"


#: Every kind of code, as a line of its own.
CODES: tuple[Callable[[Draw], str], ...] = (
    *(serial, iban, vat_id, isbn, phone, time, date, part, digest, plate, room, email, url, path, ip_address, version),
    lambda rng: f"{revision(rng)} {money(rng)}",
    lambda rng: f"{date(rng)} {time(rng)} {plate(rng)}",
)
