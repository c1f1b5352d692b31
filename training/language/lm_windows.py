"""Windows of text for the language model: each begins at the start of a line, as the beam search does."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import keras
import numpy as np

from ocrtool.charset import LINE_START
from training.language.corpus import (
    Books,
    hyphen_points,
    load_books,
    load_hand_printed_names,
    load_iam_lines,
    load_receipt_lines,
    wrap,
)
from training.language.fold_text import encode
from training.synthesis.form_text import FormText

#: Share of windows of each kind of text.
MIX = {"book": 0.70, "cased": 0.08, "short": 0.04, "form": 0.13, "handwriting": 0.04, "receipt": 0.01}

#: Widths of a line of print, characters.
NARROWEST, WIDEST = 25, 75
#: Share broken of the words that do not fit at a line end, and share of windows that begin inside a word.
HYPHENATED, BEGINS_IN_WORD = 0.35, 0.1


@dataclass(frozen=True)
class Sources:
    """All texts that windows are drawn from. Lists may be empty: books stand in for them."""

    books: Books
    forms: FormText
    handwriting: list[str] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)

    @classmethod
    def load(cls, data: Path, books: Books | None = None) -> Sources:
        """Sources of the train parts in ``data``."""
        names = load_hand_printed_names(data, "train")
        return cls(books or load_books(data)["train"], FormText(names), load_iam_lines(data), load_receipt_lines(data))


def book_window(text: str, position: int, length: int, rng: np.random.Generator) -> list[str]:
    """Lines of at least ``length`` characters (fewer at the end of ``text``) from about ``position`` on.

    They begin at a word, now and then inside a word or at the paragraph's first letter; their width is random.
    """
    draw = rng.random()
    if draw < 0.1:
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
        lines += wrap(text[position:cut].strip(), width, HYPHENATED, rng)
        got = sum(map(len, lines)) + len(lines)
        position = end + 1
    return lines


def after(text: str, mark: str, position: int) -> int:
    """The place behind the next ``mark`` from ``position`` on; ``position`` if there is none before the end."""
    found = text.find(mark, position)
    return found + 1 if 0 <= found < len(text) - 1 else position


def _inside_word(text: str, position: int, rng: np.random.Generator) -> int:
    start = after(text, " ", position)
    for word in text[start : start + 60].split(" "):
        if points := hyphen_points(word):
            return start + points[rng.integers(len(points))]
        start += len(word) + 1
    return start


def recase(lines: list[str], rng: np.random.Generator) -> list[str]:
    """Headings: capitals or Title Case."""
    upper = rng.random() < 0.7
    return [line.upper() if upper else line.title() for line in lines]


def shorten(lines: list[str], rng: np.random.Generator) -> list[str]:
    """One to four words a line."""
    words = " ".join(lines).split(" ")
    short: list[str] = []
    while words:
        count = int(rng.integers(1, 5))
        short.append(" ".join(words[:count]))
        words = words[count:]
    return short


class LineWindows(keras.utils.PyDataset):
    """Batches (symbols (B, T) int32, next symbols (B, T) int32), made as they are asked for; the same for one seed.

    Books are gone through in a shuffled order without repeats; an epoch is ``batches`` batches.
    """

    def __init__(self, sources: Sources, batch: int, length: int, batches: int, seed: int, first: int = 0) -> None:
        super().__init__(workers=1)
        self._sources, self._batch, self._length, self._batches, self._seed = sources, batch, length, batches, seed
        self._first = first
        chunks = max(1, len(sources.books.text) // length)
        self._order = np.random.default_rng(seed).permutation(chunks)

    def __len__(self) -> int:
        return self._batches

    def on_epoch_end(self) -> None:
        """Go on where the last epoch ended."""
        self._first += self._batches

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        number = self._first + index
        rng = np.random.default_rng((self._seed, number))
        ids = np.stack([self._window(number * self._batch + i, rng) for i in range(self._batch)]).astype(np.int32)
        return ids[:, :-1], ids[:, 1:]

    def _window(self, number: int, rng: np.random.Generator) -> np.ndarray:
        wanted = self._length + 1
        text = LINE_START
        while len(text) <= wanted:
            text += LINE_START.join(self._lines(number, wanted, rng)) + LINE_START
        return encode(text[:wanted])

    def _lines(self, number: int, length: int, rng: np.random.Generator) -> list[str]:
        kind = str(rng.choice(list(MIX), p=list(MIX.values())))
        if kind == "form":
            return self._sources.forms.window(rng, length)
        listed = {"handwriting": self._sources.handwriting, "receipt": self._sources.receipts}.get(kind)
        if listed:
            start = int(rng.integers(len(listed)))
            return listed[start : start + length]
        text = self._sources.books.text
        position = int(self._order[number % len(self._order)]) * self._length + int(rng.integers(self._length))
        lines = book_window(text, min(position, len(text) - 1), length, rng)
        return recase(lines, rng) if kind == "cased" else shorten(lines, rng) if kind == "short" else lines


def fixed_windows(text: str, length: int, count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """``count`` windows of plain book text, evenly spread, always the same: (symbols, next symbols) (count, length)."""
    rng = np.random.default_rng(seed)
    rows = []
    for start in np.linspace(0, max(0, len(text) - 3 * length), count).astype(int):
        lines = LINE_START.join(book_window(text, int(start), length + 1, rng))
        rows.append(encode((LINE_START + lines + LINE_START * (length + 1))[: length + 1]))
    ids = np.stack(rows).astype(np.int32)
    return ids[:, :-1], ids[:, 1:]
