"""Measurements of a printed and scanned character: size, ink, strokes, borders and specks."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

#: Pieces of ink or paper of no more pixels are specks or pinholes.
SPECK = 4

#: Figures of one picture, in the order of `measure`'s columns.
FIGURES = (
    "height",  # pixels
    "width",
    "ink",  # share of the picture
    "stem",  # thickness of vertical strokes in pixels: mean length of the shorter half of the runs of ink along rows
    "bar",  # the same of horizontal strokes, along columns
    "vertical roughness",  # share of the steps of vertical borders that end or begin at a row
    "horizontal roughness",  # the same of horizontal borders, by column
    "bumps",  # pixels changed by a 3×3 median, per pixel of border
    "specks",  # pieces of ink of up to SPECK pixels
    "pinholes",  # pieces of paper of up to SPECK pixels, within the ink
)


def measure(images: Sequence[np.ndarray]) -> np.ndarray:
    """(N, FIGURES) float64 of pictures (H, W) uint8, 1 = ink, each with some ink."""
    return np.array([_one(np.ascontiguousarray(image, np.uint8)) for image in images])


def _one(image: np.ndarray) -> tuple[float, ...]:
    height, width = image.shape
    framed = np.pad(image, 1)
    vertical = framed[1:-1, 1:] != framed[1:-1, :-1]  # borders between neighbours in a row
    horizontal = framed[1:, 1:-1] != framed[:-1, 1:-1]
    border = max(1, int(vertical.sum() + horizontal.sum()))
    bumps = np.count_nonzero(cv2.medianBlur(framed, 3) != framed) / border
    specks = _small_pieces(framed, 8)
    pinholes = _small_pieces(1 - framed, 4)
    return (
        height,
        width,
        float(image.mean()),
        _thickness(vertical),
        _thickness(horizontal.T),
        _ends(vertical),
        _ends(horizontal.T),
        bumps,
        specks,
        pinholes,
    )


def _thickness(border: np.ndarray) -> float:
    """border: (rows, columns) bool, two for each run of ink in a row."""
    columns = np.nonzero(border)[1]
    runs = np.sort(columns[1::2] - columns[::2])
    return float(runs[: (len(runs) + 1) // 2].mean())


def _ends(border: np.ndarray) -> float:
    """Share of the pixels of border with none in the next row at the same place."""
    return 1.0 - float((border[1:] & border[:-1]).sum()) / max(1, int(border.sum()))


def _small_pieces(mask: np.ndarray, connectivity: int) -> int:
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=connectivity)
    return int((stats[1:, cv2.CC_STAT_AREA] <= SPECK).sum())
