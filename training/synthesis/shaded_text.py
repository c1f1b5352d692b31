"""Text on grounds that are not white: banners, bars, cells, buttons, grey paper, faint print; dark beside light.

Each function paints onto ``page``, (H, W) float32 grey levels, in place; it returns the lines that it set from the top.
unit: pixels per millimetre; face: the font of the page.
"""

from __future__ import annotations

import cv2
import numpy as np
from PIL import ImageFont

from training.synthesis.fonts import FontFile
from training.synthesis.plain_text import LEADING, draw_lines, draw_text, font_of, prose, soften

#: Millimetres per inch: `unit` times this is the resolution.
DPI_UNIT = 25.4


def _words(rng: np.random.Generator, count: int) -> str:
    words = [word.strip(".,;:()[]\"'") for word in prose() if word.strip(".,;:()[]\"'").isalpha()]
    first = int(rng.integers(len(words) - count))
    return " ".join(words[first : first + count])


def set_over(page: np.ndarray, ink: np.ndarray, corner: tuple[int, int], level: float) -> None:
    """Lay ink (h, w) float32, 0..1, of this grey level over the page. corner: its x and y."""
    x, y = corner
    h, w = min(ink.shape[0], page.shape[0] - y), min(ink.shape[1], page.shape[1] - x)
    part, over = page[y : y + h, x : x + w], ink[:h, :w]
    part += (level - part) * over


def _line(
    page: np.ndarray, text: str, font: ImageFont.FreeTypeFont, corner: tuple[int, int], level: float, unit: float
) -> None:
    size = int(font.size)
    shape = (int(1.6 * size), int(font.getlength(text)) + size)
    set_over(page, soften(draw_lines(shape, [text], font, LEADING * size), int(unit * DPI_UNIT)), corner, level)


def banner(page: np.ndarray, face: FontFile, rng: np.random.Generator, unit: float) -> list[str]:
    """A dark band across the top, 4 to 40 % of the page high, with a headline and a line of small text."""
    h, w = page.shape
    depth = int(h * rng.uniform(0.04, 0.4))
    ground, light = float(rng.uniform(0, 110)), float(rng.uniform(225, 255))
    side = 0 if rng.random() < 0.6 else int(8 * unit)
    page[side : side + depth, side : w - side] = ground
    size = float(np.clip(rng.uniform(4, 12) * unit, 0, depth / 2.5))
    text = _words(rng, 3)
    font = font_of(face, size)
    while font.getlength(text) > w - 50 * unit:
        size *= 0.9
        font = font_of(face, size)
    top = side + int(0.15 * depth)
    _line(page, text, font, (int(20 * unit), top), light, unit)
    lines, small = [text], 3.6 * unit
    below = top + int(1.6 * size)
    if below + 2.2 * small < side + depth:
        lines.append(_words(rng, 6))
        _line(page, lines[1], font_of(face, small), (int(20 * unit), below), light, unit)
    return lines


def cells(page: np.ndarray, face: FontFile, rng: np.random.Generator, unit: float) -> list[str]:
    """A table whose head is light on dark and whose rows are shaded in turn, in greys or in colours' greys."""
    h, w = page.shape
    columns, rows = int(rng.integers(2, 5)), int(rng.integers(4, 9))
    size, left = rng.uniform(3.2, 4.2) * unit, int(20 * unit)
    pitch, wide = int(2.0 * size), int((w - 40 * unit) / columns)
    font, top = font_of(face, size), int(rng.uniform(0.08, 0.4) * h)
    dark, greys = float(rng.uniform(0, 120)), rng.uniform(150, 255, 2)
    lines = []
    for row in range(rows):
        y = top + row * pitch
        head = row == 0
        page[y : y + pitch, left : left + columns * wide] = dark if head else greys[row % 2]
        texts = [_words(rng, 1) for _ in range(columns)]
        for column, text in enumerate(texts):
            corner = (left + column * wide + int(2 * unit), y + int(0.25 * size))
            _line(page, text, font, corner, 245.0 if head else 15.0, unit)
        lines.append(" ".join(texts))
    return lines


def buttons(page: np.ndarray, face: FontFile, rng: np.random.Generator, unit: float) -> list[str]:
    """A row of dark buttons with rounded corners, a word or two in each."""
    size = rng.uniform(3.0, 4.5) * unit
    font, y = font_of(face, size), int(rng.uniform(0.05, 0.3) * page.shape[0])
    x, ground = int(20 * unit), float(rng.uniform(0, 130))
    texts: list[str] = []
    while len(texts) < 4:
        text = _words(rng, int(rng.integers(1, 3)))
        width, height = int(font.getlength(text) + 2.4 * size), int(2.2 * size)
        if x + width > page.shape[1] - 20 * unit:
            break
        mask = np.zeros((height, width), np.float32)
        r = int(rng.uniform(0, 0.5) * height)
        cv2.rectangle(mask, (r, 0), (width - 1 - r, height - 1), 1.0, -1)
        cv2.rectangle(mask, (0, r), (width - 1, height - 1 - r), 1.0, -1)
        for cx, cy in ((r, r), (width - 1 - r, r), (r, height - 1 - r), (width - 1 - r, height - 1 - r)):
            cv2.circle(mask, (cx, cy), r, 1.0, -1, cv2.LINE_AA)
        set_over(page, mask, (x, y), ground)
        _line(page, text, font, (x + int(1.2 * size), y + int(0.4 * size)), 250.0, unit)
        texts.append(text)
        x += width + int(4 * unit)
    return [" ".join(texts)] if texts else []


def sidebar(page: np.ndarray, face: FontFile, rng: np.random.Generator, unit: float) -> list[str]:
    """A dark column down the left side, 25 to 45 % of the page wide, with light text; the rest stays free."""
    h, w = page.shape
    width, size = int(rng.uniform(0.25, 0.45) * w), rng.uniform(3.2, 4.2) * unit
    page[:, :width] = float(rng.uniform(0, 110))
    box = (0, 0, width - int(20 * unit), int(rng.uniform(0.3, 0.8) * h))
    ink, lines = draw_text(box, face, size, rng)
    set_over(page, soften(ink, int(unit * DPI_UNIT)), (int(10 * unit), int(20 * unit)), 245.0)
    return lines


def grey_box(page: np.ndarray, face: FontFile, rng: np.random.Generator, unit: float) -> list[str]:
    """A box of grey with dark text, or of dark grey with light text, across the page."""
    h, w = page.shape
    ground = float(rng.uniform(60, 215))
    level = ground - rng.uniform(55, 120) if ground > 130 else ground + rng.uniform(80, 130)
    size, left, top = rng.uniform(3.2, 4.5) * unit, int(20 * unit), int(rng.uniform(0.06, 0.3) * h)
    box = (0, 0, w - int(56 * unit), int(rng.uniform(2, 8) * LEADING * size))
    ink, lines = draw_text(box, face, size, rng)
    page[top : top + box[3] + int(8 * unit), left : w - left] = ground
    set_over(
        page, soften(ink, int(unit * DPI_UNIT)), (int(28 * unit), top + int(4 * unit)), float(np.clip(level, 0, 255))
    )
    return lines
