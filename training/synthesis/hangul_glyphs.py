"""Characters of fonts, drawn once at a large size, from which samples of any size are made."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from training.synthesis.hangul_fonts import KoreanFont, drawn_characters, open_font

#: Pixels an em of a drawn character: twice that of a scan, so that its pixels do not show there.
MASTER_SIZE = 96
#: Of 255: darker pixels of a drawn character are ink.
INK = 127
#: Syllables that give the size of a font's, and their mean side in most fonts, in em.
USUAL, USUAL_SIZE = "가를밟", 0.88
#: Bytes of drawn characters kept by default: about 35,000.
CACHE = 256 << 20


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character as drawn. ink: (H, W) uint8, MASTER_SIZE pixels an em, 255 = ink, cropped.

    stroke: mean thickness of its strokes in em; full: mean side of some syllables of the font, in em.
    left, top, right, bottom: of that picture in em, from the origin on the baseline, y downward (top is mostly
    negative); advance: from one character to the next, in em.
    """

    ink: np.ndarray
    stroke: float
    full: float
    left: float
    top: float
    right: float
    bottom: float
    advance: float


class Glyphs:
    """Draws characters and keeps the last ones. Not for several threads at once."""

    def __init__(self, most_bytes: int = CACHE) -> None:
        self._most_bytes, self._bytes = most_bytes, 0
        self._kept: OrderedDict[tuple[KoreanFont, str], Glyph] = OrderedDict()
        self._open: dict[KoreanFont, ImageFont.FreeTypeFont] = {}
        self._full: dict[KoreanFont, float] = {}

    def glyph(self, font: KoreanFont, character: str) -> Glyph:
        """Raises ValueError if the font has no picture of its own for the character; OSError if it is no font."""
        key = (font, character)
        glyph = self._kept.get(key)
        if glyph is not None:
            self._kept.move_to_end(key)
            return glyph
        if character not in drawn_characters(font.path):
            raise ValueError(f"{font.path} does not have {character!r}")
        glyph = self._draw(font, character)
        self._kept[key] = glyph
        self._bytes += glyph.ink.nbytes
        while self._bytes > self._most_bytes and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1].ink.nbytes
        return glyph

    def _draw(self, font: KoreanFont, character: str) -> Glyph:
        drawing = self._open.get(font)
        if drawing is None:
            drawing = self._open[font] = open_font(font.path, MASTER_SIZE)
        ink, left, top = _picture(drawing, character)
        edges = (left, top, left + ink.shape[1], top + ink.shape[0], drawing.getlength(character))
        return Glyph(ink, _stroke(ink), self._full_size(font, drawing), *(edge / MASTER_SIZE for edge in edges))

    def _full_size(self, font: KoreanFont, drawing: ImageFont.FreeTypeFont) -> float:
        size = self._full.get(font)
        if size is None:
            shapes = [_picture(drawing, c)[0].shape for c in USUAL if c in drawn_characters(font.path)]
            sides = [(height * width) ** 0.5 / MASTER_SIZE for height, width in shapes]
            size = self._full[font] = float(np.mean(sides)) if sides else USUAL_SIZE
        return size


def _picture(drawing: ImageFont.FreeTypeFont, character: str) -> tuple[np.ndarray, int, int]:
    """Ink (H, W) uint8, and where its left and upper edge are from the origin on the baseline, in pixels."""
    left, top, right, bottom = (int(edge) for edge in drawing.getbbox(character, anchor="ls"))
    canvas = Image.new("L", (right - left + 2, bottom - top + 2))
    ImageDraw.Draw(canvas).text((1 - left, 1 - top), character, 255, drawing, anchor="ls")
    ink = np.asarray(canvas)
    x, y, width, height = cv2.boundingRect(ink)
    return np.ascontiguousarray(ink[y : y + height, x : x + width]), left - 1 + x, top - 1 + y


def _stroke(ink: np.ndarray) -> float:
    """Mean thickness of strokes in em: twice the area by the length of the border.

    Steps along rows and columns count the border 4/pi times, over all directions (Cauchy's formula).
    """
    mask = cv2.copyMakeBorder(cv2.threshold(ink, INK, 1, cv2.THRESH_BINARY)[1], 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    area = max(1, cv2.countNonZero(mask))
    steps = np.count_nonzero(mask[:, 1:] != mask[:, :-1]) + np.count_nonzero(mask[1:] != mask[:-1])
    return float(2.0 * area / (np.pi / 4.0 * max(1, steps)) / MASTER_SIZE)


def having(fonts: Sequence[KoreanFont], character: str) -> list[KoreanFont]:
    """The fonts that have a picture of the character."""
    return [font for font in fonts if character in drawn_characters(font.path)]
