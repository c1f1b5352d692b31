"""The font families that text is drawn from, by kind, and which of them are only measured on.

Families of Debian come as packages (fonts-liberation, fonts-dejavu, fonts-freefont-ttf, fonts-urw-base35,
fonts-linuxlibertine, fonts-crosextra-carlito, fonts-crosextra-caladea, fonts-ebgaramond, fonts-gfs-didot,
fonts-oldstandard, fonts-junicode, fonts-cmu). The others are npm packages of Fontsource, all under the SIL Open Font
License or Apache-2.0; ``python -m training.synthesis.fetch_fonts`` fetches them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

#: Where Debian keeps fonts.
SYSTEM_FONTS = Path("/usr/share/fonts")
#: Environment variable that names another folder for them.
SYSTEM_FONTS_VARIABLE = "OCRTOOL_SYSTEM_FONTS"
#: Fontsource styles used where a family has them.
STYLES = ("400-normal", "400-italic", "700-normal", "700-italic")

#: Fontsource families by kind. "old": book faces of 1500-1920 and their revivals.
FONTSOURCE = {
    "old": (
        "old-standard-tt",
        "gfs-didot",
        "libre-caslon-text",
        "libre-caslon-display",
        "libre-baskerville",
        "im-fell-english",
        "im-fell-dw-pica",
        "im-fell-french-canon",
        "im-fell-double-pica",
        "im-fell-great-primer",
        "im-fell-english-sc",
        "sorts-mill-goudy",
        "goudy-bookletter-1911",
        "linden-hill",
        "fanwood-text",
        "prata",
        "oranienbaum",
        "crimson-text",
        "eb-garamond",
        "playfair-display",
        "cormorant",
        "bodoni-moda",
        "vollkorn",
        "neuton",
        "gelasio",
        "libre-bodoni",
        "rosarivo",
        "cardo",
        "quattrocento",
        "alice",
    ),
    "typewriter": ("special-elite", "cutive-mono", "courier-prime"),
    "serif": (
        "pt-serif",
        "merriweather",
        "ibm-plex-serif",
        "noto-serif",
        "source-serif-4",
        "roboto-slab",
        "lora",
        "arvo",
        "tinos",
        "domine",
        "spectral",
        "gupter",
        "bitter",
        "zilla-slab",
    ),
    "sans": (
        "roboto",
        "open-sans",
        "lato",
        "noto-sans",
        "source-sans-3",
        "inter",
        "pt-sans",
        "ibm-plex-sans",
        "oswald",
        "archivo-narrow",
        "roboto-condensed",
        "josefin-sans",
        "montserrat",
        "nunito",
        "rubik",
        "work-sans",
        "raleway",
    ),
    "mono": (
        "source-code-pro",
        "ibm-plex-mono",
        "inconsolata",
        "vt323",
        "share-tech-mono",
        "roboto-mono",
        "anonymous-pro",
        "nova-mono",
    ),
    "hand": (
        "patrick-hand",
        "kalam",
        "caveat",
        "indie-flower",
        "architects-daughter",
        "gloria-hallelujah",
        "covered-by-your-grace",
        "handlee",
        "coming-soon",
        "just-another-hand",
        "reenie-beanie",
        "nothing-you-could-do",
        "schoolbell",
        "gochi-hand",
        "neucha",
        "short-stack",
        "annie-use-your-telescope",
        "crafty-girls",
        "waiting-for-the-sunrise",
        "over-the-rainbow",
        "walter-turncoat",
        "shadows-into-light",
        "shadows-into-light-two",
        "permanent-marker",
        "rock-salt",
        "sue-ellen-francisco",
        "the-girl-next-door",
        "give-you-glory",
        "loved-by-the-king",
        "swanky-and-moo-moo",
        "zeyada",
        "delius",
        "mali",
        "sriracha",
        "itim",
        "gaegu",
        "nanum-pen-script",
        "homemade-apple",
        "cedarville-cursive",
        "dawning-of-a-new-day",
        "la-belle-aurore",
        "kristi",
        "amatic-sc",
        "caveat-brush",
        "patrick-hand-sc",
        "sedgwick-ave",
        "pangolin",
        "hi-melody",
        "bad-script",
        "marck-script",
        "just-me-again-down-here",
        "sunshiney",
        "mansalva",
        "long-cang",
    ),
}

#: Handwriting of Fontsource that only samples/ is drawn with: neither trained nor measured on.
SAMPLE_HANDS = ("mynerve", "league-script")

#: Fontsource families that only the office pages are drawn in, by the part that they measure: faces of today that no
#: design trained on is made after. They are not in FONTSOURCE, so that `find_fonts` gives none of them to a training.
OFFICE = {
    "test": (
        "fira-sans",
        "public-sans",
        "dm-sans",
        "barlow",
        "alegreya",
        "literata",
        "jetbrains-mono",
    ),
    "validation": ("cabin", "noticia-text"),
}

#: Families of Debian packages by kind: name and the beginnings of their file names.
DEBIAN: dict[str, dict[str, tuple[str, ...]]] = {
    "old": {
        "gfs-didot": ("GFSDidot",),
        "old-standard-tt": ("OldStandard-",),
        "eb-garamond": ("EBGaramond",),
        "junicode": ("JunicodeTwoBeta-Regular", "JunicodeTwoBeta-Italic", "JunicodeTwoBeta-Bold."),
        "cmu-serif": ("cmunrm", "cmunti", "cmunbx", "cmunsl", "cmunci"),
        "century-schoolbook": ("C059-",),
        "palatino": ("P052-",),
        "bookman": ("URWBookman-",),
    },
    "serif": {
        "times": ("NimbusRoman-",),
        "liberation-serif": ("LiberationSerif-",),
        "dejavu-serif": ("DejaVuSerif",),
        "free-serif": ("FreeSerif",),
        "linux-libertine": ("LinLibertine_R", "LinLibertine_DR"),
        "caladea": ("Caladea-",),
    },
    "sans": {
        "helvetica": ("NimbusSans-", "NimbusSansNarrow-"),
        "liberation-sans": ("LiberationSans",),
        "dejavu-sans": ("DejaVuSans.", "DejaVuSans-", "DejaVuSansCondensed"),
        "carlito": ("Carlito-",),
        "gothic": ("URWGothic-",),
        "cmu-sans": ("cmunss", "cmunsx", "cmunsi"),
        "biolinum": ("LinBiolinum_R",),
    },
    "mono": {
        "courier": ("NimbusMonoPS-",),
        "liberation-mono": ("LiberationMono-",),
        "dejavu-mono": ("DejaVuSansMono",),
        "free-mono": ("FreeMono",),
    },
    "typewriter": {"cmu-typewriter": ("cmuntt", "cmunvt", "cmuntb")},
}

#: Families never trained on: to measure on unseen type and handwriting.
HELD_OUT = frozenset(
    {
        *OFFICE["test"],
        "im-fell-great-primer",
        "sorts-mill-goudy",
        "prata",
        "libre-bodoni",
        "palatino",
        "noto-serif",
        "zilla-slab",
        "lato",
        "roboto-condensed",
        "ibm-plex-mono",
        "courier-prime",
        "handlee",
        "gochi-hand",
        "over-the-rainbow",
        "coming-soon",
    }
)
#: Trainable families kept back to choose weights by.
VALIDATION = frozenset(
    {
        *OFFICE["validation"],
        "cormorant",
        "goudy-bookletter-1911",
        "merriweather",
        "work-sans",
        "anonymous-pro",
        "delius",
        "zeyada",
    }
)

#: Families whose small letters look like capitals: their ink is read as capitals.
CAPITALS_ONLY = frozenset(
    {"im-fell-english-sc", "amatic-sc", "patrick-hand-sc", "permanent-marker", "rock-salt", "walter-turncoat"}
)


@dataclass(frozen=True, slots=True)
class FontFile:
    """A font on disk: its family, its kind (a key of FONTSOURCE), and whether small letters look like capitals."""

    path: Path
    family: str
    kind: str
    capitals_only: bool = False


def default_fonts_folder() -> Path:
    """The environment's OCRTOOL_FONTS, or ``../fonts`` beside the repository."""
    configured = os.environ.get("OCRTOOL_FONTS")
    return Path(configured) if configured else Path(__file__).resolve().parents[3] / "fonts"


