"""Score OCR engines side by side on sets of images with known text.

    python -m training.benchmark DATA SET... [--engine ENGINE]... [--part test|train|all] [--every N] [--limit N]
                                             [--only PATTERN] [--json FILE] [--markdown]

SET is old_books, iam_pages, iam_lines, iam_hand_printed, hand_printed_words, receipts, modern_pages, korean_pages, or a
folder of images with .gt.txt or .txt beside them; one whose name holds "korean" is read as Korean and English.
ENGINE is ``ocrtool`` (default), ``tesseract`` or ``tesseract6``, each with options of its own if any
(``'ocrtool --no-lm'``, ``'tesseract -l kor --psm 6'``), or a shell command with {image} in it that prints text.

CER is edit distance per character of truth over the whole set; typographic quotes and dashes are folded, and a run of
white space is one space. ``folded`` also ignores case and punctuation; ``jamo`` counts the letters of Hangul syllables,
and is there where the truth holds any. On words, whose crops hold more than the word,
the distance is to the best stretch of what was read. ``bag`` is the F1 of words with order ignored. Seconds are wall
seconds per image, whole process; memory is the most that was resident in any.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import statistics
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ocrtool.metrics import bag_counts, edit_distance, in_jamo, partial_edit_distance
from ocrtool.text import fold_typography, folded, is_syllable
from training.benchmark.engines import Reading, read_set
from training.benchmark.sets import PARTS, load_set

#: Items listed with the score of a set, and characters of their text kept.
WORST, WORST_CHARACTERS = 10, 200


@dataclass(frozen=True, slots=True)
class Score:
    """How one engine did on one set; rates rounded to 4 digits. cer_jamo: None where the truth holds no Hangul."""

    set: str
    engine: str
    items: int
    chars: int
    cer: float
    cer_folded: float
    cer_jamo: float | None
    bag_f1: float
    exact: float
    exact_folded: float
    median_item_cer: float
    seconds_per_item: float
    peak_mb: float
    worst: list[tuple[float, str, str]]  # CER, image, what was read


@dataclass(frozen=True, slots=True)
class _ItemScore:
    errors: int
    chars: int
    errors_folded: int
    chars_folded: int
    errors_jamo: int
    chars_jamo: int
    hangul: bool
    bag: tuple[int, int, int]
    exact: bool
    exact_folded: bool

    @property
    def cer(self) -> float:
        return self.errors / max(1, self.chars)


def score_item(truth: str, got: str, kind: str) -> _ItemScore:
    """Compare one reading with the truth, by the rules at the top of this module."""
    distance = partial_edit_distance if kind == "word" else edit_distance
    a, b = fold_typography(truth), fold_typography(got)
    fa, fb = folded(truth), folded(got)
    ja, jb = in_jamo(a), in_jamo(b)
    errors = distance(a, b)
    return _ItemScore(
        errors=errors,
        chars=len(a),
        errors_folded=distance(fa, fb),
        chars_folded=len(fa),
        errors_jamo=errors if len(ja) == len(a) and len(jb) == len(b) else distance(ja, jb),
        chars_jamo=len(ja),
        hangul=any(map(is_syllable, a)),
        bag=bag_counts(truth, got),
        exact=a == b,
        exact_folded=fa == fb,
    )


def score_set(name: str, engine: str, kind: str, readings: Iterable[Reading]) -> Score:
    """Score all readings of a set (at least one)."""
    pairs = [(score_item(reading.item.truth, reading.text, kind), reading) for reading in readings]
    scores = [score for score, _ in pairs]
    common, expected, found = (sum(score.bag[i] for score in scores) for i in range(3))
    jamo = _share(sum(score.errors_jamo for score in scores), sum(score.chars_jamo for score in scores))
    ranked = sorted(pairs, key=lambda pair: pair[0].cer)
    return Score(
        set=name,
        engine=engine,
        items=len(pairs),
        chars=sum(score.chars for score in scores),
        cer=_share(sum(score.errors for score in scores), sum(score.chars for score in scores)),
        cer_folded=_share(sum(score.errors_folded for score in scores), sum(score.chars_folded for score in scores)),
        cer_jamo=jamo if any(score.hangul for score in scores) else None,
        bag_f1=_share(2 * common, expected + found),
        exact=_share(sum(score.exact for score in scores), len(scores)),
        exact_folded=_share(sum(score.exact_folded for score in scores), len(scores)),
        median_item_cer=round(ranked[len(ranked) // 2][0].cer, 4),
        seconds_per_item=round(statistics.fmean(reading.seconds for _, reading in pairs), 3),
        peak_mb=round(max(reading.peak for _, reading in pairs) / 1e6, 1),
        worst=[(round(s.cer, 3), r.item.image.name, r.text[:WORST_CHARACTERS]) for s, r in ranked[-WORST:]],
    )


def markdown_table(scores: Sequence[Score]) -> str:
    """A table of the scores of one set; speed as a ratio to the first engine."""
    korean = scores[0].cer_jamo is not None
    rows = [
        f"**{scores[0].set}**: {scores[0].items} images, {scores[0].chars} characters",
        "",
        f"| engine | CER | {'jamo CER | ' * korean}CER folded | bag F1 | exact folded | median CER | s per image "
        "| ratio | peak MB |",
        "|---" * (9 + korean) + "|",
    ]
    for s in scores:
        ratio = s.seconds_per_item / max(scores[0].seconds_per_item, 1e-3)
        jamo = f"{s.cer_jamo:.4f} | " if korean else ""
        rows.append(
            f"| {s.engine} | {s.cer:.4f} | {jamo}{s.cer_folded:.4f} | {s.bag_f1:.3f} | {s.exact_folded:.3f} "
            f"| {s.median_item_cer:.4f} | {s.seconds_per_item:.3f} | {ratio:.2f} | {s.peak_mb:.0f} |"
        )
    return "\n".join(rows) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line, score every engine on every set, print one JSON object or table row for each."""
    options = _parser().parse_args(arguments)
    for name in options.sets:
        scores = []
        with tempfile.TemporaryDirectory() as folder:
            images = load_set(options.data, name, Path(folder), options.part)
            items = [item for item in images.items if fnmatch.fnmatch(item.image.name, options.only)]
            if not items:
                raise SystemExit(f"no image of {name} has a name like {options.only}")
            items = items[:: options.every][: options.limit]
            for engine in options.engine or ["ocrtool"]:
                readings = read_set(engine, images, items, Path(folder))
                scores.append(score_set(name, engine, images.kind, readings))
                _report(scores[-1], options)
        if options.markdown:
            print(markdown_table(scores), flush=True)


def _report(score: Score, options: argparse.Namespace) -> None:
    record = asdict(score)
    if options.json:
        with options.json.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    if not options.markdown:
        del record["worst"]
        print(json.dumps(record), flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("sets", nargs="+", metavar="SET")
    parser.add_argument("--engine", action="append", help="may be given several times; ratios are to the first")
    parser.add_argument("--part", choices=PARTS, default="test")
    parser.add_argument("--only", default="*", metavar="PATTERN", help="images with such a name only: '*_noisy.png'")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every Nth item only")
    parser.add_argument("--limit", type=int, metavar="N", help="the first N items only")
    parser.add_argument("--json", type=Path, metavar="FILE", help="append scores and the worst items as JSON lines")
    parser.add_argument("--markdown", action="store_true", help="print a table for each set")
    return parser


def _share(part: float, whole: float) -> float:
    return round(part / max(1, whole), 4)


if __name__ == "__main__":
    main()
