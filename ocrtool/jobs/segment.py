"""Lines of pages, and random patches of their ink as files: what writers are told by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from ocrtool.errors import InputError, UsageError, printable
from ocrtool.export.lines import CutPage, CutPatch, FoundLine, draw
from ocrtool.files import atomic_write, make_folder
from ocrtool.imaging.input import InputPage
from ocrtool.jobs.inputs import Source, attempt
from ocrtool.jobs.results import Remark
from ocrtool.types import Box
from ocrtool.writer.patches import PATCH_SIDE, choose_windows, collage, cut_windows
from ocrtool.writer.strips import BASELINE_ROW, INK, Strip, find_strips


@dataclass(frozen=True, slots=True)
class Cutting:
    """What to cut. patches, overlay: folders, None for none; count: most patches of a page; seed: of their places."""

    patches: Path | None = None
    overlay: Path | None = None
    count: int = 100
    seed: int = 0


class Pictures:
    """Writes PNG files, but never over an input."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._inputs = {source.path.resolve() for source in sources if source.data is None}

    def write(self, path: Path, picture: np.ndarray) -> None:
        """picture: grey or BGR, uint8. Raises UsageError, OutputError."""
        if path.resolve() in self._inputs:
            raise UsageError(f"{printable(str(path))} is an input; an output never takes its place")
        with atomic_write(path) as file:
            file.write(cv2.imencode(".png", picture)[1].tobytes())


def cut_all(sources: Sequence[Source], cutting: Cutting) -> Iterator[CutPage | InputError | Remark]:
    """Find the lines of ``sources`` in order, and write what is asked for. Raises UsageError, OutputError."""
    for folder in (cutting.patches, cutting.overlay):
        if folder is not None:
            make_folder(folder)
    return _cut(sources, cutting)


def _cut(sources: Sequence[Source], cutting: Cutting) -> Iterator[CutPage | InputError | Remark]:
    pictures = Pictures(sources)
    for source in sources:
        pages = attempt(source, partial(_cut_pages, source.stem, cutting, pictures))
        if isinstance(pages, InputError):
            yield pages
            continue
        for page in pages:
            if cutting.patches is not None and not page.patches:
                yield Remark(f"{_name(page, len(pages))}: no patches: too little ink in lines")
            yield page


def _cut_pages(stem: str, cutting: Cutting, pictures: Pictures, pages: Iterator[InputPage]) -> list[CutPage]:
    return [cut_page(page, stem if page.count == 1 else f"{stem}.{page.number}", cutting, pictures) for page in pages]


def cut_page(page: InputPage, stem: str, cutting: Cutting, pictures: Pictures) -> CutPage:
    """Lines of a page; patches go below cutting.patches, the drawing to cutting.overlay, called by ``stem``."""
    strips = find_strips(page.gray)
    lines = tuple(found_line(strip, page.gray.shape) for strip in strips)
    windows = []
    if cutting.patches is not None:
        rng = np.random.default_rng([cutting.seed, page.number])
        windows = choose_windows(strips, rng, cutting.count)
    patches = [
        CutPatch(window.strip, patch_corners(strips[window.strip], window.x), f"{stem}/{number:04d}.png")
        for number, window in enumerate(windows, 1)
    ]
    found = CutPage(page.name, page.number, page.gray.shape, lines, tuple(patches))
    if cutting.patches is not None and windows:
        _write_patches(found, cut_windows(strips, windows), cutting.patches, stem, pictures)
    if cutting.overlay is not None:
        pictures.write(cutting.overlay / f"{stem}.overlay.png", draw(page.gray, found))
    return found


def _write_patches(page: CutPage, images: np.ndarray, folder: Path, stem: str, pictures: Pictures) -> None:
    """Each patch, dark on light, and all of them on STEM.collage.png. images: (N, PATCH_SIDE, PATCH_SIDE) uint8."""
    make_folder(folder / stem)
    for patch, image in zip(page.patches, images, strict=True):
        pictures.write(folder / patch.file, cv2.bitwise_not(image))
    pictures.write(folder / f"{stem}.collage.png", collage(images))


def patch_corners(strip: Strip, x: int) -> np.ndarray:
    """(4, 2) float x, y in pixels of the input. x: first column of the patch."""
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float) * PATCH_SIDE
    return _to_input(strip, square + np.array([x, 0]))


def found_line(strip: Strip, shape: tuple[int, int]) -> FoundLine:
    """Where the ink of a strip is on a page of ``shape`` (H, W)."""
    level = min(INK, int(strip.image.max()))  # thin strokes may be fainter
    rows, columns = np.nonzero(strip.image >= level)
    points = _to_input(strip, np.stack([columns, rows], 1))
    low, high = np.floor(points.min(axis=0)).astype(int), np.ceil(points.max(axis=0)).astype(int) + 1
    x0, y0 = np.clip(low, 0, (shape[1], shape[0])).tolist()
    x1, y1 = np.clip(high, (x0, y0), (shape[1], shape[0])).tolist()
    ends = _to_input(strip, np.array([[columns.min(), BASELINE_ROW], [columns.max(), BASELINE_ROW]]))
    (a, b), (c, d) = ends.tolist()
    return FoundLine(Box(x0, y0, x1, y1), (a, b, c, d), strip.x_height)


def _to_input(strip: Strip, points: np.ndarray) -> np.ndarray:
    """(N, 2) x, y in pixels of a strip -> of the input."""
    return points @ strip.to_input[:, :2].T + strip.to_input[:, 2]


def _name(page: CutPage, count: int) -> str:
    return printable(page.source) + (f", page {page.number}" if count > 1 else "")
