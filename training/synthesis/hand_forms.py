"""Draw the filled forms that reading is measured on: entries written by hand, in cells and on lines, and tick boxes.

    python -m training.synthesis.hand_forms OUT [--data DATA] [--fonts FONTS] [--part test|validation] [--count N]

OUT/hand_forms holds NAME.png with NAME.gt.txt, its lines, and NAME.form.json, its fields and tick boxes with their
places. Entries are characters of UNIPEN's writers and EMNIST's images of the part, in combs, open combs, single boxes,
frames, and on ruled, dotted and dashed lines; some fields are empty. Tick boxes are of several styles, marked in print
or by hand. Some forms are in a drop-out colour. Each form is scanned in one of three ways. Then:

    python -m training.benchmark.forms OUT/hand_forms

The same data, fonts and seed give the same forms.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click
import cv2
import numpy as np
from PIL import Image, ImageFont
from tqdm import tqdm

from training.command import data_option, errors_as_messages, latin_fonts_option, part_option, seed_option
from training.synthesis.fonts import default_fonts_folder
from training.synthesis.form_entries import Entries
from training.synthesis.form_frames import (
    BOX_STYLES,
    CELLS,
    FRAMES,
    MARKS,
    Colour,
    Inks,
    Sheet,
    draw_cells,
    draw_tick_box,
    draw_under,
    lay_cells,
    mark,
    write_cells,
    write_line,
)
from training.synthesis.form_hands import Hand, Hands
from training.synthesis.form_truth import FieldTruth, FormTruth, MarkTruth, write_truth
from training.synthesis.hangul_fonts import open_font
from training.synthesis.office_pages import FAMILIES, faces_of
from training.synthesis.office_scans import PRINT_DPI, SCAN_DPI, flatbed, skew_matrix
from training.synthesis.office_tables import CHOICES, TITLES

SET = "hand_forms"
#: Size of the paper and its margin, in mm.
PAPER, MARGIN = (185.0, 245.0), 14.0
#: Share of the forms in a drop-out colour, and of those with tinted ground; their colours as rule, label and ground.
DROP_OUT, TINTED = 0.4, 0.3
COLOURS: tuple[tuple[Colour, Colour, Colour], ...] = (
    ((220, 60, 50), (200, 40, 40), (255, 226, 220)),
    ((245, 150, 140), (225, 90, 80), (255, 232, 228)),
    ((240, 140, 40), (215, 110, 20), (255, 236, 214)),
    ((60, 150, 90), (30, 120, 60), (222, 242, 226)),
    ((70, 110, 210), (50, 80, 190), (222, 232, 252)),
)
PENS: tuple[Colour, ...] = ((20, 20, 25), (25, 35, 120), (30, 60, 170), (60, 60, 66))
#: Share of fields that are left empty, of tick boxes that are marked, and of entries on lines with small letters.
EMPTY, MARKED, SMALL = 0.12, 0.45, 0.4
#: Scans by name: resolution, and grey level of the threshold if it is of two levels.
SCANS: dict[str, tuple[int, int | None]] = {"print": (PRINT_DPI, None), "200dpi": (SCAN_DPI, None), "fax": (200, 190)}


@dataclass(frozen=True, slots=True)
class _Pens:
    """With what a form is drawn. label: the font of its labels, small: of its tick boxes."""

    hand: Hand
    label: ImageFont.FreeTypeFont
    small: ImageFont.FreeTypeFont
    entries: Entries


class _Form:
    """A form while it is drawn."""

    def __init__(self, sheet: Sheet, pens: _Pens, rng: np.random.Generator) -> None:
        self.sheet, self.pens, self.rng = sheet, pens, rng
        self.y = MARGIN + 6
        self.lines: list[str] = []
        self.fields: list[FieldTruth] = []
        self.marks: list[MarkTruth] = []

    def text(self, x: float, baseline: float, text: str, font: ImageFont.FreeTypeFont) -> float:
        """Print a text. Returns its right end in millimetres."""
        at = (x * self.sheet.scale, baseline * self.sheet.scale)
        self.sheet.draw.text(at, text, self.sheet.inks.label, font, anchor="ls")
        return x + float(font.getlength(text)) / self.sheet.scale

    def field(self, label: str, frame: str, column: float) -> None:
        """A label and its field on the next line. column: where fields begin, in mm."""
        rng = self.rng
        text = "" if rng.random() < EMPTY else self.pens.entries.entry(label, rng)
        self.y += 13.0
        self.text(MARGIN, self.y - 1.4, label, self.pens.label)
        if frame in CELLS:
            self._cells(text, frame, column)
        else:
            if self.pens.hand.lowered and rng.random() < SMALL:
                text = text.title()
            self._line(text, frame, column)
        self.lines.append(f"{label} {text}".strip())

    def _cells(self, text: str, frame: str, column: float) -> None:
        rng = self.rng
        parts = text.split(" ")
        grouped = text[:2].isdigit() and len(parts) == 3 and rng.random() < 0.5
        groups = tuple(map(len, parts)) if grouped else (max(len(text), 4) + int(rng.integers(0, 4)),)
        if len(parts) == 3 and parts[0].isdigit():
            text = "".join(parts)
        cells = lay_cells(frame, groups, (column, self.y), rng)
        draw_cells(self.sheet, frame, cells, float(rng.uniform(0.12, 0.3)))
        write_cells(self.sheet, cells, text, self.pens.hand, rng)
        self._add(FieldTruth(self._place(column, cells.top, cells.right, cells.bottom), frame, text))

    def _line(self, text: str, frame: str, column: float) -> None:
        end = PAPER[0] - MARGIN
        under = self.y + float(self.rng.uniform(0.2, 0.8))
        top = self.y - 7.0
        if frame == "frame":
            self.sheet.box(column - 1.5, top, end, self.y + 1.6)
        else:
            draw_under(self.sheet, frame, column - 1.5, end, under)
        if text:
            right = write_line(self.sheet, text, (column, self.y - 0.4), self.pens.hand, self.rng)
            if right > end:
                raise ValueError(f"{text} is too long for its line")
        self._add(FieldTruth(self._place(column - 1.5, top + 0.5, end, self.y + 1.2), frame, text))

    def ticks(self, options: tuple[str, ...]) -> None:
        """A row of tick boxes with their labels."""
        rng, sheet = self.rng, self.sheet
        self.y += 10.0
        style, side, before = BOX_STYLES[rng.integers(4)], float(rng.uniform(3.0, 5.0)), rng.random() < 0.75
        shown, x = [], MARGIN
        for option in options:
            state, how = "empty", ""
            if rng.random() < MARKED:
                state = str(rng.choice(list(MARKS), p=(0.4, 0.45, 0.15)))
                how = MARKS[state][rng.integers(len(MARKS[state]))]
            if not before:
                x = self.text(x, self.y - 0.8, option, self.pens.small) + 1.8
            draw_tick_box(sheet, style, x, self.y, side)
            if how:
                mark(sheet, how, x, self.y, side, rng)
            self.marks.append(MarkTruth(self._place(x, self.y - side, x + side, self.y), f"{style} {how}", state))
            sign = {"empty": "☐", "ticked": "☑"}.get(state, "☒")
            x += side + 1.8
            if before:
                x = self.text(x, self.y - 0.8, option, self.pens.small)
            shown.append(f"{sign} {option}" if before else f"{option} {sign}")
            x += 9.0
        self.lines.append(" ".join(shown))

    def _add(self, field: FieldTruth) -> None:
        self.fields.append(field)

    def _place(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        scale = self.sheet.scale
        return x0 * scale, y0 * scale, x1 * scale, y1 * scale

    def truth(self) -> FormTruth:
        return FormTruth(tuple(self.lines), tuple(self.fields), tuple(self.marks))


def draw(
    hands: Hands, entries: Entries, font: Path, scan: str, rng: np.random.Generator
) -> tuple[np.ndarray, FormTruth]:
    """A form: (H, W, 3) uint8 RGB, or (H, W) of two levels, and what stands on it."""
    dpi = PRINT_DPI
    inks = any_inks(rng, scan)
    sheet = Sheet(PAPER, dpi, inks)
    points = float(rng.uniform(8.5, 11.0)) * dpi / 72
    pens = _Pens(hands.draw(rng), open_font(font, points), open_font(font, points), entries)
    form = _Form(sheet, pens, rng)
    title = TITLES[rng.integers(len(TITLES))]
    form.text(MARGIN, form.y, title, open_font(font, 1.4 * points))
    form.lines.append(title)
    frames = [FRAMES[i] for i in rng.permutation(np.repeat(np.arange(len(FRAMES)), 2))[:11]]
    labels = rng.permutation(entries.labels).tolist()[: len(frames)]
    widest = max(float(pens.label.getlength(label)) for label in labels) / sheet.scale
    column = MARGIN + widest + float(rng.uniform(5.0, 14.0))
    for label, frame in zip(labels, frames, strict=True):
        form.field(label, frame, column)
    for i in rng.permutation(len(CHOICES))[:4].tolist():
        form.ticks(CHOICES[i])
    image, matrix = scanned(np.asarray(sheet.image), scan, rng)
    return image, form.truth().moved(matrix)


def any_inks(rng: np.random.Generator, scan: str) -> Inks:
    """Colours of a form and its pen; scans of two levels are of black forms, since they would lose others."""
    pen = PENS[rng.integers(len(PENS))]
    grey = int(rng.choice([0, 60, 120]))
    if SCANS[scan][1] is not None:
        return Inks((0, 0, 0), (15, 15, 15), pen)
    if rng.random() >= DROP_OUT:
        return Inks((grey, grey, grey), (15, 15, 15), pen)
    rule, label, ground = COLOURS[rng.integers(len(COLOURS))]
    return Inks(rule, label, pen, ground) if rng.random() < TINTED else Inks(rule, label, pen)


def scanned(page: np.ndarray, scan: str, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A sheet (H, W, 3) uint8 as scanned, and the (2, 3) map from the sheet to the scan."""
    dpi, threshold = SCANS[scan]
    if scan == "print":
        return page, np.eye(2, 3)
    turn, seed = skew_matrix(page.shape[:2], rng), int(rng.integers(1 << 31))
    channels = [flatbed(np.ascontiguousarray(page[:, :, k]), np.random.default_rng(seed), turn) for k in range(3)]
    image = np.stack(channels, axis=2)
    scale = dpi / PRINT_DPI
    if threshold is not None:
        gray = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        image = np.where(gray > threshold, 255, 0).astype(np.uint8)
    return image, scale * turn


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@data_option("emnist/ and unipen/")
@latin_fonts_option()
@part_option("test", ("test", "validation"))
@click.option("--count", type=click.IntRange(min=1), default=36, show_default=True, help="Forms.")
@seed_option()
@errors_as_messages()
def main(out: Path, data: Path, fonts: Path | None, part: str, count: int, seed: int) -> None:
    """Draw forms filled in by hand, with their fields and tick boxes, to OUT/hand_forms."""
    hands, entries = Hands(data, part), Entries()
    families = sorted({family for every in FAMILIES[part].values() for family in every})
    for number in tqdm(range(count), unit="form", disable=None):
        rng = np.random.default_rng((seed, number))
        scan = list(SCANS)[number % len(SCANS)]
        family = families[number % len(families)]
        image, truth = draw(hands, entries, faces_of(family, fonts or default_fonts_folder()).text, scan, rng)
        path = out / SET / f"form_{number:03d}_{scan}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        dpi = SCANS[scan][0]
        Image.fromarray(image).save(path, dpi=(dpi, dpi))
        path.with_suffix(".gt.txt").write_text("\n".join(truth.lines) + "\n", encoding="utf-8")
        write_truth(path, truth)


if __name__ == "__main__":
    main()
