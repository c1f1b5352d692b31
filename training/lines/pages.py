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
from ocrtool.segment.layout import Layout
from ocrtool.segment.strip import STRIP_ROWS, cut_strip, find_strip_layout
from ocrtool.segment.types import LineRegion
from training.lines.printing import MEDIA

#: Lines of a page; leading from baseline to baseline and margins in x-heights; widest text in x-heights.
LINES, LEADING, MARGIN, WIDEST = (6, 20), (2.1, 3.6), 2.5, 130.0
#: A found line is a drawn one if this share of its ink is the drawn line's, and this share of that line's ink is in it.
PURITY, COMPLETENESS = 0.985, 0.98
#: Ink counts from this strength on.
OWNED = 96
#: Bounds of the measured x-height over the drawn one: beyond, lines of the page ran into each other.
TALLEST = (0.5, 2.2)
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


@dataclass(frozen=True, slots=True)
class SetPage:
    """ink: (H, W) uint8, bright; owner: (H, W) uint8, k + 1 where the ink is that of lines[k]; x_height: of most."""

    ink: np.ndarray
    owner: np.ndarray
    lines: list[_Placed]
    x_height: float


def set_page(lines: list[InkLine], leading: tuple[float, float], ruled: float, rng: np.random.Generator) -> SetPage:
    """Set lines one under the other.

    leading: bounds of that of the page, in x-heights; ruled: chance of rules or frames.
    """
    x_height = float(np.median([line.x_height for line in lines]))
    pitch = float(rng.uniform(*leading))
    margin = round(MARGIN * x_height)
    y, placed = margin + 2.2 * lines[0].x_height, []
    indent = rng.random() < 0.4
    for line in lines:
        x = margin + (round(rng.uniform(0, 12) * x_height) if indent and rng.random() < 0.5 else 0)
        placed.append(_Placed(line, x, y))
        y += max(pitch + rng.normal(0.0, 0.05), leading[0]) * line.x_height + (rng.random() < 0.1) * 2 * x_height
    height = int(y + 2 * x_height)
    width = max(p.x + p.line.ink.shape[1] for p in placed) + margin
    page, owner = np.zeros((height, width), np.uint8), np.zeros((height, width), np.uint8)
    for number, p in enumerate(placed, start=1):
        top = round(p.baseline - p.line.baseline)
        first = max(0, -top)
        part = p.line.ink[first : max(first, min(p.line.ink.shape[0], height - top))]
        window = np.s_[top + first : top + first + part.shape[0], p.x : p.x + part.shape[1]]
        owner[window][part > OWNED] = number
        np.maximum(page[window], part, out=page[window])
    if rng.random() < ruled:
        _rule(page, placed, rng)
    return SetPage(page, owner, placed, x_height)


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
    matrix: np.ndarray = np.eye(2, 3)
    if medium not in ("clean", "screen") and rng.random() < SKEWED:
        h, w = ink.shape
        matrix = cv2.getRotationMatrix2D((w / 2, h / 2), rng.normal(0.0, SKEW / 2), 1.0)
        ink = cv2.warpAffine(ink, matrix, (w, h), flags=cv2.INTER_CUBIC, borderValue=0)
    return MEDIA[medium].make(ink, x_height, rng), matrix


def strips_of(gray: np.ndarray, matrix: np.ndarray, drawn: SetPage) -> list[Sample]:
    """Find the lines of an image as reading does, and keep the strips of those that are whole drawn lines.

    matrix: (2, 3), drawn page -> image.
    """
    page = prepare(gray)
    layout = None if page is None else find_strip_layout(page)
    if layout is None:
        return []
    to_working = compose(cv2.invertAffineTransform(layout.page.to_input), matrix)
    height, width = layout.line_labels.shape
    owner = cv2.warpAffine(drawn.owner, to_working, (width, height), flags=cv2.INTER_NEAREST)
    size = int(layout.line_labels.max()) + 1
    ink = (owner > 0) & layout.page.ink
    pairs = owner[ink].astype(np.int64) * size + layout.line_labels[ink]
    counts = np.bincount(pairs, minlength=(len(drawn.lines) + 1) * size).reshape(-1, size)
    unit = float(np.hypot(*to_working[:, 0]))
    samples = []
    for region in layout.lines:
        k = int(np.argmax(counts[:, region.label]))
        own = counts[k, region.label]
        elsewhere = counts[k, 1:].sum() - own  # specks belong to no line, and may be in the strip all the same
        if k == 0 or own < PURITY * counts[:, region.label].sum() or elsewhere > (1.0 - COMPLETENESS) * own:
            continue
        if counts[k, 0] > 2 * (1.0 - COMPLETENESS) * own:
            continue
        placed = drawn.lines[k - 1]
        if not TALLEST[0] < region.x_height / (unit * placed.line.x_height) < TALLEST[1]:
            continue
        sample = _sample(layout, region, placed, to_working)
        if sample is not None:
            samples.append(sample)
    return samples


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


@dataclass(frozen=True, slots=True)
class LineMaker:
    """line: an InkLine at an x-height in pixels, None: try another; leading: bounds of that of a page, in x-heights;
    size: factor of the x-heights of the media; ruled: share of the pages with rules or frames.
    """

    line: Callable[[np.random.Generator, float], InkLine | None]
    leading: tuple[float, float] = LEADING
    size: float = 1.0
    ruled: float = RULED


def draw_samples(maker: LineMaker, medium: str, rng: np.random.Generator) -> list[Sample]:
    """Samples of one page of the lines that ``maker`` makes."""
    x_height = maker.size * float(rng.uniform(*MEDIA[medium].x_heights))
    lines: list[InkLine] = []
    for _ in range(int(rng.integers(*LINES))):
        line = maker.line(rng, x_height)
        if line is not None and 0 < line.ink.shape[1] < WIDEST * x_height:
            lines.append(line)
    if not lines:
        return []
    drawn = set_page(lines, maker.leading, maker.ruled, rng)
    gray, matrix = photographed(drawn.ink, medium, drawn.x_height, rng)
    return strips_of(gray, matrix, drawn)


def cropped(
    picture: Image.Image, baseline: float, text: str, middles: np.ndarray | None, x_height: float
) -> InkLine | None:
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
