"""Overlay of a reading: blocks, tables, baselines, pieces, character boxes and labels."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from ocrtool.export.drawing import faded, outline
from ocrtool.types import Box, Character, Page

#: Colours as OpenCV orders them: blue, green, red.
BLOCK = (200, 120, 40)
TABLE = (0, 140, 230)
BASELINE = (200, 60, 160)
PIECE = (230, 190, 120)
LABEL = (150, 30, 20)
SURE = (60, 160, 40)
UNSURE = (30, 30, 230)

#: White between a table or cell and its frame, in pixels of the input.
TABLE_MARGIN = 3
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
    for block in page.blocks:
        _rectangle(picture, block.box, scale, BLOCK, 2)
    for corners in pieces:
        outline(picture, corners, PIECE, 1, scale)
    for line in page.lines:
        x0, y0, x1, y1 = (round(v * scale) for v in line.baseline)
        cv2.line(picture, (x0, y0), (x1, y1), BASELINE, 1, cv2.LINE_AA)
        for word in line.words:
            for character in word.characters:
                _draw_character(picture, character, scale, line.x_height)
    for table in page.tables:
        for box in (table.box, *(cell.box for cell in table.cells)):
            _rectangle(picture, _around(box, TABLE_MARGIN), scale, TABLE, 1)
    return picture


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
