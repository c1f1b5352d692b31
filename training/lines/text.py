"""What single lines say that a line reader is trained on: half of it cannot be guessed, half is prose.

A reader that learned from prose alone would read what it expects; numbers, codes and names must be read as they stand.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import numpy as np

from ocrtool.charset import LINE_CHARACTERS
from training.lines import figures, names, program, prose, rows, unguessable
from training.lines.draws import CAPITALS, DIGITS, SMALL, Draw, Maker, Mixture, chance, number, one, some

#: Kinds of lines and how many of a hundred lines are of each.
MIX = {
    # What no language model can guess.
    "code": 7.5,
    "amount": 3.0,
    "date": 3.0,
    "row": 6.0,
    "receipt": 3.5,
    "form": 3.5,
    "address": 3.0,
    "person": 2.5,
    "firm": 1.0,
    "measure": 2.5,
    "analysis": 2.0,
    "formula": 2.0,
    "program": 2.5,
    "digits": 2.5,
    "letters": 1.5,
    "lookalikes": 2.0,
    "lone": 1.5,
    "soup": 6.0,
    # Prose.
    "book": 28.0,
    "english": 6.5,
    "foreign": 11.5,
    "capitals": 2.0,
}
#: Share of the lines of prose that are cut down to one to four words.
SHORT = 0.22
#: Shares of the lines of prose that are set in capitals, and with a capital to every word.
UPPER, TITLED = 0.04, 0.02
#: Share of short unguessable lines that another of any kind is joined to.
JOINED = 0.45
#: Share of unguessable lines without spaces after colons, commas and stops, as tills print them: the ink must say where
#: there is none.
CLOSED_UP, MARKS = 0.12, re.compile(r"(?<=[:.,#;]) ")
#: Share of the words of soup that are ordinary.
ORDINARY = 0.3
SYMBOLS = LINE_CHARACTERS[1:]

#: Spellings of characters that are not among LINE_CHARACTERS.
_SPELLED = str.maketrans(
    {
        "ﬁ": "fi",
        "ﬂ": "fl",
        "ﬀ": "ff",
        "‑": "-",
        "‐": "-",
        "−": "-",
        "―": "—",
        "′": "'",
        "″": '"',
        "μ": "µ",
        "ł": "l",
        "Ł": "L",
    }
    | {"ı": "i", "ő": "ö", "Ő": "Ö", "ű": "ü", "Ű": "Ü", "đ": "d", "Đ": "D", "☎": "", "\u00ad": "", "´": "'"}
)
_KNOWN = frozenset(LINE_CHARACTERS)


def spelled(text: str) -> str:
    """``text`` in LINE_CHARACTERS: other letters lose their accents, other signs are left out; single spaces."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).translate(_SPELLED)
        text = "".join([c if c in _KNOWN else _nearest(c) for c in text])
    return " ".join(text.split())


def _nearest(character: str) -> str:
    if character.isspace():
        return " "
    base = unicodedata.normalize("NFD", character)[0]
    return base if base in _KNOWN else ""


def soup(rng: Draw) -> str:
    """Random words of all characters alike, among ordinary words: rare characters are seen as often as common ones."""
    words = []
    for _ in range(number(1, 14, rng)):
        kind = rng.random()
        if kind < ORDINARY:
            words.append(prose.english_word(rng))
        elif kind < 0.75:
            words.append(some(SYMBOLS, number(1, 8, rng), rng))
        elif kind < 0.9:
            word = prose.english_word(rng)
            words.append(one(SYMBOLS, rng) + word if chance(0.4, rng) else word + some(SYMBOLS, number(1, 2, rng), rng))
        else:
            place, word = number(0, 6, rng), prose.english_word(rng)
            words.append(word[:place] + one(SYMBOLS, rng) + word[place:])
    return " ".join(words)


def lone(rng: Draw) -> str:
    """A single character, a number, or two or three characters."""
    kind = rng.random()
    if kind < 0.3:
        return one(DIGITS, rng)
    if kind < 0.5:
        return one(CAPITALS + SMALL, rng)
    if kind < 0.65:
        return one(SYMBOLS, rng)
    if kind < 0.85:
        return str(number(10, 999, rng))
    return some(one((CAPITALS, DIGITS, CAPITALS + SMALL + DIGITS, SYMBOLS), rng), number(2, 3, rng), rng)


