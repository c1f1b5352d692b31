"""Draw pages with tables, and what is in each cell.

    python -m training.synthesis.table_pages OUT [--part test|validation] [--seed N]

OUT/invoices: those of ``training.synthesis.office_pages``, every second one with rules. The others have two or three
tables of one kind between paragraphs: ruled, half (rules between rows, around the head, between columns), plain, spans
(heads over several columns), remarks (cells of several lines), currencies (signs at the left edge of their cells),
words (short, without figures), dark (a dark head), beside (two tables side by side). Each page is NAME.png with
NAME.gt.txt, row by row, and NAME.tables.json, for ``python -m training.benchmark.tables OUT``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import numpy as np
from tqdm import tqdm

from training.command import errors_as_messages, latin_fonts_option, part_option, seed_option
from training.synthesis.fonts import default_fonts_folder
from training.synthesis.office_codes import one
from training.synthesis.office_pages import any_manner, faces_of
from training.synthesis.office_prose import BODY, filled
from training.synthesis.office_scans import SCANS
from training.synthesis.office_tables import invoice
from training.synthesis.office_type import Faces, characters_of
from training.synthesis.office_typesetting import MARGIN, Block, Manner, Table, characters_in, typeset
from training.synthesis.page_canvas import Canvas, broken
from training.synthesis.page_files import write_page
from training.synthesis.table_text import KINDS
from training.synthesis.table_typesetting import Grid, draw_grid

FAMILIES = {
    "test": ("barlow", "roboto-condensed", "dm-sans", "public-sans", "zilla-slab", "lato", "noto-serif", "fira-sans"),
    "validation": ("merriweather", "work-sans", "cabin", "noticia-text"),
}
INVOICES = "invoices"
#: Width of a page, its text, and the gap between tables that stand side by side, in mm; least and largest of the last.
WIDTH, BETWEEN = 210.0, (8.0, 16.0)
#: Tables on a page; share of tables that are spread over the width of the text; lines between the blocks of a page.
TABLES, SPREAD, BLOCK_GAP = 2, 0.5, 1.0
#: How often a page is drawn anew whose text does not fit, or of which the font lacks characters.
TRIES = 200

#: Cells of one table for the file, and its level: tables of the same level stand side by side.
TableTruth = dict[str, Any]


def truth_of(grid: Grid, level: int) -> TableTruth:
    """Describe a table for NAME.tables.json."""
    return {
        "level": level,
        "cells": [
            {
                "row": cell.row,
                "column": cell.column,
                "row_span": cell.row_span,
                "column_span": cell.column_span,
                "text": cell.text,
            }
            for cell in grid.cells
            if cell.text
        ],
    }


def draw_tables(
    kind: str, canvas: Canvas, rng: np.random.Generator
) -> tuple[np.ndarray, list[str], list[TableTruth], set[str]]:
    """Draw a page of tables of one kind: the image, its lines, its tables, its characters. Raises ValueError."""
    left, y = canvas.mm(MARGIN), canvas.mm(MARGIN)
    width, text = canvas.width - 2 * left, canvas.type()
    makers, rules = KINDS[kind]
    gap = BLOCK_GAP * canvas.manner.leading * text.size
    lines: list[str] = []
    tables: list[TableTruth] = []
    for level in range(TABLES + 1):
        for line in broken(filled(one(BODY, rng), rng), text, width):
            y += canvas.manner.leading * text.size
            canvas.text(text, left, y, line)
            lines.append(line)
        y += gap
        if level == TABLES:
            break
        grid = one(makers, rng)(rng, one(rules, rng))
        if kind != "beside":
            _, y = draw_grid(canvas, grid, (left, y), width if rng.random() < SPREAD else 0.0)
            lines += grid.texts
            tables.append(truth_of(grid, level))
        else:
            other = one(makers, rng)(rng, grid.rules)
            right, first = draw_grid(canvas, grid, (left, y))
            right, second = draw_grid(canvas, other, (right + canvas.mm(rng.uniform(*BETWEEN)), y))
            if right > left + width:
                raise ValueError("the tables are too wide for the page")
            y = max(first, second)
            lines += grid.texts + other.texts
            tables += [truth_of(grid, level), truth_of(other, level)]
        y += gap / 2
    return canvas.render(y + left), lines, tables, set("".join(lines))


def draw_invoice(
    faces: Faces, manner: Manner, dpi: int, ruled: bool, rng: np.random.Generator
) -> tuple[np.ndarray, list[str], list[TableTruth], set[str]]:
    """Draw an invoice as `draw_tables` does."""
    blocks: list[Block] = [replace(b, ruled=ruled and b.head) if isinstance(b, Table) else b for b in invoice(rng)]
    image, lines = typeset(blocks, faces, manner, dpi)
    tables = []
    for level, table in enumerate(block for block in blocks if isinstance(block, Table)):
        cells = [
            {"row": r, "column": c, "row_span": 1, "column_span": 1, "text": text}
            for r, row in enumerate(table.rows)
            for c, text in enumerate(row)
            if text
        ]
        tables.append({"level": level, "cells": cells})
    return np.asarray(image), lines, tables, set(characters_in(blocks))


def draw_all(out: Path, part: str, fonts: Path, seed: int) -> Iterator[Path]:
    """Draw every page; gives the pictures' names as they are written. Raises ValueError if a family is missing."""
    for k, kind in enumerate((INVOICES, *KINDS)):
        for n, (family, scan) in enumerate((family, scan) for family in FAMILIES[part] for scan in SCANS):
            faces = faces_of(family, fonts)
            known = characters_of(faces)
            for attempt in range(TRIES):
                rng = np.random.default_rng((seed, k, n, attempt))
                manner = any_manner(rng, scan == "screen")
                dpi = SCANS[scan].drawn_at
                try:
                    if kind == INVOICES:
                        page = draw_invoice(faces, manner, dpi, n % 2 == 0, rng)
                    else:
                        canvas = Canvas(faces, manner, dpi, 0.0)
                        canvas.width = canvas.mm(WIDTH)
                        page = draw_tables(kind, canvas, rng)
                except ValueError:
                    continue
                if page[3] <= known:
                    break
            else:
                raise ValueError(f"no page of {kind} can be drawn in {family}")
            path = out / kind / f"{family}_{scan}.png"
            image = SCANS[scan].make(page[0], rng)
            write_page(path, image, page[1], SCANS[scan].dpi)
            path.with_suffix(".tables.json").write_text(json.dumps(page[2], ensure_ascii=False), encoding="utf-8")
            yield path


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@latin_fonts_option()
@part_option("test", ("test", "validation"))
@seed_option()
@errors_as_messages()
def main(out: Path, fonts: Path | None, part: str, seed: int) -> None:
    """Draw pages with tables, and what is in each cell, to sets in OUT."""
    drawn = list(tqdm(draw_all(out, part, fonts or default_fonts_folder(), seed), unit="page", disable=None))
    click.echo(f"{out}: {len(drawn)} pages")


if __name__ == "__main__":
    main()
