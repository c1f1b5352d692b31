"""Pages in many hands, a folder for each writer.

    python -m training.writer.synthesize_writers --data DIR --out DIR --part train

Hands of UNIPEN writers and handwriting fonts: what a network that knows no research-only pages can learn from; and, as
if each family and book were a writer, print. None of the pages of UNIPEN writers may be published with the project.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import cv2
import numpy as np

from training.language.corpus import default_data_folder
from training.writer import font_writers as font_hands
from training.writer import print_writers as print_hands
from training.writer import unipen_writers as unipen_hands

SOURCES = ("unipen", "fonts", "print")
#: Those made unless some are named.
HANDS = ("unipen", "fonts")
COLUMNS = ("page", "writer", "source", "part", "lines")


def hands(
    source: str, data: Path, fonts: Path | None, part: str, most: int, seed: int
) -> Iterator[tuple[str, list[tuple[np.ndarray, int]]]]:
    """Writers of one source, each with its pages and their numbers of lines."""
    if source == "unipen":
        yield from unipen_hands.pages(data, part, most, seed)
    elif source == "fonts":
        yield from font_hands.pages(data, fonts, part, most, seed)
    else:
        yield from print_hands.pages(data, fonts, part, most, seed)


def write_hands(out: Path, source: str, part: str, written: Iterator[tuple[str, list[tuple[np.ndarray, int]]]]) -> int:
    """Write ``out``/WRITER/PAGE.png and add a row for each page to ``out``/pages.tsv. Returns the number of pages."""
    listing = out / "pages.tsv"
    out.mkdir(parents=True, exist_ok=True)
    kept = listing.read_text(encoding="utf-8").splitlines()[1:] if listing.exists() else []
    rows = [row for row in kept if row.split("\t")[2] != source]
    before = len(rows)
    for writer, pages in written:
        (out / writer).mkdir(exist_ok=True)
        for number, (page, lines) in enumerate(pages, start=1):
            name = f"{writer}/{number}.png"
            cv2.imencode(".png", page)[1].tofile(out / name)
            rows.append("\t".join((name, writer, source, part, str(lines))))
    listing.write_text("\n".join(["\t".join(COLUMNS), *rows]) + "\n", encoding="utf-8")
    return len(rows) - before


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=None, help="Folder with unipen/ and gutenberg/.")
@click.option("--fonts", type=click.Path(path_type=Path), default=None, help="Folder of Fontsource families.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Where WRITER/PAGE.png and pages.tsv go.")
@click.option("--part", type=click.Choice(["train", "validation", "test"]), default="train", show_default=True)
@click.option("--source", "sources", type=click.Choice(SOURCES), multiple=True, help="Default: unipen and fonts.")
@click.option("--pages", "most", type=click.IntRange(1), default=4, show_default=True, help="Most pages of a writer.")
@click.option("--seed", type=int, default=1, show_default=True)
def main(
    data: Path | None, fonts: Path | None, out: Path, part: str, sources: tuple[str, ...], most: int, seed: int
) -> None:
    """Write pages of the hands of one part. Pages of a source that are listed in ``pages.tsv`` are replaced."""
    data = data or default_data_folder()
    for source in sources or HANDS:
        count = write_hands(out, source, part, hands(source, data, fonts, part, most, seed))
        click.echo(f"{source}: {count} pages", err=True)


if __name__ == "__main__":
    main()
