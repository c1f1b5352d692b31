"""Windows of Korean text as it is printed in lines: each begins at the start of a line, as reading does."""

from __future__ import annotations

import re

import keras
import numpy as np

from ocrtool.charset import LINE_START
from training.language.korean_alphabet import Alphabet
from training.language.lm_windows import after, shorten

#: Characters of a window, about two lines: every line is read from the zero state.
CHARACTERS = 64
#: Symbols that so many characters take, of whole syllables and of jamo.
WINDOW, JAMO_WINDOW = 64, 124
#: Widths of a printed line, characters, and how much the lines of one paragraph differ, since spaces are stretched.
NARROWEST, WIDEST, RAGGED = 15, 45, 2
#: Shares of windows: lines broken inside words too; beginning with a paragraph; a list; few words a line; printer's
#: quotes, ellipses and waves in place of the typewriter's.
ANYWHERE, PARAGRAPH, LISTED, SHORT, TYPOGRAPHIC = 0.45, 0.2, 0.12, 0.05, 0.5

#: Marks before the items of lists.
BULLETS = ("- ", "· ", "○ ", "● ", "■ ", "□ ", "※ ", "▲ ", "◆ ")
_CIRCLED, _CIRCLED_LETTERS = "①②③④⑤⑥⑦⑧⑨⑩", "㉠㉡㉢㉣㉤"
_SYLLABLES, _LETTERS = "가나다라마바사아자차", "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊ"
#: Marks that lists and print bring into the text, beyond ASCII.
ADDED_MARKS = "".join(BULLETS) + _CIRCLED + _LETTERS + _CIRCLED_LETTERS + "“”‘’…～"

#: A line begins with none of these: they stay with what they close.
_CLOSING = frozenset(".,!?:;)]}”’」』》〉】〕%·…、。")
_OPENING = frozenset("([{“‘「『《〈【〔")
_QUOTES = re.compile(r'"([^"\n]*)"')
_SINGLE_QUOTES = re.compile(r"(?<![A-Za-z])'([^'\n]*)'(?![A-Za-z])")


def wrap_korean(paragraph: str, width: int, anywhere: bool, rng: np.random.Generator) -> list[str]:
    """Break a paragraph into lines of about ``width`` characters, at spaces or ``anywhere`` but in Latin words.

    Spaces at the break go; nothing else does.
    """
    lines: list[str] = []
    rest = paragraph.strip()
    while len(rest) > (about := max(2, width + int(rng.integers(-RAGGED, RAGGED + 1)))):
        end = _break(rest, about) if anywhere else rest.rfind(" ", 1, about + 1)
        end = end if end > 0 else about
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*lines, rest] if rest else lines


def _break(text: str, end: int) -> int:
    """Where a line of about ``end`` characters ends that may end inside a word."""
    while end < len(text) - 1 and text[end] in _CLOSING:
        end += 1
    latin = end
    while latin > 1 and _latin(text[latin - 1]) and _latin(text[latin]):
        latin -= 1
    end = latin if latin > 1 else end
    return end - 1 if end > 1 and text[end - 1] in _OPENING else end


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def list_marks(rng: np.random.Generator) -> list[str]:
    """Marks of the items of a list, one kind, from the first or a later one on."""
    kind = int(rng.integers(9))
    if kind < 2:
        return [str(rng.choice(BULLETS))] * 10
    numbers = [f"{n}" for n in range(int(rng.integers(1, 40)), 60)]
    kinds = (
        [f"{c} " for c in _CIRCLED],
        [f"{n}. " for n in numbers],
        [f"{c}. " for c in _SYLLABLES],
        [f"{n}) " for n in numbers],
        [f"({n}) " for n in numbers],
        [f"{c}. " for c in _LETTERS],
        [f"{c} " for c in _CIRCLED_LETTERS],
    )
    marks = kinds[kind - 2]
    return marks[int(rng.integers(len(marks))) :] if rng.random() < 0.5 else marks


