"""Draw small pages of many layouts, and what is found on each: ``python samples/make_layout.py FONTS [FOLDER]``.

FONTS as for make.py; FOLDER gets a picture of each page, ``docs/layout`` if it is left out.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from make import ARTICLE, FORM
from PIL import Image
from sheet import Face, Sheet

from ocrtool.export.overlay import draw_overlay
from ocrtool.pipeline import read_page_detailed
from ocrtool.script.engines import load_engines

#: Resolution of the pages; longest side of the pictures in pixels, and their colours.
DPI, SIDE, COLOURS = 150, 760, 24
ROWS = (
    ("Item", "Number", "Price", "Total"),
    ("Tea, black", "4", "2.10", "8.40"),
    ("Sugar", "12", "0.95", "11.40"),
    ("Lamp oil, one gallon", "1", "3.25", "3.25"),
    ("Candles", "30", "0.12", "3.60"),
)


def _column(sheet: Sheet, text: str, face: Face, place: tuple[float, float, float], rows: int = 99) -> int:
    """Set text at a place: left, first baseline and width in mm. Returns the number of its characters that are set."""
    x, y, width = place
    lines = sheet.broken(text, face, width)[:rows]
    for k, line in enumerate(lines):
        full = k < len(lines) - 1 or rows < 99
        (sheet.print_justified(x, y, width, line, face) if full else sheet.print(x, y, line, face))
        y += 0.45 * face.points
    return len(" ".join(lines))


def columns(serif: Path, sans: Path) -> Image.Image:
    """A headline, a drop capital, three columns."""
    sheet, face = Sheet(150, 92, DPI), Face(serif, 9)
    sheet.print(10, 17, "On the Keeping of Diaries", Face(serif, 18))
    text = " ".join(ARTICLE)
    sheet.print(10, 30.6, text[0], Face(serif, 27))
    start = 1 + _column(sheet, text[1:], face, (20, 26.5, 30), 2)
    for k in range(3):
        x, y, rows = 10 + 45 * k, (26.5 if k else 34.6), (15 if k else 13)
        start += _column(sheet, text[start:], face, (x, y, 40), rows) + 1
    return sheet.image


def table(serif: Path, sans: Path) -> Image.Image:
    """A table without rules, below a line of text."""
    sheet, face = Sheet(120, 60, DPI), Face(sans, 10)
    sheet.print(10, 14, "Delivered on 3 March to the keepers of the lock", face)
    for row, cells in enumerate(ROWS):
        for text, x, right in zip(cells, (10, 66, 84, 108), (False, True, True, True), strict=True):
            sheet.print(x - (sheet.width_of(text, face) if right else 0), 26 + 6.5 * row, text, face)
    return sheet.image


def form(serif: Path, sans: Path) -> Image.Image:
    """Labels, and entries in frames."""
    sheet, label, entry = Sheet(120, 62, DPI), Face(sans, 8), Face(serif, 11)
    for row, (name, value) in enumerate(FORM[:5]):
        y = 14 + 9.5 * row
        sheet.print(10, y, name, label)
        sheet.box(38, y - 5.2, 70, 7.2)
        sheet.print(40, y, value, entry)
    return sheet.image


def spread(serif: Path, sans: Path) -> Image.Image:
    """Two pages of an open book."""
    sheet, face = Sheet(160, 84, DPI), Face(serif, 9)
    for k in range(2):
        _column(sheet, " ".join(ARTICLE[3 * k : 3 * k + 3]), face, (12 + 80 * k, 14, 56), 14)
        sheet.print(38 + 80 * k, 78, str(62 + k), face)
    shade = 1 - 0.35 * np.exp(-np.abs(np.arange(sheet.image.width) - sheet.image.width / 2) / 18)
    return Image.fromarray((np.asarray(sheet.image) * shade).astype(np.uint8))


def sideways(serif: Path, sans: Path) -> Image.Image:
    """A note in the margin that runs up the page."""
    sheet, face = Sheet(110, 70, DPI), Face(serif, 10)
    _column(sheet, " ".join(ARTICLE[:2]), face, (24, 14, 76), 12)
    note = Sheet(50, 10, DPI)
    note.print(3, 7, "Received 4 March 2024", Face(sans, 9))
    sheet.image.paste(note.image.rotate(90, expand=True), (sheet.pixels(9), sheet.pixels(10)))
    return sheet.image


def photo(serif: Path, sans: Path) -> Image.Image:
    """A sheet on a table, seen from below."""
    sheet, face = Sheet(110, 80, DPI), Face(serif, 10)
    _column(sheet, " ".join(ARTICLE[:3]), face, (14, 16, 82), 13)
    page = np.asarray(sheet.image)
    height, width = page.shape
    rim = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = np.array([[0.16, 0.1], [0.84, 0.07], [0.95, 0.92], [0.05, 0.94]], np.float32) * [width, height]
    matrix = cv2.getPerspectiveTransform(rim, seen.astype(np.float32))
    paper = cv2.warpPerspective(page, matrix, (width, height), flags=cv2.INTER_AREA)
    inside = cv2.warpPerspective(np.full_like(page, 255), matrix, (width, height)) / 255.0
    table_top = 70 + 12 * np.sin(np.arange(width) / 9.0)
    light = np.linspace(0.95, 0.7, width)
    return Image.fromarray(((inside * paper + (1 - inside) * table_top) * light).astype(np.uint8))


KINDS: dict[str, Callable[[Path, Path], Image.Image]] = {
    "columns": columns,
    "table": table,
    "form": form,
    "spread": spread,
    "sideways": sideways,
    "photo": photo,
}


def main(fonts: Path, folder: Path) -> None:
    """Draw all kinds."""
    serif = fonts / "noto-serif" / "files" / "noto-serif-latin-400-normal.woff"
    sans = fonts / "roboto-condensed" / "files" / "roboto-condensed-latin-400-normal.woff"
    engines = load_engines("eng")
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in KINDS.items():
        gray = np.asarray(draw(serif, sans))
        page, details = read_page_detailed(gray, engines)
        picture = Image.fromarray(draw_overlay(gray, page, details.piece_boxes)[:, :, ::-1])
        picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
        picture.quantize(COLOURS, dither=Image.Dither.NONE).save(folder / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else Path(__file__).parents[1] / "docs" / "layout"))
