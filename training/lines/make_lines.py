"""Draw training lines: pages in fonts or in handwriting, degraded, cut into strips as reading cuts them.

    python -m training.lines.make_lines SOURCE OUT --count N [--part train|validation|test] [--seed N]

SOURCE is ``print`` (fonts, handwriting fonts among them), ``pen`` (UNIPEN and EMNIST) or ``form`` (printed labels with
entries of UNIPEN and EMNIST). OUT/SOURCE-NUMBER.npz hold the
strips. Shards that are there already are left as they are, so that an interrupted run goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

import click
import cv2
import numpy as np
from tqdm import tqdm

from training.command import data_option, errors_as_messages, jobs_option, latin_fonts_option, part_option, seed_option
from training.lines.pages import InkLine, LineMaker, Sample, draw_samples
from training.lines.printing import any_medium
from training.lines.shards import pack, write_shard
from training.synthesis.fonts import default_fonts_folder

#: Strips of a shard, and tries of a page before a source is given up.
SHARD, TRIES = 4000, 1000
SOURCES = ("print", "pen", "form")
#: Longest text of a line.
LONGEST = 90

#: Leading of handwriting, in x-heights.
PEN_LEADING = (3.0, 6.0)
#: Handwriting is larger than print; its pages are drawn at a lower resolution.
PEN_SIZE = 0.75

MakePage = Callable[[np.random.Generator], LineMaker]


def page_maker(source: str, data: Path, fonts: Path, part: str) -> MakePage:
    """What draws the lines of each page of a source. Raises ValueError, OSError where its data are not there."""
    from training.lines.text import LineText

    text = LineText(data if data.is_dir() else None)
    if source != "pen":
        from training.lines.families import find_faces
        from training.lines.printed import PrintedLines

        printed = PrintedLines(find_faces(fonts, part), partial(text.draw, longest=LONGEST))
        if source == "print":
            return printed.page
        from training.lines.forms import FormLines

        return FormLines(data, part, printed).page
    from training.lines.pen import PenLines

    lines = PenLines(data, part, partial(text.draw, longest=40))

    def line(rng: np.random.Generator, x_height: float) -> InkLine | None:
        written = lines.draw(rng, x_height, LONGEST)
        if written is None:
            return None
        return InkLine(written.ink, written.baseline, written.text, written.centres, written.x_height)

    return lambda rng: LineMaker(line, PEN_LEADING, PEN_SIZE)


def samples(make_page: MakePage, rng: np.random.Generator) -> Iterator[Sample]:
    """Strips of page after page."""
    for _ in range(TRIES * SHARD):
        medium = any_medium(rng)
        yield from draw_samples(make_page(rng), medium, rng)


def make(numbers: list[int], source: str, out: Path, data: Path, fonts: Path, part: str, seed: int) -> int:
    """Write the shards of these numbers; returns how many were made. For a process of its own."""
    cv2.setNumThreads(1)
    made = 0
    make_page: MakePage | None = None
    for number in numbers:
        path = out / f"{source}-{number:03d}.npz"
        if path.exists():
            continue
        make_page = make_page or page_maker(source, data, fonts, part)
        stream = samples(make_page, np.random.default_rng((seed, SOURCES.index(source), number)))
        write_shard(path, pack(list(islice(stream, SHARD))))
        made += 1
    return made


@click.command()
@click.argument("source", type=click.Choice(SOURCES))
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option("--count", type=click.IntRange(min=1), default=100_000, show_default=True, help="Lines, at least.")
@click.option("--first", type=click.IntRange(min=0), default=0, help="Number of the first shard.")
@data_option("gutenberg/, unipen/, emnist/")
@latin_fonts_option()
@part_option()
@jobs_option()
@seed_option()
@errors_as_messages()
def main(
    source: str, out: Path, count: int, first: int, data: Path, fonts: Path | None, part: str, jobs: int, seed: int
) -> None:
    """Draw training lines of a SOURCE and write them to shards in OUT."""
    out.mkdir(parents=True, exist_ok=True)
    numbers = list(range(first, first - (-count // SHARD)))
    work = partial(make, source=source, out=out, data=data, fonts=fonts or default_fonts_folder(), part=part, seed=seed)
    with get_context("spawn").Pool(min(jobs, len(numbers))) as pool:
        parts = [[number] for number in numbers] if jobs == 1 else [numbers[k::jobs] for k in range(jobs)]
        for _ in tqdm(pool.imap_unordered(work, parts), total=len(parts), unit="part", disable=None):
            pass


if __name__ == "__main__":
    main()
