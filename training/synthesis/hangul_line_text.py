"""What drawn Korean lines say: running text, syllables without sense so that every one is seen, marks, signs, mixed
lines, and lines with Hanja and other characters outside the labels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from ocrtool.charset import LINE_START
from ocrtool.script.hangul.charset import (
    FINALS,
    GLYPHS,
    INITIALS,
    KOREAN_MARKS,
    KOREAN_SIGNS,
    LONE_LETTERS,
    VOWELS,
    compose_syllable,
)
from training.language.korean_sources import load_korean, training_text
from training.synthesis.hangul_signs import STRANGERS
from training.synthesis.hangul_syllables import hanja, ks_x_1001
from training.synthesis.line_text import price_line, random_word

#: Kinds of line and their weight.
KINDS = {"text": 0.25, "standard": 0.14, "any": 0.1, "mixed": 0.16, "marks": 0.08, "signs": 0.2, "hanja": 0.07}
BRACKETS = ("「」", "『』", "“”", "‘’", "〈〉", "《》", "【】", "〔〕", "()", "[]")
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩㉠㉡㉢㉣㉤"
#: Signs of prices, of quantities with digits before them, and of the beginnings of lines; units in letters.
PRICES, QUANTITIES = "₩￦\\$£€¥", "㎏㎎㎝㎜㎞㎖ℓ㏄㎥㎢㎤㎾㏊℉℃㎡%‰¢°²³½¼¾"
LETTER_UNITS = ("kg", "cm", "mm", "km", "mg", "ml", "kW", "ha", "cc", "m", "L", "cm2", "No.", "TM")
BULLETS = "•·■□▣◈◆◇●○◎▶▷◀◁▲△▼▽★☆☞※♣♠♥♡♪☎☏㉿→"
NUMBERED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳ⓐⓑⓒⓓⓔ㉮㉯㉰㉱㉲㉠㉡㉢㉣㉤㉥㉦㉧㉨"
RELATIONS = "→←↑↓↔⇒≠≤≥≒=<>∴±×÷"
#: What stands between or behind words.
BETWEEN = "·…～、。×÷±→←–—※○●□■△▲▽▼◇◆☆★"


class KoreanLineText:
    """Draws lines of text."""

    def __init__(self, data: Path, part: str = "train", kinds: Mapping[str, float] = KINDS) -> None:
        """data: folder that holds korean_text; part: of its split; kinds: how often lines of each kind are drawn."""
        known = set(GLYPHS) | {" "}
        text = training_text(load_korean(data)[part]).replace(LINE_START, " ")
        self._text = "".join(c for c in text if c in known)
        self._kinds, self._odds = list(kinds), np.array(list(kinds.values())) / sum(kinds.values())
        self._standard = ks_x_1001()
        self._hanja = hanja()

    def line(self, length: int, rng: np.random.Generator) -> str:
        """One line of about ``length`` characters.

        All of them are in GLYPHS or spaces, but for those of the kind "hanja" and other codes of a sign.
        """
        kind = str(rng.choice(self._kinds, p=self._odds))
        text: str = getattr(self, f"_{kind}_line")(length, rng)
        return " ".join(text.split())

    def _text_line(self, length: int, rng: np.random.Generator) -> str:
        start = int(rng.integers(0, max(1, len(self._text) - length)))
        return self._text[start : start + length].strip()

    def _standard_line(self, length: int, rng: np.random.Generator) -> str:
        return self._words(length, lambda n: "".join(rng.choice(self._standard, n)), rng)

    def _any_line(self, length: int, rng: np.random.Generator) -> str:
        def word(count: int) -> str:
            sizes = (len(INITIALS), len(VOWELS), len(FINALS))
            return "".join(compose_syllable(*(int(rng.integers(size)) for size in sizes)) for _ in range(count))

        return self._words(length, word, rng)

    def _mixed_line(self, length: int, rng: np.random.Generator) -> str:
        words: list[str] = []
        while sum(map(len, words)) + len(words) < length:
            draw = rng.random()
            korean = self._text_line(int(rng.integers(2, 7)), rng).strip()
            if draw < 0.3:
                words.append(random_word(rng) + korean)
            elif draw < 0.5:
                words.append(f"{korean}({random_word(rng)})")
            elif draw < 0.65:
                words.append(price_line(8, rng))
            elif draw < 0.8:
                words.append(f"{rng.integers(10 ** int(rng.integers(1, 5)))}{korean}")
            else:
                words.append(korean)
        return " ".join(words)

    def _marks_line(self, length: int, rng: np.random.Generator) -> str:
        words: list[str] = []
        while sum(map(len, words)) + len(words) < length:
            draw = rng.random()
            korean = self._text_line(int(rng.integers(2, 6)), rng).strip()
            if draw < 0.3:
                pair = BRACKETS[rng.integers(len(BRACKETS))]
                words.append(pair[0] + korean + pair[1])
            elif draw < 0.5:
                words.append(str(rng.choice(list(CIRCLED))) + " " * int(rng.integers(2)) + korean)
            elif draw < 0.75:
                mark = str(rng.choice(list(BETWEEN)))
                words.append(korean + mark + self._text_line(2, rng).strip() if rng.random() < 0.6 else mark + korean)
            elif draw < 0.9:
                letters = "".join(rng.choice(list(LONE_LETTERS), rng.integers(1, 4)))
                words.append(letters + str(rng.choice(["", ".", ")", ","])))
            else:
                words.append("".join(rng.choice(list(KOREAN_MARKS), rng.integers(1, 4))))
        return " ".join(words)

    def _signs_line(self, length: int, rng: np.random.Generator) -> str:
        words = [_any(BULLETS + NUMBERED, rng)] if rng.random() < 0.5 else []
        while sum(map(len, words)) + len(words) < length:
            draw = rng.random()
            korean = self._text_line(int(rng.integers(2, 6)), rng).strip()
            if draw < 0.2:
                words.append(_any(PRICES, rng) + _amount(rng))
            elif draw < 0.5:
                letters = rng.random() < 0.3  # the letters of a unit look much like its sign
                unit = str(rng.choice(LETTER_UNITS)) if letters else _any(QUANTITIES, rng)
                words.append(f"{_amount(rng)}{' ' * int(rng.integers(2))}{unit}")
            elif draw < 0.58:
                words.append(f"{korean}{_any(RELATIONS, rng)}{_amount(rng)}")
            elif draw < 0.68:
                words.append(_any(NUMBERED, rng) + " " * int(rng.integers(2)) + korean)
            elif draw < 0.78:
                words.append(_any("㈜§☎☏•†‡", rng) + korean if rng.random() < 0.6 else korean + _any("㈜®™©†‡♥²", rng))
            elif draw < 0.86:
                words.append(_any(BETWEEN + BULLETS + RELATIONS, rng))
            elif draw < 0.95:
                words.append(korean)
            else:
                words.append("".join(rng.choice(list(KOREAN_SIGNS), rng.integers(1, 4))))
        return " ".join(words)

    def _hanja_line(self, length: int, rng: np.random.Generator) -> str:
        words: list[str] = []
        while sum(map(len, words)) + len(words) < length:
            draw = rng.random()
            korean = self._text_line(int(rng.integers(2, 7)), rng).strip()
            foreign = "".join(rng.choice(self._hanja, int(rng.integers(1, 5))))
            if draw < 0.3:
                words.append(f"{korean}({foreign})")
            elif draw < 0.5:
                words.append(foreign + korean)
            elif draw < 0.6:
                words.append(korean + _any(STRANGERS, rng) + self._text_line(2, rng).strip())
            else:
                words.append(korean)
        return " ".join(words)

    @staticmethod
    def _words(length: int, word: Callable[[int], str], rng: np.random.Generator) -> str:
        words: list[str] = []
        while sum(map(len, words)) + len(words) < length:
            words.append(word(int(rng.integers(1, 7))))
            if rng.random() < 0.15:
                words[-1] += str(rng.choice(list(".,!?:;-")))
        return " ".join(words)


def _any(characters: str, rng: np.random.Generator) -> str:
    return characters[int(rng.integers(len(characters)))]


def _amount(rng: np.random.Generator) -> str:
    """A number as in prices and quantities."""
    number = int(rng.integers(10 ** int(rng.integers(1, 7))))
    draw = rng.random()
    return f"{number:,}" if draw < 0.6 else f"{number / 100:.2f}" if draw < 0.8 else str(number)
