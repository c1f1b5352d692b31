"""Overlay of a page's lines: boxes, baselines and patches."""

from __future__ import annotations

import cv2
import numpy as np

from ocrtool.export.documents import SegmentedPage
from ocrtool.export.drawing import faded, outline

#: Colours as OpenCV orders them (blue, green, red): of boxes of lines, baselines and patches.
LINE, BASELINE, PATCH = (200, 120, 40), (200, 60, 160), (60, 160, 40)


def draw_lines(gray: np.ndarray, page: SegmentedPage) -> np.ndarray:
    """Draw the lines and patches of a page (H, W) uint8: (H, W, 3) uint8 BGR."""
    picture = faded(gray)
    outline(picture, [patch.corners for patch in page.patches], PATCH, 2)
    for line in page.lines:
        cv2.rectangle(picture, (line.box.x0, line.box.y0), (line.box.x1 - 1, line.box.y1 - 1), LINE, 2)
    outline(picture, [np.reshape(line.baseline, (2, 2)) for line in page.lines], BASELINE, 2)
    return picture
