"""Text utilities: Unicode normal form, white space, grapheme clusters, natural sort order of names, counts."""

from __future__ import annotations

import re
import unicodedata

FIRST_SYLLABLE, LAST_SYLLABLE = "가", "힣"

#: Typographic characters and their ASCII equivalents.
_TYPEWRITER = str.maketrans(
    dict.fromkeys("‘’`", "'")
    | dict.fromkeys("“”", '"')
    | dict.fromkeys("–—‐−", "-")
    | {"…": "...", "·": ".", "≪": "<", "≫": ">", "～": "~", "\u00a0": " "}
)


def normal(text: str) -> str:
    """Normalise ``text``: NFC, each run of white space to one space, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold_typography(text: str) -> str:
    """Normalise ``text`` as `normal` does, with typographic quotes, dashes and dots in ASCII; '' becomes a quote."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_TYPEWRITER).replace("''", '"').split())


def folded(text: str) -> str:
    """Fold ``text`` to letters, digits and single spaces: `fold_typography`, lower case, no punctuation."""
    return " ".join(re.sub(r"[^\w\s]|_", " ", fold_typography(text).lower()).split())


def is_syllable(character: str) -> bool:
    """True for one of the 11,172 modern Hangul syllables in NFC."""
    return len(character) == 1 and FIRST_SYLLABLE <= character <= LAST_SYLLABLE


def natural_key(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """Sort key of natural order: page2 before page10, case ignored."""
    parts = re.split(r"([0-9]+)", name.casefold())
    return [(1, int(part), "") if i % 2 else (0, 0, part) for i, part in enumerate(parts)], name


def counted(count: int, noun: str) -> str:
    """Say how many of something there are: ``1 page``, ``2 pages``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def graphemes(text: str) -> list[str]:
    """User-perceived characters of ``text``: extended grapheme clusters by the rules of UAX #29."""
    import regex  # takes 10 ms, and only measuring needs it

    clusters: list[str] = regex.findall(r"\X", text)
    return clusters
