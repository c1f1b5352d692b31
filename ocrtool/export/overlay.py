"""Overlay of a reading: blocks with order and direction, tables, tick boxes, baselines, pieces, labels."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from ocrtool.export.drawing import faded, outline
from ocrtool.types import Block, Box, Character, Page

#: Colours as OpenCV orders them: blue, green, red.
BLOCK = (200, 120, 40)
TABLE = (0, 140, 230)
MARKED, UNMARKED = (40, 40, 200), (170, 170, 60)
BASELINE = (200, 60, 160)
PIECE = (230, 190, 120)
LABEL = (150, 30, 20)
SURE = (60, 160, 40)
UNSURE = (30, 30, 230)

NUMBER = (255, 255, 255)

#: Of the number of a block, in x-heights of its first line: radius of its disc, length of its arrow, and height above
#: the baseline.
DISC, ARROW, ABOVE = 0.9, 3.5, 1.8
#: White between a table or cell and its frame, in pixels of the input.
TABLE_MARGIN = 3
#: The same for tick boxes.
MARK_MARGIN = 4
#: Least x-height of the overlay in pixels, for readable labels; pages of smaller text are enlarged.
READABLE_X_HEIGHT = 16.0
MAX_ENLARGE = 4
#: Height of labels as a share of the x-height, so that they fit between the lines.
LABEL_SHARE = 0.7
#: Height in pixels of a capital in OpenCV's plain font at scale 1.
_FONT_HEIGHT = 21.0


def draw_overlay(gray: np.ndarray, page: Page, pieces: Sequence[np.ndarray] = ()) -> np.ndarray:
    """Draw the reading of a page (H, W) uint8: (k·H, k·W, 3) uint8 BGR; k = 1 unless the text is very small.

    pieces: corners of each line's pieces, (N, 4, 2) float x, y in pixels of the input, slanted with the line.
    """
    x_height = float(np.median([line.x_height for line in page.lines])) if page.lines else READABLE_X_HEIGHT
    scale = int(np.clip(math.ceil(READABLE_X_HEIGHT / max(x_height, 1.0)), 1, MAX_ENLARGE))
    picture = faded(gray, scale)
    for number, block in enumerate(page.blocks, 1):
        _rectangle(picture, block.box, scale, BLOCK, 2)
        if block.lines:
            _draw_order(picture, block, number, scale)
    for corners in pieces:
        outline(picture, corners, PIECE, 1, scale)
    for line in page.lines:
        x0, y0, x1, y1 = (round(v * scale) for v in line.baseline)
        cv2.line(picture, (x0, y0), (x1, y1), BASELINE, 1, cv2.LINE_AA)
        for word in line.words:
            for character in word.characters:
                _draw_character(picture, character, scale, line.x_height)
    for mark in page.marks:
        frame = _around(mark.box, MARK_MARGIN)
        _rectangle(picture, frame, scale, MARKED if mark.state.is_marked else UNMARKED, 2)
    for table in page.tables:
        for box in (table.box, *(cell.box for cell in table.cells)):
            _rectangle(picture, _around(box, TABLE_MARGIN), scale, TABLE, 1)
    return picture


def _draw_order(picture: np.ndarray, block: Block, number: int, scale: int) -> None:
    """Draw the number of a block in reading order, on a disc where it begins, and an arrow in its direction."""
    first = block.lines[0]
    ends = np.array(first.baseline).reshape(2, 2) * scale
    along = (ends[1] - ends[0]) / max(1.0, float(np.hypot(*(ends[1] - ends[0]))))
    if not along.any():
        along = np.array([1.0, 0.0])
    up, size = np.array([along[1], -along[0]]), first.x_height * scale
    height, width = picture.shape[:2]
    reach = DISC * size
    start = np.clip(ends[0] + up * ABOVE * size, reach, np.maximum(reach, np.array([width, height]) - reach))
    tip = start + along * ARROW * size
    cv2.arrowedLine(picture, _point(start), _point(tip), BLOCK, max(2, round(size / 6)), cv2.LINE_AA, tipLength=0.3)
    cv2.circle(picture, _point(start), round(reach), BLOCK, -1, cv2.LINE_AA)
    font = LABEL_SHARE * size * 1.2 / _FONT_HEIGHT / max(1.0, len(str(number)) / 2)
    (wide, high), _ = cv2.getTextSize(str(number), cv2.FONT_HERSHEY_SIMPLEX, font, 2)
    origin = _point(start + np.array([-wide / 2, high / 2]))
    cv2.putText(picture, str(number), origin, cv2.FONT_HERSHEY_SIMPLEX, font, NUMBER, 2, cv2.LINE_AA)


def _point(place: np.ndarray) -> tuple[int, int]:
    return round(float(place[0])), round(float(place[1]))


def _around(box: Box, margin: int) -> Box:
    return Box(box.x0 - margin, box.y0 - margin, box.x1 + margin, box.y1 + margin)


def _draw_character(picture: np.ndarray, character: Character, scale: int, x_height: float) -> None:
    _rectangle(picture, character.box, scale, _colour(character.probability), 1)
    size = LABEL_SHARE * x_height * scale / _FONT_HEIGHT
    x = (character.box.x0 + character.box.x1) * scale / 2
    (width, _), _ = cv2.getTextSize(character.label, cv2.FONT_HERSHEY_SIMPLEX, size, 1)
    origin = (round(x - width / 2), character.box.y0 * scale - 2)
    cv2.putText(picture, character.label, origin, cv2.FONT_HERSHEY_SIMPLEX, size, LABEL, 1, cv2.LINE_AA)


def _rectangle(picture: np.ndarray, box: Box, scale: int, colour: tuple[int, int, int], thick: int) -> None:
    corner = (box.x1 * scale - 1, box.y1 * scale - 1)
    cv2.rectangle(picture, (box.x0 * scale, box.y0 * scale), corner, colour, thick)


def _colour(probability: float) -> tuple[int, int, int]:
    """Interpolate from UNSURE (probability a half or less) to SURE (one)."""
    share = min(1.0, max(0.0, 2 * probability - 1))
    blue, green, red = (round(u + share * (s - u)) for u, s in zip(UNSURE, SURE, strict=True))
    return blue, green, red