def system_fonts() -> Path:
    """Where packages install fonts: the environment's OCRTOOL_SYSTEM_FONTS, or ``/usr/share/fonts``."""
    return Path(os.environ.get(SYSTEM_FONTS_VARIABLE) or SYSTEM_FONTS)


def find_fonts(folder: Path | None = None) -> list[FontFile]:
    """All fonts of the tables in ``folder`` and among those installed, in a fixed order.

    Raises FileNotFoundError if there are none at all.
    """
    folder, system = folder or default_fonts_folder(), system_fonts()
    found = []
    for kind, families in FONTSOURCE.items():
        for family in families:
            for style in STYLES:
                path = folder / family / "files" / f"{family}-latin-{style}.woff"
                if path.is_file():
                    found.append(FontFile(path, family, kind, family in CAPITALS_ONLY))
    installed = sorted((p for p in system.rglob("*") if p.suffix in (".ttf", ".otf")), key=lambda p: p.name)
    unique = {p.name: p for p in installed}
    for kind, table in DEBIAN.items():
        for family, beginnings in table.items():
            family_files = [p for name, p in unique.items() if name.startswith(beginnings)]
            found.extend(FontFile(p, family, kind) for p in family_files)
    if not found:
        raise FileNotFoundError(f"no fonts in {folder} nor in {system}: see training/synthesis/fonts.py")
    return found


def part_of(family: str) -> str:
    """``test``, ``validation`` or ``train``."""
    return "test" if family in HELD_OUT else "validation" if family in VALIDATION else "train"
