"""Frames of boxes: which rectangles of straight strokes are drawn boxes and no letters, and the ink of their sides."""

from __future__ import annotations

import cv2
import numpy as np

from ocrtool.imaging.components import label_components
from ocrtool.segment.quantiles import percentile
from ocrtool.segment.strokes import Strokes, find_rectangles, without_doubles

#: Share of each of its sides that a frame's ink covers, and how far from its corners its ink may begin, in sides, right
#: and down together: the corners of frames may be round, but not as those of letters are.
SIDE_COVERED, CORNER = 0.72, 0.17
#: Pixels at the ends of a side that do not count.
ENDS = 3
#: The same for frames that are sure.
SURELY_COVERED, SURE_CORNER = 0.88, 0.1
#: How far from the sides of a box its frame may be, in x-heights; in its sides if it is sure, and if it is large too.
BAND, SURE_BAND, LARGE_BAND = 0.25, 0.08, 0.12
#: Frames are larger than letters are (x-heights) or sure, and white of this width is beside them (x-heights), or beside
#: another that has their size within this share.
LARGE, CLEAR, SAME_SIZE = 1.75, 0.35, 0.12
#: Large frames are sure if so many others of their size are within so many widths on a row, as letters never are.
BESIDE, IN_ROW = 3, 6.0
#: White is along three sides at least, but for this share of each.
NEIGHBOURS = 0.5
#: Of two boxes about one place the better covered one is taken, within this share the larger one.
WORTH_STEP = 0.06
#: A letter in a word has another so near, with its top and bottom level with its own within so much (sides of the box).
#: Letters by hand are less level, but so wide at least, which the shadow of a frame is not.
CLOSE, LEVEL, HAND_LEVEL, WIDE = 0.22, 0.15, 0.5, 0.4
#: A side of a frame is at most so thick, as a share of the box; of a filled box ink reaches over so much of it.
THIN_SIDE, FULL_SIDE = 0.18, 0.85
#: The edge of a frame is within so many pixels of where the strokes begin that it was found by.
SNAP = 4
#: Ink so many pixels outside a box may be its frame; a row of pixels along a side is frame if half of it is ink.
OUTSIDE, HALF = 2, 0.5
#: What is nearer to a side of a box than this share of it, or so many pixels, may be left of its frame.
RIM, LEAST_RIM = 0.1, 1
#: Share of a row or column of a box from which on it is part of the frame.
SOLID = 0.6


def find_frames(ink: np.ndarray, strokes: Strokes, x_height: float) -> np.ndarray:
    """Return those of the rectangles of strokes that are frames, one for each place: (N, 4)."""
    boxes = find_rectangles(strokes, x_height, lambda box: _is_framed(ink, box, x_height, sure=False))
    if not len(boxes):
        return boxes
    boxes = np.array([_snapped(ink, box) for box in boxes.tolist()], np.int32)
    strict = np.array([_is_framed(ink, box, x_height, sure=True) for box in boxes.tolist()], bool)
    large = (boxes[:, 2:] - boxes[:, :2]).min(axis=1) >= LARGE * x_height
    beside = ink & ~cv2.dilate(strokes.level, np.ones((3, 3), np.uint8)).view(bool)  # edges of cells go on
    clear = np.where(large, _are_clear(beside, boxes, x_height), _are_clear(ink, boxes, x_height))
    sure = strict & clear & _are_set_off(ink, boxes, x_height)
    sure |= _are_in_rows(boxes, strict & large)
    likely = sure | ((strict | large) & _have_size_of(boxes, boxes[sure]))
    worth = np.array([min(covered_sides(ink, box, max(3, round(0.12 * x_height)))) for box in boxes.tolist()])
    return without_doubles(boxes[likely], (worth[likely] / WORTH_STEP).round())


def _snapped(ink: np.ndarray, box: list[int]) -> list[int]:
    """Return a box with its sides at the outer edges of its frame: strokes that wander may begin before it."""
    x0, y0, x1, y1 = box
    inner = ink[y0 + ENDS : y1 - ENDS, x0:x1], ink[y0:y1, x0 + ENDS : x1 - ENDS].T
    if min(part.size for part in inner) == 0:
        return box
    moves = []
    for part in (inner[0], inner[0][:, ::-1], inner[1], inner[1][:, ::-1]):
        shares = part[:, :SNAP].mean(axis=0)
        moves.append(int(np.argmax(shares >= min(HALF, float(shares.max())))))
    left, top, right, bottom = x0 + moves[0], y0 + moves[2], x1 - moves[1], y1 - moves[3]
    return [left, top, right, bottom] if min(right - left, bottom - top) > 2 * ENDS else box


