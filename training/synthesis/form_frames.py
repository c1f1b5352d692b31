"""The drawing of forms on a sheet in colour: frames of fields, tick boxes, marks by hand, handwriting in cells."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from training.synthesis.form_hands import OFF_MIDDLE, Hand

#: Frames of fields. Those in cells hold a character in each.
CELLS = ("comb", "open comb", "boxes")
FRAMES = (*CELLS, "frame", "line", "dots", "dashes")
#: Styles of tick boxes and marks, by state; those by hand may reach beyond the box.
BOX_STYLES = ("thin", "thick", "double", "round")
MARKS = {
    "ticked": ("printed tick", "tick", "long tick"),
    "crossed": ("printed cross", "cross", "large cross"),
    "filled": ("solid", "scribble"),
}

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Inks:
    """Colours of a form (red, green, blue): rules and boxes, labels, the pen, the ground, and inside cells."""

    rule: Colour
    label: Colour
    pen: Colour
    ground: Colour = (255, 255, 255)
    cell: Colour = (255, 255, 255)


class Sheet:
    """A sheet of paper in colour, measured in millimetres. dpi: pixels per inch."""

    def __init__(self, size: tuple[float, float], dpi: int, inks: Inks) -> None:
        self.scale, self.inks = dpi / 25.4, inks
        self.image = Image.new("RGB", (self.px(size[0]), self.px(size[1])), inks.ground)
        self.draw = ImageDraw.Draw(self.image)

    def px(self, millimetres: float) -> int:
        """Whole pixels."""
        return round(millimetres * self.scale)

    def rule(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.2) -> None:
        """A straight rule of the form."""
        ends = tuple(map(self.px, (x0, y0, x1, y1)))
        self.draw.line(ends, self.inks.rule, max(1, self.px(width)))

    def box(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.2) -> None:
        """A frame with white or tinted paper in it."""
        ends = tuple(map(self.px, (x0, y0, x1, y1)))
        self.draw.rectangle(ends, fill=self.inks.cell, outline=self.inks.rule, width=max(1, self.px(width)))

    def ink(self, ink: np.ndarray, left: float, top: float, colour: Colour | None = None) -> None:
        """Ink (h, w) uint8, bright, laid on in pixels; it darkens what is there, as a pen does."""
        x, y = round(left), round(top)
        height, width = ink.shape
        region = (x, y, x + width, y + height)
        paper = np.asarray(self.image.crop(region)).astype(np.float32)
        share = ink[:, :, None].astype(np.float32) / 255
        laid = paper * (1 - share) + np.minimum(paper, np.array(colour or self.inks.pen, np.float32)) * share
        self.image.paste(Image.fromarray(laid.round().astype(np.uint8)), region)

    def stroke(self, points: np.ndarray, width: float) -> None:
        """A stroke of the pen through points (n, 2) in millimetres."""
        scaled = points * self.scale
        low = np.floor(scaled.min(axis=0) - 4 - width * self.scale)
        size = np.ceil(scaled.max(axis=0) - low + 8 + width * self.scale).astype(int)
        canvas = np.zeros((size[1], size[0]), np.uint8)
        track = np.round((scaled - low) * 16).astype(np.int32)[:, None, :]
        cv2.polylines(canvas, [track], False, 255, max(1, round(width * self.scale)), cv2.LINE_AA, 4)
        self.ink(canvas, low[0], low[1])


@dataclass(frozen=True, slots=True)
class Cells:
    """A row of cells in millimetres: left edge of each, their width and gap to the next within a group, top, bottom."""

    left: tuple[float, ...]
    width: float
    top: float
    bottom: float

    @property
    def right(self) -> float:
        return float(self.left[-1] + self.width)


def lay_cells(frame: str, groups: tuple[int, ...], corner: tuple[float, float], rng: np.random.Generator) -> Cells:
    """Where the cells of a field stand. groups: cells of each group; corner: left, bottom."""
    width = float(rng.uniform(4.6, 6.2))
    height = width * float(rng.uniform(1.05, 1.35))
    step = width * float(rng.uniform(1.12, 1.4)) if frame == "boxes" else width
    left, x = [], corner[0]
    for count in groups:
        left += [x + k * step for k in range(count)]
        x += count * step + 0.6 * width
    return Cells(tuple(left), width, corner[1] - height, corner[1])


def draw_cells(sheet: Sheet, frame: str, cells: Cells, width: float) -> None:
    """Draw a row of cells. width: of its rules in millimetres."""
    bottom, right = cells.bottom, [x + cells.width for x in cells.left]
    if frame != "open comb":
        for x, end in zip(cells.left, right, strict=True):
            sheet.box(x, cells.top, end, bottom, width)
        return
    tick = 0.3 * (bottom - cells.top)
    for x, end in zip(cells.left, right, strict=True):
        sheet.rule(x, bottom, end, bottom, width)
        for side in (x, end):
            sheet.rule(side, bottom - tick, side, bottom, width)


def write_cells(sheet: Sheet, cells: Cells, text: str, hand: Hand, rng: np.random.Generator) -> None:
    """Write a character into each cell, a space into none. Raises ValueError if there are too few cells."""
    if len(text) > len(cells.left):
        raise ValueError(f"{text} does not fit {len(cells.left)} cells")
    size = float(rng.uniform(0.5, 0.72)) * (cells.bottom - cells.top) * sheet.scale / hand.capital
    for x, character in zip(cells.left, text, strict=False):
        if character == " ":
            continue
        ink, top = hand.character(character, rng)
        scale = min(size * float(np.exp(rng.normal(0, 0.05))), 1.1 * cells.width * sheet.scale / ink.shape[1])
        small = resized(ink, scale)
        middle = x + cells.width / 2 + float(rng.normal(0, OFF_MIDDLE / 2)) * cells.width
        baseline = cells.bottom - float(rng.uniform(0.14, 0.24)) * (cells.bottom - cells.top)
        row = baseline * sheet.scale - top * hand.capital * scale
        sheet.ink(small, middle * sheet.scale - small.shape[1] / 2, row)


def write_line(sheet: Sheet, text: str, place: tuple[float, float], hand: Hand, rng: np.random.Generator) -> float:
    """Write a text from a place (left, baseline in millimetres) on. Returns its right end in millimetres."""
    ink, baseline = hand.line(text, rng)
    scale = float(rng.uniform(3.0, 4.0)) * sheet.scale / hand.capital
    small = resized(ink, scale)
    sheet.ink(small, place[0] * sheet.scale, place[1] * sheet.scale - baseline * scale)
    return float(place[0] + small.shape[1] / sheet.scale)


def resized(ink: np.ndarray, scale: float) -> np.ndarray:
    """Ink (h, w) uint8 at another scale."""
    size = (max(2, round(ink.shape[1] * scale)), max(2, round(ink.shape[0] * scale)))
    return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR))


def draw_under(sheet: Sheet, frame: str, x0: float, x1: float, y: float) -> None:
    """A line to write on: ruled, dotted or dashed."""
    if frame == "line":
        sheet.rule(x0, y, x1, y)
        return
    step, mark = (1.1, 0.3) if frame == "dots" else (2.2, 1.2)
    while x0 < x1:
        if frame == "dots":
            ends = tuple(map(sheet.px, (x0, y - mark, x0 + mark, y)))
            sheet.draw.ellipse(ends, fill=sheet.inks.label)
        else:
            sheet.rule(x0, y, x0 + mark, y, 0.25)
        x0 += step


def draw_tick_box(sheet: Sheet, style: str, left: float, bottom: float, side: float) -> None:
    """An empty tick box."""
    top, right = bottom - side, left + side
    if style == "round":
        ends = tuple(map(sheet.px, (left, top, right, bottom)))
        width = max(1, sheet.px(0.2))
        sheet.draw.rounded_rectangle(ends, sheet.px(0.12 * side), sheet.inks.cell, sheet.inks.rule, width)
        return
    sheet.box(left, top, right, bottom, 0.45 if style == "thick" else 0.2)
    if style == "double":
        sheet.rule(left + 0.35, bottom + 0.25, right + 0.25, bottom + 0.25, 0.4)
        sheet.rule(right + 0.25, top + 0.35, right + 0.25, bottom + 0.4, 0.4)


def mark(sheet: Sheet, style: str, left: float, bottom: float, side: float, rng: np.random.Generator) -> None:
    """Mark a tick box."""
    corner = np.array([left, bottom - side])
    pen = float(rng.uniform(0.3, 0.6))

    def at(*shares: tuple[float, float], spread: float = 0.05) -> np.ndarray:
        """Points given in sides of the box, right and down from its upper left corner."""
        points = np.array(shares) + rng.normal(0, spread, (len(shares), 2))
        return np.asarray(corner + side * points)

    if style.startswith("printed"):
        strokes = [at((0.22, 0.5), (0.42, 0.78), (0.78, 0.22), spread=0.0)]
        if style.endswith("cross"):
            strokes = [at((0.2, 0.2), (0.8, 0.8), spread=0.0), at((0.2, 0.8), (0.8, 0.2), spread=0.0)]
    elif style.endswith("cross"):
        a, b = (-0.15, 1.15) if style.startswith("large") else (0.12, 0.88)
        strokes = [bent(at((a, a), (0.5, 0.5), (b, b)), rng), bent(at((a, b), (0.5, 0.5), (b, a)), rng)]
    elif style.endswith("tick"):
        end = (1.5, -0.6) if style.startswith("long") else (0.95, 0.05)
        strokes = [bent(at((0.1, 0.5), (0.4, 0.88), (0.62, 0.5), end), rng)]
    elif style == "solid":
        sheet.draw.rectangle(tuple(map(sheet.px, (*at((0.06, 0.06))[0], *at((0.94, 0.94))[0]))), fill=sheet.inks.pen)
        return
    else:
        rows = np.linspace(0.06, 0.94, 9)
        strokes = [at(*(((0.06, 0.94)[k % 2], y) for k, y in enumerate(rows)))]
    for stroke in strokes:
        sheet.stroke(stroke, pen)


def bent(points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A smooth curve through about the points (n, 2)."""
    at = np.linspace(0, len(points) - 1, 12)
    curve = np.stack([np.interp(at, np.arange(len(points)), points[:, k]) for k in (0, 1)], axis=1)
    bow = np.sin(np.pi * np.linspace(0, 1, 12))[:, None] * rng.normal(0, 0.12, (1, 2))
    return np.asarray(curve + bow)
