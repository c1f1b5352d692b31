"""Lines of a block: ridges of the smoothed ink, and assignment of components to ridges."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from ocrtool.segment.gaps import split_at_gaps
from ocrtool.segment.quantiles import percentile

#: Standard deviations of the smoothing before ridges are detected, in x-heights: along and across the line.
SMOOTH_ALONG = 3.0
SMOOTH_ACROSS = 0.55
#: x-height in pixels to which the page is shrunk for ridge detection.
RIDGE_X_HEIGHT = 5.0
#: Two ridge segments belong to one line if their rows differ by less than this (x-heights).
RIDGE_STEP = 0.9
#: A ridge weaker than this share of the block's typical one is an echo of ascenders or specks.
WEAK_RIDGE = 0.18


@dataclass(slots=True)
class _Ridge:
    """rows: (right - left + 1,) float, row at each column from ``left`` to ``right``."""

    rows: np.ndarray
    left: int
    right: int


def _ridges(ink: np.ndarray, x_height: float) -> tuple[np.ndarray, float]:
    """Detect ridges: label map (h, w) int32 of the shrunken block, and the shrink factor."""
    shrink = max(1.0, x_height / RIDGE_X_HEIGHT)
    size = (max(1, round(ink.shape[1] / shrink)), max(1, round(ink.shape[0] / shrink)))
    small = cv2.resize(ink.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    small_x_height = x_height / shrink
    sigmas = SMOOTH_ALONG * small_x_height, SMOOTH_ACROSS * small_x_height
    smooth = cv2.GaussianBlur(small, (0, 0), sigmaX=sigmas[0], sigmaY=sigmas[1])
    reach = max(1, round(0.5 * small_x_height))
    peak = cv2.dilate(smooth, np.ones((2 * reach + 1, 1), np.uint8))
    inked = smooth[small > 0.3]
    typical = percentile(inked, 75.0) if len(inked) else 0.0
    ridge = ((smooth >= peak) & (smooth > max(1e-4, WEAK_RIDGE * typical))).astype(np.uint8)
    joined = cv2.dilate(ridge, np.ones((3, max(3, round(2 * small_x_height) | 1)), np.uint8))
    _, labels = cv2.connectedComponents(joined, connectivity=8)
    return np.where(ridge > 0, labels, 0), shrink


def _ridge_rows(labels: np.ndarray) -> list[_Ridge]:
    """Trace the labelled ridges."""
    ys, xs = np.nonzero(labels)
    order = np.lexsort((xs, labels[ys, xs]))
    ys, xs = ys[order].astype(np.float64), xs[order]
    starts = np.flatnonzero(np.diff(labels[ys.astype(int), xs], prepend=0))
    out = []
    for a, b in pairwise([*starts.tolist(), len(xs)]):
        columns, first = np.unique(xs[a:b], return_index=True)
        rows = np.add.reduceat(ys[a:b], first) / np.diff(np.append(first, b - a))
        left, right = int(columns[0]), int(columns[-1])
        out.append(_Ridge(np.interp(np.arange(left, right + 1), columns, rows), left, right))
    return out


def _merge_ridges(ridges: list[_Ridge], x_height: float, width: int) -> list[np.ndarray]:
    """Join ridge segments that continue each other; returns rows (width,) of each line, top to bottom.

    A segment may stand beside those of its line or, in a row of a table, between two of them.
    """
    rows = np.zeros((len(ridges), width))  # of the lines found, level beyond their ends; and where a segment gives them
    covered = np.zeros((len(ridges), width), bool)
    count = 0
    for ridge in sorted(ridges, key=lambda r: r.left - r.right):
        span = slice(ridge.left, ridge.right + 1)
        distance = np.abs(rows[:count, span] - ridge.rows).mean(axis=1)
        distance[covered[:count, span].mean(axis=1) >= 0.5] = np.inf
        k = int(np.argmin(distance)) if count else -1
        if count == 0 or distance[k] >= RIDGE_STEP * x_height:
            rows[count] = np.pad(ridge.rows, (ridge.left, width - 1 - ridge.right), mode="edge")
            covered[count, span] = True
            count += 1
            continue
        known = rows[k].copy()
        known[span] = np.where(covered[k, span], known[span], ridge.rows)
        covered[k, span] = True
        columns = np.flatnonzero(covered[k])
        rows[k] = np.interp(np.arange(width), columns, known[columns])
    means = [float(row[own].mean()) for row, own in zip(rows[:count], covered[:count], strict=True)]
    return [rows[k] for k in np.argsort(means, kind="stable").tolist()]


def find_ridges(ink: np.ndarray, x_height: float) -> list[np.ndarray]:
    """Find the middle rows of the lines of one block. ink: (H, W) bool. Returns (W,) float rows, top to bottom."""
    labels, shrink = _ridges(ink, x_height)
    rows = _merge_ridges(_ridge_rows(labels), x_height / shrink, labels.shape[1])
    columns = np.arange(ink.shape[1]) / shrink
    return [np.interp(columns, np.arange(len(row)), row) * shrink + shrink / 2 for row in rows]


#: A component belongs to a ridge only within this distance (x-heights); marks smaller than half an x-height (dots,
#: accents, quotes) may be farther.
MAX_REACH = 1.3
MARK_REACH = 2.2
#: The same for components cut by the page's edge: most are parts of another line.
CUT_REACH = 0.3
#: A component this tall and wide (x-heights) across two lines is a drop capital: it belongs to the upper line.
DROP_CAPITAL = (2.2, 1.2)


def assign(
    boxes: np.ndarray, ridges: list[np.ndarray], x_height: float, cut: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Assign each component to the ridge nearest to its box, then to its middle.

    boxes: (n, 4) in pixels of the ridges' block; cut: (n,) bool, cut by the edge of the page. Returns the line number
    (n,) int, and (n,) bool: True if the component is too far from all lines.
    """
    column = np.clip((boxes[:, 0] + boxes[:, 2]) // 2, 0, len(ridges[0]) - 1)
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    rows = np.stack([ridge[column] for ridge in ridges])  # (L, n)
    inside = np.clip(rows, boxes[:, 1], boxes[:, 3])
    outside = np.abs(rows - inside)
    line = np.argmin(outside + 0.25 * np.abs(rows - middle), axis=0)
    tall = boxes[:, 3] - boxes[:, 1] > DROP_CAPITAL[0] * x_height
    wide = boxes[:, 2] - boxes[:, 0] > DROP_CAPITAL[1] * x_height
    line = np.where(tall & wide, np.argmax(outside <= 0, axis=0), line)
    distance = np.take_along_axis(outside, line[None, :], axis=0)[0]
    side = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    reach = np.where(side < 0.5 * x_height, MARK_REACH, MAX_REACH)
    return line, distance > np.where(cut, CUT_REACH, reach) * x_height


#: Lines that are small beside the usual type of the page may share a ridge. They are separated at the white between the
#: cores of their characters, the middle halves of their heights: so much white at least, and so many characters in
#: each, of the typical height of these; lower components than so much of it do not count.
CORE = 0.25
ROW_GAP, ROW_CHARACTERS, ROW_BODY = 0.5, 3, 0.5
#: Small lines stand in a part of a line behind a gap that is so wide (x-heights).
STACK_GAP = 3.0
#: A character strays from a line of so many others if its middle is farther from it than the first share of their
#: height and less than the second from that of its neighbours on another line, which are as near as the third.
STRAYED, OFF_LINE, ON_LINE, BESIDE = 6, 0.8, 0.4, 6.0


def split_rows(boxes: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Number the text lines within one line found, from the top: (n,) int, all 0 where it is one line.

    boxes: (n, 4) of the line's components; level: (n,) row of the line where each stands.
    """
    alone = np.zeros(len(boxes), np.int64)
    heights = (boxes[:, 3] - boxes[:, 1]).astype(np.float64)
    if len(boxes) < 2 * ROW_CHARACTERS:
        return alone
    typical = percentile(heights[heights > 0.4 * percentile(heights, 90.0)], 50.0)
    body = np.flatnonzero(heights > ROW_BODY * typical)
    top, bottom = boxes[:, 1] - level, boxes[:, 3] - level
    core = CORE * heights
    order = body[np.argsort((top + core)[body], kind="stable")]
    reach = np.maximum.accumulate((bottom - core)[order])
    begins = np.flatnonzero((top + core)[order][1:] - reach[:-1] > ROW_GAP * typical) + 1
    groups = np.split(order, begins)
    rows = [group for group in groups if len(group) >= ROW_CHARACTERS]
    if len(rows) < 2:
        return alone
    middle = (top + bottom) / 2
    centres = np.array([percentile(middle[group], 50.0) for group in rows])
    return np.asarray(np.argmin(np.abs(middle[:, None] - centres), axis=1))


def split_stacks(boxes: np.ndarray, x_height: float) -> list[np.ndarray]:
    """Part a line that has several small lines in one of its parts, such as a heading with a date and a page behind it.

    boxes: (n, 4) of the line's components. Returns the indices of what stays together, and of each line of such parts.
    """
    parts = split_at_gaps(boxes, STACK_GAP * x_height)
    together, apart = [], []
    for part in parts if len(parts) > 1 else ():
        number = split_rows(boxes[part], np.zeros(len(part)))
        if number.max() > 0:
            apart += [part[number == k] for k in range(int(number.max()) + 1)]
        else:
            together.append(part)
    if not apart:
        return [np.arange(len(boxes))]
    return [np.concatenate(together), *apart] if together else apart


def reassign_strays(boxes: np.ndarray, row: np.ndarray, far: np.ndarray, count: int) -> np.ndarray:
    """Reassign characters that stand off their own line, level with the characters of another beside them.

    Ridges of lines that are close for the usual height of components may run into each other for a while. boxes, row,
    far, count: as of `reassign_enclosed`. Returns the new ``row``.
    """
    row = row.copy()
    middle, height = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 3] - boxes[:, 1]).astype(np.float64)
    lines: list[tuple[np.ndarray, float]] = []
    extents = np.full((count, 2), np.inf)  # the rows within which a stray may stand that is level with each line
    strays: list[int] = []
    for k in range(count):
        members = np.flatnonzero((row == k) & ~far)
        typical = percentile(height[members], 75.0) if len(members) >= ROW_CHARACTERS else 0.0
        body = members[height[members] > ROW_BODY * typical]
        lines.append((body, typical))
        if len(body) and typical > 0.0:
            reach = ON_LINE * typical
            extents[k] = float(middle[body, 1].min()) - reach, float(middle[body, 1].max()) + reach
        if len(body) >= STRAYED:
            x, y = (middle[body] - middle[body].mean(axis=0)).T
            off = y - x * float(x @ y / max(1.0, x @ x))
            strays += body[np.abs(off - percentile(off, 50.0)) > OFF_LINE * typical].tolist()
    for stray in strays:
        best = ON_LINE
        level = (extents[:, 0] <= middle[stray, 1]) & (middle[stray, 1] <= extents[:, 1])
        for k in np.flatnonzero(level).tolist():
            body, typical = lines[k]
            near = body[np.abs(middle[body, 0] - middle[stray, 0]) <= BESIDE * typical] if k != row[stray] else body[:0]
            off = abs(percentile(middle[near, 1], 50.0) - middle[stray, 1]) / typical if len(near) > 1 else np.inf
            if off < best:
                best, row[stray] = off, k
    return row


def reassign_enclosed(boxes: np.ndarray, row: np.ndarray, far: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Reassign far components within a line's box to that line: high bars of T, long tails.

    boxes: (n, 4); row: (n,) line of each; far: (n,) bool, too far from its line; count: number of lines. Returns the
    new ``row`` and ``far``.
    """
    row, far = row.copy(), far.copy()
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    for k in range(count):
        members = boxes[(row == k) & ~far]
        if len(members):
            low, high = members[:, :2].min(axis=0), members[:, 2:].max(axis=0)
            inside = far & ((middle >= low) & (middle <= high)).all(axis=1)
            row[inside], far[inside] = k, False
    return row, far