def _is_framed(ink: np.ndarray, box: list[int], x_height: float, sure: bool) -> bool:
    """Return True if ink runs along all four sides of a box and into its corners, as around no letter.

    sure: True to be strict.
    """
    x0, y0, x1, y1 = box
    side = min(x1 - x0, y1 - y0)
    large = side >= LARGE * x_height
    band = max(3, round((LARGE_BAND if large else SURE_BAND) * side if sure else BAND * x_height))
    if min(covered_sides(ink, box, band)) < (SURELY_COVERED if sure else SIDE_COVERED):
        return False
    part = ink[max(0, y0 - 1) : y1 + 1, max(0, x0 - 1) : x1 + 1]
    reach = 2 + round((SURE_CORNER if sure else CORNER) * min(part.shape))
    corner = np.add.outer(np.arange(reach + 1), np.arange(reach + 1)) <= reach
    views = (part, part[::-1, ::-1], part[:, ::-1], part[::-1])
    own = [(view[: reach + 1, : reach + 1] & corner[: view.shape[0], : view.shape[1]]).any() for view in views]
    if sure and large:  # a shadow leaves two opposite corners open
        return bool((own[0] and own[1]) or (own[2] and own[3]))
    return all(own)


def covered_sides(ink: np.ndarray, box: list[int], band: int) -> list[float]:
    """Return the share of each side of a box but its ends that ink covers, within a band of so many pixels."""
    x0, y0, x1, y1 = box
    part = ink[max(0, y0 - 1) : y1 + 1, max(0, x0 - 1) : x1 + 1]
    sides = (part[:, :band], part[:, -band:], part[:band].T, part[-band:].T)
    inner = [side[ENDS:-ENDS] for side in sides]
    return [float(side.any(axis=1).mean()) if len(side) else 0.0 for side in inner]


def _are_clear(ink: np.ndarray, boxes: np.ndarray, x_height: float) -> np.ndarray:
    """Return (N,) bool: True for boxes (N, 4) with white on both sides."""
    reach = max(3, round(CLEAR * x_height))
    sides = ((boxes[:, 0] - reach, boxes[:, 0] - 2), (boxes[:, 2] + 2, boxes[:, 2] + reach))
    clear = np.ones(len(boxes), bool)
    for lefts, rights in sides:
        for k, (low, high, (_, y0, _, y1)) in enumerate(zip(lefts, rights, boxes.tolist(), strict=True)):
            clear[k] &= not ink[y0:y1, max(0, low) : max(0, high)].any()
    return clear


def _are_set_off(ink: np.ndarray, boxes: np.ndarray, x_height: float) -> np.ndarray:
    """Return (N,) bool: True for boxes (N, 4) with white along most of three sides; in screens there is none."""
    reach = max(3, round(CLEAR * x_height))
    found = np.zeros(len(boxes), bool)
    for k, (x0, y0, x1, y1) in enumerate(boxes.tolist()):
        beside = (
            ink[y0:y1, max(0, x0 - reach) : max(0, x0 - 2)].any(axis=1),
            ink[y0:y1, x1 + 2 : x1 + reach].any(axis=1),
            ink[max(0, y0 - reach) : max(0, y0 - 2), x0:x1].any(axis=0),
            ink[y1 + 2 : y1 + reach, x0:x1].any(axis=0),
        )
        found[k] = sum(bool(side.mean() <= NEIGHBOURS) for side in beside) >= 3
    return found


def _are_in_rows(boxes: np.ndarray, framed: np.ndarray) -> np.ndarray:
    """Return (N,) bool: True for boxes (N, 4) in a row of several of their size. framed: (N,) which ones may be."""
    found = np.zeros(len(boxes), bool)
    own = np.flatnonzero(framed)
    for k, (x0, y0, x1, y1) in zip(own.tolist(), boxes[own].tolist(), strict=True):
        width, height = x1 - x0, y1 - y0
        off = np.abs(boxes[own] - (x0, y0, x1, y1))
        sides = np.abs(boxes[own, 2:] - boxes[own, :2] - (width, height))
        beside = (sides <= SAME_SIZE * np.array([width, height])).all(axis=1)
        beside &= (off[:, 1] <= SAME_SIZE * height) & (off[:, 0] <= IN_ROW * width)
        steps = boxes[own[beside], 0] - x0
        places = (steps / (0.5 * width)).round()
        found[k] = len(set(places[places != 0].tolist())) >= BESIDE
    return found


def _have_size_of(boxes: np.ndarray, sure: np.ndarray) -> np.ndarray:
    """Return (N,) bool: True for boxes (N, 4) as large as one of ``sure`` (M, 4)."""
    sides, known = boxes[:, 2:] - boxes[:, :2], sure[:, 2:] - sure[:, :2]
    return np.asarray((np.abs(sides[:, None] - known) <= SAME_SIZE * known).all(axis=2).any(axis=1))


