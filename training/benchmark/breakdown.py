"""Where the errors are born: python -m training.benchmark.breakdown --data DIR [--part test].

Each stage is measured by replacing the stages before it with the truth:

- layout: what page-level reading loses against the same lines read one by one;
- pieces: what is lost against a decoder that may only use the cuts of the forced alignment with the true text;
- best label wrong: characters whose likeliest label is wrong on the true cut, before the language model;
- on true cuts: what stays wrong there after it;
- never found: characters of the truth for which the lattice holds no edge.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from ocrtool.options import Options
from ocrtool.script.engine import Engine, load_engine
from rapidfuzz.distance import Levenshtein
from tqdm import tqdm

from ocrtool.charset import LATIN, LATIN_CLASSES
from ocrtool.decode.beam import path_text, search
from ocrtool.decode.lattice import Lattice
from ocrtool.metrics import partial_edit_distance
from training.datasets.transcribed import Transcript, book_pages, iam_lines, name_crops
from training.datasets.transcribed_sets import default_data
from training.decoder.align import Alignment
from training.decoder.align_pages import ScoredLine, align_line, line_texts, read_lines, score_page


def only_true_cuts(lattice: Lattice, alignment: Alignment) -> Lattice:
    """The lattice with the edges of the alignment alone; pieces outside them can only be left out."""
    keep = np.zeros(len(lattice.start), bool)
    keep[alignment.edges] = True
    covered = np.zeros(lattice.pieces, bool)
    for e in alignment.edges:
        covered[lattice.start[e] : lattice.end[e]] = True
    loose = ~keep & (lattice.end - lattice.start == 1) & ~covered[lattice.start]
    labels = lattice.labels.copy()
    labels[loose] = -1
    index = np.flatnonzero(keep | loose)
    return dataclasses.replace(
        lattice,
        start=lattice.start[index],
        end=lattice.end[index],
        labels=labels[index],
        log_probs=lattice.log_probs[index],
        reject=lattice.reject[index],
    )


class Tally:
    """Counts of one set."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()
        self.confused: Counter[tuple[str, str]] = Counter()

    def rates(self) -> dict[str, float]:
        """Shares of all characters of the truth."""
        n = max(1, self.count["characters"])
        c = self.count
        return {
            "as read": c["page"] / n,
            "layout": (c["page"] - c["lines"]) / n,
            "pieces": (c["lines"] - c["true cuts"]) / n,
            "on true cuts": c["true cuts"] / n,
            "never found": c["missing"] / n,
            "best label wrong": c["glyph"] / max(1, c["glyphs"]),
        }


def _lines_of(item: Transcript, lines: list[ScoredLine], read: list[str], page: bool) -> list[tuple[int, str]]:
    """Which line says what, by the truth."""
    if page:
        return [(k, text) for k, text in enumerate(line_texts(read, item.text)) if text]
    scored = [(a.score, k) for k, line in enumerate(lines) if (a := align_line(line, item.text, item))]
    return [(max(scored)[1], item.text)] if scored else []


def _distance(item: Transcript, truth: str, read: str) -> int:
    if item.any_case:
        truth, read = truth.upper(), read.upper()
    return int(partial_edit_distance(truth, read)) if item.infix else int(Levenshtein.distance(truth, read))


def tally_item(item: Transcript, engine: Engine, page: bool, tally: Tally) -> None:
    """Add one page or crop to a set's counts."""
    lines = score_page(item.gray, engine)
    read = read_lines(lines, engine) if lines else []
    tally.count["characters"] += len(item.text)
    tally.count["page"] += _distance(item, item.text, " ".join(read))
    told = _lines_of(item, lines, read, page)
    found = [(lines[k], read[k], text, a) for k, text in told if (a := align_line(lines[k], text, item))]
    lost = max(0, len(item.text) - sum(len(text) + 1 for _, _, text, _ in found))
    tally.count["lines"] += sum(_distance(item, text, r) for _, r, text, _ in found) + (0 if page else lost)
    restricted = [only_true_cuts(line.lattice, a) for line, _, _, a in found]
    again = search(restricted, engine.guide, engine.path_weights, engine.settings.beam)
    for path, (line, _, text, a) in zip(again, found, strict=True):
        tally.count["true cuts"] += _distance(item, text, path_text(path))
        tally.count["missing"] += len(text.replace(" ", "")) - len(a.edges)
        best = line.scores[a.edges][:, : len(LATIN)].argmax(axis=1)
        tally.count["glyphs"] += len(best)
        tally.count["glyph"] += int(np.count_nonzero(best != a.labels))
        for got, true in zip(best[best != a.labels], a.labels[best != a.labels], strict=True):
            tally.confused[LATIN_CLASSES[int(true)], LATIN_CLASSES[int(got)]] += 1


def sets(data: Path, part: str) -> Iterator[tuple[str, Iterable[Transcript], bool]]:
    """name, transcripts, whether they are whole pages."""
    yield "old_books", book_pages(data, part), True
    yield "iam_hand_printed", iam_lines(data, part, hand_printed=True), False
    yield "hand_printed_words", name_crops(data, part), False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_data())
    parser.add_argument("--part", choices=("test", "train"), default="test")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--every", type=int, default=1)
    args = parser.parse_args()
    engine = load_engine(Options(weights=args.weights, threads=2))
    for name, items, page in sets(args.data, args.part):
        tally = Tally()
        for item in tqdm(list(items)[:: args.every], desc=name, disable=None):
            tally_item(item, engine, page, tally)
        columns = " | ".join(f"{key} {value:.4f}" for key, value in tally.rates().items())
        print(f"{name}: {columns}")
        print("  " + ", ".join(f"{a}→{b} {n}" for (a, b), n in tally.confused.most_common(25)))


if __name__ == "__main__":
    main()
