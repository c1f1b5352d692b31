"""What characters of Korean fonts are read as: signs under another code, and Hanja and others outside the labels."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from ocrtool.charset import UNKNOWN
from ocrtool.script.hangul.charset import MARKS
from ocrtool.text import is_syllable
from training.synthesis.hangul_fonts import PROBE_SIZE, drawn_characters, open_font

#: Hanja that look like letters, marks or rules.
PLAIN_HANJA = frozenset("一二三十口人入八工丁卜乙己丨丶丿亅亠几凡匚匸冂囗日曰田土士干千")
#: Kana, letters and signs outside the labels that look like none of them.
STRANGERS = (
    "あいえおかきけさすせそたちつてなにぬねのはひふほまみむめもやゆよるれろわをん"
    "アウオカキケサシスセソタチツテナヌネハヒフホマミムメモヤユヨラルレワヲン"
    "ΣΦΨΞλψξζЖДЯЮЩЙЦ"
    "♨♩♬♭▨▧▦▩▤▥☜↗↘↖↙∑∮∇♀♂㏂㏘㏇㎐㎑㎒⅓⅔◐◑♤♧"
)
#: Fonts that draw Hanja as syllables, and fonts that draw a won sign or a backslash as something else.
NO_HANJA = frozenset({"Guseul"})
NO_WON = frozenset({"BMHANNAAir_ttf", "BMHANNAPro", "BMHANNA_11yrs_ttf"})
#: Runs of ink in a row from which a backslash is a won sign.
WON_RUNS = 3

_LABELS = frozenset(MARKS) - {UNKNOWN}


def is_hanja(character: str) -> bool:
    """True for a Chinese character of the common block that looks like nothing else."""
    return "一" <= character <= "鿿" and character not in PLAIN_HANJA


def read_as(path: Path, character: str) -> str | None:
    """The label that a font's picture of a character is to be read as; None if it is ambiguous or wrong.

    Raises OSError if the file is no font.
    """
    if is_syllable(character):
        return character
    if (path.stem in NO_HANJA and is_hanja(character)) or (path.stem in NO_WON and character in "₩￦\\"):
        return None
    if character == "￦":
        return "₩"
    if character == "\\":
        return "₩" if _draws_won(path) else character
    if character in _LABELS:
        return character
    return UNKNOWN if is_hanja(character) or character in STRANGERS else None


@lru_cache(maxsize=512)
def unknown_characters(path: Path) -> tuple[str, ...]:
    """The characters that a font draws and that are outside the labels, Hanja among them."""
    return tuple(sorted(c for c in drawn_characters(path) if read_as(path, c) == UNKNOWN))


@lru_cache(maxsize=512)
def _draws_won(path: Path) -> bool:
    """True for a font whose backslash is a won sign, as in the Korean variant of ASCII."""
    mask, _ = open_font(path, PROBE_SIZE).getmask2("\\", mode="L", anchor="ls")
    width, height = mask.size
    ink = np.frombuffer(bytes(mask), np.uint8).reshape(height, width) > 127
    starts = ink & ~np.concatenate([np.zeros((height, 1), bool), ink[:, :-1]], axis=1)
    return bool(height) and int(starts.sum(axis=1).max()) >= WON_RUNS
