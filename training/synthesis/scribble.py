"""Pen strokes all over a page: scribble, hatching both ways, and a maze."""

from __future__ import annotations

import cv2
import numpy as np

#: Points of a curve, and fractions of a pixel (a power of two) to which they are drawn.
POINTS, FRACTION = 24, 3


def scribble(page: np.ndarray, rng: np.random.Generator, unit: float) -> None:
    """Bezier curves of a pen, from 300 to 30,000 of them: the more, the shorter. unit: pixels per millimetre."""
    count = int(10 ** rng.uniform(2.5, 4.5))
    reach = unit * rng.uniform(0.5, 1.5) * 400 / np.sqrt(count)
    t = np.linspace(0, 1, POINTS)[:, None]
    weights = np.concatenate([(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3], axis=1)
    starts = rng.uniform(0, page.shape[::-1], (count, 1, 2))
    curves = weights @ (starts + rng.normal(0, reach / 4, (count, 4, 2)))  # (count, POINTS, 2)
    _draw(page, list(curves), rng.uniform(0.25, 0.6) * unit, rng.uniform(10, 90))


def hatching(page: np.ndarray, rng: np.random.Generator, unit: float) -> None:
    """Two sets of parallel lines across the page, drawn by hand."""
    h, w = page.shape
    pitch, length = unit * rng.uniform(1.0, 5.0), float(h + w)
    for degrees in rng.uniform((20, -70), (70, -20)):
        along = np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
        at = np.arange(-length / 2, length / 2, pitch)
        at = at + rng.normal(0, 0.12 * pitch, len(at))
        middles = np.array([w, h]) / 2 + at[:, None] * np.array([-along[1], along[0]])
        steps = np.linspace(-length / 2, length / 2, 80)
        lines = middles[:, None] + steps[:, None] * along + rng.normal(0, 0.1 * unit, (len(at), 80, 2))
        _draw(page, list(lines), 0.35 * unit, 30.0)


def maze(page: np.ndarray, rng: np.random.Generator, unit: float) -> None:
    """Level and upright walls between cells, half of them there."""
    cell = max(6, round(unit * rng.uniform(1.0, 3.5)))
    y, x = (each.ravel() for each in np.mgrid[0 : page.shape[0] : cell, 0 : page.shape[1] : cell])
    corners = np.stack([x, y], axis=1)
    walls = [
        wall
        for step in ((cell, 0), (0, cell))
        for wall in np.stack([corners, corners + step], axis=1)[rng.random(len(corners)) < 0.5]
    ]
    _draw(page, walls, 0.3 * unit, 20.0)


def _draw(page: np.ndarray, lines: list[np.ndarray], width: float, level: float) -> None:
    """Draw lines (n, 2) of a width in pixels on a page (H, W) float32."""
    ink = np.zeros(page.shape, np.uint8)
    points = [np.rint(line * 2**FRACTION).astype(np.int32) for line in lines]
    cv2.polylines(ink, points, False, 255, max(1, round(width)), cv2.LINE_AA, FRACTION)
    page += (level - page) * (ink / np.float32(255))
