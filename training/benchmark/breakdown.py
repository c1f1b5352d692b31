"""Break the errors of reading down by stage and kind.

    python -m training.benchmark.breakdown DATA SET... [--sheets DIR]

Texts are compared as the strict error rate compares them. An edit belongs to the line that was read where it stands:

- lost: a run of characters of the truth that no line has: the layout did not find it, or the text filter dropped it;
- invented: lines of which hardly a character is in the truth, such as pictures read as text, or text that it lacks;
- reader: edits within the other lines as they are read without the language model;
- language: edits within lines that the language model adds, or takes away if negative;

What is left within lines is counted by kind. SET is as for ``python -m training.benchmark``; DIR/SET.png shows the
worst lines, each with its picture, the truth and what was read.
"""

from __future__ import annotations

import tempfile
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
import numpy as np
from rapidfuzz.distance import Levenshtein
from tabulate import tabulate
from tqdm import tqdm

from ocrtool.imaging.input import read_pages
from ocrtool.pipeline import read_page
from ocrtool.script.engines import Engines, load_engines
from ocrtool.text import fold_typography
from ocrtool.types import Box
from training.benchmark.sets import PARTS, load_set
from training.command import PATH, errors_as_messages, every_option, weights_option
from training.report.line_sheets import MisreadLine, line_sheet

#: A run of so many characters of the truth without one that is read is lost; a shorter one is misread.
LOST = 10
#: A line is invented if at most this share of its characters is in the truth.
INVENTED = 0.3
#: Lines on the sheet of the worst.
WORST = 20
KINDS = ("space", "typography", "case", "accent", "digit", "punctuation", "letter")


@dataclass(frozen=True, slots=True)
class ReadLine:
    """text: with single spaces; box: in pixels of the input."""

    text: str
    box: Box


@dataclass(slots=True)
class LineEdits:
    """Edits within one line. pairs: characters of the truth and of the line, "" for none; truth: what it should say."""

    pairs: list[tuple[str, str]] = field(default_factory=list)
    truth: str = ""


@dataclass(frozen=True, slots=True)
class PageEdits:
    """lost, invented: characters; lines: edits of each line, None if it is invented."""

    lost: int
    invented: int
    lines: list[LineEdits | None]

    @property
    def within(self) -> int:
        """Edits within lines."""
        return sum(len(line.pairs) for line in self.lines if line is not None)


def read_lines(gray: np.ndarray, engines: Engines) -> list[ReadLine]:
    """The lines of a page that have text."""
    lines = [ReadLine(" ".join(line.text.split()), line.box) for line in read_page(gray, engines).lines]
    return [line for line in lines if line.text]


def page_edits(truth: str, lines: Sequence[str]) -> PageEdits:
    """Share the edits between a truth and lines, both with single spaces, among the lines."""
    read = " ".join(lines)
    owner = np.repeat(np.arange(len(lines)), [len(line) + 1 for line in lines])[: len(read)]
    found = [LineEdits() for _ in lines]
    right, lost = np.zeros(len(lines), int), 0
    for step in Levenshtein.opcodes(truth, read):
        if step.tag == "equal":
            right += np.bincount(owner[step.dest_start : step.dest_end], minlength=len(lines))
        for k, part in _of_lines(owner, step.dest_start, step.dest_end):
            if step.tag in ("equal", "replace"):
                shift = step.src_start - step.dest_start
                found[k].truth += truth[part.start + shift : part.stop + shift]
            if step.tag == "replace":
                found[k].pairs += [(truth[i + shift], read[i]) for i in range(part.start, part.stop)]
            elif step.tag == "insert":
                found[k].pairs += [("", read[i]) for i in range(part.start, part.stop)]
        if step.tag == "delete":
            run = step.src_end - step.src_start
            if run >= LOST or not lines:
                lost += run
                continue
            line = found[owner[min(step.dest_start, len(owner) - 1)]]
            line.truth += truth[step.src_start : step.src_end]
            line.pairs += [(c, "") for c in truth[step.src_start : step.src_end]]
    invented = [right[k] <= INVENTED * len(line) for k, line in enumerate(lines)]
    extra = sum(len(found[k].pairs) for k in np.flatnonzero(invented))
    return PageEdits(lost, extra, [None if odd else line for odd, line in zip(invented, found, strict=True)])


def _of_lines(owner: np.ndarray, start: int, end: int) -> list[tuple[int, range]]:
    """The lines that characters ``start`` to ``end`` belong to, each with its part of them."""
    edges = [start, *(start + 1 + np.flatnonzero(np.diff(owner[start:end]))).tolist(), end]
    return [(int(owner[a]), range(a, b)) for a, b in pairwise(edges) if b > a]


