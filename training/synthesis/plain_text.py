"""Paragraphs of plain prose on a page, in one font, with their lines: what other ink must leave readable."""

from __future__ import annotations

import textwrap
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from training.synthesis.fonts import FontFile

#: From baseline to baseline, in sizes of the type.
LEADING = 1.45
#: Width of a character, on average, in sizes of the type, to break lines by.
CHARACTER = 0.5


@lru_cache(maxsize=1)
def prose() -> list[str]:
    """The words of this project's licence."""
    return (Path(__file__).parents[2] / "LICENSE").read_text(encoding="utf-8").split()


def font_of(face: FontFile, size: float) -> ImageFont.FreeTypeFont:
    """Open a font at a size in pixels."""
    return ImageFont.truetype(str(face.path), size, layout_engine=ImageFont.Layout.BASIC)


def some_lines(rng: np.random.Generator, columns: int, count: int) -> list[str]:
    """Return ``count`` lines of prose of at most ``columns`` characters, from a place in it drawn by lot."""
    words = prose()
    first = int(rng.integers(len(words)))
    rolled = words[first:] + words[:first]
    return textwrap.wrap(" ".join(rolled), columns, break_on_hyphens=False)[:count]


def draw_text(
    box: tuple[int, int, int, int], face: FontFile, size: float, rng: np.random.Generator
) -> tuple[np.ndarray, list[str]]:
    """Fill a box, x0 y0 x1 y1 in pixels, with prose.

    Returns the ink of the box, (h, w) float32, 0 paper to 1 ink, and the lines from the top.
    """
    font, (x0, y0, x1, y1) = font_of(face, size), box
    count = max(1, int((y1 - y0) / (LEADING * size)))
    columns = max(8, int((x1 - x0) / (CHARACTER * size)))
    lines = some_lines(rng, columns, count)
    while columns > 8 and max(font.getlength(line) for line in lines) > x1 - x0:
        columns -= 1
        lines = textwrap.wrap(" ".join(lines), columns, break_on_hyphens=False)[:count]
    return draw_lines((y1 - y0, x1 - x0), lines, font, LEADING * size), lines


def draw_lines(
    shape: tuple[int, int], lines: list[str], font: ImageFont.FreeTypeFont, leading: float, left: float = 0.0
) -> np.ndarray:
    """Draw lines one under the other: ink (H, W) float32, 0..1. leading, left: in pixels."""
    page = Image.new("L", (shape[1], shape[0]), 0)
    pen = ImageDraw.Draw(page)
    for number, line in enumerate(lines):
        pen.text((left, (number + 0.75) * leading), line, 255, font, anchor="ls")
    return np.asarray(page, np.float32) / 255


def soften(ink: np.ndarray, dpi: int) -> np.ndarray:
    """Blur ink (H, W) float32 as a scanner of this resolution does."""
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), 0.5 + dpi / 600))
