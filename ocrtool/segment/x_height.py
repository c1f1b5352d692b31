"""x-height of lines and of a page, from the heights of letter tops above the baseline (ascents)."""

from __future__ import annotations

import numpy as np

from ocrtool.segment.baseline import LineContour
from ocrtool.segment.types import LineRegion

#: A cluster of ascents may be that of the small letters if its density is at least this share of the largest.
CLUSTER_SHARE = 0.42
#: Standard deviation of the ascents of one kind of letter, in octaves: overshoot of round letters, ragged scans.
TOP_SPREAD = 0.09
#: A line of capitals, so many times as high as the page's small letters, is of the page's type if so many of its
#: letters are as high as those, and so large a share of the number of its capitals.
CAPITALS, FEWEST_SMALL, SMALL_SHARE = (1.15, 1.65), 2, 0.15
#: Height of capitals and figures of entries by hand, in x-heights: that at which they are read best.
HAND_CAPITAL = 1.36


def fit_x_height(ascents: np.ndarray, expected: float, prior_octaves: float | None) -> float:
    """Fit the x-height of a line to its ascents, (n,) pixels.

    The ascents of small letters form the lowest dense cluster; a line of capitals or digits has one cluster only, which
    is taken. expected: mean of a prior of width ``prior_octaves`` (None: no prior), for lines of few letters.
    """
    good = ascents[(ascents > 0.25 * expected) & (ascents < 4.0 * expected)]
    if len(good) == 0:
        return expected
    logs = np.log2(good / expected)
    grid = np.arange(-2.0, 2.01, 0.02)
    density = np.exp(-0.5 * ((grid[:, None] - logs[None, :]) / TOP_SPREAD) ** 2).sum(axis=1)
    if prior_octaves is not None:
        density = density * (0.2 + np.exp(-0.5 * (grid / prior_octaves) ** 2))
    peaks = np.flatnonzero((density[1:-1] >= density[:-2]) & (density[1:-1] >= density[2:])) + 1
    strong = peaks[density[peaks] >= CLUSTER_SHARE * density.max()]
    found = grid[strong[0] if len(strong) else int(np.argmax(density))]
    if prior_octaves is not None and CAPITALS[0] < 2.0**found < CAPITALS[1]:
        small = np.count_nonzero(np.abs(logs) < TOP_SPREAD)
        if small >= max(FEWEST_SMALL, SMALL_SHARE * np.count_nonzero(np.abs(logs - found) < TOP_SPREAD)):
            return expected  # capitals, with small letters of the page's size among them
    return float(expected * 2.0**found)


def common_x_height(lines: list[LineContour], guess: float) -> float:
    """Fit the x-height of most of the page's text; lines cut by the page's edge count only if there are no others."""
    printed = [line for line in lines if line.size == 0] or lines  # entries by hand say nothing of the print
    whole = [line.ascents for line in printed if line.whole] or [line.ascents for line in printed]
    return fit_x_height(np.concatenate(whole), guess, None) if whole else guess


#: x-height over the height of a capital.
CAPITAL = 0.68
#: Heights of tall letters in x-heights, least and largest.
TALL = 1.15, 2.0


def fit_line(line: LineContour, common: float, prior_octaves: float) -> LineRegion:
    """Fit the x-height of a line, with the page's common one as prior."""
    if line.is_capital:
        x_height = CAPITAL * (line.box[3] - line.box[1])
        return LineRegion(line.box, line.slope, line.intercept, x_height, line.label, is_capital=True)
    x_height = fit_x_height(line.ascents, common, prior_octaves) if line.size == 0 else line.size / HAND_CAPITAL
    if line.is_single and TALL[0] < x_height / common < TALL[1]:
        x_height = common  # a tall letter of the size of the others
    return LineRegion(line.box, line.slope, line.intercept, x_height, line.label, joined=line.joined, cells=line.cells)
