"""Pages of lines whose characters are drawn one by one, so that a test knows where each stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocrtool.imaging.prepare import prepare
from ocrtool.segment.layout import Layout
from ocrtool.segment.strip import find_strip_layout

#: Fonts that come with a library that training needs, with the letters of all Western European languages.
FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
SANS, SERIF = FONTS / "DejaVuSans.ttf", FONTS / "DejaVuSerif.ttf"
#: Sizes at which both fonts have an x-height of 15 and 20 pixels: lines are found at 15, so that such a page is not
#: scaled.
SIZE_15, SIZE_20 = 27, 36
#: Grey levels below this are ink where truth is measured.
INK = 128


@dataclass(frozen=True, slots=True)
class Drawn:
    """gray: (H, W) uint8, ink dark; boxes: of each line, (n, 4) int64 of its characters but spaces."""

    gray: np.ndarray
    boxes: list[np.ndarray]


def draw_page(
    lines: Sequence[str],
    size: int = SIZE_15,
    *,
    leading: float = 2.0,
    spacing: int = 2,
    font: Path = SANS,
    ink: int | Sequence[int] = 0,
) -> Drawn:
    """Draw lines one under the other. leading: in units of ``size``; spacing: pixels between characters' advances;
    ink: grey level, of all lines or of each.
    """
    face = ImageFont.truetype(str(font), size, layout_engine=ImageFont.Layout.BASIC)
    levels = [ink] * len(lines) if isinstance(ink, int) else list(ink)
    width = max(round(face.getlength(line)) + spacing * len(line) for line in lines) + 4 * size
    shape = (round((leading * len(lines) + 2.5) * size), width)
    page, boxes = np.full(shape, 255, np.uint8), []
    for number, (line, level) in enumerate(zip(lines, levels, strict=True)):
        x, baseline, found = 2 * size, round((leading * number + 2.5) * size), []
        for character in line:
            picture = Image.new("L", (3 * size, 3 * size), 255)  # its baseline starts at (size, 2 * size)
            ImageDraw.Draw(picture).text((size, 2 * size), character, level, face, anchor="ls")
            alone = np.asarray(picture)
            window = page[baseline - 2 * size : baseline + size, x - size : x + 2 * size]
            np.minimum(window, alone, out=window)
            if character != " ":
                ys, xs = np.nonzero(alone < level + INK * (255 - level) // 255)
                x0, y0 = x - size, baseline - 2 * size
                found.append((x0 + xs.min(), y0 + ys.min(), x0 + xs.max() + 1, y0 + ys.max() + 1))
            x += round(face.getlength(character)) + spacing
        boxes.append(np.array(found, np.int64))
    return Drawn(page, boxes)


def layout_of(gray: np.ndarray) -> Layout:
    """The lines of a page that has some."""
    page = prepare(gray)
    layout = None if page is None else find_strip_layout(page)
    assert layout is not None
    return layout
