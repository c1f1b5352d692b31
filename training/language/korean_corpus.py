"""The corpus of the Korean language model."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ocrtool.charset import LATIN, LINE_START, Labels
from ocrtool.script.hangul.charset import MARKS, OTHER, SYLLABLES
from ocrtool.text import is_syllable
from training.language.korean_lines import ADDED_MARKS, ANYWHERE, NARROWEST, WIDEST, window_lines, wrap_korean
from training.language.korean_sources import (
    BLOCK,
    REPEATS,
    TEST_SHARE,
    VALIDATION_SHARE,
    Parts,
    character_counts,
    load_korean,
    training_text,
)
from training.language.scores import HeldOutText
from training.language.vocabulary import Vocabulary

#: A syllable or mark is a symbol if it occurs so often in the train part.
LEAST_COUNT = 2
#: Characters from one place that windows start near to the next.
CHUNK = 64


def korean_vocabulary(counts: Counter[str], least: int = LEAST_COUNT, always: str = ADDED_MARKS) -> Vocabulary:
    """Symbols for a text with these character ``counts``: line start, space, ASCII, marks, syllables, OTHER.

    Of marks beyond ASCII and of syllables those are listed that occur ``least`` times; marks in ``always`` in any case.
    """
    marks = [mark for mark in MARKS[len(LATIN) :] if counts[mark] >= least or mark in always]
    syllables = sorted(c for c, count in counts.items() if is_syllable(c) and count >= least)
    return Vocabulary(Labels([LINE_START, " ", *LATIN, *marks, *syllables, OTHER]), other=OTHER)


def coverage(counts: Counter[str], vocabulary: Vocabulary) -> float:
    """Share of the syllables of a text that are symbols."""
    syllables = {c: count for c, count in counts.items() if is_syllable(c)}
    return sum(n for c, n in syllables.items() if c in vocabulary.labels) / max(1, sum(syllables.values()))


def other_bits(vocabulary: Vocabulary) -> float:
    """Bits that tell a syllable without a symbol from all others: what naming it costs beyond saying OTHER."""
    return math.log2(max(1, SYLLABLES - sum(map(is_syllable, vocabulary.labels))))


@dataclass(frozen=True)
class KoreanCorpus:
    """Korean text in its parts, printed in lines; see `training.language.korean_sources` for the split."""

    parts: Parts
    vocabulary: Vocabulary
    _text: str = field(repr=False)

    @classmethod
    def load(cls, data: Path) -> KoreanCorpus:
        """The text of ``data``. Raises FileNotFoundError, ValueError."""
        parts = load_korean(data)
        return cls(parts, korean_vocabulary(character_counts(parts["train"])), training_text(parts["train"]))

    def chunks(self, length: int) -> int:
        """As `Corpus.chunks`."""
        return max(1, len(self._text) // CHUNK)

    def window(self, chunk: int, length: int, rng: np.random.Generator) -> np.ndarray:
        """As `Corpus.window`."""
        return self._window(self._text, chunk * CHUNK + int(rng.integers(CHUNK)), length, rng)

    def validation_windows(self, length: int, count: int) -> np.ndarray:
        """As `Corpus.validation_windows`."""
        rng = np.random.default_rng(0)
        text = LINE_START.join(line for lines in self.parts["validation"].values() for line in lines)
        starts = np.linspace(0, max(0, len(text) - 3 * CHUNK), count).astype(int)
        return np.stack([self._window(text, int(start), length, rng) for start in starts])

    def held_out(self, limit: int | None = None) -> Mapping[str, HeldOutText]:
        """The test part in printed lines, ``limit`` of each file, each line read by itself."""
        by_file = {name: printed_lines(lines)[:limit] for name, lines in self.parts["test"].items()}
        lines = [line for of_file in by_file.values() for line in of_file]
        files = np.repeat(list(by_file), [len(of_file) for of_file in by_file.values()])
        text = HeldOutText.lines(lines, self.vocabulary, other_bits(self.vocabulary))
        syllable = np.zeros(text.targets.shape, bool)
        for row, line in enumerate(lines):
            syllable[row, : len(line)] = [is_syllable(c) for c in line]
        masks = {name: text.counted & (files == name)[:, None] for name, of_file in by_file.items() if of_file}
        return {"test_lines": text.with_subsets({"syllables": syllable} | masks)}

    def facts(self) -> dict[str, Any]:
        """As `Corpus.facts`."""
        counts = {part: character_counts(files) for part, files in self.parts.items()}
        return {
            "data": {
                "korean_text": {name: sum(map(len, lines)) for name, lines in self.parts["train"].items()},
                "repeats": REPEATS,
                "characters": {part: counts[part].total() for part in self.parts},
                "coverage": {part: round(coverage(counts[part], self.vocabulary), 6) for part in ("train", "test")},
            },
            "split": {
                "rule": f"blocks of {BLOCK} lines of each file ranked by the SHA-256 of their text: the first "
                f"{TEST_SHARE:.1%} test, the next {VALIDATION_SHARE:.2%} validation; a line of "
                "test is in no other part",
            },
        }

    def _window(self, text: str, position: int, length: int, rng: np.random.Generator) -> np.ndarray:
        """Printed lines from about ``position`` on, begun anew at the end of ``text``."""
        printed = LINE_START
        while len(printed) <= length:
            lines = window_lines(text, min(position, len(text) - 1), length + 1, rng)
            printed += LINE_START.join(lines) + LINE_START
            position = 0
        return self.vocabulary.encode(printed[: length + 1])


def printed_lines(paragraphs: list[str], seed: int = 0) -> list[str]:
    """All of the paragraphs in printed lines, each once; widths and ways to break are drawn, the same for a seed."""
    rng = np.random.default_rng(seed)
    lines: list[str] = []
    for paragraph in paragraphs:
        width, anywhere = int(rng.integers(NARROWEST, WIDEST + 1)), bool(rng.random() < ANYWHERE)
        lines += wrap_korean(paragraph, width, anywhere, rng)
    return lines
