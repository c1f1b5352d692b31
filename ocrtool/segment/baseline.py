"""Baseline and x-height of a line from the extremes of its contours."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocrtool.segment.types import LineRegion


@dataclass(frozen=True, slots=True)
class LineContour:
    """What a line's baseline and x-height are fitted to, in pixels of the working page.

    box: x0 y0 x1 y1; rises: (n,) heights of the local tops above the baseline; slope, intercept: the baseline;
    label: the line's number in the owner map; whole: False if the edge of the page cuts the line along its length.
    """

    box: tuple[int, int, int, int]
    rises: np.ndarray
    slope: float
    intercept: float
    label: int
    whole: bool


def contour_extremes(ink: np.ndarray, reach: int) -> tuple[np.ndarray, np.ndarray]:
    """Local tops of the upper contour and local feet of the lower one.

    ink: (h, w) bool of one line; reach: how far either way an extreme must hold, in pixels.
    Returns two (n, 2) float arrays of x, y; feet are one below their lowest ink row.
    """
    h = ink.shape[0]
    filled = ink.any(axis=0)
    top = np.where(filled, np.argmax(ink, axis=0), h).astype(np.float32)
    foot = np.where(filled, h - np.argmax(ink[::-1], axis=0), -1).astype(np.float32)
    kernel = np.ones((1, 2 * reach + 1), np.uint8)
    tops = (top <= cv2.erode(top[None], kernel)[0]) & filled
    feet = (foot >= cv2.dilate(foot[None], kernel)[0]) & filled
    return _plateaus(tops, top), _plateaus(feet, foot)


def _plateaus(mask: np.ndarray, value: np.ndarray) -> np.ndarray:
    """One point for each run of True columns: (n, 2) of the run's middle and its value."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    starts, ends = edges[::2], edges[1::2]
    return np.stack([(starts + ends - 1) / 2, value[starts]], axis=1) if len(starts) else np.zeros((0, 2))


def fit_baseline(feet: np.ndarray, x_height: float) -> tuple[float, float]:
    """Robust straight baseline through the feet (n, 2) of the characters. Returns slope, intercept.

    Descenders and quotes are outvoted: iteratively reweighted least squares with a Cauchy-like weight, begun at the
    densest level.
    """
    x, y = feet[:, 0], feet[:, 1]
    if len(feet) == 1:
        return 0.0, float(y[0])
    tolerance = 0.18 * x_height
    votes = (np.abs(y[:, None] - y[None, :]) < 1.5 * tolerance).sum(axis=1)
    slope, intercept = 0.0, float(y[int(np.argmax(votes))])
    wide = float(x.max() - x.min()) > 4 * x_height and len(feet) >= 4
    for _ in range(8):
        residual = y - (slope * x + intercept)
        w = 1.0 / (1.0 + (residual / tolerance) ** 2) ** 1.5
        total = w.sum()
        mean_x, mean_y = (w * x).sum() / total, (w * y).sum() / total
        spread = (w * (x - mean_x) ** 2).sum()
        # a prior of a level line: few letters must not tilt it
        slope = float((w * (x - mean_x) * (y - mean_y)).sum() / (spread + total * (4 * x_height) ** 2)) if wide else 0.0
        slope = float(np.clip(slope, -0.12, 0.12))
        intercept = float(mean_y - slope * mean_x)
    return slope, intercept


#: A cluster of tops counts as the small letters' when it is at least so strong as the strongest.
CLUSTER_SHARE = 0.42
#: Spread of the tops of one kind of letter, in octaves: overshoot of round letters, ragged scans.
TOP_SPREAD = 0.09


def fit_x_height(rises: np.ndarray, expected: float, prior_octaves: float | None) -> float:
    """x-height of a line from how far its tops rise above the baseline. rises: (n,) pixels.

    The small letters' tops make the lowest strong cluster; where a line is all capitals or digits there is only one
    cluster, and it is taken. ``expected`` is a prior of width ``prior_octaves`` (None: no prior) for lines of few
    letters.
    """
    good = rises[(rises > 0.25 * expected) & (rises < 4.0 * expected)]
    if len(good) == 0:
        return expected
    logs = np.log2(good / expected)
    grid = np.arange(-2.0, 2.01, 0.02)
    density = np.exp(-0.5 * ((grid[:, None] - logs[None, :]) / TOP_SPREAD) ** 2).sum(axis=1)
    if prior_octaves is not None:
        density = density * (0.2 + np.exp(-0.5 * (grid / prior_octaves) ** 2))
    peaks = np.flatnonzero((density[1:-1] >= density[:-2]) & (density[1:-1] >= density[2:])) + 1
    strong = peaks[density[peaks] >= CLUSTER_SHARE * density.max()]
    return float(expected * 2.0 ** grid[strong[0] if len(strong) else int(np.argmax(density))])


def trace_line(
    ink: np.ndarray, box: tuple[int, int, int, int], part_height: float, label: int, whole: bool
) -> LineContour:
    """Contour and baseline of a line.

    ink: (h, w) bool, the line's own ink within box (working pixels); part_height: typical height of its components.
    """
    tops, feet = contour_extremes(ink, max(1, round(0.25 * part_height)))
    slope, intercept = fit_baseline(feet, part_height)
    rises = slope * tops[:, 0] + intercept - tops[:, 1]
    return LineContour(box, rises, slope, intercept + box[1] - slope * box[0], label, whole)


def common_x_height(lines: list[LineContour], guess: float) -> float:
    """The x-height most of the page's text has; lines cut along the page's edge have a say only where all are."""
    whole = [line.rises for line in lines if line.whole] or [line.rises for line in lines]
    return fit_x_height(np.concatenate(whole), guess, None) if whole else guess


def describe_line(line: LineContour, common: float, prior_octaves: float) -> LineRegion:
    """The line with its x-height, settled with the page's common one."""
    x_height = fit_x_height(line.rises, common, prior_octaves)
    return LineRegion(line.box, line.slope, line.intercept, x_height, line.label)