def typographic(text: str) -> str:
    """Printer's marks for the typewriter's: paired quotes, ellipsis, wave between figures."""
    curled = _SINGLE_QUOTES.sub(r"‘\1’", _QUOTES.sub(r"“\1”", text))
    return curled.replace("...", "…").replace("~", "～")


def window_lines(text: str, position: int, length: int, rng: np.random.Generator) -> list[str]:
    """Printed lines of at least ``length`` characters (fewer at the end of ``text``) from about ``position`` on.

    text: paragraphs, a line each.
    """
    width, anywhere = int(rng.integers(NARROWEST, WIDEST + 1)), rng.random() < ANYWHERE
    draw, printed = rng.random(), rng.random() < TYPOGRAPHIC
    marks = list_marks(rng) if draw < LISTED else []
    if draw < LISTED + PARAGRAPH:
        position = text.rfind(LINE_START, 0, position) + 1
    elif not anywhere:
        position = after(text, " ", position)
    lines: list[str] = []
    got = 0
    while got < length and position < len(text):
        end = text.find(LINE_START, position)
        end = len(text) if end < 0 else end
        piece = text[position : min(end, position + length + WIDEST)]
        if marks:
            mark, marks = marks[0], marks[1:]
            piece = mark + piece.split(". ")[0]
        lines += wrap_korean(typographic(piece) if printed else piece, width, anywhere, rng)
        got = sum(map(len, lines)) + len(lines)
        position = end + 1
    return shorten(lines, rng) if draw > 1 - SHORT else lines


class KoreanWindows(keras.utils.PyDataset):
    """Batches (symbols (B, T) int32, next symbols (B, T) int32), made as they are asked for; the same for one seed.

    The text is gone through in a shuffled order without repeats; an epoch is ``batches`` batches.
    """

    def __init__(
        self, text: str, alphabet: Alphabet, batch: int, length: int, batches: int, seed: int, first: int = 0
    ) -> None:
        super().__init__(workers=1)
        self._text, self._alphabet = text, alphabet
        self._batch, self._length, self._batches, self._seed = batch, length, batches, seed
        self._first = first
        self._order = np.random.default_rng(seed).permutation(max(1, len(text) // CHARACTERS))

    def __len__(self) -> int:
        return self._batches

    def on_epoch_end(self) -> None:
        """Go on where the last epoch ended."""
        self._first += self._batches

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        number = self._first + index
        rng = np.random.default_rng((self._seed, number))
        ids = np.stack([self._window(number * self._batch + i, rng) for i in range(self._batch)])
        return ids[:, :-1], ids[:, 1:]

    def _window(self, number: int, rng: np.random.Generator) -> np.ndarray:
        position = int(self._order[number % len(self._order)]) * CHARACTERS + int(rng.integers(CHARACTERS))
        return window(self._text, position, self._alphabet, self._length + 1, rng)


def window(text: str, position: int, alphabet: Alphabet, length: int, rng: np.random.Generator) -> np.ndarray:
    """``length`` symbols of printed lines from about ``position`` on, the first a line start; begun anew at the end."""
    printed = LINE_START
    while len(printed) < length:  # a character is at least a symbol
        lines = window_lines(text, min(position, len(text) - 1), length, rng)
        printed += LINE_START.join(lines) + LINE_START
        position = 0
    return alphabet.encode(printed)[:length]


def fixed_windows(
    text: str, alphabet: Alphabet, length: int, count: int, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """``count`` windows, evenly spread, always the same: (symbols, next symbols) (count, length) int32."""
    rng = np.random.default_rng(seed)
    starts = np.linspace(0, max(0, len(text) - 3 * CHARACTERS), count).astype(int)
    ids = np.stack([window(text, int(start), alphabet, length + 1, rng) for start in starts])
    return ids[:, :-1], ids[:, 1:]
