"""The job of ``ocrtool segment``: lines of pages, and random patches of their handwriting."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from ocrtool.errors import printable
from ocrtool.export.documents import CutPatch, LineGeometry, SegmentedPage
from ocrtool.export.drawing import as_png
from ocrtool.export.lines import draw_lines
from ocrtool.imaging.input_page import InputPage
from ocrtool.jobs.inputs import Source
from ocrtool.jobs.options import SegmentOptions
from ocrtool.jobs.outcome import Loader, PageResult, PageWork, SideFile
from ocrtool.jobs.read import OVERLAY_SUFFIX
from ocrtool.types import Box
from ocrtool.writer.patches import PATCH_SIDE, Window, choose_windows, collage, cut_windows
from ocrtool.writer.strips import BASELINE_ROW, INK, Strip, find_strips

#: Suffix of the collage of a page's patches, after its output name.
COLLAGE_SUFFIX = ".collage.png"


def segmentation_job(options: SegmentOptions) -> Loader[SegmentedPage]:
    """Return the job for `ocrtool.jobs.workers.Workers`."""
    return partial(_load, options)


def _load(options: SegmentOptions) -> PageWork[SegmentedPage]:
    cv2.setNumThreads(options.threads)
    return partial(segment_page, options)


def segment_page(options: SegmentOptions, source: Source, image: InputPage) -> PageResult[SegmentedPage]:
    """Find the lines of a page; its patches, their collage and its overlay are files, if requested."""
    name = source.output.of_page(image.number, image.count)
    strips = find_strips(image.gray)
    windows: list[Window] = []
    if options.patches is not None:
        windows = choose_windows(strips, np.random.default_rng([options.seed, image.number]), options.count)
    lines = tuple(_line(strip, image.gray.shape) for strip in strips)
    page = SegmentedPage(source.name, image.number, image.gray.shape, lines, tuple(_patches(strips, windows, name)))
    files: list[SideFile] = []
    if options.patches is not None and windows:
        files += _patch_files(page, cut_windows(strips, windows), options.patches, name)
    if options.overlay is not None:
        drawing = as_png(draw_lines(image.gray, page))
        files.append(SideFile(options.overlay / (name + OVERLAY_SUFFIX), drawing, options.overlay))
    without = options.patches is not None and not windows
    notice = f"{printable(image.label)}: no patches: too little ink in lines" if without else None
    return PageResult(page, tuple(files), notice)


def _patches(strips: Sequence[Strip], windows: Sequence[Window], name: str) -> list[CutPatch]:
    return [
        CutPatch(window.strip, patch_corners(strips[window.strip], window.x), f"{name}/{number:04d}.png")
        for number, window in enumerate(windows, 1)
    ]


def _patch_files(page: SegmentedPage, images: np.ndarray, folder: Path, name: str) -> list[SideFile]:
    """Encode each patch, dark on light, and their collage. images: (N, PATCH_SIDE, PATCH_SIDE) uint8, 255 = ink."""
    patches = [
        SideFile(folder / patch.file, as_png(cv2.bitwise_not(image)), folder)
        for patch, image in zip(page.patches, images, strict=True)
    ]
    return [*patches, SideFile(folder / (name + COLLAGE_SUFFIX), as_png(collage(images)), folder)]


def patch_corners(strip: Strip, x: int) -> np.ndarray:
    """Return the corners of a patch: (4, 2) float x, y in pixels of the input. x: first column of the patch."""
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float) * PATCH_SIDE
    return _to_input(strip, square + np.array([x, 0]))


def _line(strip: Strip, shape: tuple[int, ...]) -> LineGeometry:
    """Measure where the ink of a strip is on a page of ``shape`` (H, W)."""
    threshold = min(INK, int(strip.image.max()))  # thin strokes may be fainter
    rows, columns = np.nonzero(strip.image >= threshold)
    points = _to_input(strip, np.stack([columns, rows], 1))
    low, high = np.floor(points.min(axis=0)).astype(int), np.ceil(points.max(axis=0)).astype(int) + 1
    x0, y0 = np.clip(low, 0, (shape[1], shape[0])).tolist()
    x1, y1 = np.clip(high, (x0, y0), (shape[1], shape[0])).tolist()
    ends = _to_input(strip, np.array([[columns.min(), BASELINE_ROW], [columns.max(), BASELINE_ROW]]))
    (a, b), (c, d) = ends.tolist()
    return LineGeometry(Box(x0, y0, x1, y1), (a, b, c, d), strip.x_height)


def _to_input(strip: Strip, points: np.ndarray) -> np.ndarray:
    """Map points (N, 2) x, y from pixels of a strip to pixels of the input."""
    inside: np.ndarray = points @ strip.to_input[:, :2].T + strip.to_input[:, 2]
    return inside
