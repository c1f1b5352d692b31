"""Codes that no language model can guess: serial numbers, checks, addresses of machines, look-alikes, lone characters."""

from __future__ import annotations

from training.lines.draws import CAPITALS, DIGITS, HEX, SMALL, Draw, Mixture, chance, number, one, some, stamped

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
VAT_IDS = (
    *(
        "DE#########",
        "GB### #### ##",
        "FR?? #########",
        "IT###########",
        "PL##########",
        "DK## ## ## ##",
        "ATU########",
    ),
    *(
        "BE0###.###.###",
        "NL#########B##",
        "ES@########",
        "SE##########01",
        "FI########",
        "IE#######@@",
        "CHE-###.###.###",
    ),
    *(
        "PT#########",
        "NO ### ### ### MVA",
        "LU########",
        "GST ID: ############",
        "GST Reg No: 00##########",
        "ABN ## ### ### ###",
    ),
)
PHONES = (
    *(
        "+44 20 #### ####",
        "+44 (0)1### ######",
        "0#### ######",
        "(0##) #### ####",
        "+1 (###) ###-####",
        "###-###-####",
        "1-800-###-####",
    ),
    *(
        "(###) ###-####",
        "+49 (0)## ### ## ##",
        "0##/#######",
        "+49 ### #######-##",
        "0### / ## ## ##",
        "+33 # ## ## ## ##",
        "0# ## ## ## ##",
    ),
    *(
        "+39 0# ########",
        "+34 ### ## ## ##",
        "+34 9## ### ###",
        "+351 2# ### ## ##",
        "+31 (0)## ### ## ##",
        "06-########",
        "+46 8-### ## ##",
    ),
    *(
        "07#-### ## ##",
        "+45 ## ## ## ##",
        "+47 ### ## ###",
        "+358 ## ### ####",
        "+41 44 ### ## ##",
        "+43 1 #######",
        "+353 1 ### ####",
    ),
    *(
        "03-#### ####",
        "+60 #-#### ####",
        "+91 ##### #####",
        "+81-3-####-####",
        "+55 (11) 9####-####",
        "+61 4## ### ###",
        "x####",
        "ext. ###",
    ),
)
PLATES = (
    *(
        "@@## @@@",
        "@ @@ ####",
        "@@-@ ###",
        "@@-###-@@",
        "#@@@###",
        "@@@ ###",
        "@@@ ##@",
        "@@ ## ###",
        "#### @@@",
        "@@-##-##",
    ),
    *("##-@@-##", "@@@-####", "@### @@@", "@@ ### @@", "W-#####@", "####-@@", "@@@ @###"),
)
SERIALS = (
    *(
        "S/N @@####-##",
        "SN: ??????????",
        "Serial no. ####-@@-###",
        "Part no. ###.###.##",
        "P/N ####-###-@",
        "Lot @####",
        "LOT ######/#",
    ),
    *(
        "Ref. @@@/####/##",
        "Ref: ##-####",
        "No. ######",
        "Nº ####/##",
        "№ #####",
        "№ ##-@",
        "#####-@",
        "@@-#####",
        "@#-##",
        "##@@##",
        "??-????-??",
    ),
    *(
        "?????-?????-?????-?????",
        "@@@######",
        "INV-####-###",
        "PO ########",
        "Order #######",
        "Case # ##-@-#####",
        "RMA##########",
        "A/C ########",
    ),
    *(
        "Sort code ##-##-##",
        "BIC @@@@@@??",
        "SWIFT: @@@@@@2?",
        "Bldg. @, Rm ###",
        "Room @#.##",
        "Gate @##",
        "Seat ##@",
        "Rev. @##",
        "Rev @",
        "DIN ####",
    ),
    *(
        "ISO ####-#:20##",
        "EN ###-#",
        "ISSN ####-###?",
        "doi:10.####/&&&.####.###",
        "arXiv:####.#####",
        "EAN #############",
        "SKU: @@@-####-@",
    ),
    *(
        "TIN ###-##-####",
        "NHS ### ### ####",
        "PLZ #####",
        "Ch. ##",
        "Fig. #.#",
        "Tab. ##",
        "p. ###",
        "pp. ###–###",
        "§ ### Abs. #",
        "Art. ## (#)",
        "¶ ##",
    ),
    *(
        "Aufl. #/##",
        "Az. # @ ###/##",
        "Az.: ##-###/##",
        "Ser. @ ##",
        "@#@ #@#",
        "B/L @@@@#######",
        "AWB ###-########",
        "HS ####.##.##",
        "UN ####",
        "E###",
    ),
)
VERSIONS = (
    "v#.#",
    "v#.##.#",
    "#.#.#-rc#",
    "release #.##",
    "Version 1#.#",
    "#.##~beta#",
    "#.#.#+g*******",
    "build #####",
    "r####",
    "rev. ****",
    "v20##.#",
)
HOSTS = (
    *(
        "brightwell",
        "kelso-tools",
        "a1b",
        "fjord",
        "nexa24",
        "tuv-lab",
        "old.quay",
        "cloud9ine",
        "lumen",
        "zip-zap",
        "mail",
        "shop",
    ),
    *(
        "intranet",
        "api",
        "static.cdn",
        "data-4u",
        "vox1l",
        "illi",
        "rn-co",
        "bookdeal",
        "ostwind",
        "elcampo",
        "petitpain",
        "git",
    ),
)
ENDINGS = (
    "com",
    "org",
    "net",
    "de",
    "fr",
    "co.uk",
    "io",
    "se",
    "dk",
    "eu",
    "info",
    "com.my",
    "nl",
    "es",
    "gov",
    "edu",
    "ch",
    "it",
    "local",
)
PEOPLE = (
    "m.huber",
    "jane",
    "tom_k",
    "info",
    "sales",
    "no-reply",
    "office",
    "a.l.berg",
    "kjell",
    "support",
    "p.dupont",
    "luis",
    "b0b",
    "x.yz",
    "hr",
)
FOLDERS = (
    "usr",
    "local",
    "Users",
    "Documents",
    "etc",
    "opt",
    "src",
    "lib",
    "assets",
    "Program Files",
    "build",
    "cache",
    "2019",
    "old",
    "img",
    "~",
    "..",
)
FILES = (
    "notes",
    "IMG_",
    "DSC0",
    "backup-",
    "main",
    "config",
    "Q3 report",
    "final_v",
    "index",
    "a",
    "x",
    "photo",
    "table_",
    "core",
    "l1st",
    "README",
)
SUFFIXES = (
    "pdf",
    "txt",
    "jpg",
    "png",
    "tar.gz",
    "zip",
    "py",
    "c",
    "cpp",
    "json",
    "xml",
    "html",
    "docx",
    "xlsx",
    "csv",
    "md",
    "bak",
    "log",
    "ini",
    "so.1",
)
QUERIES = ("id", "q", "page", "ref", "lang", "utm_source", "s", "t", "session", "v", "key", "sort")
#: Groups of characters that are mistaken for each other.
LOOKALIKES = (
    *(
        "0OoQD",
        "1lI|i!",
        "5Ss$",
        "8B&3",
        "2Zz",
        "6Gb",
        "9gq",
        "rnm",
        "cld",
        "vvw",
        "xX×",
        "cC(",
        "sS",
        "uUvV",
        "wW",
        "kK",
        "pP",
        "zZ",
    ),
    *(
        "ijl",
        "fft",
        "tf+",
        ".,'",
        "'’‘`",
        '"“”„',
        "-–—_",
        ":;i",
        "°oº",
        "ªa",
        "µu",
        "ßB",
        "éèêe",
        "ïîíi",
        "öőo".replace("ő", "ô"),
        "·•.●",
        "yÿ",
        "öó",
    ),
    *(
        "7/1",
        "()[]{}",
        "<«‹",
        ">»›",
        "|/\\l",
        "aàáâãäå",
        "CÇ",
        "cç",
        "□☐■",
        "☒☑✗",
        "○O0",
        "✓v",
        "~≈-",
        "=≠",
        "≤<",
        "≥>",
        "½¼¾",
        "²2₂",
        "³3",
        "¹1",
        "ÐD",
        "Øø0",
    ),
)


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
        one(
            ("#### #### #### ####", "**** **** **** ####".replace("*", "X"), "####-####-####-####", "XXXX########"), rng
        ),
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
    address = f"{one(PEOPLE, rng)}{one(('', '', number(1, 99, rng)), rng)}@{one(HOSTS, rng)}.{one(ENDINGS, rng)}"
    return one(("", "", "", "E-mail: ", "Email: ", "✉ ".replace("✉", "@"), "mailto:"), rng) + address


def url(rng: Draw) -> str:
    text = f"{one(('https://', 'http://', 'www.', 'https://www.', 'ftp://', ''), rng)}{one(HOSTS, rng)}.{one(ENDINGS, rng)}"
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
    return one(
        ("", "", "", "Tel. ", "Tel: ", "Phone ", "Fax: ", "Tél. : ", "Mobil ", "☎ ".replace("☎", "T "), "Ph. "), rng
    ) + _stamp_of(PHONES, rng)


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