def _moment(rng: Draw) -> str:
    kind = rng.random()
    if kind < 0.5:
        return figures.date(rng)
    if kind < 0.75:
        return figures.time(rng)
    return f"{figures.date(rng)} {figures.time(rng)}" if kind < 0.9 else figures.timestamp(rng)


def few_words(text: str, rng: Draw) -> str:
    """One to four words in a row of ``text``."""
    words = text.split()
    count = number(1, 4, rng)
    first = number(0, max(0, len(words) - count), rng)
    return " ".join(words[first : first + count])


class LineText:
    """Draws the text of lines.

    Parameters
    ----------
    data : Path, optional
        The folder that holds ``gutenberg``; only the books of the language model's training part are read.
    books : bool
        False: made-up prose in place of books, as where ``data`` is None.
    """

    def __init__(self, data: Path | None = None, books: bool = True) -> None:
        self._books = prose.BookLines(data) if data is not None and books else None
        makers: dict[str, Maker] = {
            "code": unguessable.code,
            "amount": figures.amount,
            "date": _moment,
            "row": rows.cells,
            "receipt": rows.receipt,
            "form": rows.form,
            "address": names.address,
            "person": names.person,
            "firm": names.firm,
            "measure": figures.measure,
            "analysis": figures.analysis,
            "formula": figures.formula,
            "program": program.program,
            "digits": figures.digits,
            "letters": unguessable.letters,
            "lookalikes": unguessable.lookalikes,
            "lone": lone,
            "soup": soup,
        }
        tellers: dict[str, Maker] = {"english": prose.english, "foreign": prose.foreign, "capitals": prose.capitals}
        self._unguessable = Mixture({maker: MIX[name] for name, maker in makers.items()})
        self._made_up = Mixture({maker: MIX[name] for name, maker in tellers.items()})
        self._book_share = MIX["book"] / sum(MIX[name] for name in ("book", *tellers))
        self._prose_share = sum(MIX[name] for name in ("book", *tellers)) / sum(MIX.values())

    def draw(self, rng: np.random.Generator, longest: int = 90) -> str:
        """One line of 1 to ``longest`` of LINE_CHARACTERS, with single spaces between words and none at the ends."""
        while True:
            text = self._told(rng, longest) if chance(self._prose_share, rng) else self._code(rng, longest)
            if text := self._line(text, longest, rng):
                return text

    def unguessable(self, rng: np.random.Generator, longest: int = 90) -> str:
        """A line as `draw` gives, of those that no language model can guess."""
        while True:
            if text := self._line(self._code(rng, longest), longest, rng):
                return text

    def made_up(self, rng: np.random.Generator, longest: int = 90) -> str:
        """A line as `draw` gives, of prose that is in no book: letters of today, other languages, headings."""
        while True:
            if text := self._line(self._made_up(rng), longest, rng):
                return text

    @staticmethod
    def _line(text: str, longest: int, rng: Draw) -> str:
        return prose.cut(spelled(text), longest, rng).strip()

    def _told(self, rng: Draw, longest: int) -> str:
        if not chance(self._book_share, rng):
            text = self._made_up(rng)
        elif self._books is None:
            text = prose.english(rng)
        else:
            text = self._books(number(longest // 3, longest, rng), rng)
        kind = rng.random()
        if kind < UPPER + TITLED:
            text = text.upper() if kind < UPPER else prose.titled(text)
        return few_words(text, rng) if chance(SHORT, rng) else text

    def _code(self, rng: Draw, longest: int) -> str:
        text = self._unguessable(rng)
        while len(text) < longest / 2 and chance(JOINED, rng):
            text += one((" ", " ", " ", ", ", "; ", " / ", " – ", " | ", ": "), rng) + self._unguessable(rng)
        return MARKS.sub("", text) if chance(CLOSED_UP, rng) else text
