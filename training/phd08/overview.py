"""What is in the text files of a PHD08 database: figures for each font, and a picture of some samples."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from training.phd08.files import Source
from training.phd08.text_form import Samples, parse, split_name
from training.synthesis.hangul_fonts import drawn_characters, find_korean_fonts, open_font

#: Gap between cells, margin of the sheet and width of the syllable's own cell, in pixels.
GAP, MARGIN, NAME_WIDTH = 6, 14, 64
#: Size of type, in pixels.
NAME_SIZE, NOTE_SIZE = 40, 13
PAPER, TEXT, FAINT = 255, 20, 110


@dataclass(frozen=True, slots=True)
class FontFacts:
    """Samples of one font. height, width: (lowest, mean, highest) in pixels; ink: mean share of a picture."""

    font: str
    samples: int
    height: tuple[int, float, int]
    width: tuple[int, float, int]
    ink: float


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file: its character, size in bytes, number of faults, and (N, 3) of height, width and ink share by font."""

    character: str
    size: int
    faults: int
    sizes: dict[str, np.ndarray]


def file_facts(source: Source) -> FileFacts:
    """Raises OSError."""
    samples = parse(source.path.read_bytes())
    rows: dict[str, list[tuple[float, float, float]]] = {}
    for name, image in zip(samples.names, samples.images, strict=True):
        rows.setdefault(split_name(name)[0], []).append((*image.shape, float(image.mean())))
    sizes = {font: np.array(values, np.float32) for font, values in rows.items()}
    return FileFacts(source.character, source.size, len(samples.faults), sizes)


def by_font(files: Iterable[FileFacts]) -> list[FontFacts]:
    """The fonts of all files, in order of first occurrence."""
    parts: dict[str, list[np.ndarray]] = {}
    for facts in files:
        for font, sizes in facts.sizes.items():
            parts.setdefault(font, []).append(sizes)
    return [_font_facts(font, np.concatenate(sizes)) for font, sizes in parts.items()]


def _font_facts(font: str, sizes: np.ndarray) -> FontFacts:
    height, width = ((int(v.min()), float(v.mean()), int(v.max())) for v in sizes.T[:2])
    return FontFacts(font, len(sizes), height, width, float(sizes[:, 2].mean()))


def draw_sheet(sources: Sequence[Source], per_font: int, seed: int) -> Image.Image:
    """A row for each file, with samples of each font chosen at random, ink dark, in their own size."""
    rows = [(source.character, _choose(source, per_font, seed)) for source in sources]
    fonts = list(dict.fromkeys(font for _, chosen in rows for font in chosen))
    shapes = [image.shape for _, chosen in rows for images in chosen.values() for image in images]
    height, width = (max((s[axis] for s in shapes), default=1) + GAP for axis in (0, 1))
    height = max(height, NAME_SIZE + GAP)
    block = per_font * width + GAP
    size = (2 * MARGIN + NAME_WIDTH + len(fonts) * block, 2 * MARGIN + NOTE_SIZE + GAP + len(rows) * height)
    sheet = Image.new("L", size, PAPER)
    pen = ImageDraw.Draw(sheet)
    for column, font in enumerate(fonts):
        x = MARGIN + NAME_WIDTH + column * block
        pen.text((x, MARGIN), _cut(font, block), FAINT, ImageFont.load_default(NOTE_SIZE))
    for number, (character, chosen) in enumerate(rows):
        y = MARGIN + NOTE_SIZE + GAP + number * height
        _name(pen, character, (MARGIN, y))
        for column, font in enumerate(fonts):
            for index, image in enumerate(chosen.get(font, [])):
                x = MARGIN + NAME_WIDTH + column * block + index * width
                sheet.paste(Image.fromarray(np.where(image, 0, 255).astype(np.uint8)), (x, y))
    return sheet


def _choose(source: Source, per_font: int, seed: int) -> dict[str, list[np.ndarray]]:
    """Samples of each font of a file; the same for the same seed, whichever other files are shown."""
    samples: Samples = parse(source.path.read_bytes())
    groups: dict[str, list[np.ndarray]] = {}
    for name, image in zip(samples.names, samples.images, strict=True):
        groups.setdefault(split_name(name)[0], []).append(image)
    draw = random.Random(f"{seed} {source.character}")
    return {font: draw.sample(images, min(per_font, len(images))) for font, images in groups.items()}


def _cut(text: str, width: int) -> str:
    most = max(1, width // (NOTE_SIZE // 2 + 1))
    return text if len(text) <= most else text[: most - 1] + "…"


def _name(pen: ImageDraw.ImageDraw, character: str, corner: tuple[int, int]) -> None:
    """The character if some Korean font is there, else its code."""
    path = _label_font(character)
    if path is None:
        pen.text(corner, f"U+{ord(character):04X}", TEXT, ImageFont.load_default(NOTE_SIZE))
    else:
        pen.text(corner, character, TEXT, open_font(path, NAME_SIZE))


def _label_font(character: str) -> Path | None:
    try:
        return next((font.path for font in find_korean_fonts() if character in drawn_characters(font.path)), None)
    except FileNotFoundError:
        return None
