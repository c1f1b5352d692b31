"""Draw the Korean pages for measuring accuracy.

    python -m training.synthesis.korean_pages OUT [--part test|validation]

OUT/korean_drawn: held-out print families, each as four scans (clean, 200dpi, noisy, skew). OUT/korean_pen: the same in
two handwriting-like families. OUT/korean_mixed: pages whose lines mix Korean with English words, numbers and symbols,
half of them with a Latin companion face. OUT/korean_a4: a page of 1,500 characters for measuring speed.
OUT/korean_signs: notices and price lists with signs of all kinds. OUT/korean_hanja: Korean with Hanja; the text has
U+FFFD for each, since they are outside the labels. Each page is NAME.png with NAME.gt.txt, line by line. Then for
example:

    python -m training.benchmark OUT korean_drawn korean_mixed --engine ocrtool --engine 'tesseract -l kor' --markdown

The text comes from the same part of the corpus (training/language/korean_sources.py) as the families; draw pages for
choosing settings with --part validation. Every sentence is on one page only. The same fonts, text and seed give the
same pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import click
import numpy as np
from tqdm import tqdm

from training.command import (
    data_option,
    errors_as_messages,
    korean_fonts_option,
    latin_fonts_option,
    part_option,
    seed_option,
)
from training.language.korean_sources import load_korean
from training.synthesis.fonts import FontFile, find_fonts
from training.synthesis.hangul_fonts import KoreanFont, drawn_characters, find_hanja_font, find_korean_fonts
from training.synthesis.hangul_syllables import hanja
from training.synthesis.heldout_text import Stock
from training.synthesis.korean_page_text import a4_blocks, drawn_blocks, hanja_blocks, mixed_blocks, sign_blocks
from training.synthesis.korean_signs import as_read
from training.synthesis.korean_typesetting import Block, Faces, Manner, typeset
from training.synthesis.page_files import write_page
from training.synthesis.scans import SCANS

#: Families for print, and handwriting-like ones, by part of training/synthesis/hangul_families.py.
PRINT = {
    "test": (
        "gowun-batang",
        "baekmuk-batang",
        "ibm-plex-sans-kr",
        "nanum-square",
        "lexi-gulim",
        "nanum-square-round",
    ),
    "validation": ("hahmlet", "gowun-dodum", "un-graphic"),
}
PEN = {"test": ("nanum-barun-pen", "poor-story"), "validation": ("gamja-flower",)}
#: Latin companions, of the same parts (training/synthesis/fonts.py), one for each family of print.
LATIN = {
    "test": ("libre-bodoni", "noto-serif", "lato", "roboto-condensed", "zilla-slab", "lato"),
    "validation": ("merriweather", "work-sans", "work-sans"),
}
#: Families that lend Hanja, one for each family of print that has none: for those with and without serifs.
HANJA = {
    "test": ("ipaexfont-mincho", None, "wqy-zenhei", "wqy-zenhei", "ipaexfont-mincho", "wqy-zenhei"),
    "validation": ("arphic-uming", "arphic-uming", "arphic-uming"),
}
#: Paper in mm: as wide as a Korean book (B5), A4; and their margins.
BOOK, A4 = 182.0, (210.0, 297.0)
MARGIN, A4_MARGIN = 22.0, 25.0


@dataclass(frozen=True, slots=True)
class PageJob:
    """A page to draw: its set, its name, its faces, the scan (a key of SCANS)."""

    set: str
    name: str
    faces: Faces
    scan: str


def jobs(part: str, korean: list[KoreanFont], latin: list[FontFile], folder: Path | None = None) -> list[PageJob]:
    """All pages of a part. folder: of the fonts that lend Hanja.

    Raises ValueError if a family is not among the fonts, FileNotFoundError for one that lends Hanja.
    """
    found = [
        PageJob(name, f"{family}_{scan}", _faces(family, korean), scan)
        for name, families in (("korean_drawn", PRINT[part]), ("korean_pen", PEN[part]))
        for family in families
        for scan in SCANS
    ]
    scans = tuple(SCANS)
    for index, (family, companion) in enumerate(zip(PRINT[part], LATIN[part], strict=True)):
        alone, both = scans[index % len(scans)], scans[(index + 2) % len(scans)]
        found.append(PageJob("korean_mixed", f"{family}_{alone}", _faces(family, korean), alone))
        faces = _faces(family, korean, _regular(companion, latin))
        found.append(PageJob("korean_mixed", f"{family}+{companion}_{both}", faces, both))
    found.append(PageJob("korean_a4", "a4", _faces(PRINT[part][0], korean), "clean"))
    for index, (family, lender) in enumerate(zip(PRINT[part], HANJA[part], strict=True)):
        faces = _faces(family, korean)
        with_hanja = faces if lender is None else replace(faces, hanja=find_hanja_font(lender, folder))
        for scan in (scans[index % len(scans)], scans[(index + 1) % len(scans)]):
            found.append(PageJob("korean_signs", f"{family}_{scan}", faces, scan))
            found.append(PageJob("korean_hanja", f"{family}_{scan}", with_hanja, scan))
    return found


def draw_page(job: PageJob, stock: Stock, rng: np.random.Generator) -> tuple[np.ndarray, list[str]]:
    """The scan, (H, W) uint8 with dark ink, and its lines."""
    known = characters_of(job.faces)
    if job.set == "korean_a4":
        image, lines = typeset(a4_blocks(stock, known), job.faces, Manner(width=160.0), A4[0], A4_MARGIN, A4[1])
    else:
        image, lines = typeset(_blocks(job, stock, known, rng), job.faces, any_manner(rng), BOOK, MARGIN)
    return SCANS[job.scan][0](np.asarray(image), rng), [as_read(line) for line in lines]


def _blocks(job: PageJob, stock: Stock, known: frozenset[str], rng: np.random.Generator) -> list[Block]:
    if job.set == "korean_hanja":
        drawn = drawn_characters(job.faces.hanja or job.faces.text)
        return hanja_blocks(stock, known, [c for c in hanja() if c in drawn], rng)
    make = {"korean_mixed": mixed_blocks, "korean_signs": sign_blocks}.get(job.set, drawn_blocks)
    return make(stock, known, rng)


def characters_of(faces: Faces) -> frozenset[str]:
    """What the faces of a page have pictures of, all of them: headings are set in bold."""
    known = drawn_characters(faces.text) & drawn_characters(faces.bold)
    if faces.latin is None:
        return known
    return frozenset(c for c in known if not c.isascii()) | {c for c in drawn_characters(faces.latin) if c.isascii()}


def any_manner(rng: np.random.Generator) -> Manner:
    """Mostly justified and broken between syllables, as most Korean print is."""
    justified = rng.random() < 0.65
    return Manner(
        points=float(rng.choice([9.5, 10.0, 10.5, 11.0, 12.0])),
        width=float(rng.uniform(115, 138)),
        leading=float(rng.uniform(1.5, 1.85)),
        indent=float(rng.choice([0.0, 1.0])),
        gap=float(rng.choice([0.0, 0.2, 0.5])),
        justified=justified,
        by_word=rng.random() < (0.2 if justified else 0.5),
    )


def _faces(family: str, fonts: list[KoreanFont], latin: Path | None = None) -> Faces:
    paths = [font.path for font in fonts if font.family == family]
    if not paths:
        raise ValueError(f"the font family {family} is not there: see training/synthesis/fetch_korean_fonts.py")
    plain = [path for path in paths if path.stem.endswith(("-400", "R"))]
    bold = [path for path in paths if path.stem.endswith(("-700", "B", "Bold"))]
    text = (plain or paths)[0]
    return Faces(text, (bold or [text])[0], latin)


def _regular(family: str, fonts: list[FontFile]) -> Path:
    paths = [font.path for font in fonts if font.family == family and font.path.stem.endswith("400-normal")]
    if not paths:
        raise ValueError(f"the font family {family} is not there: see training/synthesis/fetch_fonts.py")
    return paths[0]


def draw_all(out: Path, page_jobs: list[PageJob], stock: Stock, seed: int) -> Iterator[Path]:
    """Draw each page into its set's folder of ``out``; gives the pictures' names as they are written."""
    for number, job in enumerate(page_jobs):
        scan, lines = draw_page(job, stock, np.random.default_rng((seed, number)))
        path = out / job.set / f"{job.name}.png"
        write_page(path, scan, lines, SCANS[job.scan][1])
        yield path


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@part_option("test", ("test", "validation"))
@data_option("korean_text/")
@korean_fonts_option("--korean-fonts")
@latin_fonts_option()
@seed_option()
@errors_as_messages()
def main(out: Path, part: str, data: Path, korean_fonts: Path | None, fonts: Path | None, seed: int) -> None:
    """Draw Korean pages for measuring accuracy, with their text, to sets in OUT."""
    page_jobs = jobs(part, find_korean_fonts(korean_fonts, part), find_fonts(fonts), korean_fonts)
    stock = Stock(load_korean(data)[part], np.random.default_rng(seed))
    for _ in tqdm(draw_all(out, page_jobs, stock, seed), total=len(page_jobs), unit="page", disable=None):
        pass
    counts = {name: sum(job.set == name for job in page_jobs) for name in dict.fromkeys(job.set for job in page_jobs)}
    click.echo(f"{out}: " + ", ".join(f"{name} {count}" for name, count in counts.items()))


if __name__ == "__main__":
    main()
