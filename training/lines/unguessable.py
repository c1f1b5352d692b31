"""Codes that no language model can guess: serial numbers, check digits, addresses of machines, look-alikes."""

from __future__ import annotations

from training.lines.draws import CAPITALS, DIGITS, HEX, SMALL, Draw, Mixture, chance, number, one, some, stamped
from training.lines.lists import kept

#: Length of an IBAN after its country and check digits, and how many letters it begins with.
IBANS = {
    "DE": (18, 0),
    "FR": (23, 0),
    "GB": (18, 4),
    "NL": (14, 4),
    "ES": (20, 0),
    "CH": (17, 0),
    "IT": (23, 1),
    "AT": (16, 0),
    "BE": (12, 0),
    "SE": (20, 0),
    "NO": (11, 0),
    "DK": (14, 0),
    "FI": (14, 0),
    "PT": (21, 0),
    "IE": (18, 4),
    "PL": (24, 0),
    "LU": (16, 0),
    "MT": (27, 4),
}
#: Patterns of `stamped`.
VAT_IDS = kept("vat_ids")
PHONES = kept("phones")
PLATES = kept("plates")
SERIALS = kept("serials")
VERSIONS = kept("versions")
HOSTS = kept("hosts")
ENDINGS = kept("host_endings")
MAILBOXES = kept("mailboxes")
FOLDERS = kept("folders")
FILES = kept("files")
SUFFIXES = kept("suffixes")
QUERIES = kept("queries")
#: Groups of characters that are mistaken for each other.
LOOKALIKES = kept("lookalikes")


def iban(rng: Draw) -> str:
    """In groups of four or unbroken; its check digits are right (ISO 7064, modulo 97)."""
    country = one(tuple(IBANS), rng)
    length, letters = IBANS[country]
    rest = some(CAPITALS, letters, rng) + some(DIGITS, length - letters, rng)
    as_digits = "".join(str(int(c, 36)) for c in f"{rest}{country}00")
    text = f"{country}{98 - int(as_digits) % 97:02d}{rest}"
    if chance(0.8, rng):
        text = " ".join(text[i : i + 4] for i in range(0, len(text), 4))
    return one(("", "", "IBAN ", "IBAN: "), rng) + text


def card(rng: Draw) -> str:
    return stamped(
        one(("#### #### #### ####", "XXXX XXXX XXXX ####", "####-####-####-####", "XXXX########"), rng),
        rng,
    )


def isbn(rng: Draw) -> str:
    """ISBN-13 with its check digit, or an ISBN-10."""
    if chance(0.3, rng):
        return stamped(one(("ISBN #-####-####-#", "ISBN ##-###-####-X"), rng), rng)
    body = "978" + some(DIGITS, 9, rng)
    check = -sum(int(d) * (1, 3)[i % 2] for i, d in enumerate(body)) % 10
    return one(("ISBN ", "ISBN-13: ", ""), rng) + f"978-{body[3]}-{body[4:7]}-{body[7:]}-{check}"


def vat_id(rng: Draw) -> str:
    label = one(("", "VAT ", "USt-IdNr. ", "TVA ", "VAT no. ", "P.IVA ", "NIF ", "BTW ", "UID: "), rng)
    return label + stamped(one(VAT_IDS, rng), rng)


def digest(rng: Draw) -> str:
    kind = rng.random()
    if kind < 0.3:
        uuid = stamped("********-****-4***-****-************", rng)
        return uuid.upper() if chance(0.3, rng) else uuid
    if kind < 0.5:
        alphabet = CAPITALS + SMALL + DIGITS
        return some(alphabet + "+/-_", number(8, 44, rng), rng) + one(("", "=", "=="), rng)
    return one(("", "", "sha1: ", "commit ", "0x", "#", "md5="), rng) + some(
        HEX, one((6, 7, 8, 8, 16, 32, 40), rng), rng
    )


