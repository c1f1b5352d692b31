"""Removal of non-text: rules, frames, specks, page edges, pictures."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from ocrtool.imaging.components import label_components, look_up
from ocrtool.imaging.screens import are_dots, screen_dots
from ocrtool.segment.broken_rules import broken_rules
from ocrtool.segment.cell_rows import CellRow
from ocrtool.segment.combs import find_bars
from ocrtool.segment.drop_capitals import drop_capitals
from ocrtool.segment.faint_rules import faint_rules
from ocrtool.segment.forms import find_form_boxes
from ocrtool.segment.leaders import leader_dots
from ocrtool.segment.marks import TickBox, read_ticks
from ocrtool.segment.quantiles import percentile
from ocrtool.segment.rules import Rules, find_rules, mask_boxes

#: All measures in x-heights of the page.
RULE_LENGTH = 5.0
RULE_THICKNESS = 0.5
#: Breaks of up to this many pixels in a rule are closed; more would chain the serifs of a line of type into a rule.
RULE_JOINT = 2
SPECK_SIDE = 0.16
PICTURE_HEIGHT = 6.0
#: A frame: a large component that fills little of its box.
FRAME_FILL = 0.12
#: Where components are words of cursive handwriting, none up to so many times as high as usual is a frame or a picture,
#: and none up to so many such heights long an edge of the page.
WORD_HEIGHT, WORD_LENGTH = 2.0, 6.0
#: Parts of faint rules are at most so thick, and weaker than this share of the ink of letters or so long; they are
#: looked for beside rules, and where parts that may be theirs have this length together.
FAINT_THICK, FAINT, FAINT_LENGTH, WEAK_LENGTH = 0.35, 0.7, 3.0, 20.0
#: Letters are wider and higher than this, and pieces of broken rules are not.
FAINT_LETTER = 0.22
#: A blot or page edge fills most of a large box.
BLOT_SIDE = 2.5
BLOT_FILL = 0.75
#: Smaller components are specks unless a larger one is near, as with dots, commas and accents.
SMALL_SIDE = 0.45


@dataclass(frozen=True, slots=True)
class Components:
    """Connected components that may be text.

    labels: (H, W) int32, 0 = paper or dropped; boxes: (N, 4) int32 x0 y0 x1 y1; area: (N,) ink pixels;
    number: (N,) int32, the label of each in ``labels``; removed: (H, W) bool, ink that cannot be text whatever stands
    beside it: rules, leaders, frames, pictures, edges; specks are dropped but may be dots, and are not in it;
    rules: straight rules; rows: cells of forms; ticks: tick boxes, each with what it shows; leaders: (L, 4) boxes of
    the dots of leaders; capitals: (N,) bool, drop capitals.
    """

    labels: np.ndarray
    boxes: np.ndarray
    area: np.ndarray
    number: np.ndarray
    removed: np.ndarray
    rules: Rules
    capitals: np.ndarray
    rows: tuple[CellRow, ...] = ()
    ticks: tuple[TickBox, ...] = ()
    leaders: np.ndarray = field(default_factory=lambda: np.zeros((0, 4), np.int32))


def _long_runs(ink: np.ndarray, length: int, horizontal: bool) -> np.ndarray:
    """Return the ink (H, W) uint8 in unbroken runs of at least ``length`` pixels."""
    element = cv2.getStructuringElement(cv2.MORPH_RECT, (length, 1) if horizontal else (1, length))
    within = cv2.erode(ink, element)
    return cv2.dilate(within, element) if within.any() else within


def rule_masks(ink: np.ndarray, x_height: float) -> tuple[np.ndarray, np.ndarray]:
    """Mask thin straight rules, level and upright ones: (H, W) uint8 each, with some paper along ragged edges.

    Of all long runs of ink, the thin ones are rules; the bar of a bold letter is thick, and so is a blot.
    """
    source = ink.view(np.uint8)
    length = max(15, round(RULE_LENGTH * x_height))
    masks = []
    for horizontal in (True, False):
        joint = (RULE_JOINT, 1) if horizontal else (1, RULE_JOINT)
        joined = cv2.morphologyEx(source, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_RECT, joint))
        runs = _long_runs(joined, length, horizontal)
        masks.append(_thin(runs, RULE_THICKNESS * x_height, horizontal) if runs.any() else np.zeros_like(source))
    return masks[0], masks[1]


def _thin(runs: np.ndarray, thickness: float, horizontal: bool) -> np.ndarray:
    """Keep components of mean thickness at most ``thickness``, thin for their length; dilated for ragged edges."""
    labels, stats = label_components(runs)
    length = stats[:, cv2.CC_STAT_WIDTH if horizontal else cv2.CC_STAT_HEIGHT]
    mean = stats[:, cv2.CC_STAT_AREA] / np.maximum(1, length)
    keep = (mean <= thickness) & (length > 6 * mean)
    keep[0] = False
    grow = (1, 3) if horizontal else (3, 1)
    thin = look_up(keep, labels, runs).view(np.uint8)
    return cv2.dilate(thin, cv2.getStructuringElement(cv2.MORPH_RECT, grow))


def remove_rules(ink: np.ndarray, rules: np.ndarray, x_height: float) -> np.ndarray:
    """Remove rules from ink, (H, W) bool both to (H, W) bool, and rejoin the strokes that crossed them."""
    if not rules.any():
        return ink
    gap = max(3, round(0.3 * x_height))
    x, y, w, h = cv2.boundingRect(rules.view(np.uint8))
    near = (slice(max(0, y - gap), y + h + gap), slice(max(0, x - gap), x + w + gap))
    result = ink & ~rules
    unruled = result[near].view(np.uint8)
    bridged = np.zeros_like(unruled)
    for shape in ((1, gap), (gap, 1)):
        bridged |= cv2.morphologyEx(unruled, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_RECT, shape))
    result[near] |= (bridged > 0) & rules[near]
    return np.asarray(result)


def text_components(
    ink: np.ndarray,
    x_height: float,
    part_height: float = 0.0,
    soft: np.ndarray | None = None,
    least_box: float = 0.0,
) -> Components:
    """Find the components that may be characters or parts of them, or words of cursive handwriting.

    ink: (H, W) bool; x_height, part_height: of the letters and of a typical component, in its pixels; soft: (H, W)
    uint8 soft ink, in which faint rules are looked for; least_box: side of the boxes of forms, in x-heights.
    """
    forms = find_form_boxes(ink, x_height, least_box, soft)
    level, upright = rule_masks(ink, x_height)
    rules = np.asarray((level | upright) > 0) & ink
    unruled = remove_rules(ink, rules if forms.ink is None else rules | forms.ink, x_height)
    labels, stats = label_components(unruled)
    boxes = stats[:, :4].astype(np.int32)
    boxes[:, 2:] += boxes[:, :2]
    ticks, marks = read_ticks((ink, unruled), labels, boxes, forms.ticks)
    leaders = leader_dots(boxes, x_height)
    bars = find_bars(boxes, ink & ~unruled, x_height)
    other = _are_no_text(stats, ink.shape, x_height, part_height) | bars | leaders | marks
    if least_box == 0.0:  # syllables have strokes that stand in rows as the pieces of such rules do
        other |= broken_rules(boxes, ink.shape, x_height)
    if soft is not None:
        area, long_side = stats[:, 4].astype(np.int64), np.maximum(stats[:, 2], stats[:, 3])
        weak = _are_weak(soft, unruled, labels, stats, x_height)
        if level.any() or upright.any() or long_side[weak].sum() >= WEAK_LENGTH * x_height:
            letters = boxes[weak & (np.minimum(stats[:, 2], stats[:, 3]) > FAINT_LETTER * x_height)]
            faint = faint_rules(soft, look_up(~weak, labels, unruled), level | upright, x_height, letters)
            if faint is not None:
                level, upright = level | faint[0], upright | faint[1]
                other |= weak & _mostly(labels, (faint[0] | faint[1]) > 0, area)
    capitals = drop_capitals(boxes, max(part_height, x_height)) & ~marks
    other &= ~capitals
    other[0] = leaders[0] = capitals[0] = False
    removed = (ink & ~unruled) | look_up(other, labels, unruled)
    keep = ~(_are_specks(stats, x_height) | other)
    keep[0] = False
    kept = np.flatnonzero(keep)
    keep[kept[lonely_specks(boxes[kept], ink.shape, x_height)]] = False
    number = np.flatnonzero(keep).astype(np.int32)
    labels = look_up(np.where(keep, np.arange(len(keep)), 0).astype(np.int32), labels, unruled)
    area = stats[keep, 4].astype(np.int64)
    joined = find_rules(mask_boxes(level), mask_boxes(upright), x_height)
    kinds = capitals[keep], forms.rows, ticks, boxes[leaders]
    return Components(labels, boxes[keep], area, number, removed, joined, *kinds)


def _are_specks(stats: np.ndarray, x_height: float) -> np.ndarray:
    """Return (N,) bool: True for components that are too small for a character. stats: as of `label_components`."""
    long_side = np.maximum(stats[:, 2], stats[:, 3])
    return np.asarray((long_side < SPECK_SIDE * x_height) | (stats[:, 4] < 0.012 * x_height**2))


def _are_no_text(stats: np.ndarray, shape: tuple[int, ...], x_height: float, part_height: float) -> np.ndarray:
    """Return (N,) bool: True for pictures, frames, blots, edges of the page, long strokes and dots of printed pictures.

    stats: as of `label_components`, of a page of ``shape`` (H, W).
    """
    x, y, w, h, area = (stats[:, i].astype(np.int64) for i in range(5))
    page_h, page_w = shape
    long_side, short_side = np.maximum(w, h), np.minimum(w, h)
    fill = area / np.maximum(1, w * h)
    tall = h > WORD_HEIGHT * part_height
    picture = tall & (h > PICTURE_HEIGHT * x_height) & (fill < 0.5)
    frame = tall & (long_side > 8 * x_height) & (short_side > 2.5 * x_height) & (fill < FRAME_FILL)
    blot = (short_side > BLOT_SIDE * x_height) & (fill > BLOT_FILL)
    touches = (x <= 1) | (y <= 1) | (x + w >= page_w - 1) | (y + h >= page_h - 1)
    long = w > max(12 * x_height, WORD_LENGTH * part_height)
    dark = (fill > BLOT_FILL) & (long_side > 2 * x_height)
    edge = touches & ((tall & (h > 4 * x_height)) | long | dark)
    stroke = tall & (h > 4.5 * x_height) & (w < 0.5 * x_height)
    screen = np.zeros(len(stats), bool)
    screen[1:] = screen_dots(stats[1:], are_dots(stats[1:]))
    return np.asarray(picture | frame | blot | edge | stroke | screen)


def _are_weak(soft: np.ndarray, ink: np.ndarray, labels: np.ndarray, stats: np.ndarray, x_height: float) -> np.ndarray:
    """Return (N,) bool: True for components that may be parts of faint rules: thin, and weaker than letters or long.

    soft: (H, W) uint8; ink: (H, W) bool; labels, stats: of its components, as of `label_components`.
    """
    sides, area = stats[:, 2:4], stats[:, 4]
    thick = FAINT_THICK * x_height
    thin = sides.min(axis=1) <= thick
    inked = np.flatnonzero(ink)
    mean = np.bincount(labels.reshape(-1)[inked], soft.reshape(-1)[inked], minlength=len(area)) / np.maximum(1, area)
    letters = ~thin & (sides[:, 1] > FAINT * x_height)
    usual = percentile(mean[letters], 50.0) if letters.any() else 255.0
    crossing = area <= thick * sides.sum(axis=1)
    return np.asarray((thin | crossing) & (mean < FAINT * usual) | thin & (sides.max(axis=1) > FAINT_LENGTH * x_height))


def _mostly(labels: np.ndarray, mask: np.ndarray, area: np.ndarray) -> np.ndarray:
    """Return (N,) bool: True for components of which a mask (H, W) holds half and more. area: (N,) of each."""
    inside = np.bincount(labels[mask], minlength=len(area))
    return np.asarray(2 * inside >= np.maximum(1, area))


def lonely_specks(boxes: np.ndarray, shape: tuple[int, ...], x_height: float) -> np.ndarray:
    """Return (N,) bool: True for small components without a character-sized one nearby, such as dust in the margin.

    boxes: (N, 4); shape: (H, W) of the page.
    """
    if len(boxes) == 0:
        return np.zeros(0, bool)
    side = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    small = side < SMALL_SIDE * x_height
    cell = max(1, round(x_height / 2))
    grid = np.zeros((shape[0] // cell + 2, shape[1] // cell + 2), np.uint8)
    for x0, y0, x1, y1 in boxes[~small] // cell:
        grid[y0 : y1 + 1, x0 : x1 + 1] = 1
    near = cv2.dilate(grid, np.ones((3, 7), np.uint8))  # within 1.5 x-heights sideways, half of one up and down
    centre = (boxes[:, :2] + boxes[:, 2:]) // (2 * cell)
    return np.asarray(small & (near[centre[:, 1], centre[:, 0]] == 0))
