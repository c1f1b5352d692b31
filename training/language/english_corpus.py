"""The corpus of the English language model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ocrtool.charset import ENGLISH, LINE_START, Labels
from training.language.english_lines import book_window, recase
from training.language.english_sources import (
    TEST_BOOKS,
    VALIDATION_BOOKS,
    Books,
    load_books,
    load_hand_printed_names,
    load_iam_lines,
    load_receipt_lines,
)
from training.language.printed_lines import shorten
from training.language.scores import HeldOutText
from training.language.vocabulary import Vocabulary
from training.synthesis.form_text import FormText

#: Share of windows of each kind of text.
MIX = {"book": 0.70, "cased": 0.08, "short": 0.04, "form": 0.13, "handwriting": 0.04, "receipt": 0.01}
#: Windows of test text: lines read from the zero state as in decoding, and running text as models are mostly measured.
LINE_LENGTH, LINE_WINDOWS = 80, 2000
RUNNING_LENGTH, RUNNING_WINDOWS = 800, 200

VOCABULARY = Vocabulary(Labels(ENGLISH))


@dataclass(frozen=True)
class EnglishCorpus:
    """Text of all kinds. books: by part; names: in capitals, by part. Where a list is empty, books stand in for it."""

    books: Mapping[str, Books]
    names: Mapping[str, Sequence[str]]
    handwriting: Sequence[str] = ()
    receipts: Sequence[str] = ()
    vocabulary: Vocabulary = VOCABULARY

    @classmethod
    def load(cls, data: Path) -> EnglishCorpus:
        """The text in ``data``. Raises FileNotFoundError where there are no books."""
        names = {part: load_hand_printed_names(data, part) for part in ("train", "test")}
        return cls(load_books(data), names, load_iam_lines(data), load_receipt_lines(data))

    @cached_property
    def forms(self) -> FormText:
        """Text as it is filled into forms."""
        return FormText(list(self.names["train"]))

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
        return book_windows(self.books["validation"].text, length, count)

    def held_out(self, limit: int | None = None) -> Mapping[str, HeldOutText]:
        """Lines and running text of the test books; names in capitals of the forms' test part, where it is there."""
        books = self.books["test"].text
        texts = {
            "book_lines": HeldOutText.windows(book_windows(books, LINE_LENGTH, limit or LINE_WINDOWS), self.vocabulary),
            "running_book_text": HeldOutText.windows(
                book_windows(books, RUNNING_LENGTH, min(limit or RUNNING_WINDOWS, RUNNING_WINDOWS)), self.vocabulary
            ),
        }
        if names := list(self.names["test"])[:limit]:
            texts["capital_names"] = HeldOutText.lines(names, self.vocabulary)
        return texts

    def facts(self) -> dict[str, Any]:
        """As `Corpus.facts`."""
        return {
            "data": {
                "mix": MIX,
                "books": "Project Gutenberg, English books but those of the split, re-wrapped to lines",
                "form": "faker names, dates, addresses; names of hand_printed_words, train part",
                "handwriting": "transcripts of IAM pages with reading=train",
                "receipt": "SROIE receipts, train part",
            },
            "split": {"test_books": sorted(TEST_BOOKS), "validation_books": sorted(VALIDATION_BOOKS)},
        }

    def _lines(self, chunk: int, length: int, rng: np.random.Generator) -> Sequence[str]:
        kind = str(rng.choice(list(MIX), p=list(MIX.values())))
        if kind == "form":
            return self.forms.window(rng, length + 1)
        listed = {"handwriting": self.handwriting, "receipt": self.receipts}.get(kind)
        if listed:
            start = int(rng.integers(len(listed)))
            return listed[start : start + length + 1]
        text = self.books["train"].text
        position = chunk * length + int(rng.integers(length))
        lines = book_window(text, min(position, len(text) - 1), length + 1, rng)
        return recase(lines, rng) if kind == "cased" else shorten(lines, rng) if kind == "short" else lines


def book_windows(text: str, length: int, count: int, seed: int = 0) -> np.ndarray:
    """(count, length + 1) symbols of plain book text in printed lines, evenly spread, always the same."""
    rng = np.random.default_rng(seed)
    rows = []
    for start in np.linspace(0, max(0, len(text) - 3 * length), count).astype(int):
        lines = LINE_START.join(book_window(text, int(start), length + 1, rng))
        rows.append(VOCABULARY.encode((LINE_START + lines + LINE_START * (length + 1))[: length + 1]))
    return np.stack(rows)
