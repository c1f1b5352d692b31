"""Fold any text to the symbols of the English language model, as the scorer and a scanned page fold them."""

from __future__ import annotations

import unicodedata

from ocrtool.charset import ENGLISH, LINE_START

#: One glyph on paper, one symbol here. A long dash is one glyph and is scored as "-".
_FOLD = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛`´ʼ′", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―⸺⸻−", "-"),
        **dict.fromkeys("·•", "."),
        "⁄": "/",
        "×": "x",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "Œ": "OE",
        "ß": "ss",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "Ð": "D",
        "þ": "th",
        "Þ": "Th",
        "ı": "i",
    }
)
_KNOWN = frozenset(ENGLISH)


def normalise(text: str) -> str:
    """Text in the symbols of `charset.ENGLISH` alone; the same for the NFC and the NFD form.

    Quotes and dashes become plain, accents go, ligatures and the ellipsis are taken apart, runs of spaces become one;
    what has no counterpart is dropped. Line ends stay.
    """
    # Fold before and after: NFKD would take some quotes (´, ″) apart into a space and a mark.
    plain = unicodedata.normalize("NFKD", text.translate(_FOLD)).translate(_FOLD)
    lines = ("".join(c if c in _KNOWN else " " if c.isspace() else "" for c in line) for line in plain.splitlines())
    return LINE_START.join(" ".join(line.split()) for line in lines).replace("''", '"')
