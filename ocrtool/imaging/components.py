"""Connected components of ink that could be characters, and their typical height."""

from __future__ import annotations

import cv2
import numpy as np

from ocrtool.imaging.screens import are_dots, only_specks, screen_dots

#: Letters of the commonest height cover at least this share of the area of all boxes; less are specks.
LEAST_COVER = 0.04
#: Dots of leaders: this share of the components of the commonest height, or more, has sides of at most this ratio, and
#: those more than this many times as high cover more. Of the small letters of a text, a fifth or more are i, l, m or t.
DOT_SHARE = 0.95
DOT_RATIO = 1.34
DOT_LETTERS = 2.0

#: A component whose sides are at least this share of the image's longer one is a dark area if it fills so much of its
#: box, and a picture beside so many components that are no dots.
AREA_SIDE, AREA_FILL, BESIDE = 0.1, 0.75, 50
#: What the edge of the image cuts and fills more than AREA_FILL or less than this of its box is an edge of the scan.
FRAME_FILL = 0.35

#: Ink in rows and columns that are more than this share of a page is labelled with the rest: nothing is copied then.
MOSTLY_INKED = 0.5

#: Rows labelled at a time, where blank rows between them allow it.
BAND_ROWS = 256


def label_components(ink: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Label the 8-connected components of ink (H, W) bool or uint8.

    Returns (H, W) int32 labels, 0 = paper, and (N + 1, 6) int32 of each label: x, y, width, height and area in pixels,
    and its number of runs of ink along rows, which is its height if it is convex; the row of paper is all 0. OpenCV's
    statistics look at each pixel of paper too, which costs more than the labels.
    """
    rows, columns = (_with_neighbours(np.asarray(ink.view(bool).any(axis=axis))) for axis in (1, 0))
    if np.count_nonzero(rows) * np.count_nonzero(columns) < MOSTLY_INKED * ink.size:
        return _label_inked(ink, np.flatnonzero(rows), np.flatnonzero(columns))
    count, labels = cv2.connectedComponents(ink.view(np.uint8), connectivity=8)
    stats = np.zeros((count, 6), np.int32)
    y, first, end = _runs(ink)
    label = labels[y, first]
    left, right = np.full(count, ink.shape[1]), np.zeros(count, int)
    np.minimum.at(left, label, first)
    np.maximum.at(right, label, end)
    bottom = np.zeros(count, int)
    stats[label[::-1], 1] = y[::-1]  # of several values the last is kept: the top row here, the bottom row below
    bottom[label] = y + 1
    stats[1:, 0], stats[1:, 2] = left[1:], (right - left)[1:]
    stats[1:, 3] = bottom[1:] - stats[1:, 1]
    stats[:, 4] = np.bincount(label, end - first, minlength=count)
    stats[:, 5] = np.bincount(label, minlength=count)
    return labels, stats


def _label_inked(ink: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Do as `label_components` with a mask of little ink, such as one of rules, whose other rows and columns are blank.

    rows, columns: (R,) and (C,) int64, with a blank one between those that do not touch.
    """
    labels = np.zeros(ink.shape, np.int32)
    if not len(rows):
        return labels, np.zeros((1, 6), np.int32)
    inked = np.ix_(rows, columns)
    labels[inked], stats = label_components(ink[inked])
    last = stats[1:, :2] + stats[1:, 2:4] - 1
    for axis, places in enumerate((columns, rows)):
        stats[1:, axis] = places[stats[1:, axis]]
        stats[1:, 2 + axis] = places[last[:, axis]] + 1 - stats[1:, axis]
    return labels, stats


def _with_neighbours(inked: np.ndarray) -> np.ndarray:
    """Return rows or columns (n,) bool with the blank ones behind them, which part what is not connected."""
    wanted: np.ndarray = inked.copy()
    wanted[1:] |= inked[:-1]
    return wanted


def _statistics(ink: np.ndarray) -> np.ndarray:
    """Return the statistics of `label_components` without the row of paper, in bands: labels take four times the page.

    Bands end at blank rows, which no component crosses.
    """
    inked = ink.any(axis=1)
    edges = np.flatnonzero(np.diff(inked, prepend=False, append=False))
    bands: list[list[int]] = []
    for top, bottom in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if bands and bottom - bands[-1][0] <= BAND_ROWS:
            bands[-1][1] = bottom
        else:
            bands.append([top, bottom])
    found = [np.zeros((0, 6), np.int32)]
    for top, bottom in bands:
        found.append(label_components(ink[top:bottom])[1][1:])
        found[-1][:, 1] += top
    return np.concatenate(found)


def _runs(ink: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """List the runs of ink (H, W) of each row, from the top: (R,) int64 row, first column, and the column behind."""
    height, width = ink.shape
    framed = np.zeros((height, width + 2), bool)
    framed[:, 1:-1] = ink
    edges = np.flatnonzero(framed[:, 1:] != framed[:, :-1])
    row = edges[::2] // (width + 1)
    start = row * (width + 1)
    return row, edges[::2] - start, edges[1::2] - start


def look_up(table: np.ndarray, labels: np.ndarray, ink: np.ndarray) -> np.ndarray:
    """Look up the label of each ink pixel in ``table`` (N,): (H, W) of its type, 0 elsewhere, whatever it has for 0.

    ink: (H, W) bool or uint8, not 0 wherever ``labels`` (H, W) is not; a tenth of a page, so that this is fast.
    """
    found = np.zeros(labels.shape, table.dtype)
    inked = np.flatnonzero(ink.view(bool))
    found.reshape(-1)[inked] = table[labels.reshape(-1)[inked]]
    return found


def character_boxes(ink: np.ndarray) -> tuple[np.ndarray, int]:
    """Find the components that could be characters: neither specks nor rules, frames, dark areas nor pictures.

    Components cut by the edge of the image are left out unless no others remain; so are the dots of screens. None on a
    page with nothing but specks. Returns their boxes (N, 4) int, and the number of pixels of ink, without black edges.
    """
    stats = _statistics(ink)
    dots = are_dots(stats)
    inked = _ink_inside(stats, ink.shape)
    outside = ~screen_dots(stats, dots)
    stats, dots = stats[outside], dots[outside]
    w, h, area = stats[:, 2], stats[:, 3], stats[:, 4]
    keep = (h >= 4) & (w >= 2) & (area >= 8) & (w < 12 * h) & (h < 10 * w) & (h < 0.4 * max(ink.shape) + 8)
    large = np.minimum(w, h) >= AREA_SIDE * max(ink.shape)
    beside = np.count_nonzero(keep & ~large & ~dots) >= BESIDE
    rest = keep & ~(large & (beside | (area >= AREA_FILL * w * h)))
    keep = rest if rest.any() else keep
    x, y = stats[keep, 0], stats[keep, 1]
    boxes = np.stack([x, y, x + stats[keep, 2], y + stats[keep, 3]], axis=1)
    if only_specks(boxes, dots[keep], ink.size, dots):
        return boxes[:0], inked
    whole = inside_image(boxes, ink.shape)
    return (boxes[whole] if whole.any() else boxes), inked


def _ink_inside(stats: np.ndarray, shape: tuple[int, ...]) -> int:
    """Count the pixels of ink, but for bars and frames at the edge of the image of ``shape`` (H, W)."""
    x, y, w, h, area = stats[:, :5].T.astype(np.int64)
    fill = area / np.maximum(1, w * h)
    edge = ~inside_image(np.stack([x, y, x + w, y + h], axis=1), shape) & ((fill > AREA_FILL) | (fill < FRAME_FILL))
    return int(area[~edge].sum())


def inside_image(boxes: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return (N,) bool: True for boxes (N, 4) that the edge of an image of ``shape`` (H, W) does not cut."""
    return (boxes[:, :2] > 1).all(axis=1) & (boxes[:, 2] < shape[1] - 1) & (boxes[:, 3] < shape[0] - 1)


def typical_height(boxes: np.ndarray) -> float | None:
    """Estimate the x-height (capital height on a page of capitals) in pixels from component heights.

    Returns the mode of a smoothed histogram on a logarithmic scale, since small letters are the most common components
    of running text. Tall components weigh more, so that many specks do not outvote a few letters; if the mode is
    specks all the same, which cover next to nothing, or the dots of leaders, it is looked for among larger components.
    None without boxes.
    """
    if len(boxes) == 0:
        return None
    median = float(np.median(boxes[:, 3] - boxes[:, 1]))  # of integers: of others, NumPy loads its masked arrays first
    heights = (boxes[:, 3] - boxes[:, 1]).astype(np.float64)
    widths = (boxes[:, 2] - boxes[:, 0]).astype(np.float64)
    heavy = np.minimum(heights, 4.0 * median)  # a picture's height must not outvote the letters' number
    weights = heavy**1.5 * np.clip(widths / heights, 0.5, 1.0)
    area = heights * widths
    near = _near_mode(heights, weights)
    square = np.maximum(widths, heights) <= DOT_RATIO * np.minimum(widths, heights)
    while (
        near.any()
        and not near.all()
        and (area[near].sum() < LEAST_COVER * area.sum() or _are_dots(near, square, heights, area))
    ):
        larger = heights > heights[near].max()
        if not larger.any():
            break
        weights = np.where(larger, weights, 0.0)
        near = _near_mode(heights, weights) & larger
    return float(np.average(heights[near], weights=weights[near])) if near.any() else median


def _are_dots(near: np.ndarray, square: np.ndarray, heights: np.ndarray, area: np.ndarray) -> bool:
    """Return True if the components ``near`` the mode are leader dots: all square, beside letters that cover more.

    near, square: (N,) bool; heights, area: (N,) float64 of the components' boxes.
    """
    letters = heights > DOT_LETTERS * heights[near].max()
    return bool(square[near].mean() >= DOT_SHARE and area[letters].sum() > area[near].sum())


def _near_mode(heights: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return (N,) bool: True for heights (N,) near the mode of their smoothed logarithmic histogram."""
    bins_per_octave = 12
    logs = np.log2(heights) * bins_per_octave
    histogram = np.bincount(np.round(logs).astype(int), weights=weights, minlength=140)
    smooth = np.convolve(histogram, np.array([1, 2, 3, 2, 1]) / 9.0, mode="same")
    peak = int(np.argmax(smooth))
    return np.asarray(np.abs(logs - peak) <= 2.5)
