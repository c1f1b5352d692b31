"""Text as people count it: Unicode normal form, white space, characters as graphemes, natural order of names."""

from __future__ import annotations

import re
import unicodedata

FIRST_SYLLABLE, LAST_SYLLABLE = "가", "힣"

#: Typographic characters and what a typewriter has for them.
_TYPEWRITER = str.maketrans(
    dict.fromkeys("‘’`", "'")
    | dict.fromkeys("“”", '"')
    | dict.fromkeys("–—‐−", "-")
    | {"…": "...", "·": ".", "≪": "<", "≫": ">", "～": "~", "\u00a0": " "}
)


def normal(text: str) -> str:
    """``text`` in NFC, each run of white space one space, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold_typography(text: str) -> str:
    """``normal`` with typographic quotes, dashes and dots as a typewriter has them; two apostrophes are a quote."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_TYPEWRITER).replace("''", '"').split())


def folded(text: str) -> str:
    """``fold_typography`` in lower case without punctuation: letters, digits and single spaces."""
    return " ".join(re.sub(r"[^\w\s]|_", " ", fold_typography(text).lower()).split())


def jamo(text: str) -> str:
    """``normal`` text with Hangul syllables taken apart (NFD), for an error rate by jamo."""
    return unicodedata.normalize("NFD", normal(text))


def is_syllable(character: str) -> bool:
    """True for one of the 11,172 modern Hangul syllables in NFC."""
    return len(character) == 1 and FIRST_SYLLABLE <= character <= LAST_SYLLABLE


def natural_key(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """Sort key by which page2 comes before page10, capitals beside small letters."""
    parts = re.split(r"([0-9]+)", name.casefold())
    return [(1, int(part), "") if i % 2 else (0, 0, part) for i, part in enumerate(parts)], name


def graphemes(text: str) -> list[str]:
    """User-perceived characters of ``text``: extended grapheme clusters by the rules of UAX #29."""
    import regex  # takes 10 ms, and only measuring needs it

    clusters: list[str] = regex.findall(r"\X", text)
    return clusters
