"""Hangul syllables and Hanja: which there are, and ways to say some of them."""

from __future__ import annotations

import unicodedata
from functools import cache

from ocrtool.text import FIRST_SYLLABLE, LAST_SYLLABLE
from training.phd08.files import character_of
from training.synthesis.hangul_signs import is_hanja


@cache
def all_syllables() -> tuple[str, ...]:
    """The 11,172 syllables by code point."""
    return tuple(chr(code) for code in range(ord(FIRST_SYLLABLE), ord(LAST_SYLLABLE) + 1))


@cache
def ks_x_1001() -> tuple[str, ...]:
    """The 2,350 syllables of the Korean standard, which are those of PHD08, in its order."""
    rows, cells = range(0xB0, 0xC9), range(0xA1, 0xFF)
    return tuple(bytes((row, cell)).decode("euc_kr") for row in rows for cell in cells)


@cache
def hanja() -> tuple[str, ...]:
    """The Chinese characters of the Korean standard that look like nothing else, in its order, each once."""
    rows, cells = range(0xCA, 0xFE), range(0xA1, 0xFF)
    every = (bytes((row, cell)).decode("euc_kr") for row in rows for cell in cells)
    return tuple(character for character in every if is_hanja(character))


def characters_in(text: str) -> tuple[str, ...]:
    """Characters between commas, in NFC, also as codes such as U+002C. Raises ValueError if one is given twice."""
    characters = []
    for word in (part.strip() for part in text.split(",") if part.strip()):
        character = character_of(word)
        if character is None:
            raise ValueError(f"{word} is not one character; write several with commas between them")
        if character in characters:
            raise ValueError(f"{character} is given twice")
        characters.append(character)
    return tuple(characters)


def plain_characters(text: str) -> tuple[str, ...]:
    """The characters of a text in NFC, each once, without white space."""
    return tuple(dict.fromkeys(c for c in unicodedata.normalize("NFC", text) if not c.isspace()))
