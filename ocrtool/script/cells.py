"""Characters written into the cells of forms: each is settled by the line reader and the glyph classifier together.

A cell holds one character, so that its ends are known. The frames of the line reader become one for each cell, with the
probabilities of both witnesses; the search with the language model goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocrtool.recognize.crops import GEOMETRY_SIZE, isolated_image
from ocrtool.script.cell_kinds import agree_kinds, kinds_of
from ocrtool.script.script import GlyphClassifier, Script
from ocrtool.segment.layout import Layout
from ocrtool.segment.strip import Strip
from ocrtool.segment.types import LineRegion

#: Exponents of what the line reader and the glyph classifier give a character, chosen on characters of UNIPEN's and
#: EMNIST's validation parts: the classifier sees a character at full size, the line reader knows its neighbours' size.
READER_WEIGHT, GLYPH_WEIGHT = 0.5, 1.0
#: Probability of each character that the classifier does not know, and logarithmic prior of marks that are hardly
#: written into cells, of ASCII and others.
UNKNOWN, MARK_PRIOR, SIGN_PRIOR = 1e-3, -1.5, -5.0
#: What is certainly not there, and the least that the line reader's word counts.
NEVER, FLOOR = -20.0, -30.0
#: Ink whose longer side is a smaller share of the height of a cell is dirt; ink wider than this share of a cell is that
#: of several characters that touch.
LEAST_INK, TOUCHING = 0.1, 1.4
#: Strokes that are so near to a side of their cell, so thin and so low are bits of its frame, as shares of its width
#: and height; so is a stroke alone at its upper or lower edge.
RIM, THIN, LOW_BIT = 0.2, 0.1, 0.45


@dataclass(frozen=True, slots=True)
class Written:
    """Characters written into a row of cells.

    cells: (n,) number of the cell of each; extents: (n, 2) columns of the working page; glyphs: their soft ink.
    """

    cells: np.ndarray
    extents: np.ndarray
    glyphs: list[np.ndarray]


def settle_cells(
    layout: Layout,
    region: LineRegion,
    strip: Strip,
    log_probs: np.ndarray,
    reader: tuple[Sequence[str], Script, Callable[[], GlyphClassifier]],
) -> np.ndarray:
    """Return frames (T, classes) in which each cell of a line with ink has one character.

    log_probs: (T, classes) of the line reader over the strip; reader: labels of the classes, the blank and the space
    first; the script, and what opens its glyph classifier.
    """
    labels, script, open_classifier = reader
    written = _written(layout, region)
    if not len(written.cells):
        return log_probs
    crops = np.stack([isolated_image(glyph, script.crop) for glyph in written.glyphs])
    shares, _ = open_classifier().probabilities(crops, np.zeros((len(crops), GEOMETRY_SIZE), np.float32))
    bounds = _frame_bounds(layout, region, strip, written, len(log_probs))
    settled = np.full(log_probs.shape, NEVER, np.float32)
    settled[:, 0] = 0.0
    group = np.concatenate([[0], np.cumsum(layout.components.rows[region.cells].breaks)])[written.cells]
    apart = (np.diff(written.cells) > 1) | (np.diff(group) > 0)
    known = np.array([script.glyphs.index(label) if label in script.glyphs else -1 for label in labels])
    glyphs = np.where(known >= 0, np.log(np.maximum(shares, 1e-6))[:, known], np.log(UNKNOWN))
    singles = np.stack([single_label(log_probs[first:end]) for first, end in bounds.tolist()])
    fused = READER_WEIGHT * np.maximum(singles, FLOOR) + GLYPH_WEIGHT * glyphs + _prior(labels)
    fused[:, :2] = NEVER
    fused -= np.logaddexp.reduce(fused, axis=1, keepdims=True)
    fused = agree_kinds(fused, kinds_of(labels), apart)
    last = -2
    for k, (first, end) in enumerate(bounds.tolist()):
        frame = min(max((first + end) // 2, last + 2), len(settled) - 1)
        if k and last >= 0 and apart[k - 1]:
            settled[(last + frame) // 2, :2] = NEVER, 0.0
        settled[frame] = np.maximum(fused[k], NEVER)
        last = frame
    return settled


def single_label(log_probs: np.ndarray) -> np.ndarray:
    """Return how likely frames (T, classes) are exactly one character, for each class: (classes,) log-probabilities.

    They sum to 1 over the characters. The forward algorithm of CTC for texts of one label; a space counts as blank.
    """
    blank = np.logaddexp(log_probs[:, 0], log_probs[:, 1]).astype(np.float64)
    before, during = 0.0, np.full(log_probs.shape[1], -np.inf)
    after = during.copy()
    for silent, row in zip(blank.tolist(), log_probs.astype(np.float64), strict=True):
        after = np.logaddexp(after, during) + silent
        during = np.logaddexp(during, before) + row
        before += silent
    total = np.logaddexp(during, after)
    total[:2] = -np.inf
    return np.asarray(total - np.logaddexp.reduce(total)) if len(log_probs) else np.zeros(log_probs.shape[1])


def _prior(labels: Sequence[str]) -> np.ndarray:
    """Return the logarithmic prior of each class."""
    return np.array([0.0 if x.isalnum() else MARK_PRIOR if x.isascii() else SIGN_PRIOR for x in labels])


def _written(layout: Layout, region: LineRegion) -> Written:
    """Find which ink is in which cell of the row that a line is written into."""
    row = layout.components.rows[region.cells]
    x0, y0, x1, y1 = region.box
    own = layout.line_labels[y0:y1, x0:x1] == region.label
    width, height = row.size
    middles = (row.boxes[:, 0] + row.boxes[:, 2]) / 2 - x0
    meets = (middles[1:] + middles[:-1]) / 2
    count, labels, stats, centres = cv2.connectedComponentsWithStats(own.view(np.uint8), connectivity=8)
    by_part = np.searchsorted(meets, centres[:, 0]) + 1
    by_part[_are_bits(stats, row.boxes[np.maximum(by_part, 1) - 1] - (x0, y0, x0, y0))] = 0
    by_part[0] = 0
    cell = by_part[labels]
    for k in np.flatnonzero(stats[1:count, cv2.CC_STAT_WIDTH] > TOUCHING * width) + 1:
        ys, xs = np.nonzero(labels == k)
        cell[ys, xs] = np.searchsorted(meets, xs) + 1
    soft = layout.page.soft[y0:y1, x0:x1]
    cells, extents, glyphs = [], [], []
    for number in range(len(row.boxes)):
        mine = (cell == number + 1).view(np.uint8)
        left, top, w, h = cv2.boundingRect(mine)
        if max(w, h) >= LEAST_INK * height and not _lies_on_edge((top + y0, h), row.boxes[number]):
            cells.append(number)
            extents.append((x0 + left, x0 + left + w))
            glyph = soft * (cv2.dilate(mine, np.ones((3, 3), np.uint8)) * ((cell == number + 1) | (cell == 0)))
            glyphs.append(glyph[max(0, top - 2) : top + h + 2, max(0, left - 2) : left + w + 2])
    return Written(np.array(cells, int), np.array(extents, float).reshape(-1, 2), glyphs)


def _are_bits(stats: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Return (N,) bool: True for components that are bits of the upright sides of their cells.

    stats: (N, 5) as of OpenCV; cells: (N, 4) the cell of each, in the same pixels.
    """
    x, _, w, h = stats[:, :4].T
    width, height = (cells[:, 2:] - cells[:, :2]).T
    beside = (x + w <= cells[:, 0] + RIM * width) | (x >= cells[:, 2] - RIM * width)
    return np.asarray(beside & (w <= THIN * width) & (h <= LOW_BIT * height))


