"""Break the errors of reading down by stage: python -m training.benchmark.breakdown --data DIR [--part test].

Each stage is measured by replacing the stages before it with the truth:

- layout: errors of page-level reading beyond those of the same lines read one by one;
- pieces: errors beyond those of a decoder restricted to the cuts of the forced alignment with the true text;
- best label wrong: characters whose most likely label is wrong on the true cut, before the language model;
- on true cuts: those still wrong after it;
- never found: characters of the truth without an edge in the lattice.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import numpy as np
from rapidfuzz.distance import Levenshtein
from tabulate import tabulate
from tqdm import tqdm

from ocrtool.decode.lattice import Lattice
from ocrtool.metrics import partial_edit_distance
from training.command import data_option, errors_as_messages, every_option, part_option, weights_option
from training.datasets.transcribed import Transcript, book_pages, iam_lines, name_crops
from training.decoder.align import Alignment
from training.decoder.aligned_lines import align_line, line_texts
from training.decoder.engines import Engine, ScoredLine, open_engine, read_lattices, read_lines, score_all_edges

#: Confusions listed for a set.
CONFUSIONS = 25
#: Loader of each set's part, and whether its items are whole pages.
SETS: dict[str, tuple[Callable[[Path, str], Iterator[Transcript]], bool]] = {
    "old_books": (book_pages, True),
    "iam_hand_printed": (lambda data, part: iam_lines(data, part, hand_printed=True), False),
    "hand_printed_words": (name_crops, False),
}


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


@dataclasses.dataclass(slots=True)
class Tally:
    """Counts of one set."""

    count: Counter[str] = dataclasses.field(default_factory=Counter)
    confused: Counter[tuple[str, str]] = dataclasses.field(default_factory=Counter)

    def rates(self) -> dict[str, float]:
        """Shares of all characters of the truth."""
        c = self.count
        n = max(1, c["characters"])
        return {
            "as read": c["page"] / n,
            "layout": (c["page"] - c["lines"]) / n,
            "pieces": (c["lines"] - c["true cuts"]) / n,
            "on true cuts": c["true cuts"] / n,
            "never found": c["missing"] / n,
            "best label wrong": c["glyph"] / max(1, c["glyphs"]),
        }


def _lines_of(
    item: Transcript, lines: list[ScoredLine], read: list[str], page: bool, engine: Engine
) -> list[tuple[int, str]]:
    """Which line says what, by the truth."""
    if page:
        return [(k, text) for k, text in enumerate(line_texts(read, item.text)) if text]
    aligned = [(k, align_line(line, item.text, item, engine)) for k, line in enumerate(lines)]
    scored = [(a.alignment.score, k) for k, a in aligned if a is not None]
    return [(max(scored)[1], item.text)] if scored else []


def _distance(item: Transcript, truth: str, read: str) -> int:
    if item.any_case:
        truth, read = truth.upper(), read.upper()
    return int(partial_edit_distance(truth, read)) if item.infix else int(Levenshtein.distance(truth, read))


def tally_item(item: Transcript, engine: Engine, page: bool, tally: Tally) -> None:
    """Add one page or crop to a set's counts."""
    count, glyphs = tally.count, engine.alphabet.glyphs
    lines = score_all_edges(item.gray, engine)
    read = read_lines(lines, engine) if lines else []
    count["characters"] += len(item.text)
    count["page"] += _distance(item, item.text, " ".join(read))
    texts = _lines_of(item, lines, read, page, engine)
    found = [(read[k], text, a) for k, text in texts if (a := align_line(lines[k], text, item, engine))]
    lost = max(0, len(item.text) - sum(len(text) + 1 for _, text, _ in found))
    count["lines"] += sum(_distance(item, text, r) for r, text, _ in found) + (0 if page else lost)
    restricted = [only_true_cuts(a.line.lattice, a.alignment) for _, _, a in found]
    for redecoded, (_, text, aligned) in zip(read_lattices(restricted, engine), found, strict=True):
        its = aligned.alignment
        count["true cuts"] += _distance(item, text, redecoded)
        count["missing"] += len(text.replace(" ", "")) - len(its.edges)
        best = aligned.line.lattice.labels[its.edges, 0]
        count["glyphs"] += len(best)
        wrong = best != its.labels
        count["glyph"] += int(np.count_nonzero(wrong))
        tally.confused.update((glyphs[t], glyphs[g]) for t, g in zip(its.labels[wrong], best[wrong], strict=True))


@click.command()
@data_option("transcribed sets")
@part_option("test", ("test", "train"))
@weights_option()
@every_option()
@errors_as_messages()
def main(data: Path, part: str, weights: Path | None, every: int) -> None:
    """Break down the errors on the transcribed sets by stage."""
    engine = open_engine("latin", weights)
    rows = []
    for name, (load, page) in SETS.items():
        tally = Tally()
        for item in tqdm(list(load(data, part))[::every], desc=name, disable=None):
            tally_item(item, engine, page, tally)
        rows.append({"set": name} | tally.rates())
        confused = tally.confused.most_common(CONFUSIONS)
        click.echo(f"{name}: " + ", ".join(f"{true}→{got} {n}" for (true, got), n in confused))
    click.echo(tabulate(rows, headers="keys", tablefmt="github", floatfmt=".4f"))


if __name__ == "__main__":
    main()
