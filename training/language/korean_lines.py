"""Korean text in lines of print: broken at spaces or anywhere, items of lists, printer's marks."""

from __future__ import annotations

import re

import numpy as np

from ocrtool.charset import LINE_START
from training.language.printed_lines import after, shorten

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
    remaining = paragraph.strip()
    while len(remaining) > (about := max(2, width + int(rng.integers(-RAGGED, RAGGED + 1)))):
        end = _break(remaining, about) if anywhere else remaining.rfind(" ", 1, about + 1)
        end = end if end > 0 else about
        lines.append(remaining[:end].rstrip())
        remaining = remaining[end:].lstrip()
    return [*lines, remaining] if remaining else lines


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
