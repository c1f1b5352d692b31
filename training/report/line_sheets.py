"""Contact sheets of misread lines: each line's picture with the truth and what was read below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.report.style import GREEN, GRID, INK, NAMES, PAPER, QUIET, RED, TEXT, font

#: Sizes in pixels: of the sheet, of a line's picture at most, of the space around.
WIDTH, PICTURE_HEIGHT, GAP = 1100, 56, 12
#: Height of a line of text below a picture.
ROW = 20


@dataclass(frozen=True, slots=True)
class MisreadLine:
    """picture: (h, w) uint8 of the page; truth, read: of the line; edits: between the two."""

    picture: np.ndarray
    truth: str
    read: str
    edits: int


def line_sheet(lines: Sequence[MisreadLine], title: str, path: Path) -> None:
    """Draw lines one under the other and write them as PNG. Raises OSError."""
    from PIL import Image, ImageDraw

    block = PICTURE_HEIGHT + 2 * ROW + GAP
    sheet = Image.new("RGB", (WIDTH, 3 * GAP + ROW + len(lines) * block), PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.text((GAP, GAP), f"{title}: {len(lines)} lines with most errors", INK, font(TEXT, 18, bold=True))
    y = 2 * GAP + ROW
    for line in lines:
        height, width = max(1, line.picture.shape[0]), max(1, line.picture.shape[1])
        scale = min(PICTURE_HEIGHT / height, (WIDTH - 2 * GAP) / width)
        shown = Image.fromarray(np.ascontiguousarray(line.picture)).convert("RGB")
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        sheet.paste(shown.resize(size, Image.Resampling.LANCZOS), (GAP, y))
        below = y + PICTURE_HEIGHT + 2
        draw.text((GAP, below), str(line.edits), QUIET, font(TEXT, 13))
        draw.text((3 * GAP, below), line.truth, GREEN, font(NAMES, 14))
        draw.text((3 * GAP, below + ROW), line.read, RED, font(NAMES, 14))
        y += block
        draw.line((GAP, y - GAP // 2, WIDTH - GAP, y - GAP // 2), GRID)
    sheet.save(path)
