"""A Korean font at one size as a `Face`: syllables, marks, and Latin letters of its own or of a font beside it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from PIL import ImageFont

from training.synthesis.drawn_page import Stamp
from training.synthesis.font_face import FontFace
from training.synthesis.hangul_fonts import KoreanFont, drawn_characters, open_font
from training.synthesis.hangul_signs import read_as

#: Pixels of x-height an em: what Latin letters of Korean fonts have.
X_HEIGHT_SHARE = 0.5
#: Narrowest word space, in em.
LEAST_SPACE = 0.18


@dataclass
class KoreanFace:
    """font: the Korean font; size: of its em in pixels; latin: a face for ASCII characters, or None for its own;
    space_factor: of its word spaces, as lines are justified; beside: a face for what the font lacks, or None.
    """

    font: KoreanFont
    size: float
    latin: FontFace | None = None
    space_factor: float = 1.0
    beside: KoreanFace | None = None
    _stamps: dict[str, Stamp | None] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.x_height = X_HEIGHT_SHARE * self.size
        self._font: ImageFont.FreeTypeFont = open_font(self.font.path, self.size)
        self._known = drawn_characters(self.font.path)

    def stamp(self, character: str, rng: np.random.Generator) -> Stamp | None:
        """Ink of ``character`` with the label it is read as; None if the font lacks it and the one beside it too."""
        if self.latin is not None and character.isascii():
            return self.latin.stamp(character, rng)
        if character not in self._stamps:
            self._stamps[character] = self._draw(character)
        stamp = self._stamps[character]
        return stamp if stamp is not None or self.beside is None else self.beside.stamp(character, rng)

    def _draw(self, character: str) -> Stamp | None:
        label = read_as(self.font.path, character) if character in self._known else None
        if label is None:
            return None
        mask, (left, top) = self._font.getmask2(character, mode="L", anchor="ls")
        width, height = mask.size
        if width == 0 or height == 0:
            return None
        ink = np.frombuffer(bytes(mask), np.uint8).reshape(height, width)
        if ink.max() < 64:
            return None
        return Stamp(ink, float(left), float(-top), float(self._font.getlength(character)), label)

    def space(self, rng: np.random.Generator) -> float:
        """Width of a word space in pixels."""
        return self.space_factor * max(float(self._font.getlength(" ")), LEAST_SPACE * self.size)

    def kerning(self, left: str, right: str) -> float:
        """Pixels by which ``right`` moves; Korean print does not kern, Latin words beside it may."""
        both_latin = self.latin is not None and left.isascii() and right.isascii()
        return self.latin.kerning(left, right) if both_latin and self.latin is not None else 0.0
