"""What drawn Korean lines say: running text, syllables without sense so that every one is seen, marks, mixed lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from ocrtool.charset import LINE_START
from ocrtool.script.hangul.charset import FINALS, GLYPHS, INITIALS, KOREAN_MARKS, LONE_LETTERS, VOWELS, compose_syllable
from training.language.korean_sources import load_korean, training_text
from training.synthesis.hangul_syllables import ks_x_1001
from training.synthesis.line_text import price_line, random_word

#: Kinds of line and their weight.
KINDS = {"text": 0.38, "standard": 0.22, "any": 0.16, "mixed": 0.16, "marks": 0.08}
BRACKETS = ("「」", "『』", "“”", "‘’", "〈〉", "《》", "【】", "〔〕", "()", "[]")
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩㉠㉡㉢㉣㉤"
#: What stands between or behind words.
BETWEEN = "·…～、。×÷±→←–—※○●□■△▲▽▼◇◆☆★"


class KoreanLineText:
    """Draws lines of text."""

    def __init__(self, data: Path, part: str = "train", kinds: Mapping[str, float] = KINDS) -> None:
        """data: folder that holds korean_text; part: of its split; kinds: how often lines of each kind are drawn."""
        self._text = training_text(load_korean(data)[part]).replace(LINE_START, " ")
        self._kinds, self._odds = list(kinds), np.array(list(kinds.values())) / sum(kinds.values())
        self._standard = ks_x_1001()
        self._known = set(GLYPHS) | {" "}

    def line(self, length: int, rng: np.random.Generator) -> str:
        """One line of about ``length`` characters, all of them in GLYPHS or spaces."""
        kind = str(rng.choice(self._kinds, p=self._odds))
        text = getattr(self, f"_{kind}_line")(length, rng)
        return " ".join("".join(c for c in text if c in self._known).split())

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

    @staticmethod
    def _words(length: int, word: Callable[[int], str], rng: np.random.Generator) -> str:
        words: list[str] = []
        while sum(map(len, words)) + len(words) < length:
            words.append(word(int(rng.integers(1, 7))))
            if rng.random() < 0.15:
                words[-1] += str(rng.choice(list(".,!?:;-")))
        return " ".join(words)