def network(rng: Draw) -> str:
    """A MAC or IP address."""
    kind = rng.random()
    if kind < 0.3:
        pairs = [some(HEX, 2, rng) for _ in range(6)]
        return one((":", ":", "-"), rng).join(pairs).upper() if chance(0.5, rng) else ":".join(pairs)
    if kind < 0.5:
        return (
            f"{one(('fe80', '2001', '2a02'), rng)}:"
            + ":".join(some(HEX, number(1, 4, rng), rng) for _ in range(number(2, 6, rng)))
            + "::"
            + some(HEX, 1, rng)
        )
    return ".".join(str(number(0, 255, rng)) for _ in range(4)) + one(
        ("", "", f":{number(21, 65535, rng)}", "/24", "/16"), rng
    )


def email(rng: Draw) -> str:
    address = f"{one(MAILBOXES, rng)}{one(('', '', number(1, 99, rng)), rng)}@{one(HOSTS, rng)}.{one(ENDINGS, rng)}"
    return one(("", "", "", "E-mail: ", "Email: ", "@ ", "mailto:"), rng) + address


def url(rng: Draw) -> str:
    text = one(("https://", "http://", "www.", "https://www.", "ftp://", ""), rng)
    text += f"{one(HOSTS, rng)}.{one(ENDINGS, rng)}"
    for _ in range(number(0, 3, rng)):
        text += "/" + (
            some(SMALL + DIGITS + "-_", number(1, 9, rng), rng)
            if chance(0.5, rng)
            else one(FILES, rng).replace(" ", "%20")
        )
    if chance(0.4, rng):
        pairs = [
            f"{one(QUERIES, rng)}={some(SMALL + CAPITALS + DIGITS, number(1, 8, rng), rng)}"
            for _ in range(number(1, 3, rng))
        ]
        text += "?" + "&".join(pairs)
    return text + one(("", "", "", "/", "#top", f"#p{number(1, 99, rng)}", ".html", ".php"), rng)


def path(rng: Draw) -> str:
    folders = [one(FOLDERS, rng) for _ in range(number(1, 4, rng))]
    file = f"{one(FILES, rng)}{one(('', number(0, 9999, rng), f'({number(1, 9, rng)})'), rng)}.{one(SUFFIXES, rng)}"
    kind = rng.random()
    if kind < 0.3:
        return one(("C:\\", "D:\\", "\\\\srv1\\", "Z:\\"), rng) + "\\".join([*folders, file])
    return file if kind < 0.4 else one(("/", "./", "~/", ""), rng) + "/".join([*folders, file])


def lookalikes(rng: Draw) -> str:
    """Words of characters that are mistaken for each other."""
    words = []
    for _ in range(number(1, 6, rng)):
        alphabet = one(LOOKALIKES, rng) + (one(LOOKALIKES, rng) if chance(0.4, rng) else "")
        words.append(some(alphabet, number(1, 7, rng), rng))
    return " ".join(words)


def letters(rng: Draw) -> str:
    """Words of random letters and digits, in capitals, small, mixed or all of it."""
    words = []
    for _ in range(number(1, 6, rng)):
        alphabet = one(
            (CAPITALS, SMALL, SMALL, CAPITALS + SMALL, CAPITALS + DIGITS, SMALL + DIGITS, CAPITALS + SMALL + DIGITS),
            rng,
        )
        word = some(alphabet, number(1, 10, rng), rng)
        words.append(word.capitalize() if chance(0.2, rng) else word)
    return " ".join(words)


def _stamp_of(patterns: tuple[str, ...], rng: Draw) -> str:
    return stamped(one(patterns, rng), rng)


def serial(rng: Draw) -> str:
    return _stamp_of(SERIALS, rng)


def phone(rng: Draw) -> str:
    return one(("", "", "", "Tel. ", "Tel: ", "Phone ", "Fax: ", "Tél. : ", "Mobil ", "T ", "Ph. "), rng) + _stamp_of(
        PHONES, rng
    )


def plate(rng: Draw) -> str:
    return _stamp_of(PLATES, rng)


def version(rng: Draw) -> str:
    return _stamp_of(VERSIONS, rng)


#: One code of any kind.
code = Mixture(
    {
        serial: 6,
        iban: 2,
        card: 0.7,
        isbn: 1,
        vat_id: 1.5,
        digest: 2,
        network: 1.5,
        email: 2,
        url: 3,
        path: 2.5,
        phone: 3,
        plate: 1.5,
        version: 1,
    }
)
