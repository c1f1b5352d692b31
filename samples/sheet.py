"""A sheet of paper to draw a sample on: print, hand-printing, rules and boxes, and what a scanner does to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

POINTS_PER_INCH = 72
MM_PER_INCH = 25.4
PAPER, INK = 255, 0


@dataclass(frozen=True, slots=True)
class Face:
    """A font file at a size in points. Raises OSError where the file is missing."""

    path: Path
    points: float

    def font_at(self, dpi: int) -> ImageFont.FreeTypeFont:
        """The font for drawing at a resolution."""
        return ImageFont.truetype(str(self.path), self.points * dpi / POINTS_PER_INCH)


class Sheet:
    """Grey paper of a size in mm at a resolution; all places are mm from the top left corner, text on its baseline."""

    def __init__(self, width: float, height: float, dpi: int) -> None:
        self.dpi = dpi
        self.image = Image.new("L", (self.pixels(width), self.pixels(height)), PAPER)
        self.draw = ImageDraw.Draw(self.image)

    def pixels(self, mm: float) -> int:
        return round(mm * self.dpi / MM_PER_INCH)

    def width_of(self, text: str, face: Face) -> float:
        """Width of a line of print in mm."""
        return face.font_at(self.dpi).getlength(text) * MM_PER_INCH / self.dpi

    def print(self, x: float, y: float, text: str, face: Face) -> None:
        """One line of print."""
        self.draw.text((self.pixels(x), self.pixels(y)), text, INK, face.font_at(self.dpi), anchor="ls")

    def print_justified(self, x: float, y: float, width: float, text: str, face: Face) -> None:
        """One line of print, its spaces widened so that it is ``width`` mm wide."""
        words = text.split()
        spare = width - sum(self.width_of(word, face) for word in words)
        for word in words:
            self.print(x, y, word, face)
            x += self.width_of(word, face) + spare / max(1, len(words) - 1)

    def broken(self, text: str, face: Face, width: float, indent: float = 0.0) -> list[str]:
        """``text`` broken into lines of at most ``width`` mm, the first ``indent`` shorter."""
        lines = [""]
        for word in text.split():
            longer = f"{lines[-1]} {word}".strip()
            if self.width_of(longer, face) <= width - (indent if len(lines) == 1 else 0.0):
                lines[-1] = longer
            else:
                lines.append(word)
        return lines

    def write(self, x: float, y: float, text: str, face: Face, random: np.random.Generator) -> None:
        """One line as by hand: every character a little higher, larger and more slanted than the last, or less."""
        for character in text:
            jittered = Face(face.path, face.points * random.normal(1, 0.03))
            font = jittered.font_at(self.dpi)
            margin = self.pixels(jittered.points / 2)
            glyph = Image.new("L", (round(font.getlength(character)) + 2 * margin, 4 * margin), PAPER)
            ImageDraw.Draw(glyph).text((margin, 3 * margin), character, INK, font, anchor="ls")
            glyph = glyph.rotate(random.normal(0, 1.5), Image.Resampling.BICUBIC, fillcolor=PAPER)
            corner = (self.pixels(x) - margin, self.pixels(y + random.normal(0, 0.15)) - 3 * margin)
            self._darken(glyph, corner)
            advance = font.getlength(character) * random.normal(1.04, 0.04) * (1.5 if character == " " else 1.0)
            x += advance * MM_PER_INCH / self.dpi

    def box(self, x: float, y: float, width: float, height: float, line: float = 0.3) -> None:
        """The outline of a rectangle, ``line`` mm thick."""
        corners = (self.pixels(x), self.pixels(y), self.pixels(x + width), self.pixels(y + height))
        self.draw.rectangle(corners, outline=INK, width=max(1, self.pixels(line)))

    def rule(self, x: float, y: float, width: float, line: float = 0.3) -> None:
        """A level line."""
        ends = (self.pixels(x), self.pixels(y), self.pixels(x + width), self.pixels(y))
        self.draw.line(ends, INK, max(1, self.pixels(line)))

    def _darken(self, glyph: Image.Image, corner: tuple[int, int]) -> None:
        area = (*corner, corner[0] + glyph.width, corner[1] + glyph.height)
        self.image.paste(ImageChops.darker(self.image.crop(area), glyph), corner)


def scanned(image: Image.Image, random: np.random.Generator, skew: float) -> Image.Image:
    """What a worn scanner makes of a page: turned by ``skew`` degrees counter-clockwise, soft, uneven, specked."""
    turned = image.rotate(skew, Image.Resampling.BICUBIC, fillcolor=PAPER).filter(ImageFilter.GaussianBlur(0.8))
    gray = np.asarray(turned, np.float32)
    height, width = gray.shape
    across, down = np.linspace(0, 1, width)[None], np.linspace(0, 1, height)[:, None]
    light = 1.0 - 0.35 * across * down - 0.1 * (1 - across)
    gray = (70 + gray * (185 / 255)) * light + random.normal(0, 5, gray.shape)
    specks = random.random(gray.shape) < 0.0004
    gray[specks] -= random.uniform(60, 160, int(specks.sum()))
    return Image.fromarray(gray.clip(0, 255).astype(np.uint8))


def one_bit(image: Image.Image, threshold: int = 140) -> Image.Image:
    """Black and white, as most office scans are."""
    return image.point(lambda value: 255 if value >= threshold else 0).convert("1")


def few_grays(image: Image.Image, levels: int) -> Image.Image:
    """Grey on ``levels`` steps, as a palette image: a fraction of the size."""
    step = 255 / (levels - 1)
    return image.point([round(round(value / step) * step) for value in range(256)]).quantize(levels)


def write_page(stem: Path, image: Image.Image, text: Sequence[str], dpi: int) -> None:
    """Write STEM.png and STEM.txt, a line of the file for each of ``text``. Raises OSError."""
    picture = stem.with_suffix(".png")
    image.save(picture, optimize=True, dpi=(dpi, dpi))
    stem.with_suffix(".txt").write_text("\n".join(text) + "\n", encoding="utf-8")
    print(stem.name, image.size, image.mode, picture.stat().st_size)
