"""How an engine did on a set of images: error rates, words, time and memory."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein
from tabulate import tabulate

from ocrtool.metrics import bag_counts, in_jamo, partial_edit_distance
from ocrtool.text import fold_typography, folded, is_syllable, normal
from training.benchmark.engines import Reading

#: Items listed with the score of a set, and characters of their text kept.
WORST, WORST_CHARACTERS = 10, 200


@dataclass(frozen=True, slots=True)
class Score:
    """How one engine did on one set; rates rounded to 4 digits.

    cer_strict: quotes, dashes and signs not folded; cer_jamo: None where the truth holds no Hangul; seconds_per_item,
    cpu_per_item: wall and processor seconds; peak_mb: the largest resident size of one process.
    """

    set: str
    engine: str
    items: int
    chars: int
    cer: float
    cer_strict: float
    cer_folded: float
    cer_jamo: float | None
    bag_f1: float
    exact: float
    exact_folded: float
    median_item_cer: float
    seconds_per_item: float
    cpu_per_item: float
    peak_mb: int
    worst: list[tuple[float, str, str]]  # CER, image, what was read


@dataclass(frozen=True, slots=True)
class Errors:
    """Edit distance, and characters of truth."""

    edits: int
    chars: int

    @property
    def rate(self) -> float:
        """Edits per character of truth."""
        return self.edits / max(1, self.chars)

    def __add__(self, other: Errors) -> Errors:
        return Errors(self.edits + other.edits, self.chars + other.chars)


@dataclass(frozen=True, slots=True)
class ItemScore:
    """One reading against the truth. bag: words in common, of truth, read."""

    errors: Errors
    strict: Errors
    folded: Errors
    jamo: Errors
    hangul: bool
    bag: tuple[int, int, int]
    exact: bool
    exact_folded: bool


def score_item(truth: str, got: str, kind: str) -> ItemScore:
    """Compare one reading with the truth; of a "word", whose crop holds more, with the best stretch of the reading."""

    def errors(a: Sequence[str], b: Sequence[str]) -> Errors:
        distance = partial_edit_distance(a, b) if kind == "word" else Levenshtein.distance(a, b)
        return Errors(int(distance), len(a))

    a, b = fold_typography(truth), fold_typography(got)
    fa, fb = folded(truth), folded(got)
    return ItemScore(
        errors=errors(a, b),
        strict=errors(normal(truth), normal(got)),
        folded=errors(fa, fb),
        jamo=errors(in_jamo(a), in_jamo(b)),
        hangul=any(map(is_syllable, a)),
        bag=bag_counts(truth, got),
        exact=a == b,
        exact_folded=fa == fb,
    )


def score_set(name: str, engine: str, kind: str, readings: Iterable[Reading]) -> Score:
    """Score all readings of a set (at least one)."""
    pairs = [(score_item(reading.item.truth, reading.text, kind), reading) for reading in readings]
    scores = [score for score, _ in pairs]
    total, nothing = sum((s.errors for s in scores), Errors(0, 0)), Errors(0, 0)
    common, expected, found = (sum(score.bag[i] for score in scores) for i in range(3))
    ranked = sorted(pairs, key=lambda pair: pair[0].errors.rate)
    return Score(
        set=name,
        engine=engine,
        items=len(pairs),
        chars=total.chars,
        cer=round(total.rate, 4),
        cer_strict=round(sum((s.strict for s in scores), nothing).rate, 4),
        cer_folded=round(sum((s.folded for s in scores), nothing).rate, 4),
        cer_jamo=round(sum((s.jamo for s in scores), nothing).rate, 4) if any(s.hangul for s in scores) else None,
        bag_f1=round(2 * common / max(1, expected + found), 4),
        exact=round(statistics.fmean(s.exact for s in scores), 4),
        exact_folded=round(statistics.fmean(s.exact_folded for s in scores), 4),
        median_item_cer=round(ranked[len(ranked) // 2][0].errors.rate, 4),
        seconds_per_item=round(statistics.fmean(reading.cost.seconds for _, reading in pairs), 3),
        cpu_per_item=round(statistics.fmean(reading.cost.cpu for _, reading in pairs), 3),
        peak_mb=max(reading.cost.peak_mb for _, reading in pairs),
        worst=[(round(s.errors.rate, 3), r.item.image.name, r.text[:WORST_CHARACTERS]) for s, r in ranked[-WORST:]],
    )


def markdown_table(scores: Sequence[Score]) -> str:
    """A table of the scores of one set; speed as a ratio to the first engine."""
    first = scores[0]
    rows = [
        {
            "engine": s.engine,
            "CER": f"{s.cer:.4f}",
            **({} if s.cer_jamo is None else {"jamo CER": f"{s.cer_jamo:.4f}"}),
            "CER strict": f"{s.cer_strict:.4f}",
            "CER folded": f"{s.cer_folded:.4f}",
            "bag F1": f"{s.bag_f1:.3f}",
            "exact folded": f"{s.exact_folded:.3f}",
            "median CER": f"{s.median_item_cer:.4f}",
            "s per image": f"{s.seconds_per_item:.3f}",
            "ratio": f"{s.seconds_per_item / max(first.seconds_per_item, 1e-3):.2f}",
            "CPU s": f"{s.cpu_per_item:.3f}",
            "peak MB": str(s.peak_mb),
        }
        for s in scores
    ]
    # The figures are text already: tabulate would cut their last noughts.
    table = tabulate(rows, headers="keys", tablefmt="github", disable_numparse=True)
    return f"**{first.set}**: {first.items} images, {first.chars} characters\n\n{table}\n"