def kind_of(truth: str, read: str) -> str:
    """The kind of an edit, one of `KINDS`; "" stands for no character."""
    if " " in (truth, read):
        return "space"
    if truth and read and fold_typography(truth) == fold_typography(read):
        return "typography"
    if truth and read and truth.casefold() == read.casefold():
        return "case"
    if truth and read and _bare(truth) == _bare(read):
        return "accent"
    present = [c for c in (truth, read) if c]
    if any(c.isdigit() for c in present):
        return "digit"
    return "letter" if any(c.isalpha() for c in present) else "punctuation"


def _bare(character: str) -> str:
    """A character without its accent and case."""
    return unicodedata.normalize("NFD", character)[0].casefold()


@dataclass(slots=True)
class Tally:
    """Counts of one set. confused: pairs of characters within lines; worst: the lines with most edits."""

    characters: int = 0
    lost: int = 0
    invented: int = 0
    within: int = 0
    within_unguided: int = 0
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)
    worst: list[MisreadLine] = field(default_factory=list)

    def add(self, gray: np.ndarray, truth: str, guided: list[ReadLine], unguided: list[ReadLine]) -> None:
        """Add a page, read with and without the language model."""
        truth = " ".join(truth.split())
        edits = page_edits(truth, [line.text for line in guided])
        self.characters += len(truth)
        self.lost += edits.lost
        self.invented += edits.invented
        self.within += edits.within
        self.within_unguided += page_edits(truth, [line.text for line in unguided]).within
        for line, found in zip(guided, edits.lines, strict=True):
            if found is None or not found.pairs:
                continue
            self.confused.update(found.pairs)
            box = line.box
            picture = gray[max(0, box.y0) : box.y1, max(0, box.x0) : box.x1]
            self.worst.append(MisreadLine(picture, found.truth.strip(), line.text, len(found.pairs)))
        self.worst = sorted(self.worst, key=lambda line: -line.edits)[:WORST]

    def rates(self) -> dict[str, float]:
        """Shares of the characters of the truth."""
        kinds = Counter[str]()
        for pair, count in self.confused.items():
            kinds[kind_of(*pair)] += count
        counts = {
            "lost": self.lost,
            "invented": self.invented,
            "reader": self.within_unguided,
            "language": self.within - self.within_unguided,
            **{kind: kinds[kind] for kind in KINDS},
        }
        return {name: count / max(1, self.characters) for name, count in counts.items()}


#: Confusions listed for a set.
CONFUSIONS = 25


def break_down(data: Path, name: str, part: str, every: int, engines: Sequence[Engines]) -> Tally:
    """Read a set with engines that have a language model and with ones that have none, and count the edits."""
    tally = Tally()
    with tempfile.TemporaryDirectory() as work:
        for item in tqdm(load_set(data, name, Path(work), part).items[::every], desc=name, disable=None):
            gray = next(iter(read_pages(item.image, item.image.name))).gray
            tally.add(gray, item.truth, *(read_lines(gray, engine) for engine in engines))
    return tally


@click.command()
@click.argument("data", type=PATH)
@click.argument("sets", nargs=-1, required=True, metavar="SET...")
@click.option("--part", type=click.Choice(PARTS), default="test", show_default=True)
@click.option("--sheets", type=PATH, help="Draw the worst lines of each set to this folder.")
@weights_option()
@every_option()
@errors_as_messages()
def main(data: Path, sets: tuple[str, ...], part: str, sheets: Path | None, weights: Path | None, every: int) -> None:
    """Break down the errors on SETs of the folder DATA by stage and kind."""
    engines = [load_engines("eng", weights, language_model=guided) for guided in (True, False)]
    rows: list[dict[str, Any]] = []
    for name in sets:
        tally = break_down(data, name, part, every, engines)
        label = Path(name).name
        rows.append({"set": label} | tally.rates())
        confused = [f"{truth or '-'}→{read or '-'} {n}" for (truth, read), n in tally.confused.most_common(CONFUSIONS)]
        click.echo(f"{label}: " + ", ".join(confused))
        if sheets is not None:
            sheets.mkdir(parents=True, exist_ok=True)
            line_sheet(tally.worst, label, sheets / f"{label}.png")
    click.echo(tabulate(rows, headers="keys", tablefmt="github", floatfmt=".4f"))


if __name__ == "__main__":
    main()
