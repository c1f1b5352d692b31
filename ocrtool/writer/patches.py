"""Random patches of handwriting: windows over the ink of strips, the network's input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocrtool.writer.strips import INK, STRIP_ROWS, Strip

#: Side of a patch in pixels.
PATCH_SIDE = STRIP_ROWS
#: At most this share of the possible windows of a page is cut.
MOST_SHARE = 0.3
#: A window is over ink if these shares of its pixels and of its columns have ink: a letter or two, not a dash.
LEAST_INK, LEAST_COLUMNS = 0.015, 0.3


@dataclass(frozen=True, slots=True)
class Window:
    """Position of a patch. strip: number of its strip; x: first column."""

    strip: int
    x: int


def possible_starts(image: np.ndarray) -> np.ndarray:
    """Find the columns (N,) at which a window over ink begins. image: (STRIP_ROWS, W) uint8."""
    if image.shape[1] < PATCH_SIDE:
        return np.zeros(0, np.int64)
    columns = (image >= INK).sum(axis=0)
    amount = np.concatenate([[0], np.cumsum(columns)])
    inked = np.concatenate([[0], np.cumsum(columns > 0)])
    ink = amount[PATCH_SIDE:] - amount[:-PATCH_SIDE]
    used = inked[PATCH_SIDE:] - inked[:-PATCH_SIDE]
    return np.flatnonzero((ink >= LEAST_INK * PATCH_SIDE**2) & (used >= LEAST_COLUMNS * PATCH_SIDE))


def choose_windows(strips: Sequence[Strip], rng: np.random.Generator, most: int) -> list[Window]:
    """Choose at most ``most`` windows over ink, and at most MOST_SHARE of all, none twice; sorted by strip and column.

    The possible windows are divided evenly and one is chosen at random from each part: independent choices would show
    some words often and others never.
    """
    starts = [possible_starts(strip.image) for strip in strips]
    everywhere = np.concatenate([np.stack([np.full(len(s), k), s], 1) for k, s in enumerate(starts)] or [_NONE])
    count = min(most, int(MOST_SHARE * len(everywhere)))
    if count == 0:
        return []
    edges = np.linspace(0, len(everywhere), count + 1).astype(np.int64)
    chosen = rng.integers(edges[:-1], edges[1:])
    return [Window(int(strip), int(x)) for strip, x in everywhere[chosen]]


_NONE = np.zeros((0, 2), np.int64)


def cut_windows(strips: Sequence[Strip], windows: Sequence[Window]) -> np.ndarray:
    """Cut patches: (N, PATCH_SIDE, PATCH_SIDE) uint8, 255 = ink."""
    patches = np.zeros((len(windows), PATCH_SIDE, PATCH_SIDE), np.uint8)
    for patch, window in zip(patches, windows, strict=True):
        patch[:] = strips[window.strip].image[:, window.x : window.x + PATCH_SIDE]
    return patches


def collage(patches: np.ndarray, columns: int = 12, gap: int = 4) -> np.ndarray:
    """Draw all patches (N, PATCH_SIDE, PATCH_SIDE), dark on light, row by row: (H, W) uint8."""
    rows = -(-len(patches) // columns) if len(patches) else 1
    step = PATCH_SIDE + gap
    sheet = np.full((rows * step + gap, min(columns, max(1, len(patches))) * step + gap), 200, np.uint8)
    for number, patch in enumerate(patches):
        y, x = (gap + step * index for index in divmod(number, columns))
        sheet[y : y + PATCH_SIDE, x : x + PATCH_SIDE] = cv2.bitwise_not(patch)
    return sheet
