"""Draw pages with ink that is not there to be read, or not dark on white.

    python -m training.synthesis.nontext_pages OUT [--part test|validation] [--count N] [--only KIND]

OUT/alone_X: a page with nothing but X, whose text is empty. OUT/beside_X: text with X in a free place of the page, or,
where that is what it does, over the text; its text is that of the page. OUT/shaded_X: text on grounds other than white.
OUT/lone_X: lines of a single character or a number. Each page is NAME.png with NAME.gt.txt, which
`training.benchmark.nontext` measures. The same fonts and seed give the same pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click
import numpy as np
from tqdm import tqdm

from training.command import errors_as_messages, latin_fonts_option, part_option, seed_option
from training.synthesis import lone_pages, other_ink, over_ink, scribble, shaded_text
from training.synthesis.fonts import FontFile, find_fonts, part_of
from training.synthesis.page_files import write_page
from training.synthesis.plain_text import draw_text, soften

#: Resolutions of the pages, and A4 in millimetres.
RESOLUTIONS, A4, MM_PER_INCH = (100, 150, 200, 300), (297.0, 210.0), 25.4
#: Margin in millimetres, and sizes of the text in points.
MARGIN, POINTS = 22.0, (9.0, 13.0)
#: Where text begins and ends, and where it ends above a picture, in heights of the page.
TOP, MIDDLE, BOTTOM = 0.08, 0.42, 0.92
#: Lines of a page of lone characters.
LONE_LINES = 15
#: Of text that shows through: its strength as a share of the ink of the page.
THROUGH = (0.12, 0.5)


@dataclass(frozen=True, slots=True)
class Lot:
    """What is drawn by lot for a page: the generator, the font, the resolution, the part of the pictures."""

    rng: np.random.Generator
    face: FontFile
    dpi: int
    part: str

    @property
    def unit(self) -> float:
        """Pixels per millimetre."""
        return self.dpi / MM_PER_INCH

    @property
    def shape(self) -> tuple[int, int]:
        return round(A4[0] * self.unit), round(A4[1] * self.unit)

    def paper(self) -> np.ndarray:
        """Blank paper: (H, W) float32."""
        return np.full(self.shape, np.float32(self.rng.uniform(225, 255)))

    def text(self, page: np.ndarray, top: float, bottom: float, level: float = 20.0) -> list[str]:
        """Set prose on a page between two heights, in shares of it, and return its lines."""
        h, w = page.shape
        margin, size = int(MARGIN * self.unit), self.rng.uniform(*POINTS) * self.dpi / 72
        y0, y1 = int(top * h), int(bottom * h)
        ink, lines = draw_text((margin, y0, w - margin, y1), self.face, size, self.rng)
        shaded_text.set_over(page, soften(ink, self.dpi), (margin, y0), level)
        return lines


Kind = Callable[[Lot], tuple[np.ndarray, list[str]]]
Draw = Callable[[Lot, np.ndarray], None]


def _through(lot: Lot, page: np.ndarray) -> None:
    back = np.zeros(page.shape, np.float32)
    lot.text(back, TOP, BOTTOM, 1.0)
    strength = lot.rng.uniform(*THROUGH)
    page -= strength * page * soften(back[:, ::-1].copy(), lot.dpi)


def _picture(lot: Lot, shape: tuple[int, int]) -> np.ndarray:
    if lot.rng.random() < 0.3:
        return other_ink.scene(shape, lot.rng)
    return other_ink.photograph(str(lot.rng.choice(other_ink.PHOTOGRAPHS[lot.part])))


def _photograph(lot: Lot, page: np.ndarray) -> None:
    other_ink.into(page, _picture(lot, (600, 800)), _box(lot, page))


def _halftone(lot: Lot, page: np.ndarray) -> None:
    box = _box(lot, page)
    part = np.zeros((box[3] - box[1], box[2] - box[0]), np.float32)
    other_ink.into(part, _picture(lot, (600, 800)), (0, 0, part.shape[1], part.shape[0]))
    screened = other_ink.halftone(part, lot.rng.uniform(3, 16), lot.rng.choice([0, 15, 45, 75]))
    page[box[1] : box[3], box[0] : box[2]] = screened


def _box(lot: Lot, page: np.ndarray) -> other_ink.Box:
    """Return a place in the lower half of a page, x0 y0 x1 y1."""
    h, w = page.shape
    x0, x1 = (int(lot.rng.uniform(*ends) * w) for ends in ((0.1, 0.35), (0.6, 0.9)))
    y0, y1 = (int(lot.rng.uniform(*ends) * h) for ends in ((0.45, 0.55), (0.7, 0.95)))
    return x0, y0, x1, y1


def _simple(draw: other_ink.Draw) -> Draw:
    def drawn(lot: Lot, page: np.ndarray) -> None:
        draw(page, lot.rng, lot.unit)

    return drawn


def _noise(lot: Lot, page: np.ndarray) -> None:
    page += lot.rng.uniform(40, 250) - page.mean()
    other_ink.grain(lot.rng.uniform(0, 8))(page, lot.rng, lot.unit)


def _specks(most: int, lot: Lot, page: np.ndarray) -> None:
    count = int(10 ** lot.rng.uniform(0.5, np.log10(most)))
    other_ink.specks(count, lot.rng.uniform(0.6, 3.0))(page, lot.rng, lot.unit)


def _salt(lot: Lot, page: np.ndarray) -> None:
    other_ink.salt(0.05)(page, lot.rng, lot.unit)


#: What is drawn with nothing else, beside text in the upper part of the page, and over a page of text.
ALONE: dict[str, Draw] = {
    "show_through": _through,
    "noise": _noise,
    "specks": partial(_specks, 30_000),
    "salt": _salt,
    "halftone": _halftone,
    "photograph": _photograph,
    "scan_edges": _simple(other_ink.scan_edges),
    "punch_holes": _simple(other_ink.punch_holes),
    "staples": _simple(other_ink.staples),
    "coffee_ring": _simple(other_ink.coffee_ring),
    "gutter_shadow": _simple(other_ink.gutter_shadow),
    "logo": _simple(other_ink.logo),
    "scribble": _simple(scribble.scribble),
    "hatching": _simple(scribble.hatching),
    "maze": _simple(scribble.maze),
}
IN_FREE_PLACE = {name: ALONE[name] for name in ("halftone", "photograph")}
OVER_TEXT: dict[str, Draw] = {
    "show_through": _through,
    "specks": partial(_specks, 3_000),
    **{name: ALONE[name] for name in ("scan_edges", "punch_holes", "staples", "coffee_ring", "gutter_shadow")},
    "stamp": _simple(over_ink.stamp),
    "signature": _simple(over_ink.signature),
}
SHADED: dict[str, Callable[[np.ndarray, FontFile, np.random.Generator, float], list[str]]] = {
    "banner": shaded_text.banner,
    "cells": shaded_text.cells,
    "buttons": shaded_text.buttons,
    "sidebar": shaded_text.sidebar,
    "grey_box": shaded_text.grey_box,
}
LONE = {
    "characters": lone_pages.characters,
    "figures": lone_pages.figures,
    "items": lone_pages.items,
    "letters": lone_pages.letters,
}


def alone(draw: Draw, lot: Lot) -> tuple[np.ndarray, list[str]]:
    """A page with one thing that is no text."""
    page = lot.paper()
    draw(lot, page)
    return page, []


def beside(draw: Draw, bottom: float, lot: Lot) -> tuple[np.ndarray, list[str]]:
    """A page of text down to a height, as a share of it, and the thing drawn on it."""
    page = lot.paper()
    lines = lot.text(page, TOP, bottom)
    draw(lot, page)
    return page, lines


def plain(lot: Lot) -> tuple[np.ndarray, list[str]]:
    """A full page of text and nothing else."""
    page = lot.paper()
    return page, lot.text(page, TOP, BOTTOM)


def faint(lot: Lot) -> tuple[np.ndarray, list[str]]:
    """A page of text that differs from its grey paper by little; on every other one the text is the lighter."""
    page = lot.paper()
    page[:] = lot.rng.uniform(90, 240)
    contrast = lot.rng.uniform(35, 70)
    level = page[0, 0] - contrast if page[0, 0] > 165 or lot.rng.random() < 0.5 else page[0, 0] + contrast
    lines = lot.text(page, TOP, BOTTOM, float(level))
    other_ink.grain(lot.rng.uniform(0, 2.5))(page, lot.rng, lot.unit)
    return page, lines


def shaded(name: str, lot: Lot) -> tuple[np.ndarray, list[str]]:
    """A page with text on a dark or grey ground, and plain text below or beside it."""
    page = lot.paper()
    if name == "sidebar":
        right = np.array(page)
        h, w = page.shape
        lines = SHADED[name](page, lot.face, lot.rng, lot.unit)
        left = int(np.flatnonzero(page[h - 1] == right[h - 1])[0])
        margin, size = int(10 * lot.unit), lot.rng.uniform(*POINTS) * lot.dpi / 72
        ink, more = draw_text((left + margin, 0, w - margin, int(0.8 * h)), lot.face, size, lot.rng)
        shaded_text.set_over(page, soften(ink, lot.dpi), (left + margin, int(0.1 * h)), 20.0)
        return page, lines + more
    lines = SHADED[name](page, lot.face, lot.rng, lot.unit)
    return page, lines + lot.text(page, 0.62, float(lot.rng.uniform(0.7, 0.95)))


def lone(draw: Callable[[np.random.Generator, int], list[str]], lot: Lot) -> tuple[np.ndarray, list[str]]:
    """A page of lone characters or numbers."""
    lines = draw(lot.rng, LONE_LINES)
    return lone_pages.lone_page(lines, lot.face, lot.rng, max(150, lot.dpi)), lines


KINDS: dict[str, Kind] = {
    "plain": plain,
    **{f"alone_{name}": partial(alone, draw) for name, draw in ALONE.items()},
    **{f"beside_{name}": partial(beside, draw, MIDDLE) for name, draw in IN_FREE_PLACE.items()},
    **{f"beside_{name}": partial(beside, draw, BOTTOM) for name, draw in OVER_TEXT.items()},
    **{f"shaded_{name}": partial(shaded, name) for name in SHADED},
    "shaded_faint": faint,
    **{f"lone_{name}": partial(lone, draw) for name, draw in LONE.items()},
}


def draw_pages(
    name: str, count: int, part: str, faces: list[FontFile], seed: int
) -> Iterator[tuple[np.ndarray, list[str], int]]:
    """Draw ``count`` pages of a kind: (H, W) uint8, the lines, the resolution."""
    for number in range(count):
        rng = np.random.default_rng((seed, *name.encode(), number))
        dpi = RESOLUTIONS[number % len(RESOLUTIONS)]
        lot = Lot(rng, faces[int(rng.integers(len(faces)))], dpi, part)
        page, lines = KINDS[name](lot)
        if name not in ("alone_noise", "shaded_faint"):
            page = page + rng.uniform(0, 3) * rng.standard_normal(page.shape, np.float32)
        yield np.clip(np.rint(page), 0, 255).astype(np.uint8), lines, dpi


def faces_of(part: str, fonts: Path | None) -> list[FontFile]:
    """Upright faces of print of the families of a part."""
    return [
        face
        for face in find_fonts(fonts)
        if part_of(face.family) == part and face.kind in ("sans", "serif", "old") and "400-normal" in face.path.name
    ]


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@latin_fonts_option()
@part_option("test", ("test", "validation"))
@click.option("--count", type=click.IntRange(min=1), default=20, show_default=True, help="Pages of each kind.")
@click.option("--only", "kinds", type=click.Choice(list(KINDS)), multiple=True, help="Draw this kind; may be repeated.")
@seed_option()
@errors_as_messages()
def main(out: Path, fonts: Path | None, part: str, count: int, kinds: tuple[str, ...], seed: int) -> None:
    """Draw pages with ink that is not there to be read, or not dark on white, to sets in OUT."""
    faces = faces_of(part, fonts)
    for name in tqdm(kinds or tuple(KINDS), unit="kind", disable=None):
        for number, (image, lines, dpi) in enumerate(draw_pages(name, count, part, faces, seed)):
            write_page(out / name / f"{name}_{number:03d}.png", image, lines, dpi)


if __name__ == "__main__":
    main()
