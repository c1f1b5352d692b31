"""Pages in handwriting fonts, each font as two writers; the text is from books."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from ocrtool.charset import LINE_START
from training.language.english_sources import load_books
from training.synthesis.drawn_page import Stamp
from training.synthesis.fonts import FontFile, find_fonts, part_of
from training.writer.pages import THINNEST_PEN, Setting, scanned, set_page
from training.writer.writer_font import Habit, WriterFont

#: Families of the table of fonts that no one writes like: sign painting, comic lettering, drawn capitals.
LETTERING = frozenset({"itim", "sriracha", "amatic-sc", "delius"})
#: Families that repeat the handwriting of another one of the table.
REPEATED = frozenset({"patrick-hand-sc", "caveat-brush", "shadows-into-light-two"})
#: Writers made of each family.
WRITERS_PER_FAMILY = 2
#: Least and most ink of a page in x-heights along its lines, spaces left out.
LEAST_INK, MOST_INK = 150.0, 300.0
#: Characters fetched from a book to fill a page from.
PASSAGE = 900


def handwriting(folder: Path | None, part: str) -> list[FontFile]:
    """One font of each family of a part that looks like handwriting. Raises FileNotFoundError."""
    left_out = LETTERING | REPEATED
    files = (f for f in find_fonts(folder) if f.kind == "hand" and "-400-normal" in f.path.name)
    return [f for f in files if f.family not in left_out and part_of(f.family) == part]


def words_of(text: str, rng: np.random.Generator) -> list[str]:
    """Running words from anywhere in a text, without the first and the last, which may be cut."""
    start = int(rng.integers(max(1, len(text) - PASSAGE)))
    return text[start : start + PASSAGE].replace(LINE_START, " ").split()[1:-1]


def written(writer: WriterFont, words: list[str], x_height: float, ink: float, rng: np.random.Generator) -> list[Stamp]:
    """The first of ``words`` that make up ``ink`` x-heights of writing; what the font lacks is left out."""
    stamps: list[Stamp] = []
    length = 0.0
    for word in words:
        stamp = None if writer.lacks(word) else writer.word(word, x_height, rng)
        if stamp is not None:
            stamps.append(stamp)
            length += stamp.advance / x_height
        if length > ink:
            break
    return stamps


def pages(
    data: Path, fonts: Path | None, part: str, most: int, seed: int
) -> Iterator[tuple[str, list[tuple[np.ndarray, int]]]]:
    """Each writer's name and ``most`` pages: a scan, (H, W) uint8, ink dark, and its number of lines.

    Raises FileNotFoundError.
    """
    text = load_books(data)[part].text
    for file in handwriting(fonts, part):
        for number in range(1, WRITERS_PER_FAMILY + 1):
            name = f"font-{file.family}-{number}"
            rng = np.random.default_rng([seed, *name.encode()])
            yield name, list(_pages_of(file, text, most, rng))


def _pages_of(file: FontFile, text: str, most: int, rng: np.random.Generator) -> Iterator[tuple[np.ndarray, int]]:
    habit, setting = Habit.draw(rng), Setting.draw(rng)
    for _ in range(most):
        # another pen and another day: a writer is known by more than the width of its strokes
        x_height = setting.x_height * np.exp(rng.normal(0.0, 0.05))
        pen = max(habit.pen * np.exp(rng.normal(0.0, 0.1)), THINNEST_PEN / x_height)
        lean = habit.lean + rng.normal(0.0, 0.02)
        writer = WriterFont(file, replace(habit, pen=pen, lean=lean))
        words = written(writer, words_of(text, rng), x_height, rng.uniform(LEAST_INK, MOST_INK), rng)
        ink, lines = set_page(words, replace(setting, x_height=x_height), rng)
        yield scanned(ink, x_height, rng), lines
