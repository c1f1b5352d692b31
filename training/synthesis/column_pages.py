"""Draw pages in columns, with their text in reading order, to measure the order that text is read in.

    python -m training.synthesis.column_pages OUT [--part test|validation] [--seed N]

OUT/columns: two to five columns with narrow gutters, justified or ragged. OUT/headlines: a running head, a headline
over two to four columns that begin with a drop capital of two or three lines, a footnote over all of them, a page
number. OUT/heads: a letter-spaced headline, and two or three columns with letter-spaced heads or heads of small
capitals. OUT/sidebars: a column of text beside a narrow framed one in smaller type. OUT/captions: two columns, in one
of them a picture with a caption. OUT/spreads: two pages of a book side by side, each with its page number. Then for
example:

    python -m training.benchmark OUT columns headlines heads sidebars captions spreads
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click
import numpy as np
from tqdm import tqdm

from training.command import errors_as_messages, latin_fonts_option, part_option, seed_option
from training.synthesis.column_typesetting import LEADING, set_column, small_capitals, spaced, wrapped
from training.synthesis.fonts import default_fonts_folder
from training.synthesis.office_codes import number
from training.synthesis.office_pages import any_manner, faces_of
from training.synthesis.office_prose import BODY, SUBJECTS, filled
from training.synthesis.office_scans import SCANS
from training.synthesis.office_typesetting import MARGIN
from training.synthesis.page_canvas import Canvas
from training.synthesis.page_files import write_page
from training.synthesis.table_pages import FAMILIES, WIDTH

#: Gutters in em, least and largest; sentences of a column; the sizes of headlines and of small type.
GUTTERS, SENTENCES, HEADLINE, SMALL = (1.0, 2.2), (4, 7), 1.9, 0.8
#: Size of a drop capital of so many lines, in em of the text; white beside it, in em.
CAPITALS, BESIDE_CAPITAL = {2: 2.6, 3: 4.4}, 0.2
#: Heads of sections; white between the letters of spaced ones in em, least and largest; size of small capitals.
HEADS = (
    "Contents",
    "Terms of sale",
    "News in brief",
    "How to pay",
    "Delivery",
    "Letters",
    "In this issue",
    "Our offer",
)
TRACKING, SMALL_CAPITALS = (0.15, 0.6), 0.78
#: Grey of a picture; its height as a share of the width of its column.
PICTURE, PICTURE_SHARE = 140, 0.6

Draw = np.random.Generator


def prose(rng: Draw, least: int, most: int) -> str:
    """Some sentences of letters."""
    return " ".join(filled(BODY[int(k)], rng) for k in rng.integers(len(BODY), size=number(least, most, rng)))


def _set_columns(
    canvas: Canvas, rng: Draw, count: int, place: tuple[float, float, float], capital: bool = False
) -> tuple[float, list[str]]:
    """Set columns at a place: left, top and width of all. Returns where the longest ends, and the lines."""
    face = canvas.type()
    gutter, ragged = rng.uniform(*GUTTERS) * face.size, bool(rng.random() < 0.5)
    left, top, width = place
    own = (width - gutter * (count - 1)) / count
    text, lines, bottom = prose(rng, *SENTENCES) + " " + prose(rng, count, 2 * count), [], top
    every = wrapped(text, face, own)
    share = -(-len(every) // count)
    for k in range(count):
        part = " ".join(every[k * share : (k + 1) * share])
        if k == 0 and capital:
            end, found = _with_capital(canvas, rng, part, (left, top, own))
        else:
            end, found = set_column(canvas, part, face, (left + k * (own + gutter), top, own), ragged)
        lines += found
        bottom = max(bottom, end)
    return bottom, lines


def _with_capital(canvas: Canvas, rng: Draw, text: str, place: tuple[float, float, float]) -> tuple[float, list[str]]:
    """Set a column that begins with a capital of two or three lines."""
    left, top, width = place
    rows = int(rng.choice(list(CAPITALS)))
    face, large = canvas.type(), canvas.type(share=CAPITALS[rows])
    indent = large.length(text[0]) + BESIDE_CAPITAL * face.size
    beside = wrapped(text[1:], face, width - indent)[:rows]
    canvas.text(large, left, top + rows * LEADING * face.size, text[0])
    set_column(canvas, " ".join(beside), face, (left + indent, top, width - indent))
    rest = text[1:]
    for line in beside:
        rest = rest[len(line) :].strip()
    end, more = set_column(canvas, rest, face, (left, top + rows * LEADING * face.size, width))
    return end, [text[0] + beside[0], *beside[1:], *more]


def heads(canvas: Canvas, rng: Draw, width: float) -> tuple[float, list[str]]:
    """A letter-spaced headline over columns, each with spaced heads or heads of small capitals for small letters."""
    margin, face = canvas.mm(MARGIN), canvas.type()
    large = canvas.type(bold=True, share=HEADLINE)
    title = str(rng.choice(HEADS)).upper()
    spaced(canvas, large, (margin, margin + large.size, width), title, float(rng.uniform(*TRACKING)))
    count, lines, bottom = number(2, 3, rng), [title], 0.0
    own = (width - 2.2 * face.size * (count - 1)) / count
    for k in range(count):
        left, y = margin + k * (own + 2.2 * face.size), margin + 2 * large.size
        for _ in range(2):
            head, is_spaced = str(rng.choice(HEADS)), rng.random() < 0.6
            y += 2 * face.size
            if is_spaced:
                head, bold = head.upper(), canvas.type(bold=True)
                spaced(canvas, bold, (left, y, own), head, float(rng.uniform(*TRACKING)))
            else:
                small_capitals(canvas, face, canvas.type(share=SMALL_CAPITALS), (left, y), head)
            y, found = set_column(canvas, prose(rng, 2, 3), face, (left, y, own))
            lines += [head, *found]
        bottom = max(bottom, y)
    return bottom, lines


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
    for line in wrapped(title, large, width):
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
    "heads": heads,
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
