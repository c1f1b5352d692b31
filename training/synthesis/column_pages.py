"""Draw pages in columns, with their text in reading order, to measure the order that text is read in.

    python -m training.synthesis.column_pages OUT [--part test|validation] [--seed N]

OUT/columns: two to five justified columns with narrow gutters. OUT/headlines: a running head, a headline over two to
four columns that begin with a drop capital, a footnote over all of them, a page number. OUT/sidebars: a column of text
beside a narrow framed one in smaller type. OUT/captions: two columns, in one of them a picture with a caption.
OUT/spreads: two pages of a book side by side, each with its page number. Then for example:

    python -m training.benchmark OUT columns headlines sidebars captions spreads
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click
import numpy as np
from tqdm import tqdm

from training.command import errors_as_messages, latin_fonts_option, part_option, seed_option
from training.synthesis.fonts import default_fonts_folder
from training.synthesis.office_codes import number
from training.synthesis.office_pages import any_manner, faces_of
from training.synthesis.office_prose import BODY, SUBJECTS, filled
from training.synthesis.office_scans import SCANS
from training.synthesis.office_type import Type
from training.synthesis.office_typesetting import MARGIN
from training.synthesis.page_canvas import Canvas, broken
from training.synthesis.page_files import write_page
from training.synthesis.table_pages import FAMILIES, WIDTH

#: Gutters in em, least and largest; leading in em; sentences of a column; the sizes of headlines and of small type.
GUTTERS, LEADING, SENTENCES, HEADLINE, SMALL = (1.0, 2.2), 1.3, (4, 7), 1.9, 0.8
#: Grey of a picture; its height as a share of the width of its column.
PICTURE, PICTURE_SHARE = 140, 0.6

Draw = np.random.Generator


def prose(rng: Draw, least: int, most: int) -> str:
    """Some sentences of letters."""
    return " ".join(filled(BODY[int(k)], rng) for k in rng.integers(len(BODY), size=number(least, most, rng)))


def set_column(canvas: Canvas, text: str, face: Type, place: tuple[float, float, float]) -> tuple[float, list[str]]:
    """Set justified text at a place: left, top and width. Returns where it ends, and its lines."""
    left, y, width = place
    lines = broken(text, face, width)
    for k, line in enumerate(lines):
        y += LEADING * face.size
        words = line.split()
        lengths = [face.length(word) for word in words]
        space = (width - sum(lengths)) / max(1, len(words) - 1) if k < len(lines) - 1 else face.length(" ")
        x = left
        for word, length in zip(words, lengths, strict=True):
            canvas.text(face, x, y, word)
            x += length + min(space, 1.5 * face.size)
    return y, lines


def _set_columns(
    canvas: Canvas, rng: Draw, count: int, place: tuple[float, float, float], capital: bool = False
) -> tuple[float, list[str]]:
    """Set columns at a place: left, top and width of all. Returns where the longest ends, and the lines."""
    face = canvas.type()
    gutter = rng.uniform(*GUTTERS) * face.size
    left, top, width = place
    own = (width - gutter * (count - 1)) / count
    text, lines, bottom = prose(rng, *SENTENCES) + " " + prose(rng, count, 2 * count), [], top
    every = broken(text, face, own)
    share = -(-len(every) // count)
    for k in range(count):
        part = " ".join(every[k * share : (k + 1) * share])
        if k == 0 and capital:
            end, found = _with_capital(canvas, part, (left, top, own))
        else:
            end, found = set_column(canvas, part, face, (left + k * (own + gutter), top, own))
        lines += found
        bottom = max(bottom, end)
    return bottom, lines


def _with_capital(canvas: Canvas, text: str, place: tuple[float, float, float]) -> tuple[float, list[str]]:
    """Set a column that begins with a capital of two lines."""
    left, top, width = place
    face, large = canvas.type(), canvas.type(share=2.6)
    beside = broken(text[1:], face, width - large.length(text[0]) - 0.2 * face.size)[:2]
    canvas.text(large, left, top + 2 * LEADING * face.size, text[0])
    y, lines = set_column(canvas, " ".join(beside), face, (left + large.length(text[0]) + 0.2 * face.size, top, width))
    rest = text[1 + len(" ".join(beside)) :].strip()
    end, more = set_column(canvas, rest, face, (left, top + 2 * LEADING * face.size, width))
    return max(y, end), [text[0] + lines[0], *lines[1:], *more]


def columns(canvas: Canvas, rng: Draw, width: float) -> tuple[float, list[str]]:
    """Two to five columns."""
    margin = canvas.mm(MARGIN)
    return _set_columns(canvas, rng, number(2, 5, rng), (margin, margin, width))


def headlines(canvas: Canvas, rng: Draw, width: float) -> tuple[float, list[str]]:
    """Running head, headline, columns with a drop capital, footnote, page number."""
    margin, face, small = canvas.mm(MARGIN), canvas.type(), canvas.type(share=SMALL)
    head, title = "Notes of the month", filled(SUBJECTS[int(rng.integers(len(SUBJECTS)))], rng)
    canvas.text(small, margin + (width - small.length(head)) / 2, margin, head)
    large = canvas.type(bold=True, share=HEADLINE)
    y, lines = margin + 1.5 * face.size, [head]
    for line in broken(title, large, width):
        y += 1.2 * large.size
        canvas.text(large, margin, y, line)
        lines.append(line)
    y, found = _set_columns(canvas, rng, number(2, 4, rng), (margin, y + face.size, width), capital=True)
    y += 1.5 * face.size
    canvas.rule(margin, y, margin + 0.25 * width, y)
    y, note = set_column(canvas, f"* {prose(rng, 1, 1)}", small, (margin, y, width))
    page = str(number(1, 400, rng))
    y += 3 * face.size
    canvas.text(face, margin + (width - face.length(page)) / 2, y, page)
    return y, [*lines, *found, *note, page]


def sidebars(canvas: Canvas, rng: Draw, width: float) -> tuple[float, list[str]]:
    """A column of text, and a framed one in smaller type at its right."""
    margin, face, small = canvas.mm(MARGIN), canvas.type(), canvas.type(share=SMALL)
    own = 0.64 * width
    y, lines = set_column(canvas, prose(rng, 8, 12), face, (margin, margin, own))
    left, right = margin + own + 1.5 * face.size, margin + width
    end, more = set_column(
        canvas, prose(rng, 3, 5), small, (left + 0.6 * face.size, margin, right - left - 1.2 * face.size)
    )
    bottom = end + 0.8 * face.size
    for x0, y0, x1, y1 in ((left, margin, right, margin), (left, bottom, right, bottom)):
        canvas.rule(x0, y0, x1, y1)
    for x in (left, right):
        canvas.rule(x, margin, x, bottom)
    return max(y, bottom), lines + more


def captions(canvas: Canvas, rng: Draw, width: float) -> tuple[float, list[str]]:
    """Two columns; a picture with a caption at the head of the second, or at the foot of the first."""
    margin, face, small = canvas.mm(MARGIN), canvas.type(), canvas.type(share=SMALL)
    own = (width - 1.8 * face.size) / 2
    first = bool(rng.random() < 0.5)
    lines: list[str] = []
    bottom = margin
    for k in range(2):
        left, y = margin + k * (own + 1.8 * face.size), margin
        text = prose(rng, 5, 7)
        pictured = k == 0 if first else k == 1
        if k == 0 or not pictured:
            y, found = set_column(canvas, text, face, (left, y, own))
            lines += found
        if pictured:
            y += face.size if k == 0 else 0.0
            canvas.fill(left, y, left + own, y + PICTURE_SHARE * own, PICTURE)
            y, found = set_column(
                canvas,
                f"Fig. {number(1, 20, rng)}. {filled(SUBJECTS[1], rng)}",
                small,
                (left, y + PICTURE_SHARE * own, own),
            )
            lines += found
            if k == 1:
                y, found = set_column(canvas, text, face, (left, y + face.size, own))
                lines += found
        bottom = max(bottom, y)
    return bottom, lines


def spreads(canvas: Canvas, rng: Draw, width: float) -> tuple[float, list[str]]:
    """Two pages side by side."""
    margin, face = canvas.mm(MARGIN), canvas.type()
    canvas.width *= 2
    lines: list[str] = []
    bottom, page = 0.0, 2 * number(1, 200, rng)
    for k in range(2):
        left = margin + k * canvas.width / 2
        y, found = set_column(canvas, prose(rng, 14, 18), face, (left, margin, width))
        y += 3 * face.size
        canvas.text(face, left + width / 2, y, str(page + k))
        lines += [*found, str(page + k)]
        bottom = max(bottom, y)
    return bottom, lines


MAKERS: dict[str, Callable[[Canvas, Draw, float], tuple[float, list[str]]]] = {
    "columns": columns,
    "headlines": headlines,
    "sidebars": sidebars,
    "captions": captions,
    "spreads": spreads,
}


def draw_all(out: Path, part: str, fonts: Path, seed: int) -> Iterator[Path]:
    """Draw every page; gives the pictures' names as they are written. Raises ValueError if a family is missing."""
    for k, (kind, make) in enumerate(MAKERS.items()):
        for n, (family, scan) in enumerate((family, scan) for family in FAMILIES[part] for scan in SCANS):
            rng = np.random.default_rng((seed, k, n))
            canvas = Canvas(faces_of(family, fonts), any_manner(rng, scan == "screen"), SCANS[scan].drawn_at, 0.0)
            canvas.width = canvas.mm(WIDTH)
            bottom, lines = make(canvas, rng, canvas.mm(WIDTH - 2 * MARGIN))
            path = out / kind / f"{family}_{scan}.png"
            image = SCANS[scan].make(canvas.render(bottom + canvas.mm(MARGIN)), rng)
            write_page(path, image, lines, SCANS[scan].dpi)
            yield path


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@latin_fonts_option()
@part_option("test", ("test", "validation"))
@seed_option()
@errors_as_messages()
def main(out: Path, fonts: Path | None, part: str, seed: int) -> None:
    """Draw pages in columns, with their text in reading order, to sets in OUT."""
    drawn = list(tqdm(draw_all(out, part, fonts or default_fonts_folder(), seed), unit="page", disable=None))
    click.echo(f"{out}: {len(drawn)} pages")


if __name__ == "__main__":
    main()
