"""Plots of the similarity of pages: a matrix ordered by writer, and pages beside their nearest neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import cv2
import numpy as np
from PIL import Image, ImageDraw

from ocrtool.errors import printable
from ocrtool.export.lettering import FAINT, INK, PAPER, QUIET, TEXT_SIZE, plain, shortened, stacked_png
from ocrtool.writer.answers import UNKNOWN
from ocrtool.writer.compare import Calibration, similarities

#: Maximum number of pages in the matrix, and of pages shown with their nearest neighbours.
MOST_PAGES, MOST_ROWS = 1000, 40
#: Number of nearest neighbours shown.
NEAREST = 3
#: Lengths in pixels: side of the matrix, largest side of a cell, size of a thumbnail, margin, width of the writers'
#: names, height of a line of text.
MATRIX, CELL, PICTURE, MARGIN, NAME_ROOM, STEP = 800, 40, (260, 104), 16, 150, 18
#: Width of a thumbnail as a share of the page's width.
PICTURE_SHARE = 0.4
#: Maximum length of a name above a picture, and of a writer's name beside the matrix.
CAPTION_LENGTH, WRITER_LENGTH = 34, 18
#: Colours of the similarities 0 (or less), 1/2 and 1; of the frame of a writer's pages; of pages by the same writer.
COLOURS = ((255, 255, 255), (110, 170, 215), (10, 30, 80))
FRAME, SAME = "#d2691e", "#1a7f4b"


@dataclass(frozen=True, slots=True)
class PlotItem:
    """A page of the plot.

    writer: known or identified; vector: embedding, (D,) float32; thumbnail: from `thumbnail`, None for a page that was
    not read in this run; query: True if its writer is to be identified.
    """

    name: str
    writer: str
    vector: np.ndarray
    thumbnail: np.ndarray | None
    query: bool


def thumbnail(gray: np.ndarray) -> np.ndarray:
    """Cut a detail of PICTURE's size from a page (H, W) uint8 where the writing is densest."""
    height, width = gray.shape
    cut = max(1, round(PICTURE_SHARE * width)), max(1, round(PICTURE_SHARE * width * PICTURE[1] / PICTURE[0]))
    cut = min(cut[0], width), min(cut[1], height)
    shrink = max(1.0, width / 128)
    small_size = max(1, round(width / shrink)), max(1, round(height / shrink))
    small = cv2.resize(gray, small_size, interpolation=cv2.INTER_AREA)
    paper = float(np.median(small))
    reach = max(1, round(cut[0] / shrink)), max(1, round(cut[1] / shrink))
    density = cv2.boxFilter(np.abs(small.astype(np.float32) - paper), -1, reach, borderType=cv2.BORDER_CONSTANT)
    row, column = divmod(int(density.argmax()), density.shape[1])
    x = int(np.clip(column * shrink - cut[0] / 2, 0, width - cut[0]))
    y = int(np.clip(row * shrink - cut[1] / 2, 0, height - cut[1]))
    scale = min(PICTURE[0] / cut[0], PICTURE[1] / cut[1])
    size = max(1, round(cut[0] * scale)), max(1, round(cut[1] * scale))
    shown = np.full((PICTURE[1], PICTURE[0]), round(paper), np.uint8)
    left, top = (PICTURE[0] - size[0]) // 2, (PICTURE[1] - size[1]) // 2
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    part = cv2.resize(gray[y : y + cut[1], x : x + cut[0]], size, interpolation=interpolation)
    shown[top : top + size[1], left : left + size[0]] = part
    return shown


def as_png(items: Sequence[PlotItem], calibration: Calibration) -> bytes:
    """Draw the matrix of all pages (at least one), and below it the queries with their nearest neighbours."""
    parts = [draw_matrix(items)]
    if len(items) > 1:
        parts.append(draw_nearest(items, calibration))
    return stacked_png(parts)


def by_writer(items: Sequence[PlotItem]) -> list[PlotItem]:
    """Sort by writer in order of first page, unknown writers last; keep at most MOST_PAGES, preferring queries."""
    if len(items) > MOST_PAGES:
        kept = sorted(range(len(items)), key=lambda k: not items[k].query)[:MOST_PAGES]
        items = [items[k] for k in sorted(kept)]
    first = {item.writer: index for index, item in reversed(list(enumerate(items)))}
    return sorted(items, key=lambda item: (item.writer == UNKNOWN, first[item.writer]))


