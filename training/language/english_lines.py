"""English text in lines of print: words broken with a hyphen as printers do, headings, short lines."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from ocrtool.charset import LINE_START
from training.language.printed_lines import after

#: Widths of a line of print, characters.
NARROWEST, WIDEST = 20, 95
#: Share broken of the words that do not fit at a line end, and shares of windows that begin inside a word and with a
#: paragraph.
HYPHENATED, BEGINS_IN_WORD, BEGINS_PARAGRAPH = 0.35, 0.1, 0.1

#: Sets a paragraph in one manner of typesetting.
Typeset = Callable[[str, np.random.Generator], str]

_VOWELS = frozenset("aeiouyAEIOUY")
_DIGRAPHS = frozenset({"ch", "ph", "qu", "sh", "th", "wh"})


def hyphen_points(word: str) -> list[int]:
    """Places where a printer might break ``word``: before a consonant that opens a syllable, two letters inside."""
    return [
        i
        for i in range(2, len(word) - 2)
        if word[i].isalpha()
        and word[i] not in _VOWELS
        and word[i + 1] in _VOWELS
        and word[i - 1].isalpha()
        and word[i - 1 : i + 1].lower() not in _DIGRAPHS
    ]


def wrap(paragraph: str, width: int, hyphenate: float, rng: np.random.Generator) -> list[str]:
    """Break ``paragraph`` into lines of at most ``width`` characters.

    Where a word does not fit, it is broken with a hyphen with probability ``hyphenate``, as in old printed books.
    """
    lines: list[str] = []
    while len(paragraph) > width:
        end = max(paragraph.rfind(" ", 1, width + 1), paragraph.rfind("-", 1, width) + 1)
        if end <= 0:
            end = width
        skip = 1 if paragraph[end : end + 1] == " " else 0
        word = paragraph[end + skip :].split(" ", 1)[0]
        points = [p for p in hyphen_points(word) if end + skip + p < width]
        if points and rng.random() < hyphenate:
            cut = end + skip + points[rng.integers(len(points))]
            lines.append(paragraph[:cut] + "-")
            paragraph = paragraph[cut:]
        else:
            lines.append(paragraph[:end])
            paragraph = paragraph[end + skip :]
    return [*lines, paragraph] if paragraph else lines


def book_window(
    text: str, position: int, length: int, rng: np.random.Generator, typeset: Typeset | None = None
) -> list[str]:
    """Lines of at least ``length`` characters (fewer at the end of ``text``) from about ``position`` on.

    They begin at a word, now and then inside a word or at the paragraph's first letter; their width is random.
    typeset: of each paragraph; without it, as it stands in ``text``.
    """
    draw = rng.random()
    if draw < BEGINS_PARAGRAPH:
        position = text.rfind(LINE_START, 0, position) + 1
    elif draw > 1 - BEGINS_IN_WORD:
        position = _inside_word(text, position, rng)
    else:
        position = after(text, " ", position)
    width = int(rng.integers(NARROWEST, WIDEST + 1))
    lines: list[str] = []
    got = 0
    while got < length and position < len(text):
        end = text.find(LINE_START, position)
        end = len(text) if end < 0 else end
        # No more than needed is wrapped; the rest of a long paragraph would be thrown away.
        cut = min(end, position + length + WIDEST)
        paragraph = text[position:cut].strip()
        lines += wrap(typeset(paragraph, rng) if typeset else paragraph, width, HYPHENATED, rng)
        got = sum(map(len, lines)) + len(lines)
        position = end + 1
    return lines


def _inside_word(text: str, position: int, rng: np.random.Generator) -> int:
    start = after(text, " ", position)
    for word in text[start : start + 60].split(" "):
        if points := hyphen_points(word):
            return start + points[rng.integers(len(points))]
        start += len(word) + 1
    return start


def unbroken(lines: list[str]) -> str:
    """``lines`` in one, words that a hyphen breaks at a line end put together."""
    return re.sub(r"(?<=[a-z])- (?=[a-z])", "", " ".join(lines))


def recase(lines: list[str], rng: np.random.Generator) -> list[str]:
    """Headings: capitals or Title Case."""
    upper = rng.random() < 0.7
    # the capital of the sign for micro is a Greek letter
    return [(line.upper() if upper else line.title()).replace("\u039c", "µ") for line in lines]
