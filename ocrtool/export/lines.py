"""Where the lines of pages are, and the patches cut from them: JSON, and drawn on the page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from ocrtool.types import Box

#: Raised when a reader of an older version would misread the document.
VERSION = 1
#: Decimals of lengths in pixels.
DIGITS = 1
#: Colours as OpenCV orders them (blue, green, red): of boxes of lines, baselines and patches.
LINE, BASELINE, PATCH = (200, 120, 40), (200, 60, 160), (60, 160, 40)
#: How much of the page's darkness is kept under the drawing.
INK_KEPT = 0.55
#: Corners are drawn to 1/16 pixel.
_SHIFT = 4


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A line, in pixels of the input. baseline: its two ends, x0, y0, x1, y1."""

    box: Box
    baseline: tuple[float, float, float, float]
    x_height: float


@dataclass(frozen=True, slots=True)
class CutPatch:
    """A patch. line: its number from 0; corners: (4, 2) float, in pixels of the input; file: below the folder."""

    line: int
    corners: np.ndarray
    file: str


@dataclass(frozen=True, slots=True)
class CutPage:
    """A page of which the lines are found. number: from 1 in its input; size: height and width in pixels."""

    source: str
    number: int
    size: tuple[int, int]
    lines: tuple[FoundLine, ...]
    patches: tuple[CutPatch, ...] = ()


def document(pages: Iterable[CutPage]) -> Iterator[str]:
    """Parts of one JSON object, as the pages come in; a page is one line of it."""
    yield f'{{"format": "ocrtool-lines", "version": {VERSION}, "pages": ['
    for i, page in enumerate(pages):
        yield (",\n" if i else "\n") + json.dumps(_object(page), ensure_ascii=False)
    yield "\n]}\n"


def draw(gray: np.ndarray, page: CutPage) -> np.ndarray:
    """(H, W) uint8 page and what was found on it -> (H, W, 3) uint8 BGR."""
    light = np.round(255 - INK_KEPT * (255 - gray.astype(np.float32))).astype(np.uint8)
    picture = cv2.cvtColor(light, cv2.COLOR_GRAY2BGR)
    _outline(picture, [patch.corners for patch in page.patches], PATCH)
    for line in page.lines:
        cv2.rectangle(picture, (line.box.x0, line.box.y0), (line.box.x1 - 1, line.box.y1 - 1), LINE, 2)
    _outline(picture, [np.reshape(line.baseline, (2, 2)) for line in page.lines], BASELINE)
    return picture


def _outline(picture: np.ndarray, shapes: list[np.ndarray], colour: tuple[int, int, int]) -> None:
    points = [np.rint(shape * (1 << _SHIFT)).astype(np.int32) for shape in shapes]
    cv2.polylines(picture, points, True, colour, 2, cv2.LINE_AA, _SHIFT)


def _object(page: CutPage) -> dict[str, Any]:
    return {
        "source": page.source,
        "number": page.number,
        "width": page.size[1],
        "height": page.size[0],
        "lines": [
            {
                "box": [line.box.x0, line.box.y0, line.box.x1, line.box.y1],
                "baseline": [round(value, DIGITS) for value in line.baseline],
                "x_height": round(line.x_height, DIGITS),
            }
            for line in page.lines
        ],
        "patches": [
            {"line": patch.line, "corners": np.round(patch.corners, DIGITS).tolist(), "file": patch.file}
            for patch in page.patches
        ],
    }
