"""Pages of unrelated lines, degraded as scans are, and cut into strips by the program's own layout analysis.

So training sees what reading sees: baselines and x-heights as they are measured, bits of neighbouring lines, specks
between the letters, strokes that rules took away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from ocrtool.imaging.affine import compose
from ocrtool.imaging.prepare import prepare
from ocrtool.segment.layout import Layout, find_text
from ocrtool.segment.strip import STRIP_ROWS, cut_strip
from ocrtool.segment.types import LineRegion
from training.lines.printing import MEDIA

#: Lines of a page; leading from baseline to baseline and margins in x-heights; widest text in x-heights.
LINES, LEADING, MARGIN, WIDEST = (6, 20), (2.15, 3.6), 2.5, 130.0
#: A found line is a drawn one if its ends differ by at most this much, and its middle in height (x-heights).
END_TOLERANCE, ROW_TOLERANCE = 0.75, 0.8
#: Bounds of the measured x-height over the drawn one: beyond, lines of the page ran into each other.
TALLEST = (0.6, 1.9)
#: Degrees of skew, and the share of pages that are askew, underlined, ruled or specked with bits of neighbours.
SKEW, SKEWED, RULED = 1.2, 0.4, 0.12


@dataclass(frozen=True, slots=True)
class InkLine:
    """A line to set on a page.

    ink: (h, w) uint8, bright, cropped to its ink; baseline: its row in ink; text: what it says; middles: (n,) column of
    the middle of each character, None where they are not known; x_height: in pixels.
    """

    ink: np.ndarray
    baseline: float
    text: str
    middles: np.ndarray | None
    x_height: float


@dataclass(frozen=True, slots=True)
class Sample:
    """A strip with its text. soft: (STRIP_ROWS, W) uint8; middles: (n,) float32 columns, None where not known."""

    soft: np.ndarray
    text: str
    middles: np.ndarray | None


@dataclass(frozen=True, slots=True)
class _Placed:
    line: InkLine
    x: int
    baseline: float


def set_page(lines: list[InkLine], rng: np.random.Generator) -> tuple[np.ndarray, list[_Placed], float]:
    """Set lines one under the other: ink (H, W) uint8, where each stands, and the x-height of most."""
    x_height = float(np.median([line.x_height for line in lines]))
    leading = float(rng.uniform(*LEADING))
    margin = round(MARGIN * x_height)
    y, placed = margin + 2.2 * lines[0].x_height, []
    indent = rng.random() < 0.4
    for line in lines:
        x = margin + (round(rng.uniform(0, 12) * x_height) if indent and rng.random() < 0.5 else 0)
        placed.append(_Placed(line, x, y))
        y += max(leading, 1.9 + rng.normal(0.0, 0.05)) * line.x_height + (rng.random() < 0.1) * 2 * x_height
    height = int(y + 2 * x_height)
    width = max(p.x + p.line.ink.shape[1] for p in placed) + margin
    page = np.zeros((height, width), np.uint8)
    for p in placed:
        top = round(p.baseline - p.line.baseline)
        first = max(0, -top)
        part = p.line.ink[first : max(first, min(p.line.ink.shape[0], height - top))]
        window = page[top + first : top + first + part.shape[0], p.x : p.x + part.shape[1]]
        np.maximum(window, part, out=window)
    if rng.random() < RULED:
        _rule(page, placed, rng)
    return page, placed, x_height


def _rule(page: np.ndarray, placed: list[_Placed], rng: np.random.Generator) -> None:
    """Underlines, lines to write on, or frames around lines."""
    kind = rng.integers(3)
    thickness = max(1, round(rng.uniform(0.04, 0.12) * placed[0].line.x_height))
    strength = int(rng.uniform(90, 255))
    for p in placed:
        if kind != 1 and rng.random() < 0.6:
            continue
        x_height = p.line.x_height
        y = round(p.baseline + rng.uniform(0.12, 0.7) * x_height)
        left, right = p.x - round(0.5 * x_height), p.x + p.line.ink.shape[1] + round(0.5 * x_height)
        if kind == 2:
            top = round(p.baseline - rng.uniform(1.9, 2.3) * x_height)
            cv2.rectangle(page, (left, top), (right, y), strength, thickness)
        else:
            cv2.line(page, (left, y), (right, y), strength, thickness)


def photographed(
    ink: np.ndarray, medium: str, x_height: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """The image of a page, (H, W) uint8 with dark ink, and the map (2, 3) from the drawn page to it."""
    matrix = np.eye(2, 3)
    if medium not in ("clean", "screen") and rng.random() < SKEWED:
        h, w = ink.shape
        matrix = cv2.getRotationMatrix2D((w / 2, h / 2), rng.normal(0.0, SKEW / 2), 1.0)
        ink = cv2.warpAffine(ink, matrix, (w, h), flags=cv2.INTER_CUBIC, borderValue=0)
    return MEDIA[medium].make(ink, x_height, rng), matrix


def strips_of(gray: np.ndarray, matrix: np.ndarray, placed: list[_Placed]) -> list[Sample]:
    """Find the lines of an image as reading does, and keep the strips of those that are whole drawn lines."""
    page = prepare(gray)
    layout = None if page is None else find_text(page)
    if layout is None:
        return []
    to_working = compose(cv2.invertAffineTransform(layout.page.to_input), matrix)
    found = layout.lines
    boxes = np.array([region.box for region in found], float)
    rows = np.array([_baseline_at(region) for region in found])
    samples = []
    for p in placed:
        line = p.line
        ends = np.array([[p.x, p.baseline], [p.x + line.ink.shape[1], p.baseline]])
        (x0, y0), (x1, y1) = cv2.transform(ends[None], to_working)[0]
        unit = line.x_height * float(np.hypot(*to_working[:, 0]))
        near = np.flatnonzero(
            (np.abs(rows - (y0 + y1) / 2) < ROW_TOLERANCE * unit) & (boxes[:, 0] < x1 + unit) & (boxes[:, 2] > x0 - unit)
        )
        if len(near) != 1:
            continue
        k = int(near[0])
        if max(abs(boxes[k, 0] - x0), abs(boxes[k, 2] - x1)) > END_TOLERANCE * unit:
            continue
        if not TALLEST[0] < found[k].x_height / unit < TALLEST[1]:
            continue
        sample = _sample(layout, found[k], p, to_working)
        if sample is not None:
            samples.append(sample)
    return samples


def _baseline_at(region: LineRegion) -> float:
    return region.slope * (region.box[0] + region.box[2]) / 2 + region.intercept


def _sample(layout: Layout, region: LineRegion, placed: _Placed, to_working: np.ndarray) -> Sample | None:
    strip = cut_strip(layout, region)
    # a strip with less room than characters cannot be one of this text
    if strip.soft.shape[0] != STRIP_ROWS or strip.soft.shape[1] < 3 * len(placed.line.text.replace(" ", "")):
        return None
    middles = None
    if placed.line.middles is not None:
        to_strip = compose(cv2.invertAffineTransform(strip.to_page), to_working)
        x = placed.x + placed.line.middles
        points = np.stack([x, np.full(len(x), placed.baseline)], axis=1)
        unshortened = cv2.transform(points[None].astype(np.float64), to_strip)[0, :, 0]
        middles = np.interp(unshortened, strip.columns, np.arange(len(strip.columns))).astype(np.float32)
    return Sample(strip.soft, placed.line.text, middles)


def draw_samples(
    make_line: Callable[[np.random.Generator, float], InkLine | None], medium: str, rng: np.random.Generator
) -> list[Sample]:
    """Samples of one page. make_line: an InkLine at an x-height in pixels; None: try another."""
    x_height = float(rng.uniform(*MEDIA[medium].x_heights))
    lines: list[InkLine] = []
    for _ in range(int(rng.integers(*LINES))):
        line = make_line(rng, x_height)
        if line is not None and 0 < line.ink.shape[1] < WIDEST * x_height:
            lines.append(line)
    if not lines:
        return []
    ink, placed, common = set_page(lines, rng)
    gray, matrix = photographed(ink, medium, common, rng)
    return strips_of(gray, matrix, placed)


def cropped(picture: Image.Image, baseline: float, text: str, middles: np.ndarray | None, x_height: float) -> InkLine | None:
    """A drawn picture (mode L, ink bright) as an InkLine; None if it is empty."""
    box = picture.getbbox()
    if box is None:
        return None
    ink = np.asarray(picture.crop(box))
    return InkLine(ink, baseline - box[1], text, None if middles is None else middles - box[0], x_height)


def canvas(width: float, x_height: float) -> tuple[Image.Image, ImageDraw.ImageDraw, float, float]:
    """An empty picture for a line: picture, pen, and the line's start and baseline in it."""
    start, baseline = 2.0 * x_height, 4.0 * x_height
    picture = Image.new("L", (round(width + 2 * start) + 2, round(7 * x_height) + 2), 0)
    return picture, ImageDraw.Draw(picture), start, baseline
