"""Accuracy metrics: edit distance, character and word error rates, bag-of-words F1.

Error rates count grapheme clusters of normalised text (NFC, runs of white space as one space), so the two Unicode forms
of a Hangul syllable are equal; by jamo each letter of a syllable counts, so one wrong letter of three is a third of an
error. With an empty truth a rate is 0 if nothing was read, else the number of items read.
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
    """A minimal number of edits that turn truth into reading; among equal numbers, the one with most substitutions."""

    inserted: int  # in the reading only
    deleted: int  # in the truth only
    substituted: int

    @property
    def total(self) -> int:
        return self.inserted + self.deleted + self.substituted


def edit_distance(truth: Sequence[Hashable], got: Sequence[Hashable]) -> int:
    """Levenshtein distance of two strings (by code point) or sequences of items.

    Parameters
    ----------
    truth, got : sequence
        What is there, and what was read. The distance is symmetric.

    Returns
    -------
    int
        Least number of insertions, deletions and substitutions; computed in O(len(truth) · len(got)).

    References
    ----------
    R. Wagner and M. Fischer, "The string-to-string correction problem", Journal of the ACM, 1974.

    Examples
    --------
    >>> from ocrtool.metrics import edit_distance
    >>> edit_distance("modern", "rnodern")
    2
    """
    return int(_last_row(truth, got)[-1])


def partial_edit_distance(truth: Sequence[Hashable], got: Sequence[Hashable]) -> int:
    """Partial (semi-global) edit distance: ``truth`` to the best substring of ``got``.

    Parameters
    ----------
    truth, got : sequence
        What is there, and what was read. Items of ``got`` before and after the substring cost nothing.

    Returns
    -------
    int
        The least edit distance of ``truth`` to any substring of ``got``.

    References
    ----------
    P. Sellers, "The theory and computation of evolutionary distances: pattern recognition", J. Algorithms, 1980.

    Examples
    --------
    >>> from ocrtool.metrics import partial_edit_distance
    >>> partial_edit_distance("total", "the tota1 is")
    1
    """
    return int(_last_row(truth, got, free_start=True).min())


def edits(truth: Sequence[Hashable], got: Sequence[Hashable]) -> Edits:
    """Count the insertions, deletions and substitutions of `edit_distance`.

    Parameters
    ----------
    truth, got : sequence
        What is there, and what was read.

    Returns
    -------
    Edits
        Their numbers; ``total`` is the edit distance.

    Examples
    --------
    >>> from ocrtool.metrics import edits
    >>> edits("cat", "cart")
    Edits(inserted=1, deleted=0, substituted=0)
    """
    cost = int(_last_row(truth, got, indel=_EDIT + 1, substitution=_EDIT)[-1])
    total, indels = divmod(cost, _EDIT)
    inserted = (indels + len(got) - len(truth)) // 2
    return Edits(inserted, indels - inserted, total - indels)


def cer(truth: str, got: str) -> float:
    """Character error rate: edits of grapheme clusters per grapheme cluster of truth.

    Parameters
    ----------
    truth, got : str
        What is there, and what was read, in any Unicode normal form.

    Returns
    -------
    float
        0 for equal texts; may exceed 1 where more was read than is there.

    Examples
    --------
    >>> from ocrtool.metrics import cer
    >>> cer("clear", "dear")
    0.4
    """
    return _rate(graphemes(normal(truth)), graphemes(normal(got)))


def jamo_cer(truth: str, got: str) -> float:
    """Character error rate with each Hangul syllable decomposed into its two or three letters (jamo).

    Parameters
    ----------
    truth, got : str
        What is there, and what was read, in any Unicode normal form.

    Returns
    -------
    float
        Edits of letters per letter of truth; equal to `cer` for text without syllables.

    Examples
    --------
    >>> from ocrtool.metrics import cer, jamo_cer
    >>> cer("한글", "한굴"), round(jamo_cer("한글", "한굴"), 3)
    (0.5, 0.167)
    """
    return _rate(in_jamo(graphemes(normal(truth))), in_jamo(graphemes(normal(got))))


def in_jamo(characters: Iterable[str]) -> list[str]:
    """Replace each Hangul syllable (NFC) among ``characters`` by its conjoining letters (NFD)."""
    return [letter for c in characters for letter in (unicodedata.normalize("NFD", c) if is_syllable(c) else (c,))]


def wer(truth: str, got: str) -> float:
    """Word error rate: edits of words per word of truth.

    Parameters
    ----------
    truth, got : str
        What is there, and what was read; words are separated by white space.

    Returns
    -------
    float
        0 for equal texts; may exceed 1 where more was read than is there.

    Examples
    --------
    >>> from ocrtool.metrics import wer
    >>> wer("two words", "two swords")
    0.5
    """
    return _rate(normal(truth).split(), normal(got).split())


def bag_counts(truth: str, got: str) -> tuple[int, int, int]:
    """Count words regardless of case, punctuation and order.

    Parameters
    ----------
    truth, got : str
        What is there, and what was read.

    Returns
    -------
    tuple of int
        Words in common, words of truth, words read.

    Examples
    --------
    >>> from ocrtool.metrics import bag_counts
    >>> bag_counts("Pay the sum, please.", "please pay")
    (2, 4, 2)
    """
    expected, found = Counter(folded(truth).split()), Counter(folded(got).split())
    return (expected & found).total(), expected.total(), found.total()


def bag_f1(truth: str, got: str) -> float:
    """F1 score of the bags of words, for pages without one right reading order.

    Parameters
    ----------
    truth, got : str
        What is there, and what was read.

    Returns
    -------
    float
        Harmonic mean of precision and recall of words; 1 if neither text holds a word.

    Examples
    --------
    >>> from ocrtool.metrics import bag_f1
    >>> bag_f1("total 4.20", "4.20 total")
    1.0
    """
    common, expected, found = bag_counts(truth, got)
    return 2 * common / (expected + found) if expected + found else 1.0


def _rate(truth: Sequence[str], got: Sequence[str]) -> float:
    return edit_distance(truth, got) / max(1, len(truth))


def _last_row(
    truth: Sequence[Hashable], got: Sequence[Hashable], indel: int = 1, substitution: int = 1, free_start: bool = False
) -> np.ndarray:
    """Return the costs (len(got) + 1,) int64 of turning all of ``truth`` into each prefix of ``got``.

    The row-wise dynamic programme of Wagner and Fischer. Within a row each cell depends on the one before it; as all
    insertions cost the same, that chain is a running minimum of the cost less that of inserting the prefix.
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
