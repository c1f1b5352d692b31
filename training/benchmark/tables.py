"""Score the tables that are found on drawn pages: python -m training.benchmark.tables PAGES [--only PATTERN].

PAGES is the folder that ``training.synthesis.table_pages`` wrote, or one of its sets. A cell is right if a cell of the
table found has its very text, stands in its row and column and spans as many. Rows and columns of the truth are
assigned to those found by most of their texts, in order, so that a title that is taken for a first row, or an empty
column, costs only itself; tables that stand side by side may not be found as one. Also given: the CER, white space
folded, of the text in reading order; the tables of which every cell is right; and tables found that none is in.
"""

from __future__ import annotations

import fnmatch
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from rapidfuzz.distance import Levenshtein
from tabulate import tabulate
from tqdm import tqdm

from ocrtool.imaging.input import read_pages
from ocrtool.types import Page, PageTable
from training.command import EXISTING, errors_as_messages, every_option, weights_option
from training.decoder.engines import page_reader

SUFFIX = ".tables.json"
#: Wrong cells listed for a page.
LISTED = 6


@dataclass(slots=True)
class Tally:
    """Counts of a set. wrong: the pages with wrong cells, each with some of them."""

    pages: int = 0
    edits: int = 0
    characters: int = 0
    cells: int = 0
    right: int = 0
    tables: int = 0
    whole: int = 0
    invented: int = 0
    wrong: list[tuple[str, list[str]]] = field(default_factory=list)

    def add(self, name: str, page: Page, truth: str, tables: list[dict[str, Any]]) -> None:
        """Add a page as read, its text and its tables."""
        text, read = " ".join(truth.split()), " ".join(page.text.split())
        self.pages += 1
        self.edits += Levenshtein.distance(text, read)
        self.characters += len(text)
        used: dict[int, set[int]] = {}
        missed: list[str] = []
        for table in tables:
            free = [k for k in range(len(page.tables)) if table["level"] not in used.get(k, ())]
            scored = [(right_cells(table["cells"], page.tables[k]), k) for k in free]
            found, k = max(scored, key=lambda each: len(each[0]), default=(set(), -1))
            if found:
                used.setdefault(k, set()).add(table["level"])
            self.cells += len(table["cells"])
            self.right += len(found)
            self.tables += 1
            self.whole += len(found) == len(table["cells"])
            missed += [cell["text"] for n, cell in enumerate(table["cells"]) if n not in found]
        self.invented += len(page.tables) - len(used)
        if missed:
            self.wrong.append((name, missed[:LISTED]))

    @property
    def row(self) -> dict[str, float]:
        """Scores for a table of sets."""
        return {
            "pages": self.pages,
            "cells right": self.right / max(1, self.cells),
            "whole tables": self.whole / max(1, self.tables),
            "invented": self.invented,
            "CER": self.edits / max(1, self.characters),
        }


def right_cells(cells: list[dict[str, Any]], table: PageTable) -> set[int]:
    """Return which cells of the truth a table found has: their numbers."""
    texts = [" ".join(cell["text"].split()) for cell in cells]
    same = [(cell, one) for cell, text in zip(cells, texts, strict=True) for one in table.cells if one.text == text]
    rows = _mapping((cell["row"], one.row) for cell, one in same)
    columns = _mapping((cell["column"], one.column) for cell, one in same if rows.get(cell["row"]) == one.row)
    found = {(one.row, one.column): one for one in table.cells}
    right = set()
    for n, (cell, text) in enumerate(zip(cells, texts, strict=True)):
        one = found.get((rows.get(cell["row"], -1), columns.get(cell["column"], -1)))
        if one is not None and one.text == text:
            spans = [
                {own for own, other in where.items() if first <= other < first + span}
                for where, first, span in ((rows, one.row, one.row_span), (columns, one.column, one.column_span))
            ]
            wanted = [
                set(range(cell[name], cell[name] + cell[f"{name}_span"])) & set(where)
                for name, where in (("row", rows), ("column", columns))
            ]
            if spans == wanted:
                right.add(n)
    return right


def _mapping(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Assign each number of the truth to the one found that it goes with most often, in order and one to one."""
    counts = Counter(pairs)
    assigned: dict[int, int] = {}
    for (own, other), _ in counts.most_common():
        if own in assigned or other in assigned.values():
            continue
        if all((own < known) == (other < place) for known, place in assigned.items()):
            assigned[own] = other
    return assigned


def score(folder: Path, weights: Path | None, only: str, every: int) -> Tally:
    """Read the pages of a set and compare their tables. Raises FileNotFoundError if there are none."""
    reader, tally = page_reader(weights, "eng"), Tally()
    files = sorted(path for path in folder.glob(f"*{SUFFIX}") if fnmatch.fnmatch(path.name, only + "*"))[::every]
    for file in tqdm(files, desc=folder.name, disable=None):
        image = file.with_name(file.name.removesuffix(SUFFIX) + ".png")
        page = reader(next(iter(read_pages(image, image.name))).gray)
        truth = image.with_suffix(".gt.txt").read_text(encoding="utf-8")
        tally.add(image.name, page, truth, json.loads(file.read_text(encoding="utf-8")))
    return tally


@click.command()
@click.argument("pages", type=EXISTING)
@click.option("--only", default="*", metavar="PATTERN", help="Only pages whose names match, such as '*_print*'.")
@click.option("--show", is_flag=True, help="List the pages with wrong cells, and some of these.")
@every_option()
@weights_option()
@errors_as_messages()
def main(pages: Path, only: str, show: bool, every: int, weights: Path | None) -> None:
    """Score the tables found on the drawn pages of the folder PAGES."""
    folders = sorted({path.parent for path in pages.rglob(f"*{SUFFIX}")})
    if not folders:
        raise FileNotFoundError(f"{pages}: no page with {SUFFIX}; see training.synthesis.table_pages")
    rows = []
    for folder in folders:
        tally = score(folder, weights, only, every)
        rows.append({"set": folder.name} | tally.row)
        if show:
            click.echo("".join(f"{folder.name}/{name}: {cells}\n" for name, cells in tally.wrong), nl=False)
    click.echo(tabulate(rows, headers="keys", tablefmt="github", floatfmt=".4f"))


if __name__ == "__main__":
    main()
