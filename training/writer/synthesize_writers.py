"""Draw pages of many writers, a folder for each.

    python -m training.writer.synthesize_writers --data DIR --out DIR --part train

Sources: ink of UNIPEN writers, and handwriting fonts, from which a network can learn that knows no research-only pages;
and print, as if each font family and each book were a writer. Pages of UNIPEN writers may not be published here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import cv2
import numpy as np

from training.command import data_option, errors_as_messages, latin_fonts_option, out_option, part_option, seed_option
from training.writer import font_writers, print_writers, unipen_writers

SOURCES = ("unipen", "fonts", "print")
#: Those drawn unless some are named.
USUAL = ("unipen", "fonts")
COLUMNS = ("page", "writer", "source", "part", "lines")

#: A writer's name and pages: scans (H, W) uint8, each with its number of lines.
WriterPages = Iterator[tuple[str, list[tuple[np.ndarray, int]]]]


@dataclass(frozen=True, slots=True)
class SynthesisSettings:
    """data, fonts: folders; part: of writers, families and books; most: pages of a writer."""

    data: Path
    fonts: Path | None
    part: str
    most: int
    seed: int


def draw_writers(source: str, settings: SynthesisSettings) -> WriterPages:
    """Writers of one source with their pages. Raises OSError."""
    s = settings
    if source == "unipen":
        yield from unipen_writers.pages(s.data, s.part, s.most, s.seed)
    elif source == "fonts":
        yield from font_writers.pages(s.data, s.fonts, s.part, s.most, s.seed)
    else:
        yield from print_writers.pages(s.data, s.fonts, s.part, s.most, s.seed)


def write_writers(out: Path, source: str, part: str, drawn: WriterPages) -> int:
    """Write ``out``/WRITER/PAGE.png and add a row for each page to ``out``/pages.tsv. Returns the number of pages.

    Rows of the same source that are there already are replaced.
    """
    listing = out / "pages.tsv"
    out.mkdir(parents=True, exist_ok=True)
    kept = listing.read_text(encoding="utf-8").splitlines()[1:] if listing.exists() else []
    rows = [row for row in kept if row.split("\t")[2] != source]
    before = len(rows)
    for writer, pages in drawn:
        (out / writer).mkdir(exist_ok=True)
        for number, (page, lines) in enumerate(pages, start=1):
            name = f"{writer}/{number}.png"
            cv2.imencode(".png", page)[1].tofile(out / name)
            rows.append("\t".join((name, writer, source, part, str(lines))))
    listing.write_text("\n".join(["\t".join(COLUMNS), *rows]) + "\n", encoding="utf-8")
    return len(rows) - before


@click.command()
@data_option("unipen/, gutenberg/ and old_books/")
@latin_fonts_option()
@out_option("WRITER/PAGE.png and pages.tsv")
@part_option()
@click.option("--source", "sources", type=click.Choice(SOURCES), multiple=True, help="Default: unipen and fonts.")
@click.option("--pages", "most", type=click.IntRange(1), default=4, show_default=True, help="Most pages of a writer.")
@seed_option(1)
@errors_as_messages()
def main(out: Path, sources: tuple[str, ...], **options: Any) -> None:
    """Draw pages of many writers, a folder for each.

    Pages of a source that pages.tsv lists are replaced.
    """
    settings = SynthesisSettings(**options)
    for source in sources or USUAL:
        count = write_writers(out, source, settings.part, draw_writers(source, settings))
        click.echo(f"{source}: {count} pages", err=True)


if __name__ == "__main__":
    main()