def draw_matrix(items: Sequence[PlotItem]) -> Image.Image:
    """Draw the similarities of all pages, with each writer's pages framed and named."""
    pages = by_writer(items)
    vectors = np.stack([page.vector for page in pages])
    cell = int(np.clip(MATRIX // len(pages), 1, CELL))
    side = cell * len(pages)
    cells = _coloured(similarities(vectors, vectors))
    picture = Image.new("RGB", (NAME_ROOM + side + 2 * MARGIN, max(side + 2 * MARGIN + 2 * STEP, 8 * STEP)), PAPER)
    pen = ImageDraw.Draw(picture)
    left, top = MARGIN + NAME_ROOM, MARGIN + STEP
    title = f"Similarity of {len(pages)} pages, by writer: from white, none, to dark"
    pen.text((MARGIN, MARGIN), title, INK, plain(TEXT_SIZE))
    picture.paste(Image.fromarray(cells).resize((side, side), Image.Resampling.NEAREST), (left, top))
    pen.rectangle((left - 1, top - 1, left + side, top + side), outline=QUIET)
    placed, free = 0, 0
    for writer, members in groupby(pages, key=lambda page: page.writer):
        count = len(list(members))
        start, end = placed * cell, (placed + count) * cell
        if writer != UNKNOWN:
            pen.rectangle((left + start, top + start, left + end - 1, top + end - 1), outline=FRAME)
        if (start + end) // 2 >= free:
            name = shortened(printable(writer), WRITER_LENGTH)
            pen.text((left - 6, top + (start + end) // 2), name, INK, plain(TEXT_SIZE), anchor="rm")
            free = (start + end) // 2 + STEP - 4
        placed += count
    return picture


def draw_nearest(items: Sequence[PlotItem], calibration: Calibration) -> Image.Image:
    """Draw at most MOST_ROWS queries, each with its NEAREST neighbours. items: at least two."""
    queries = [k for k, item in enumerate(items) if item.query][:MOST_ROWS]
    width, height = PICTURE[0] + MARGIN, PICTURE[1] + 2 * STEP + MARGIN
    picture = Image.new("RGB", (MARGIN + (1 + NEAREST) * width, MARGIN + 2 * STEP + len(queries) * height), PAPER)
    pen = ImageDraw.Draw(picture)
    pen.text((MARGIN, MARGIN), "Pages, and the pages nearest to them", INK, plain(TEXT_SIZE))
    vectors = np.stack([item.vector for item in items])
    alike = similarities(vectors[queries], vectors)
    same = calibration.same_writer(alike)
    alike[np.arange(len(queries)), queries] = -np.inf
    for row, k in enumerate(queries):
        y = MARGIN + 2 * STEP + row * height
        _put(picture, pen, (MARGIN, y), items[k], items[k].writer, QUIET)
        for column, other in enumerate(np.argsort(-alike[row], kind="stable")[: min(NEAREST, len(items) - 1)], 1):
            item = items[other]
            probability = float(same[row, other])
            caption = f"{item.writer}: same writer {100 * probability:.1f} %"
            _put(picture, pen, (MARGIN + column * width, y), item, caption, SAME if probability >= 0.5 else FAINT)
    return picture


def _put(
    picture: Image.Image, pen: ImageDraw.ImageDraw, corner: tuple[int, int], item: PlotItem, caption: str, colour: str
) -> None:
    """Draw a page's name, caption and thumbnail; a note instead of the thumbnail if it was not read in this run."""
    x, y = corner
    pen.text((x, y), shortened(printable(item.name), CAPTION_LENGTH), QUIET, plain(TEXT_SIZE))
    pen.text((x, y + STEP), shortened(printable(caption), CAPTION_LENGTH + 4), INK, plain(TEXT_SIZE))
    y += 2 * STEP
    if item.thumbnail is not None:
        picture.paste(Image.fromarray(item.thumbnail), (x, y))
    else:
        middle = (x + PICTURE[0] // 2, y + PICTURE[1] // 2)
        pen.text(middle, "enrolled, no image kept", QUIET, plain(TEXT_SIZE), anchor="mm")
    pen.rectangle((x - 1, y - 1, x + PICTURE[0], y + PICTURE[1]), outline=colour, width=2)


def _coloured(alike: np.ndarray) -> np.ndarray:
    """Map similarities (N, N) to colours (N, N, 3) uint8."""
    stops = np.linspace(0.0, 1.0, len(COLOURS))
    channels = [np.interp(alike, stops, [colour[k] for colour in COLOURS]) for k in range(3)]
    return np.round(np.stack(channels, axis=-1)).astype(np.uint8)
