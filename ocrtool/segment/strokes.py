"""Straight thin strokes of forms, level or upright, and the rectangles that they enclose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from ocrtool.imaging.components import label_components

#: Lengths in x-heights of the page. Strokes are at least so long, and at most so thick.
LENGTH, THICKNESS = 1.0, 0.5
#: Strokes wander by so many pixels along their length, and end so many beside those that they meet.
WANDER, MEET = 1, 3
#: Height of a rectangle, least and greatest; share of the longer of its sides that the other stands beside; share of
#: its upper and lower edge that strokes cover.
HEIGHTS, BESIDE, COVERED = (0.8, 8.0), 0.6, 0.8
#: Width of a rectangle over its height, least and greatest.
ASPECTS = (0.45, 2.2)
#: Two rectangles are the same if their middles differ by less than this share of their sides.
SAME = 0.3


@dataclass(frozen=True, slots=True)
class Strokes:
    """Straight strokes of a page, level and upright.

    level, upright: (H, W) uint8 masks; edges, sides: (N, 4) int32 x0 y0 x1 y1 of level and of upright strokes.
    """

    level: np.ndarray
    upright: np.ndarray
    edges: np.ndarray
    sides: np.ndarray

    def turned(self) -> Strokes:
        """The same with columns and rows exchanged."""
        exchanged = [1, 0, 3, 2]
        level, upright = np.ascontiguousarray(self.upright.T), np.ascontiguousarray(self.level.T)
        return Strokes(level, upright, self.sides[:, exchanged], self.edges[:, exchanged])


def find_strokes(ink: np.ndarray, x_height: float) -> Strokes:
    """Find the straight strokes of ink (H, W) bool that may enclose boxes. x_height: in pixels."""
    level, edges = level_strokes(ink, x_height)
    upright = stroke_runs(ink.view(np.uint8), max(6, round(LENGTH * x_height)), horizontal=False)
    return Strokes(level, upright, edges, _thin(upright, x_height, 1))


def level_strokes(ink: np.ndarray, x_height: float) -> tuple[np.ndarray, np.ndarray]:
    """Find level strokes: their mask (H, W) uint8, and boxes (N, 4)."""
    level = stroke_runs(ink.view(np.uint8), max(6, round(LENGTH * x_height)), horizontal=True)
    return level, _thin(level, x_height, 0)


def _thin(runs: np.ndarray, x_height: float, along: int) -> np.ndarray:
    """Return the boxes (N, 4) int32 of connected runs that are thin. along: 0 for level ones, 1 for upright ones."""
    _, stats = label_components(runs)
    boxes, area = stats[1:, :4].copy(), stats[1:, 4]
    length = boxes[:, 2 + along]
    kept = (area <= THICKNESS * x_height * length) & (length >= HEIGHTS[0] * x_height)
    boxes[:, 2:] += boxes[:, :2]
    return np.asarray(boxes[kept])


def stroke_runs(ink: np.ndarray, length: int, horizontal: bool) -> np.ndarray:
    """Return the pixels (H, W) uint8 of ink in runs of ``length`` or more that wander by WANDER pixels at most."""
    across = (1, 1 + 2 * WANDER) if horizontal else (1 + 2 * WANDER, 1)
    along = (length, 1) if horizontal else (1, length)
    wide = cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_RECT, across))
    runs = cv2.morphologyEx(wide, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, along))
    return np.asarray(cv2.bitwise_and(runs, ink))


def find_rectangles(strokes: Strokes, x_height: float, is_frame: Callable[[list[int]], bool]) -> np.ndarray:
    """Find the frames that strokes enclose. The strokes may go on beyond the corners.

    is_frame: whether a box x0 y0 x1 y1 is one; if not, as where strokes of a mark stand between its sides, wider ones
    are tried. Returns (N, 4) int32 x0 y0 x1 y1, their strokes included.
    """
    if not len(strokes.sides):
        return strokes.sides
    flip = [1, 0, 3, 2]
    between_sides = _enclosed(strokes, x_height, is_frame)
    between_edges = _enclosed(strokes.turned(), x_height, lambda box: is_frame([box[k] for k in flip]))[:, flip]
    found = np.concatenate([between_sides, between_edges])
    found = found[np.lexsort(found.T[::-1])]
    again = (found[1:] == found[:-1]).all(axis=1)  # ``np.unique`` loads NumPy's masked arrays first, for 10 ms
    return np.asarray(found[np.append(True, ~again)[: len(found)]])


def without_doubles(boxes: np.ndarray, worth: np.ndarray) -> np.ndarray:
    """Return boxes (N, 4) without those whose middle is near that of one worth more, or as much and larger.

    worth: (N,).
    """
    area = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    boxes = boxes[np.lexsort((-area, -worth))]
    middle, size = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
    kept: list[int] = []
    for k in range(len(boxes)):
        near = np.abs(middle[kept] - middle[k]) <= SAME * size[k]
        if not near.all(axis=1).any():
            kept.append(k)
    return np.asarray(boxes[kept])


def _enclosed(strokes: Strokes, x_height: float, is_frame: Callable[[list[int]], bool]) -> np.ndarray:
    """Return the frames (N, 4) that two upright strokes enclose with level ones, the narrowest for each left one."""
    level = cv2.dilate(strokes.level, np.ones((3, 1), np.uint8))
    sides = strokes.sides[_meet_level(level, strokes.sides)]
    sides = sides[np.argsort(sides[:, 0], kind="stable")]
    inked = np.pad(level.cumsum(axis=1, dtype=np.uint16), ((0, 0), (1, 0)))  # of each row, before each column
    found: list[list[int]] = []
    farthest = np.searchsorted(sides[:, 0], sides[:, 0] + ASPECTS[1] * HEIGHTS[1] * x_height, side="right")
    for k, (x0, y0, x1, y1) in enumerate(sides.tolist()):
        others = sides[k + 1 : farthest[k]]
        top, bottom = np.maximum(others[:, 1], y0), np.minimum(others[:, 3], y1)
        longer = np.maximum(others[:, 3] - others[:, 1], y1 - y0)
        width = others[:, 2] - x0
        fits = (bottom - top >= BESIDE * longer) & (width <= ASPECTS[1] * longer)
        fits &= (width >= HEIGHTS[0] * x_height) & (longer <= HEIGHTS[1] * x_height)
        for right, low, high in zip(others[fits].tolist(), top[fits].tolist(), bottom[fits].tolist(), strict=True):
            rows = _crossed_rows(inked, (x1, right[0]), (max(0, low - MEET), high + MEET))
            if len(rows) and _is_box(width := right[2] - x0, height := int(rows[-1]) + 1 - int(rows[0]), x_height):
                box = [x0, int(rows[0]), x0 + width, int(rows[0]) + height]
                if is_frame(box):
                    found.append(box)
                    break
    return np.array(found, np.int32).reshape(-1, 4)


def _is_box(width: int, height: int, x_height: float) -> bool:
    low, high = (share * height for share in ASPECTS)
    return height >= HEIGHTS[0] * x_height and low <= width <= high


def _meet_level(level: np.ndarray, sides: np.ndarray) -> np.ndarray:
    """Return (N,) bool: True for upright strokes beside which level ones begin or end at two places or more.

    level: (H, W) uint8.
    """
    sums = cv2.integral(level)
    height, width = level.shape
    top, bottom = np.maximum(sides[:, 1] - MEET, 0), np.minimum(sides[:, 3] + MEET, height)
    found = np.zeros(len(sides), bool)
    for low, high in ((sides[:, 0] - MEET - 1, sides[:, 0] - 1), (sides[:, 2] + 1, sides[:, 2] + MEET + 1)):
        left, right = np.clip(low, 0, width), np.clip(high, 0, width)
        count = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
        found |= count >= 2 * MEET
    return found


def _crossed_rows(inked: np.ndarray, columns: tuple[int, int], rows: tuple[int, int]) -> np.ndarray:
    """Return the rows (n,) within ``rows`` that level strokes cover between two columns.

    inked: (H, W + 1) uint16, how many pixels of each row are of strokes before each column.
    """
    first, end = columns
    if end <= first:
        return np.zeros(0, int)
    across = inked[rows[0] : rows[1], end] - inked[rows[0] : rows[1], first]
    return np.flatnonzero(across >= COVERED * (end - first)) + rows[0]
