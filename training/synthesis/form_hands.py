"""The handwriting of filled forms: characters of a UNIPEN writer, or EMNIST images, in cells or in lines."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from training.datasets import unipen
from training.glyphs.isolated import emnist_by_character
from training.lines.pen import FEWEST_CHARACTERS
from training.lines.pen_parts import indices_by_writer, ink_file, names_of_part
from training.synthesis.drawn_page import Face, Manner, Stamp, paint, set_line
from training.synthesis.mark_positions import CAPITAL_HEIGHT
from training.synthesis.written_faces import EmnistFace, PenFace, WritingManner

#: Share of forms that are filled in with EMNIST images, and thickness of pens in x-heights.
EMNIST_SHARE, PENS = 0.45, (0.08, 0.22)
#: Writers' marks are drawn for this x-height (pixels) and shrunk to their cells.
DRAWN_X_HEIGHT = 40.0
#: How far characters miss the middle of their cell, as a share of its width.
OFF_MIDDLE = 0.08


class Hand:
    """Who fills in a form."""

    def __init__(self, face: Face, lowered: bool) -> None:
        """lowered: True if the hand has small letters of its own."""
        self._face, self.lowered = face, lowered

    def character(self, character: str, rng: np.random.Generator) -> tuple[np.ndarray, float]:
        """Ink (h, w) uint8 of a character and its top above the baseline in heights of a capital.

        Raises ValueError if nobody wrote it.
        """
        stamp = self._stamp(character, rng)
        capital = CAPITAL_HEIGHT * self._face.x_height
        return np.asarray(stamp.ink), stamp.top / capital

    @property
    def capital(self) -> float:
        """Height of a capital in pixels."""
        return CAPITAL_HEIGHT * self._face.x_height

    def line(self, text: str, rng: np.random.Generator) -> tuple[np.ndarray, float]:
        """Ink (h, w) uint8 of a text set in a line, and the row of its baseline. Raises ValueError."""
        placed = set_line(text, self._face, Manner(drift=float(rng.uniform(0, 0.1)), loose=0.2), 0.0, rng)
        if len(placed) != len(text.replace(" ", "")):
            raise ValueError(f"nobody wrote all characters of {text}")
        top = min(y for _, _, y in placed)
        ink = paint(placed, self._face.x_height).ink
        rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
        margin = round(2.5 * self._face.x_height)
        return np.ascontiguousarray(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]), float(
            margin - top - rows[0]
        )

    def _stamp(self, character: str, rng: np.random.Generator) -> Stamp:
        stamp = self._face.stamp(character, rng)
        if stamp is None:
            raise ValueError(f"nobody wrote {character}")
        return stamp


class Hands:
    """The writers of one part ("validation" or "test"). data: the folder that ``data/README.md`` describes."""

    def __init__(self, data: Path, part: str) -> None:
        marks = unipen.load(ink_file(data, "char", part))
        self._marks = marks.choose(list(indices_by_writer(marks.writers, names_of_part(data, part))))
        self._writers = [w for w, found in self._marks.by_writer.items() if len(found) >= FEWEST_CHARACTERS]
        self._images, self._by_label = emnist_by_character(data / "emnist", part)

    def draw(self, rng: np.random.Generator) -> Hand:
        """Anyone of them."""
        manner = WritingManner.draw(rng)
        writer = self._writers[rng.integers(len(self._writers))]
        pens = PenFace(self._marks, writer, DRAWN_X_HEIGHT, manner, float(rng.uniform(*PENS)))
        if rng.random() < EMNIST_SHARE:
            return Hand(EmnistFace(self._images, self._by_label, DRAWN_X_HEIGHT, manner, pens), False)
        return Hand(pens, True)
