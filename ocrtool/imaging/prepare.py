"""Grey input to prepared page."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ocrtool.imaging.components import character_boxes, typical_height
from ocrtool.imaging.ink import INK_LEVEL, soft_ink
from ocrtool.imaging.page import PreparedPage
from ocrtool.imaging.panels import level_panels


def prepare(gray: np.ndarray) -> PreparedPage | None:
    """Find the ink of a page; None if it is blank.

    gray: (H, W) uint8 of any polarity, light and resolution, skewed by at most 15°.
    """
    return _measured(soft_ink(gray), 0)


def turn(page: PreparedPage, quarters: int) -> PreparedPage | None:
    """Turn a page clockwise by quarter turns; None if nothing on it could be a character then."""
    return _measured(np.ascontiguousarray(np.rot90(page.soft, -quarters)), (page.quarters + quarters) % 4)


def part(page: PreparedPage, box: np.ndarray) -> PreparedPage | None:
    """Cut the box (4,) x0 y0 x1 y1 out of a page, as a page of its own that was not turned; None if it is blank."""
    x0, y0, x1, y1 = box.tolist()
    return _measured(np.ascontiguousarray(page.soft[y0:y1, x0:x1]), 0)


def without(page: PreparedPage, boxes: Sequence[np.ndarray]) -> PreparedPage | None:
    """Leave out the ink in boxes (4,) x0 y0 x1 y1; None if nothing is left."""
    soft = page.soft.copy()
    for x0, y0, x1, y1 in (box.tolist() for box in boxes):
        soft[y0:y1, x0:x1] = 0
    return _measured(soft, page.quarters)


def keep_strong(page: PreparedPage, level: int) -> PreparedPage | None:
    """Leave out ink weaker than ``level`` (soft ink) that is not beside stronger ink; None if nothing is left."""
    strong = cv2.dilate((page.soft >= level).view(np.uint8), np.ones((3, 3), np.uint8))
    return _measured(cv2.multiply(page.soft, strong), page.quarters)


def _measured(soft: np.ndarray, quarters: int) -> PreparedPage | None:
    boxes, inked = character_boxes(soft >= INK_LEVEL)  # light is flattened: a global threshold is enough for heights
    height = typical_height(boxes)
    if height is None:
        return None
    levelled = level_panels(soft, height)
    if levelled is not None:
        soft = levelled
        boxes, inked = character_boxes(soft >= INK_LEVEL)
        height = typical_height(boxes) or height
    return PreparedPage(soft, boxes, height, quarters, inked)
