"""Text utilities: Unicode normal form, white space, grapheme clusters, natural sort order of names."""

from __future__ import annotations

import re
import unicodedata

_ZWNJ, _ZWJ = "\u200c", "\u200d"
_HALFWIDTH_VOICED = "\uff9e\uff9f"  # Extend by Other_Grapheme_Extend, though they are letters by category
_REGIONAL = range(0x1F1E6, 0x1F200)
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)

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


def jamo(text: str) -> str:
    """Normalise ``text`` and decompose Hangul syllables to jamo (NFD), for an error rate by jamo."""
    return unicodedata.normalize("NFD", normal(text))


def is_syllable(character: str) -> bool:
    """True for one of the 11,172 modern Hangul syllables in NFC."""
    return len(character) == 1 and FIRST_SYLLABLE <= character <= LAST_SYLLABLE


def natural_key(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """Sort key of natural order: page2 before page10, case ignored."""
    parts = re.split(r"([0-9]+)", name.casefold())
    return [(1, int(part), "") if i % 2 else (0, 0, part) for i, part in enumerate(parts)], name


def graphemes(text: str) -> list[str]:
    """Split ``text`` into extended grapheme clusters by the rules of UAX #29.

    The standard library has no tables for prepended marks (GB9b) and conjuncts of Indic scripts (GB9c), so these rules
    are left out; pictographs are taken to be the symbols of category So.
    """
    clusters: list[str] = []
    start = 0
    for i in range(1, len(text) + 1):
        if i == len(text) or _breaks(text, start, i):
            clusters.append(text[start:i])
            start = i
    return clusters


def _breaks(text: str, start: int, i: int) -> bool:
    """Return True if the cluster that began at ``start`` ends before ``text[i]``."""
    before, after = text[i - 1], text[i]
    if before < "\u0300" and after < "\u0300":  # ASCII and Latin-1, the bulk of what is measured
        return (before, after) != ("\r", "\n")
    if unicodedata.category(before) in ("Cc", "Zl", "Zp"):  # GB4
        return True
    if _extends(after):  # GB9, GB9a
        return False
    if before == _ZWJ and _is_pictograph(after):  # GB11: pictograph, extenders, joiner, pictograph
        return not _is_pictograph(next((c for c in reversed(text[start:i]) if not _extends(c)), ""))
    if ord(before) in _REGIONAL and ord(after) in _REGIONAL:  # GB12, GB13: flags are pairs
        return sum(ord(c) in _REGIONAL for c in text[start:i]) % 2 == 0
    return _hangul_kind(after) not in _MAY_FOLLOW.get(_hangul_kind(before), ())  # GB6 to GB8


def _extends(char: str) -> bool:
    return (
        unicodedata.category(char) in ("Mn", "Me", "Mc")
        or char in (_ZWJ, _ZWNJ)
        or char in _HALFWIDTH_VOICED
        or ord(char) in _SKIN_TONES
        or ord(char) in _TAGS
    )


def _is_pictograph(char: str) -> bool:
    return char != "" and unicodedata.category(char) == "So" and ord(char) not in _REGIONAL


_MAY_FOLLOW = {"L": ("L", "V", "LV", "LVT"), "LV": ("V", "T"), "V": ("V", "T"), "LVT": ("T",), "T": ("T",)}


def _hangul_kind(char: str) -> str:
    """Hangul_Syllable_Type: leading, vowel, trailing, syllable without or with a final; empty for all else."""
    code = ord(char)
    if 0x1100 <= code < 0x1160 or 0xA960 <= code < 0xA97D:
        return "L"
    if 0x1160 <= code < 0x11A8 or 0xD7B0 <= code < 0xD7C7:
        return "V"
    if 0x11A8 <= code < 0x1200 or 0xD7CB <= code < 0xD7FC:
        return "T"
    if 0xAC00 <= code < 0xD7A4:
        return "LV" if (code - 0xAC00) % 28 == 0 else "LVT"
    return ""
