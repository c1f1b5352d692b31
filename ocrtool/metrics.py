"""How far a reading is from the truth: edit distances, character and word error rates, bag of words.

Error rates count grapheme clusters of normalised text (NFC, runs of white space as one space), so the two Unicode forms
of a Hangul syllable are the same; by jamo each letter of a syllable counts, so one wrong letter of three is a third of
an error. An empty truth gives 0 if nothing was read, else the number of items read.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ocrtool.text import folded, graphemes, is_syllable, normal

#: One edit, in the cost that counts insertions and deletions in its low bits. Texts are far shorter.
_EDIT = 1 << 32


@dataclass(frozen=True, slots=True)
class Edits:
    """The fewest edits that turn truth into reading; of equally few, those with most substitutions."""

    inserted: int  # read but not there
    deleted: int  # there but not read
    substituted: int

    @property
    def total(self) -> int:
        return self.inserted + self.deleted + self.substituted


def edit_distance(truth: Sequence[Hashable], got: Sequence[Hashable]) -> int:
    """Levenshtein distance of two strings (by code point) or lists of items, O(len(truth) · len(got))."""
    return int(_last_row(truth, got)[-1])


def partial_edit_distance(truth: Sequence[Hashable], got: Sequence[Hashable]) -> int:
    """Distance of ``truth`` to the best stretch of ``got``: what stands before and after it costs nothing."""
    return int(_last_row(truth, got, free_start=True).min())


def edits(truth: Sequence[Hashable], got: Sequence[Hashable]) -> Edits:
    """How many insertions, deletions and substitutions ``edit_distance`` consists of."""
    cost = int(_last_row(truth, got, indel=_EDIT + 1, substitution=_EDIT)[-1])
    total, indels = divmod(cost, _EDIT)
    inserted = (indels + len(got) - len(truth)) // 2
    return Edits(inserted, indels - inserted, total - indels)


def cer(truth: str, got: str) -> float:
    """Character error rate: edits of graphemes per grapheme of truth."""
    return _rate(graphemes(normal(truth)), graphemes(normal(got)))


def jamo_cer(truth: str, got: str) -> float:
    """``cer`` with each Hangul syllable taken apart into its two or three letters; as ``cer`` where there is none."""
    return _rate(in_jamo(graphemes(normal(truth))), in_jamo(graphemes(normal(got))))


def in_jamo(characters: Iterable[str]) -> list[str]:
    """Characters, each Hangul syllable (NFC) among them replaced by its conjoining letters (NFD)."""
    return [unit for c in characters for unit in (unicodedata.normalize("NFD", c) if is_syllable(c) else (c,))]


def wer(truth: str, got: str) -> float:
    """Word error rate: edits of words per word of truth."""
    return _rate(normal(truth).split(), normal(got).split())


def bag_counts(truth: str, got: str) -> tuple[int, int, int]:
    """Words in common, words of truth, words read; case, punctuation and order ignored."""
    expected, found = Counter(folded(truth).split()), Counter(folded(got).split())
    return (expected & found).total(), expected.total(), found.total()


def bag_f1(truth: str, got: str) -> float:
    """F1 of the words as a bag: for pages without one right reading order. 1 if neither holds a word."""
    common, expected, found = bag_counts(truth, got)
    return 2 * common / (expected + found) if expected + found else 1.0


def _rate(truth: Sequence[str], got: Sequence[str]) -> float:
    return edit_distance(truth, got) / max(1, len(truth))


def _last_row(
    truth: Sequence[Hashable], got: Sequence[Hashable], indel: int = 1, substitution: int = 1, free_start: bool = False
) -> np.ndarray:
    """Costs (len(got) + 1,) int64 of turning all of ``truth`` into each prefix of ``got``.

    The row-wise dynamic programme of Wagner and Fischer. Within a row each cell depends on the one before it; as an
    insertion costs the same everywhere, that chain is a running minimum of cost minus place.
    """
    numbers: dict[Hashable, int] = {}
    a = [numbers.setdefault(item, len(numbers)) for item in truth]
    b = np.array([numbers.setdefault(item, len(numbers)) for item in got], np.int64)
    insertions = np.arange(len(b) + 1, dtype=np.int64) * indel
    row = np.zeros_like(insertions) if free_start else insertions.copy()
    for item in a:
        cell = row + indel  # deletion
        np.minimum(cell[1:], row[:-1] + np.where(b == item, 0, substitution), out=cell[1:])
        row = np.minimum.accumulate(cell - insertions) + insertions  # insertion
    return row