def _lies_on_edge(rows: tuple[int, int], cell: np.ndarray) -> bool:
    """Return True if all that is in a cell (x0, y0, x1, y1) is a thin stroke at its upper or lower edge.

    rows: the first of it, and how many.
    """
    (y, h), height = rows, int(cell[3] - cell[1])
    near = y + h <= cell[1] + RIM * height or y >= cell[3] - RIM * height
    return bool(near and h <= THIN * height)


def _frame_bounds(layout: Layout, region: LineRegion, strip: Strip, written: Written, frames: int) -> np.ndarray:
    """Return the first frame of each character and the one behind its last: (n, 2) int."""
    edges = written.extents
    meets = (edges[1:, 0] + edges[:-1, 1]) / 2
    low, high = np.concatenate([edges[:1, 0], meets]), np.concatenate([meets, edges[-1:, 1]])
    middle = np.full(len(edges), (region.box[1] + region.box[3]) / 2)
    to_strip = cv2.invertAffineTransform(strip.to_page)
    frame = strip.soft.shape[1] / max(1, frames)
    bounds = []
    for columns in (low, high):
        before = np.stack([columns, middle], axis=1) @ to_strip[0, :2] + to_strip[0, 2]
        bounds.append(np.interp(before, strip.columns, np.arange(len(strip.columns))) / frame)
    first = np.clip(np.floor(bounds[0]), 0, frames - 1).astype(int)
    return np.stack([first, np.maximum(np.ceil(bounds[1]).astype(int), first + 1)], axis=1)
