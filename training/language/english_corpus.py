"""The corpus of the English language model: prose of all times, and what no language model can guess."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ocrtool.charset import LINE_CHARACTERS, LINE_START, Labels
from training.language.english_lines import NARROWEST, WIDEST, Typeset, book_window, recase, unbroken
from training.language.english_sources import (
    HELD_OUT_FILES,
    TEST_BOOKS,
    VALIDATION_BOOKS,
    Books,
    load_books,
    load_hand_printed_names,
    load_modern,
    load_words,
)
from training.language.printed_lines import shorten
from training.language.scores import HeldOutText
from training.language.vocabulary import Vocabulary
from training.lines.letters import letter
from training.lines.prose import titled, typeset
from training.lines.text import LineText, spelled
from training.synthesis.form_text import FormText

#: Share of windows of each kind of text.
MIX = {
    # Prose: two thirds.
    "book": 0.38,
    "modern": 0.16,
    "letter": 0.04,
    "cased": 0.04,
    "short": 0.05,
    "made_up": 0.04,
    "word": 0.02,
    # What no language model can guess, digits, signs and case included: a model must learn to expect anything there.
    "code": 0.17,
    "form": 0.10,
}
#: Share of the headings and short lines that are modern text.
MODERN = 0.4
#: Characters that a letter of one sentence has at least.
SHORT_LETTER = 8
#: Windows of test text: lines read from the zero state as in decoding.
LINE_LENGTH, LINE_WINDOWS = 80, 2000
#: Seed of the codes that are only measured on.
HELD_OUT_SEED = 7_002_025
#: Shares of the validation windows that are of books and of modern text; the rest are codes.
VALIDATION = {"book": 0.45, "modern": 0.25}

#: Line start, then the characters of the line reader.
VOCABULARY = Vocabulary(Labels(LINE_START + LINE_CHARACTERS))


@dataclass(frozen=True)
class EnglishCorpus:
    """Text of all kinds.

    books, modern: running text by part; plain: the test books in ASCII; names: in capitals, by part; words: a word
    list. Where modern text or a list is empty, books stand in for it.
    """

    books: Mapping[str, Books]
    plain: Books
    names: Mapping[str, Sequence[str]]
    modern: Mapping[str, Books] = field(default_factory=dict)
    words: Sequence[str] = ()
    vocabulary: Vocabulary = VOCABULARY

    @classmethod
    def load(cls, data: Path, modern: Path | None = None) -> EnglishCorpus:
        """The text in ``data``, and that of `training.language.fetch_modern` in ``modern``.

        Raises FileNotFoundError where there are no books, or ``modern`` is given and holds no text.
        """
        names = {part: load_hand_printed_names(data, part) for part in ("train", "test")}
        corpus = cls(load_books(data, fold=spelled), load_books(data, ("test",))["test"], names)
        if modern is None:
            return corpus
        words = [word for word in load_words(modern) if spelled(word) == word]
        return replace(corpus, modern=load_modern(modern, spelled), words=words)

    def __getstate__(self) -> dict[str, Any]:
        """Without what is made of the text: a copy in another process makes it anew."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @cached_property
    def forms(self) -> FormText:
        """Text as it is filled into forms."""
        return FormText(list(self.names["train"]))

    @cached_property
    def made_up(self) -> LineText:
        """Lines that are made up: codes, amounts, rows, other languages."""
        return LineText()

    def chunks(self, length: int) -> int:
        """As `Corpus.chunks`."""
        return max(1, len(self.books["train"].text) // length)

    def window(self, chunk: int, length: int, rng: np.random.Generator) -> np.ndarray:
        """As `Corpus.window`."""
        text = LINE_START
        while len(text) <= length + 1:
            text += LINE_START.join(self._lines(chunk, length, rng)) + LINE_START
        return self.vocabulary.encode(text[: length + 1])

    def validation_windows(self, length: int, count: int) -> np.ndarray:
        """As `Corpus.validation_windows`."""
        sources = {"book": self.books["validation"], "modern": self.modern.get("validation", self.books["validation"])}
        counts = {kind: round(VALIDATION[kind] * count) for kind in sources}
        rows = [book_windows(sources[kind].text, length, counts[kind], manner=typeset) for kind in sources]
        rng = np.random.default_rng(HELD_OUT_SEED + 1)
        codes = [
            self.vocabulary.encode((LINE_START + LINE_START.join(self._codes(length, rng)))[: length + 1])
            for _ in range(count - sum(counts.values()))
        ]
        return np.concatenate([*rows, np.reshape(codes, (-1, length + 1))]).astype(np.uint8)

    def held_out(self, limit: int | None = None) -> Mapping[str, HeldOutText]:
        """The test books in ASCII and as they are typeset, modern text, codes of another seed, and names in capitals of
        the forms' test part; modern text and names where they are there.
        """
        count, windows, lines = limit or LINE_WINDOWS, HeldOutText.windows, HeldOutText.lines
        rng = np.random.default_rng(HELD_OUT_SEED)
        texts = {
            "book_lines": windows(book_windows(self.plain.text, LINE_LENGTH, count), self.vocabulary),
            "typeset_book_lines": windows(
                book_windows(self.books["test"].text, LINE_LENGTH, count // 2, manner=typeset), self.vocabulary
            ),
        }
        if self.modern:
            modern = book_windows(self.modern["test"].text, LINE_LENGTH, count, manner=typeset)
            texts["modern_lines"] = windows(modern, self.vocabulary)
        texts["codes"] = lines([self.made_up.unguessable(rng) for _ in range(count)], self.vocabulary)
        if names := list(self.names["test"])[:limit]:
            texts["capital_names"] = lines(names, self.vocabulary)
        return texts

    def facts(self) -> dict[str, Any]:
        """As `Corpus.facts`."""
        manuals = {}
        if self.modern:
            text = self.modern["train"].text
            manuals["modern"] = f"manuals fetched by training.language.fetch_modern, {len(text)} characters"
            manuals["word"] = f"{len(self.words)} words of SCOWL"
        return {
            "data": {
                "mix": MIX,
                "book": "Project Gutenberg, English books but those of the split, typeset in many manners, re-wrapped",
                **manuals,
                "letter": "sentences of letters and e-mails with made-up names, dates and sums (training.lines)",
                "made_up": "words of nine other languages, made-up sentences, headings (training.lines)",
                "code": "codes, amounts, dates, rows, receipts, forms, addresses, programs (training.lines)",
                "form": "faker names, dates, addresses; names of hand_printed_words, train part",
            },
            "split": {
                "test_books": sorted(TEST_BOOKS),
                "validation_books": sorted(VALIDATION_BOOKS),
                "modern": f"by file: of {HELD_OUT_FILES} one for test and one for validation",
                "codes": "made with another seed",
            },
        }

    def _lines(self, chunk: int, length: int, rng: np.random.Generator) -> Sequence[str]:
        kind = str(rng.choice(list(MIX), p=list(MIX.values())))
        if kind == "form":
            return self.forms.window(rng, length + 1)
        if kind == "code":
            return self._codes(length, rng)
        if kind == "made_up":
            return drawn(self.made_up.made_up, length, rng)
        if kind == "letter":
            text = LINE_START.join(spelled(letter(rng)) for _ in range(1 + length // SHORT_LETTER))
            return book_window(text, 0, length + 1, rng)
        if kind == "word" and self.words:
            return drawn(self._word, length, rng)
        modern = bool(self.modern) and (kind == "modern" or (kind in ("cased", "short") and rng.random() < MODERN))
        text = (self.modern if modern else self.books)["train"].text
        position = int(rng.integers(len(text))) if modern else chunk * length + int(rng.integers(length))
        lines = book_window(text, min(position, len(text) - 1), length + 1, rng, typeset)
        return recase(lines, rng) if kind == "cased" else shorten([unbroken(lines)], rng) if kind == "short" else lines

    def _codes(self, length: int, rng: np.random.Generator) -> list[str]:
        return drawn(self.made_up.unguessable, length, rng)

    def _word(self, rng: np.random.Generator, longest: int) -> str:
        words = " ".join(self.words[int(rng.integers(len(self.words)))] for _ in range(int(rng.integers(1, 4))))
        write: Sequence[Callable[[str], str]] = (str, str, str.capitalize, titled, str.upper)
        return write[int(rng.integers(len(write)))](words)[:longest].strip()


def drawn(draw: Callable[[np.random.Generator, int], str], length: int, rng: np.random.Generator) -> list[str]:
    """Lines of at most one width, drawn until they have more than ``length`` characters."""
    width, lines, got = int(rng.integers(NARROWEST, WIDEST + 1)), list[str](), 0
    while got <= length:
        lines.append(draw(rng, width))
        got += len(lines[-1]) + 1
    return lines


def book_windows(text: str, length: int, count: int, seed: int = 0, manner: Typeset | None = None) -> np.ndarray:
    """(count, length + 1) symbols of book text in printed lines, evenly spread, always the same."""
    rng = np.random.default_rng(seed)
    rows = []
    for start in np.linspace(0, max(0, len(text) - 3 * length), count).astype(int):
        lines = LINE_START.join(book_window(text, int(start), length + 1, rng, manner))
        rows.append(VOCABULARY.encode((LINE_START + lines + LINE_START * (length + 1))[: length + 1]))
    return np.reshape(rows, (-1, length + 1))
