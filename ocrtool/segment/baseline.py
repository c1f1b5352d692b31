"""Contour and baseline of a line, fitted to the extremes of its ink."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True, slots=True)
class LineContour:
    """The measurements of a line that its geometry is fitted to, in pixels of the working page.

    box: x0 y0 x1 y1; ascents: (n,) heights of the local tops above the baseline; slope, intercept: the baseline;
    label: the line's number in the line label map; whole: False if the edge of the page cuts the line lengthwise;
    is_capital: a drop capital; joined, cells: as of `LineRegion`; size: height of its capitals where they are larger
    than those of the print of the page, else 0; is_single: a single character, with no more than marks beside it.
    """

    box: tuple[int, int, int, int]
    ascents: np.ndarray
    slope: float
    intercept: float
    label: int
    whole: bool
    is_capital: bool = False
    joined: bool = False
    cells: int = -1
    size: float = 0.0
    is_single: bool = False


def contour_extremes(ink: np.ndarray, reach: int) -> tuple[np.ndarray, np.ndarray]:
    """Find the local tops of the upper contour and the local bottoms of the lower one.

    ink: (h, w) bool of one line; reach: an extreme must hold this many pixels either way. Returns two (n, 2) float
    arrays of x, y; bottoms are one below their lowest ink row.
    """
    h = ink.shape[0]
    filled = ink.any(axis=0)
    top = np.where(filled, np.argmax(ink, axis=0), h).astype(np.float32)
    bottom = np.where(filled, h - np.argmax(ink[::-1], axis=0), -1).astype(np.float32)
    kernel = np.ones((1, 2 * reach + 1), np.uint8)
    tops = (top <= cv2.erode(top[None], kernel)[0]) & filled
    bottoms = (bottom >= cv2.dilate(bottom[None], kernel)[0]) & filled
    return _plateaus(tops, top), _plateaus(bottoms, bottom)


def _plateaus(mask: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Return one point for each run of True columns: (n, 2) of the run's middle and its value."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    starts, ends = edges[::2], edges[1::2]
    return np.stack([(starts + ends - 1) / 2, value[starts]], axis=1) if len(starts) else np.zeros((0, 2))


def fit_baseline(bottoms: np.ndarray, x_height: float) -> tuple[float, float]:
    """Fit a straight baseline robustly to the bottoms (n, 2) of the characters. Returns slope, intercept.

    Iteratively reweighted least squares with a Cauchy-like weight, started at the densest level, so that descenders
    and quotes do not count.
    """
    x, y = bottoms[:, 0], bottoms[:, 1]
    if len(bottoms) == 1:
        return 0.0, float(y[0])
    tolerance = 0.18 * x_height
    ordered, reach = np.sort(y), 1.5 * tolerance
    votes = np.searchsorted(ordered, y + reach, "left") - np.searchsorted(ordered, y - reach, "right")
    slope, intercept = 0.0, float(y[int(np.argmax(votes))])
    wide = float(x.max() - x.min()) > 4 * x_height and len(bottoms) >= 4
    for _ in range(8):
        residual = y - (slope * x + intercept)
        w = 1.0 / (1.0 + (residual / tolerance) ** 2) ** 1.5
        total = w.sum()
        mean_x, mean_y = (w * x).sum() / total, (w * y).sum() / total
        spread = (w * (x - mean_x) ** 2).sum()
        # a prior for a level line: a few letters must not tilt it
        slope = float((w * (x - mean_x) * (y - mean_y)).sum() / (spread + total * (4 * x_height) ** 2)) if wide else 0.0
        slope = float(np.clip(slope, -0.12, 0.12))
        intercept = float(mean_y - slope * mean_x)
    return slope, intercept


def trace_line(
    ink: np.ndarray, box: tuple[int, int, int, int], part_height: float, label: int, whole: bool
) -> LineContour:
    """Measure the contour and baseline of a line.

    ink: (h, w) bool, the line's own ink within box (working pixels); part_height: typical height of its components.
    """
    tops, bottoms = contour_extremes(ink, max(1, round(0.25 * part_height)))
    slope, intercept = fit_baseline(bottoms, part_height)
    ascents = slope * tops[:, 0] + intercept - tops[:, 1]
    return LineContour(box, ascents, slope, intercept + box[1] - slope * box[0], label, whole)
