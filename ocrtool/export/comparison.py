"""Comparison of a reading with the true text: counts of edits of every kind, confusions, and the aligned texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ocrtool.metrics import bag_counts, in_jamo
from ocrtool.text import folded, graphemes, normal

#: Longest part of a text, in characters, that counts as one confusion, such as ``rn`` for ``m``.
CONFUSION_LENGTH = 3
#: Readings have about one edit in so many characters or fewer. Where that holds, books are compared in a second instead
#: of a quarter of a minute; elsewhere the result is the same.
USUAL_EDITS = 20


@dataclass(frozen=True, slots=True)
class Rate:
    """Edits, and the number of items of truth that they are counted against."""

    edits: int = 0
    items: int = 0

    @property
    def value(self) -> float:
        """Edits per item; with an empty truth the number of edits, as `ocrtool.metrics` has it."""
        return self.edits / max(1, self.items)

    def __add__(self, other: Rate) -> Rate:
        return Rate(self.edits + other.edits, self.items + other.items)


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted of a pair, or of many.

    cer, wer: of characters (grapheme clusters) and words, white space apart as they are; folded_cer, folded_wer: in
    lower case without punctuation; jamo: as cer, by the letters of syllables; common, expected, found: words of the
    bag.
    """

    cer: Rate = Rate()
    folded_cer: Rate = Rate()
    jamo: Rate = Rate()
    wer: Rate = Rate()
    folded_wer: Rate = Rate()
    common: int = 0
    expected: int = 0
    found: int = 0

    @property
    def bag_f1(self) -> float:
        """F1 score of the words regardless of case, punctuation and order."""
        return 2 * self.common / (self.expected + self.found) if self.expected + self.found else 1.0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.cer + other.cer,
            self.folded_cer + other.folded_cer,
            self.jamo + other.jamo,
            self.wer + other.wer,
            self.folded_wer + other.folded_wer,
            self.common + other.common,
            self.expected + other.expected,
            self.found + other.found,
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A part of two aligned texts: the same in both, or what the truth has and what was read in its place."""

    truth: str
    got: str

    @property
    def same(self) -> bool:
        return self.truth == self.got


@dataclass(frozen=True, slots=True)
class Comparison:
    """A reading compared with its truth. parts: their texts, normalised (NFC, white space to one space), aligned."""

    name: str
    counts: Counts
    parts: tuple[Part, ...]

    @property
    def confusions(self) -> Counter[tuple[str, str]]:
        """How often each part of the truth was read as something else; one side is empty where characters are lost."""
        return Counter(pair for part in self.parts if not part.same for pair in _confusions(part))


def compare(name: str, truth: str, got: str) -> Comparison:
    """Compare a reading with the true text."""
    expected, found = graphemes(normal(truth)), graphemes(normal(got))
    bag = bag_counts(truth, got)
    counts = Counts(
        _rate(expected, found),
        _rate(graphemes(folded(truth)), graphemes(folded(got))),
        _rate(in_jamo(expected), in_jamo(found)),
        _rate(normal(truth).split(), normal(got).split()),
        _rate(folded(truth).split(), folded(got).split()),
        *bag,
    )
    return Comparison(name, counts, tuple(_aligned(expected, found, counts.cer.edits)))


def total(comparisons: Iterable[Comparison]) -> Counts:
    """Add up the counts of comparisons: rates of all are edits of all per item of all."""
    return sum((one.counts for one in comparisons), Counts())


def top_confusions(comparisons: Iterable[Comparison], most: int) -> list[tuple[str, str, int]]:
    """List the most frequent confusions: true, read, count; equally frequent ones in the order of their characters."""
    counted: Counter[tuple[str, str]] = sum((one.confusions for one in comparisons), Counter())
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [(truth, got, count) for (truth, got), count in ordered[:most]]


def _rate(truth: Sequence[str], got: Sequence[str]) -> Rate:
    from rapidfuzz.distance import Levenshtein

    return Rate(Levenshtein.distance(truth, got, score_hint=len(truth) // USUAL_EDITS), len(truth))


def _aligned(truth: Sequence[str], got: Sequence[str], edits: int) -> Iterator[Part]:
    """Align two texts by a minimal number of edits; successive edits are one part. edits: their number."""
    from rapidfuzz.distance import Levenshtein

    start, other = 0, 0
    for block in Levenshtein.opcodes(truth, got, score_hint=edits):
        if block.tag == "equal":
            if start < block.src_start or other < block.dest_start:
                yield Part("".join(truth[start : block.src_start]), "".join(got[other : block.dest_start]))
            yield Part("".join(truth[block.src_start : block.src_end]), "".join(got[block.dest_start : block.dest_end]))
            start, other = block.src_end, block.dest_end
    if start < len(truth) or other < len(got):
        yield Part("".join(truth[start:]), "".join(got[other:]))


def _confusions(part: Part) -> Iterator[tuple[str, str]]:
    """Take a short part as one confusion, a longer one as edits of single characters."""
    from rapidfuzz.distance import Levenshtein

    truth, got = graphemes(part.truth), graphemes(part.got)
    if max(len(truth), len(got)) <= CONFUSION_LENGTH:
        yield part.truth, part.got
        return
    for edit in Levenshtein.editops(truth, got):
        old = truth[edit.src_pos] if edit.tag != "insert" else ""
        yield old, got[edit.dest_pos] if edit.tag != "delete" else ""
