"""Draw the office pages that reading is measured on: what no language model can guess, in type of today.

    python -m training.synthesis.office_pages OUT [--part test|validation] [--seed N]

OUT/office_codes: serial numbers, IBANs, dates, hashes, addresses of the internet. OUT/office_letters: business letters.
OUT/office_typographic: prose with quotes, dashes, accents, fractions and signs. OUT/office_invoices: rows of goods and
totals. OUT/office_forms: filled fields and tick boxes. OUT/office_rows: rows of invoices, each a picture of its own, so
that the order of reading does not count. Each family gives three pages of a set: clean print at 300 dpi, a scan at 200
dpi, a screen of 96 dpi. Each page is NAME.png with NAME.gt.txt, line by line. Then for example:

    python -m training.benchmark OUT office_codes office_letters --engine ocrtool --engine tesseract --markdown

No family of a part is trained on (training/synthesis/fonts.py). The same fonts and seed give the same pages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import click
import numpy as np
from tqdm import tqdm

from training.command import errors_as_messages, latin_fonts_option, part_option, seed_option
from training.synthesis.fonts import default_fonts_folder
from training.synthesis.office_codes import CODES
from training.synthesis.office_prose import MARKED, filled, letter
from training.synthesis.office_scans import SCANS
from training.synthesis.office_tables import form, invoice
from training.synthesis.office_type import Faces, characters_of
from training.synthesis.office_typesetting import Block, Manner, Paragraph, Table, characters_in, typeset
from training.synthesis.page_files import write_page

#: Families of each set, by part.
FAMILIES: dict[str, dict[str, tuple[str, ...]]] = {
    "test": {
        "office_codes": ("lato", "fira-sans", "ibm-plex-mono", "jetbrains-mono", "courier-prime", "noto-serif"),
        "office_letters": ("lato", "public-sans", "noto-serif", "literata", "alegreya", "courier-prime"),
        "office_typographic": ("libre-bodoni", "literata", "alegreya", "noto-serif", "zilla-slab", "dm-sans"),
        "office_invoices": ("barlow", "roboto-condensed", "dm-sans", "public-sans", "zilla-slab", "ibm-plex-mono"),
        "office_forms": ("fira-sans", "barlow", "lato", "zilla-slab", "roboto-condensed", "jetbrains-mono"),
        "office_rows": ("barlow", "roboto-condensed", "dm-sans", "public-sans", "zilla-slab", "ibm-plex-mono"),
    },
    "validation": dict.fromkeys(
        ("office_codes", "office_letters", "office_typographic", "office_invoices", "office_forms", "office_rows"),
        ("merriweather", "work-sans", "anonymous-pro", "cabin", "noticia-text"),
    ),
}
#: Lines of a page of codes, paragraphs of a typographic one, and how often a text is drawn anew that a font lacks
#: characters of, before that is an error.
CODE_LINES, MARKED_PARAGRAPHS, TRIES = 16, 6, 200
#: Sizes of text in points, and grey levels of rules; on screens type is larger, and a pixel is not narrower than it is.
POINTS, SCREEN_POINTS, RULES = (9.5, 10.0, 10.5, 11.0), (10.5, 11.0, 12.0), (40, 110, 150)


@dataclass(frozen=True, slots=True)
class PageJob:
    """A page to draw: its set, its name, its faces, the scan (a key of SCANS)."""

    set: str
    name: str
    faces: Faces
    scan: str


def codes(rng: np.random.Generator) -> list[Block]:
    """A list of codes, each kind about once, in any order."""
    chosen = rng.permutation(len(CODES))[:CODE_LINES]
    return [Paragraph(CODES[i](rng)) for i in chosen]


def typographic(rng: np.random.Generator) -> list[Block]:
    """Paragraphs of two sentences each."""
    pairs = rng.permutation(len(MARKED))[: 2 * MARKED_PARAGRAPHS].reshape(-1, 2)
    return [Paragraph(" ".join(filled(MARKED[i], rng) for i in pair), gap=0.4) for pair in pairs]


MAKERS: dict[str, Callable[[np.random.Generator], list[Block]]] = {
    "office_codes": codes,
    "office_letters": letter,
    "office_typographic": typographic,
    "office_invoices": invoice,
    "office_forms": form,
    "office_rows": invoice,
}
#: The set whose pages are drawn row by row.
ROWS = "office_rows"


def jobs(part: str, fonts: Path) -> list[PageJob]:
    """All pages of a part. Raises ValueError if a family is not in the folder ``fonts``."""
    return [
        PageJob(name, f"{family}_{scan}", faces_of(family, fonts), scan)
        for name, families in FAMILIES[part].items()
        for family in families
        for scan in SCANS
    ]


def faces_of(family: str, fonts: Path) -> Faces:
    """Regular and bold of a family, with the files of extended Latin where they are there."""

    def file(subset: str, weight: int) -> Path | None:
        path = fonts / family / "files" / f"{family}-{subset}-{weight}-normal.woff"
        return path if path.is_file() else None

    text = file("latin", 400)
    if text is None:
        raise ValueError(f"the font family {family} is not there: see training/synthesis/fetch_fonts.py")
    bold = file("latin", 700)
    extension = file("latin-ext", 400)
    return Faces(text, bold or text, extension, file("latin-ext", 700) if bold else extension)


def draw(job: PageJob, rng: np.random.Generator, manner: Manner | None = None) -> tuple[np.ndarray, list[str]]:
    """The image, (H, W) uint8 with dark ink, and its lines. manner: None = drawn by lot.

    Raises ValueError if the font has too few characters, or a text does not fit the page.
    """
    return _drawn(_blocks(job, rng), job, rng, manner or any_manner(rng, job.scan == "screen"))


def draw_rows(job: PageJob, rng: np.random.Generator) -> list[tuple[np.ndarray, list[str]]]:
    """The rows of the tables of a page, each as `draw` draws a page. Raises ValueError."""
    manner = any_manner(rng, job.scan == "screen")
    tables = [block for block in _blocks(job, rng) if isinstance(block, Table)]
    rows = [replace(table, rows=(row,), head=False, ruled=False) for table in tables for row in table.rows]
    return [_drawn([row], job, rng, manner) for row in rows]


def _drawn(blocks: list[Block], job: PageJob, rng: np.random.Generator, manner: Manner) -> tuple[np.ndarray, list[str]]:
    scan = SCANS[job.scan]
    page, lines = typeset(blocks, job.faces, manner, scan.drawn_at)
    return scan.make(np.asarray(page), rng), lines


def any_manner(rng: np.random.Generator, screen: bool) -> Manner:
    """Size, leading and rules as offices use them."""
    return Manner(
        points=float(rng.choice(SCREEN_POINTS if screen else POINTS)),
        leading=float(rng.uniform(1.35, 1.7)),
        rule=int(rng.choice(RULES)),
    )


def _blocks(job: PageJob, rng: np.random.Generator) -> list[Block]:
    """The text of a page, of characters that its faces have."""
    known, missing = characters_of(job.faces), frozenset[str]()
    for _ in range(TRIES):
        blocks = MAKERS[job.set](rng)
        missing = characters_in(blocks) - known
        if not missing:
            return blocks
    raise ValueError(f"{job.faces.text}: the font lacks {''.join(sorted(missing))}")


def draw_all(out: Path, every: list[PageJob], seed: int) -> Iterator[Path]:
    """Draw each page into its set's folder of ``out``; gives the pictures' names as they are written."""
    for number, job in enumerate(every):
        rng = np.random.default_rng((seed, number))
        if job.set == ROWS:
            drawn = {f"{job.name}_{row:02d}": page for row, page in enumerate(draw_rows(job, rng))}
        else:
            drawn = {job.name: draw(job, rng)}
        for name, (image, lines) in drawn.items():
            path = out / job.set / f"{name}.png"
            write_page(path, image, lines, SCANS[job.scan].dpi)
            yield path


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@latin_fonts_option()
@part_option("test", ("test", "validation"))
@seed_option()
@errors_as_messages()
def main(out: Path, fonts: Path | None, part: str, seed: int) -> None:
    """Draw the office pages that reading is measured on, with their text, to sets in OUT."""
    every = jobs(part, fonts or default_fonts_folder())
    counts = Counter(path.parent.name for path in tqdm(draw_all(out, every, seed), unit="page", disable=None))
    click.echo(f"{out}: " + ", ".join(f"{name} {count}" for name, count in counts.items()))


if __name__ == "__main__":
    main()
