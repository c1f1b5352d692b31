"""Rules that came apart: faint ones of a photograph or a fax, and rows of hyphens that stand for one."""

from __future__ import annotations

import cv2
import numpy as np

#: All measures in x-heights. Fragments are at most so high; those of one rule are parted by gaps up to the second, and
#: stand on one row, but for the third.
HIGH, GAP, DROP = 0.25, 2.0, 0.12
#: A rule is at least so long, of so many fragments, and so much of its length is ink: between the dots of letters is
#: more paper.
LENGTH, FRAGMENTS, INKED = 8.0, 4, 0.35
#: A hyphen or an underscore is at least so long: without any of them it is no rule, but dots.
STROKE = 0.4


def broken_rules(boxes: np.ndarray, shape: tuple[int, ...], x_height: float) -> np.ndarray:
    """Return (N,) bool: True for components that are fragments of a level rule.

    boxes: (N, 4) x0 y0 x1 y1; shape: (H, W) of the page.
    """
    fragment = np.zeros(len(boxes), bool)
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    low = np.flatnonzero(height <= max(2.0, HIGH * x_height))
    if np.count_nonzero(width[low] >= STROKE * x_height) < FRAGMENTS or not _are_many_anywhere(boxes[low], x_height):
        return fragment
    half, drop = max(1, round(GAP / 2 * x_height)), max(1, round(DROP * x_height / 2))
    mask = np.zeros(shape, np.uint8)
    for x0, y0, x1, y1 in boxes[low].tolist():
        mask[max(0, y0 - drop) : y1 + drop, max(0, x0 - half) : x1 + half] = 1
    _, labels = cv2.connectedComponents(mask, connectivity=4)
    chain = labels[boxes[low, 1], boxes[low, 0]]
    count = int(labels.max()) + 1
    left, right = np.full(count, shape[1]), np.zeros(count, int)
    np.minimum.at(left, chain, boxes[low, 0])
    np.maximum.at(right, chain, boxes[low, 2])
    long = right - left >= LENGTH * x_height
    many = np.bincount(chain, minlength=count) >= FRAGMENTS
    inked = np.bincount(chain, width[low], minlength=count) >= INKED * np.maximum(right - left, 1)
    strokes = np.bincount(chain, width[low] >= STROKE * x_height, minlength=count) > 0
    fragment[low] = (long & many & inked & strokes)[chain]
    return fragment


def _are_many_anywhere(boxes: np.ndarray, x_height: float) -> bool:
    """Return False if no four neighbouring cells of a grid hold fragments (N, 4) enough for a rule of the least length.

    A cell is as long as such a rule and an x-height high: a rule, or a part of it as long, is within four of them.
    """
    cell = np.array([LENGTH * x_height, x_height])
    column, row = ((boxes[:, :2] + boxes[:, 2:]) / (2 * cell)).astype(np.int64).T
    width = np.zeros((int(row.max()) + 2, int(column.max()) + 2))
    np.add.at(width, (row, column), boxes[:, 2] - boxes[:, 0])
    around = width[:-1, :-1] + width[1:, :-1] + width[:-1, 1:] + width[1:, 1:]
    return bool(around.max() >= INKED * LENGTH * x_height)
