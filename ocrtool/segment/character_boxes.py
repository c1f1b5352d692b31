"""Boxes of the characters that a line reader found in a strip: which ink belongs to which character."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocrtool.segment.layout import Layout
from ocrtool.segment.strip import STRIP_BASELINE, STRIP_X_HEIGHT, Strip
from ocrtool.segment.types import LineRegion

#: What a border costs at a character's place rather than half-way between two, in mean ink of a column.
ASIDE = 2.0
#: Ink that no character stands on, such as dots and accents, belongs to one at most so far away (strip pixels).
REACH = 12.0
NOBODY = -1
#: A character without ink of its own gets a box of this width (strip pixels), as high as small letters.
LEAST_WIDTH = 3.0


@dataclass(frozen=True, slots=True)
class _Ink:
    """Ink pixels of a line. x, y: (p,) int64, on the working page; u: (p,) float64, column in the strip before gaps
    were shortened; component: (p,) int64, from 0 on."""

    x: np.ndarray
    y: np.ndarray
    u: np.ndarray
    component: np.ndarray

    def take(self, chosen: np.ndarray) -> _Ink:
        """Only the pixels that are chosen, (p,) bool."""
        return _Ink(self.x[chosen], self.y[chosen], self.u[chosen], self.component[chosen])


def character_boxes(layout: Layout, region: LineRegion, strip: Strip, columns: np.ndarray) -> np.ndarray:
    """Find the boxes of characters on the working page.

    columns: (n,) float, ascending, the column of the strip where each character stands. Returns (n, 4) int64, x0 y0 x1
    y1. Connected ink belongs to one character as far as possible; ink that several characters share is cut between
    them where it is thinnest.
    """
    places = strip.page_columns(columns)
    ink = _line_ink(layout, region, strip)
    boxes = np.zeros((len(columns), 4), np.int64)
    found = np.zeros(len(columns), bool)
    if len(ink.x) and len(columns):
        owner = _owners(ink, places)
        ink, owner = ink.take(owner != NOBODY), owner[owner != NOBODY]
        left, right = np.full(len(columns), np.iinfo(np.int64).max), np.full(len(columns), -1)
        np.minimum.at(left, owner, ink.x)
        np.maximum.at(right, owner, ink.x)
        boxes[owner[::-1], 1] = ink.y[::-1]  # pixels come row by row, and of several values the last is kept
        boxes[owner, 3] = ink.y + 1
        found = right >= 0
        boxes[found, 0], boxes[found, 2] = left[found], right[found] + 1
    for k in np.flatnonzero(~found):
        boxes[k] = _bare_box(strip, float(places[k]))
    return boxes


def lone_glyphs(
    layout: Layout, region: LineRegion, strip: Strip, columns: np.ndarray, wanted: np.ndarray
) -> list[np.ndarray | None]:
    """Return the soft ink (h, w) uint8 of the ``wanted`` characters, None for those that share ink with others.

    columns: as for `character_boxes`, of all characters of the line.
    """
    ink = _line_ink(layout, region, strip)
    if not len(ink.x):
        return [None] * len(wanted)
    owner = _owners(ink, strip.page_columns(columns))
    count = int(ink.component.max()) + 1
    low, high = np.full(count, len(columns)), np.full(count, NOBODY)
    np.minimum.at(low, ink.component, owner)
    np.maximum.at(high, ink.component, owner)
    shared = (low != high)[ink.component]
    glyphs: list[np.ndarray | None] = []
    for k in wanted.tolist():
        own = owner == k
        if not own.any() or shared[own].any():
            glyphs.append(None)
            continue
        x, y = ink.x[own], ink.y[own]
        x0, y0 = max(0, int(x.min()) - 2), max(0, int(y.min()) - 2)
        mask = np.zeros((int(y.max()) + 3 - y0, int(x.max()) + 3 - x0), np.uint8)
        mask[y - y0, x - x0] = 1
        soft = layout.page.soft[y0 : y0 + mask.shape[0], x0 : x0 + mask.shape[1]]
        grown = cv2.dilate(mask, np.ones((3, 3), np.uint8))[: soft.shape[0], : soft.shape[1]]
        glyphs.append(soft * grown)
    return glyphs


def _line_ink(layout: Layout, region: LineRegion, strip: Strip) -> _Ink:
    x0, y0, x1, y1 = region.box
    own = layout.line_labels[y0:y1, x0:x1] == region.label
    _, labels = cv2.connectedComponents(own.astype(np.uint8), connectivity=8)
    ys, xs = np.nonzero(own)
    to_strip = cv2.invertAffineTransform(strip.to_page)
    u = to_strip[0, 0] * (xs + x0) + to_strip[0, 1] * (ys + y0) + to_strip[0, 2]
    return _Ink(xs + x0, ys + y0, u, labels[ys, xs].astype(np.int64) - 1)


def _owners(ink: _Ink, places: np.ndarray) -> np.ndarray:
    """Return the character of each ink pixel, (p,) int64; NOBODY for what stands beside the text, as bits of frames."""
    borders = _borders(ink, places)
    interval = np.searchsorted(borders, ink.u)
    count, size = int(ink.component.max()) + 1, len(places)
    left, right = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(left, ink.component, ink.u)
    np.maximum.at(right, ink.component, ink.u)
    first = np.searchsorted(places, left - 0.5)
    last = np.searchsorted(places, right + 0.5)  # characters first..last-1 stand within the component
    shares = np.bincount(ink.component * size + interval, minlength=count * size).reshape(count, size)
    most = shares.argmax(axis=1)
    alone = last - first <= 1
    whole = np.where(last - first == 1, np.minimum(first, size - 1), most)
    far = np.abs((left + right) / 2 - places[most]) > REACH
    whole[(last == first) & far] = NOBODY
    return np.where(alone[ink.component], whole[ink.component], interval)


def _borders(ink: _Ink, places: np.ndarray) -> np.ndarray:
    """Return the column between each two neighbours, (n - 1,) float64: where least ink is, near their middle."""
    if len(places) < 2:
        return np.zeros(0)
    first, last = int(np.floor(min(ink.u.min(), places[0]))), int(np.ceil(max(ink.u.max(), places[-1])))
    profile = np.bincount((ink.u - first).astype(np.int64), minlength=last - first + 1).astype(np.float64)
    columns = np.arange(len(profile)) + first + 0.5
    pair = np.searchsorted(places, columns) - 1
    inside = (pair >= 0) & (pair < len(places) - 1)
    columns, profile, pair = columns[inside], profile[inside], pair[inside]
    middles = (places[:-1] + places[1:]) / 2
    aside = np.abs(columns - middles[pair]) / np.maximum(1.0, np.diff(places))[pair]
    cost = profile + ASIDE * aside * (1.0 + profile.mean())
    order = np.lexsort((cost, pair))
    best = order[np.flatnonzero(np.diff(pair[order], prepend=-1))]
    borders: np.ndarray = middles.copy()
    borders[pair[best]] = columns[best]
    return borders


def _bare_box(strip: Strip, column: float) -> np.ndarray:
    """Return the box of a character without ink of its own, (4,) int64."""
    top, bottom = STRIP_BASELINE - STRIP_X_HEIGHT, STRIP_BASELINE
    half = LEAST_WIDTH / 2
    corners = np.array([[column - half, top], [column + half, bottom]])
    page = cv2.transform(corners[None], strip.to_page)[0]
    low, high = np.floor(page.min(axis=0)), np.ceil(page.max(axis=0))
    return np.concatenate([low, np.maximum(high, low + 1)]).astype(np.int64)
