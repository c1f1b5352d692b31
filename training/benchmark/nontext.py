"""Measure what other ink costs: python -m training.benchmark.nontext DIR [--engine ENGINE].

DIR holds the sets of `training.synthesis.nontext_pages`. For each set a row: of how many pages with no text some came
out, lines lost, CER, characters too many, and the dearest page's processor time and memory, as ratios to a full page of
text of that size, from DIR/plain. A line is lost if a quarter of it or more is not found in what was read.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click
from PIL import Image

from ocrtool.metrics import edit_distance, partial_edit_distance
from training.benchmark.engines import Cost, Reading, read_set
from training.benchmark.sets import load_set
from training.command import EXISTING, errors_as_messages, every_option
from training.report.markdown import table

#: Share of a line that may be missing or wrong before it is lost.
LOST_SHARE = 0.25
#: The set of full pages of text.
PLAIN = "plain"
HEADER = ("set", "pages", "with invented text", "lines lost", "CER", "characters too many", "processor", "memory")


@dataclass
class Tally:
    """What was read on the pages of one set; ratios: of processor time and of memory, of the dearest page."""

    pages: int = 0
    invented: int = 0
    lines: int = 0
    lost: int = 0
    edits: int = 0
    characters: int = 0
    surplus: int = 0
    ratios: list[float] = field(default_factory=lambda: [0.0, 0.0])

    def add(self, truth: str, read: str) -> None:
        """Count a page by its text and what was read; white space runs to one space."""
        wanted, found = " ".join(truth.split()), " ".join(read.split())
        lines = [" ".join(line.split()) for line in truth.splitlines() if line.strip()]
        self.pages += 1
        self.invented += bool(found and not wanted)
        self.lines += len(lines)
        self.lost += sum(partial_edit_distance(line, found) > LOST_SHARE * len(line) for line in lines)
        self.edits += edit_distance(wanted, found)
        self.characters += len(wanted)
        self.surplus += max(0, len(found) - len(wanted))

    def row(self, name: str) -> list[str]:
        """Return the cells of the table's row."""
        rate = f"{self.edits / self.characters:.4f}" if self.characters else "–"
        blank = str(self.invented) if not self.characters else "–"
        lost = f"{self.lost} of {self.lines}" if self.lines else "–"
        ratios = [f"{ratio:.2f}" if ratio else "–" for ratio in self.ratios]
        return [name, str(self.pages), blank, lost, rate, str(self.surplus), *ratios]


def size_of(reading: Reading) -> tuple[int, int]:
    """Return the width and height of a page in pixels."""
    with Image.open(reading.item.image) as image:
        return (image.width, image.height)


def mean_costs(readings: Sequence[Reading]) -> dict[tuple[int, int], Cost]:
    """Return the mean cost of the pages of each size."""
    sizes = [size_of(reading) for reading in readings]
    means = {}
    for size in set(sizes):
        costs = [reading.cost for reading, own in zip(readings, sizes, strict=True) if own == size]
        seconds, cpu, peak = (
            sum(getattr(cost, name) for cost in costs) / len(costs) for name in ("seconds", "cpu", "peak_mb")
        )
        means[size] = Cost(seconds, cpu, round(peak))
    return means


def tally(readings: Sequence[Reading], plain: dict[tuple[int, int], Cost]) -> Tally:
    """Count the pages of a set. plain: the cost of a page of text, by its size."""
    found = Tally()
    for reading in readings:
        found.add(reading.item.truth, reading.text)
        base = plain.get(size_of(reading))
        if base is not None:
            own = (reading.cost.cpu / base.cpu, reading.cost.peak_mb / base.peak_mb)
            found.ratios = [max(pair) for pair in zip(found.ratios, own, strict=True)]
    return found


@click.command()
@click.argument("folder", type=EXISTING)
@click.option("--engine", default="ocrtool", show_default=True, help="Engine, as of training.benchmark.")
@every_option()
@errors_as_messages()
def main(folder: Path, engine: str, every: int) -> None:
    """Measure the sets of FOLDER, drawn by training.synthesis.nontext_pages, and print a table."""
    names = sorted(path.name for path in folder.iterdir() if path.is_dir() and path.name != PLAIN)
    rows = []
    plain: dict[tuple[int, int], Cost] = {}
    with tempfile.TemporaryDirectory() as work:
        for name in (PLAIN, *names):
            images = load_set(folder, name, Path(work))
            readings = list(read_set(engine, images, images.items[::every], Path(work)))
            plain = plain or mean_costs(readings)
            rows.append(tally(readings, plain).row(name))
    click.echo(table(HEADER, rows, HEADER[1:]))


if __name__ == "__main__":
    main()
