"""Whether a tick box is marked, and how: by a tick, a cross, or filled."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocrtool.segment.frames import frame_rims
from ocrtool.types import MarkState

#: Share of the inside that ink covers where a box is as likely marked as not, and the spread of the odds: a logistic
#: function of its logarithm. The same for the share at which a mark fills the box.
MARKED, MARKED_SPREAD = 0.035, 0.3
FILLED, FILLED_SPREAD = 0.62, 0.06
#: How much of each arm of a cross there has to be, in the weakest arm, and the spread.
CROSSED, CROSSED_SPREAD = 0.7, 0.06
#: Arms of a cross are looked for between these distances from its middle, along the diagonals, in half sides of the
#: mark, and off them by this much.
ARM, ARM_WIDTH = (0.35, 0.85), 0.3
#: A component with so much of its ink inside the box is a mark in it, unless it is so many sides long.
WITHIN, LARGEST = 0.25, 3.5
#: What is at least so long and within so many sides around a box is left of its frame, or of its shadow.
LEAST_RIM, RIM = 0.5, 0.3
#: Side to which a mark is scaled.
SIDE = 32


@dataclass(frozen=True, slots=True)
class TickBox:
    """A tick box. box: x0, y0, x1, y1 with its frame; probability: that the state is right, 0..1."""

    box: tuple[int, int, int, int]
    state: MarkState
    probability: float


def read_ticks(
    inks: tuple[np.ndarray, np.ndarray], labels: np.ndarray, boxes: np.ndarray, ticks: np.ndarray
) -> tuple[tuple[TickBox, ...], np.ndarray]:
    """Find what tick boxes show.

    inks: (H, W) bool each, the ink with and without frames; labels: (H, W) int32 of the components of the latter;
    boxes: (N, 4) of them; ticks: (K, 4) tick boxes. Returns them with their states, and (N,) bool: True for components
    that are their marks.
    """
    found, marks = [], np.zeros(len(boxes), bool)
    for x0, y0, x1, y1 in ticks.tolist():
        inside = np.bincount(labels[y0:y1, x0:x1].ravel(), minlength=len(boxes))
        inside[0] = 0
        own = np.flatnonzero(inside)
        side = max(x1 - x0, y1 - y0)
        size = (boxes[own, 2:] - boxes[own, :2]).max(axis=1) if len(own) else np.zeros(0)
        total = np.array([_area(labels, boxes[k], k) for k in own.tolist()])
        drawn = own[(inside[own] >= WITHIN * total) & (size <= LARGEST * side)]
        marks[drawn] = True
        rim = round(RIM * side)
        within = (boxes[:, :2] >= (x0 - rim, y0 - rim)).all(axis=1) & (boxes[:, 2:] <= (x1 + rim, y1 + rim)).all(axis=1)
        marks |= within & ((boxes[:, 2:] - boxes[:, :2]).max(axis=1) >= LEAST_RIM * side)
        found.append(_judged(inks, (x0, y0, x1, y1), _drawn(labels, boxes[drawn], drawn)))
    return tuple(found), marks


def _area(labels: np.ndarray, box: np.ndarray, number: int) -> int:
    x0, y0, x1, y1 = box.tolist()
    return int(np.count_nonzero(labels[y0:y1, x0:x1] == number))


def _drawn(labels: np.ndarray, boxes: np.ndarray, numbers: np.ndarray) -> np.ndarray | None:
    """Return the ink (h, w) bool of some components, in the box around them; None of none.

    labels: (H, W) int32; boxes: (n, 4) of the components; numbers: (n,) their labels.
    """
    if not len(numbers):
        return None
    (x0, y0), (x1, y1) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return np.isin(labels[y0:y1, x0:x1], numbers)


def _judged(inks: tuple[np.ndarray, np.ndarray], box: tuple[int, int, int, int], drawn: np.ndarray | None) -> TickBox:
    """Find the state of a tick box.

    inks: (H, W) bool each, with and without frames; drawn: (h, w) bool, the ink of what is drawn into it, None for
    nothing.
    """
    (framed, ink), (x0, y0, x1, y1) = inks, box
    left, top, right, bottom = frame_rims(framed[y0:y1, x0:x1])
    inside = ink[y0 + top : y1 - bottom, x0 + left : x1 - right]
    share = float(inside.mean()) if inside.size else 0.0
    marked = _odds(np.log(max(share, 1e-4) / MARKED), MARKED_SPREAD)
    if marked < 0.5 or drawn is None:
        return TickBox(box, MarkState.EMPTY, 1 - marked if marked < 0.5 else 0.5)
    filled = _odds(min(share, float(drawn.mean())) - FILLED, FILLED_SPREAD)
    if filled >= 0.5:
        return TickBox(box, MarkState.FILLED, marked * filled)
    crossed = _odds(weakest_arm(drawn) - CROSSED, CROSSED_SPREAD)
    if crossed >= 0.5:
        return TickBox(box, MarkState.CROSSED, marked * (1 - filled) * crossed)
    return TickBox(box, MarkState.TICKED, marked * (1 - filled) * (1 - crossed))


def weakest_arm(mark: np.ndarray) -> float:
    """Return how much of the weakest of its four arms a cross has, 0..1. mark: (H, W) bool."""
    x, y, w, h = cv2.boundingRect(mark.view(np.uint8))
    if w == 0 or h == 0:
        return 0.0
    part = cv2.resize(mark[y : y + h, x : x + w].view(np.uint8) * 255, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    inked = part >= 96
    at = (np.arange(SIDE) + 0.5) / SIDE * 2 - 1
    across, down = np.meshgrid(at, at)
    arms = []
    for right in (-1, 1):
        for below in (-1, 1):
            u, v = right * across, below * down
            along, off = (u + v) / 2, np.abs(u - v) / 2
            steps = np.linspace(*ARM, 7)
            near = [inked[(np.abs(along - step) < 0.06) & (off < ARM_WIDTH)].any() for step in steps]
            arms.append(float(np.mean(near)))
    return min(arms)


def _odds(value: float, spread: float) -> float:
    """The logistic function of a value in spreads."""
    return float(1 / (1 + np.exp(-np.clip(value / spread, -30, 30))))
