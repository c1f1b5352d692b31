"""Pages of print as if each family of type, and each book, were a writer: so a network learns what print looks like."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from training.synthesis.drawn_pages import PageMaker

#: Before the names of these writers.
PRINT = "print-"
#: Pages of each book, evenly spread over it.
BOOK_PAGES = 12


def pages(
    data: Path, fonts: Path | None, part: str, most: int, seed: int
) -> Iterator[tuple[str, list[tuple[np.ndarray, int]]]]:
    """Each family's pages, drawn and degraded, at most ``most``; then those of old books of the part.

    Of a page (H, W) uint8 the number of lines is not known: 0 stands for it. Raises OSError.
    """
    maker, rng = PageMaker(data, fonts, part), np.random.default_rng(seed)
    for name, family in maker.print_families():
        yield PRINT + name, [(maker.font_page(family, False, rng).gray, 0) for _ in range(most)]
    books: dict[str, list[Path]] = {}
    folder = data / "old_books"
    with (folder / "parts.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file, delimiter="\t"):
            if row[1:2] == [part]:
                books.setdefault(row[0][0], []).append(folder / row[0])
    for book, paths in sorted(books.items()):
        chosen = [paths[k] for k in np.linspace(0, len(paths) - 1, min(BOOK_PAGES, len(paths))).round().astype(int)]
        yield f"{PRINT}book-{book}", [(_gray(path), 0) for path in chosen]


def _gray(path: Path) -> np.ndarray:
    """(H, W) uint8 of an image file. Raises ValueError if it is none."""
    gray = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if gray is None:
        raise ValueError(f"{path} is not an image that can be read")
    return np.asarray(gray)
