"""Pages of print, by which the program learns to say that a page holds no handwriting."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from ocrtool.jobs.inputs import find_sources
from ocrtool.writer.strips import find_strips
from training.synthesis.drawn_pages import PageMaker
from training.writer.known_pages import WriterPage
from training.writer.strips import CutPage, cut_pages


def book_pages(data: Path, part: str) -> list[CutPage]:
    """Pages of old books of a part, "train" or "test". Raises OSError."""
    folder = data / "old_books"
    with (folder / "parts.tsv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file, delimiter="\t") if row[1:2] == [part]]
    return cut_pages([WriterPage(folder / row[0], "print") for row in rows])


def folder_of_print(folder: Path) -> list[CutPage]:
    """All images below a folder. Raises OSError, InputError."""
    return cut_pages([WriterPage(source.path, "print") for source in find_sources([str(folder)])])


def drawn_print(data: Path, fonts: Path | None, part: str, count: int, seed: int) -> list[CutPage]:
    """Pages drawn in print fonts of a part of the families, worn and scanned."""
    maker, rng = PageMaker(data, fonts, part), np.random.default_rng(seed)
    pages = [find_strips(maker.page("print", rng).gray) for _ in range(count)]
    return [CutPage(WriterPage(Path(f"drawn-{k}"), "print"), strips) for k, strips in enumerate(pages) if strips]