def without_letters(ink: np.ndarray, boxes: np.ndarray, x_height: float) -> np.ndarray:
    """Return boxes (N, 4) without those that letters stand beside, as in a word, and without bold letters.

    Those are as small as letters, with sides as thick as their strokes. What is written into a box may touch some sides
    of it: it is kept if another of its size has thin ones.
    """
    boxes = boxes[[not _is_in_word(ink, box, boxes) for box in boxes.tolist()]]
    small = (boxes[:, 2:] - boxes[:, :2]).max(axis=1) < LARGE * x_height
    thin = np.array([_has_thin_sides(ink, box) for box in boxes.tolist()], bool)
    return np.asarray(boxes[~small | thin | _have_size_of(boxes, boxes[thin])])


def _is_in_word(ink: np.ndarray, box: list[int], boxes: np.ndarray) -> bool:
    """Return True if something as high as a box, and no box itself, stands close beside it on its row."""
    x0, y0, x1, y1 = box
    side = y1 - y0
    left, top = max(0, x0 - 2 * side), max(0, y0 - side // 2)
    _, stats = label_components(np.ascontiguousarray(ink[top : y1 + side // 2, left : x1 + 2 * side]))
    found = stats[1:, :4] + np.array([left, top, 0, 0])
    found[:, 2:] += found[:, :2]
    off = np.abs(found[:, [1, 3]] - [y0, y1]).max(axis=1)
    wide = found[:, 2] - found[:, 0] >= WIDE * side
    level = (off <= LEVEL * side) | (wide & (off <= HAND_LEVEL * side))
    near = ((found[:, 0] - x1 > 0) & (found[:, 0] - x1 <= CLOSE * side)) | (
        (x0 - found[:, 2] > 0) & (x0 - found[:, 2] <= CLOSE * side)
    )
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    return any(not ((middle >= each[:2]) & (middle <= each[2:])).all(axis=1).any() for each in found[level & near])


def _has_thin_sides(ink: np.ndarray, box: list[int]) -> bool:
    """Return True if two sides of a box are thin, or it is filled."""
    x0, y0, x1, y1 = box
    part, shares = ink[y0:y1, x0:x1], []
    for side in (part, part[:, ::-1], part.T, part.T[:, ::-1]):
        rows = side[len(side) // 4 : max(1, len(side) - len(side) // 4)]
        first = rows.argmax(axis=1)
        own = rows.any(axis=1) & (first <= rows.shape[1] // 4)
        ends = [int(np.argmin(row[at:])) or len(row) - at for row, at in zip(rows[own], first[own], strict=True)]
        shares.append(percentile(np.array(ends, float), 50.0) / min(part.shape) if ends else 0.0)
    return sum(share <= THIN_SIDE for share in shares) >= 2 or min(shares) >= FULL_SIDE


def frame_rims(frame: np.ndarray) -> tuple[int, int, int, int]:
    """Return how far the sides of a frame reach into a box (h, w): left, top, right and bottom, in pixels."""
    least = max(LEAST_RIM, round(RIM * min(frame.shape)))
    rims = []
    for side in (frame.T, frame, frame.T[::-1], frame[::-1]):
        solid = side[: len(side) // 3].mean(axis=1) >= SOLID
        rims.append(max(least, int(np.flatnonzero(solid).max(initial=-1)) + 1 + LEAST_RIM))
    return rims[0], rims[1], rims[2], rims[3]


def frame_ink(ink: np.ndarray, strokes: Strokes, boxes: np.ndarray, x_height: float) -> np.ndarray:
    """Return the ink (H, W) bool of the frames of boxes (N, 4): along their sides, and strokes near them."""
    found = np.zeros(ink.shape, bool)
    reach = max(3, round(0.25 * x_height))
    lines = cv2.dilate(strokes.level | strokes.upright, np.ones((3, 3), np.uint8)).view(bool)
    for x0, y0, x1, y1 in boxes.tolist():
        rows, columns = slice(max(0, y0 - OUTSIDE), y1 + OUTSIDE), slice(max(0, x0 - OUTSIDE), x1 + OUTSIDE)
        part, near, own = ink[rows, columns], lines[rows, columns], found[rows, columns]
        for side, stroke, mine in (
            (part.T, near.T, own.T),
            (part.T[::-1], near.T[::-1], own.T[::-1]),
            (part, near, own),
            (part[::-1], near[::-1], own[::-1]),
        ):
            band = OUTSIDE + reach
            thick = int(np.flatnonzero(side[:band].mean(axis=1) >= HALF).max(initial=OUTSIDE)) + 2
            mine[:thick] = True
            mine[:band] |= stroke[:band]
    return np.asarray(found & ink)
