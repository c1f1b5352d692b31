"""The type of office pages: a face with its extension, drawn character by character, and tick boxes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import ImageDraw, ImageFont

from training.synthesis.hangul_fonts import drawn_characters, open_font

#: Grey level of ink.
INK = 15
#: Tick boxes: drawn as squares where a font has none; side, advance and thickness in em.
TICKS, TICK_SIDE, TICK_ADVANCE, TICK_PEN = "☐☑☒", 0.72, 0.95, 0.07


@dataclass(frozen=True, slots=True)
class Faces:
    """Font files of a page: text, bold, and extensions of both for characters that the first lack, or None."""

    text: Path
    bold: Path
    text_extension: Path | None = None
    bold_extension: Path | None = None


class Type:
    """A face at one size, in pixels: measures and draws text on a baseline, character by character."""

    def __init__(self, face: Path, extension: Path | None, size: float) -> None:
        self.size = size
        self._own, self._font = drawn_characters(face), open_font(face, size)
        self._extension = None if extension is None else open_font(extension, size)

    def length(self, text: str) -> float:
        return sum(self._advance(character) for character in text)

    def draw(self, pen: ImageDraw.ImageDraw, x: float, baseline: float, text: str, ink: int = INK) -> None:
        for character in text:
            if character in TICKS and character not in self._own:
                self._tick(pen, x, baseline, character)
            else:
                pen.text((x, baseline), character, ink, self._of(character), anchor="ls")
            x += self._advance(character)

    def _advance(self, character: str) -> float:
        if character in TICKS and character not in self._own:
            return TICK_ADVANCE * self.size
        return float(self._of(character).getlength(character))

    def _of(self, character: str) -> ImageFont.FreeTypeFont:
        if character == " " or character in self._own or self._extension is None:
            return self._font
        return self._extension

    def _tick(self, pen: ImageDraw.ImageDraw, x: float, baseline: float, character: str) -> None:
        draw_tick(pen, (x, baseline), character, TICK_SIDE * self.size, max(1, round(TICK_PEN * self.size)), INK)


def draw_tick(
    pen: ImageDraw.ImageDraw, corner: tuple[float, float], character: str, side: float, width: int, ink: int
) -> None:
    """Draw one of TICKS as a square. corner: left end of its lower edge."""
    left, bottom = corner
    top = bottom - side
    pen.rectangle((left, top, left + side, bottom), outline=ink, width=width)
    a, b = 0.22 * side, 0.78 * side
    if character == "☒":
        pen.line((left + a, top + a, left + b, top + b), ink, width)
        pen.line((left + a, top + b, left + b, top + a), ink, width)
    elif character == "☑":
        pen.line((left + a, top + 0.5 * side, left + 0.42 * side, top + b, left + b, top + a), ink, width)


def characters_of(faces: Faces) -> frozenset[str]:
    """What a page can hold: what text and bold both have pictures of, tick boxes and the space."""
    every = []
    for face, extension in ((faces.text, faces.text_extension), (faces.bold, faces.bold_extension)):
        every.append(drawn_characters(face) | (frozenset() if extension is None else drawn_characters(extension)))
    return (every[0] & every[1]) | set(TICKS + " ")
