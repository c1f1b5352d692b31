"""A working page to its lines, in reading order."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ocrtool.imaging.ink import INK_LEVEL, soft_ink
from ocrtool.imaging.page import WorkingPage, character_boxes, inside_image, prepare, typical_height
from ocrtool.script.hangul.segment import BODY, syllable_region
from ocrtool.segment.baseline import LineContour, common_x_height, describe_line, trace_line
from ocrtool.segment.blocks import find_blocks
from ocrtool.segment.clean import Components, drop_lonely_specks, text_components
from ocrtool.segment.lines import assign, find_ridges
from ocrtool.segment.types import LineRegion


@dataclass(frozen=True, slots=True)
class Layout:
    """blocks: lines of each block, in reading order; owner: (H, W) int32, line label of each ink pixel, 0 = none;
    x_height: the common one of the lines, in working pixels.
    """

    blocks: list[list[LineRegion]]
    owner: np.ndarray
    x_height: float

    @property
    def lines(self) -> list[LineRegion]:
        return [line for block in self.blocks for line in block]


#: How far (octaves) a line's x-height may lie from the page's estimate before the evidence must be strong.
PRIOR_OCTAVES = 0.3
#: Line x-height over the page's first guess: outside these bounds the page is scaled anew.
RESCALE = (0.75, 1.4)
#: A line that the page's edge cuts along its length and leaves less than this of (x-heights) cannot be read.
SLIVER = 0.6
#: A page of syllables is prepared at most so many times. Lines whose feet are closer than so many of their heights are
#: halves of syllables: the true height is about so many times theirs.
SYLLABLE_PASSES, LEAST_LEADING, HALVES = 3, 1.12, 1.8
#: Leftovers of a block (page numbers, signatures) are searched for lines of their own so many times.
MAX_PASSES = 3


def find_layout(page: WorkingPage, ridge_height: float | None = None) -> Layout:
    """Blocks and lines of a page. ridge_height: scale by which ink is smoothed to lines; None: that of its parts."""
    components = drop_lonely_specks(text_components(page.ink, page.x_height), page.x_height)
    finder = _LineFinder(components, page.x_height, ridge_height or page.part_height)
    blocks = [finder.lines(members) for members in find_blocks(components.boxes, page.part_height)]
    common = common_x_height([line for block in blocks for line in block], page.x_height)
    regions = [[describe_line(line, common, PRIOR_OCTAVES) for line in block] for block in blocks if block]
    return Layout(regions, finder.line_of[components.labels], common)


def find_text(gray: np.ndarray) -> tuple[WorkingPage, Layout] | None:
    """Grey input (H, W) uint8 to its working page and layout; None if the page is blank.

    The scale is guessed from component heights, which are words where writing is joined; where the lines then show
    another x-height, the page is prepared a second time by it.
    """
    page = prepare(gray)
    if page is None:
        return None
    layout = find_layout(page)
    if layout.lines and not RESCALE[0] < layout.x_height / page.x_height < RESCALE[1]:
        scale = float(np.sqrt(abs(np.linalg.det(page.to_input[:, :2]))))
        again = prepare(gray, layout.x_height * scale)
        second = find_layout(again) if again is not None else None
        if again is not None and second is not None and second.lines:
            page, layout = again, second
    return (page, layout) if layout.lines else None


@dataclass(frozen=True, slots=True)
class SyllableLayout:
    """A page of Korean. layout: its lines as for Latin text; syllables: the same lines, block for block, with baseline
    and x-height as their syllables have them.
    """

    page: WorkingPage
    layout: Layout
    syllables: list[list[LineRegion]]


def find_syllable_text(gray: np.ndarray, body: float | None = None) -> SyllableLayout | None:
    """A page of Korean, prepared by the height of its syllables; None if it is blank.

    body: guess of that height in input pixels; None: the typical height of components. Lines of syllables stand closer,
    measured by their height, than lines of Latin: ink is smoothed by the x-height that goes with it. Where the lines
    then show another height, or are halves of lines, the page is prepared again.
    """
    body = body or typical_height(character_boxes(soft_ink(gray) >= INK_LEVEL))
    if body is None:
        return None
    found = None
    for _ in range(SYLLABLE_PASSES):
        page = prepare(gray, body / BODY)
        layout = find_layout(page, page.x_height) if page is not None else None
        if page is None or layout is None or not layout.lines:
            break
        syllables = [[syllable_region(line, layout.owner) for line in block] for block in layout.blocks]
        found = SyllableLayout(page, layout, syllables)
        x_height = _common([line for block in syllables for line in block])
        body = BODY * x_height * float(np.sqrt(abs(np.linalg.det(page.to_input[:, :2]))))
        if _crowded(syllables, BODY * x_height):
            body *= HALVES
        elif RESCALE[0] < x_height / page.x_height < RESCALE[1]:
            break
    return found


def _crowded(blocks: list[list[LineRegion]], body: float) -> bool:
    """True if lines stand closer than any are set: rows of syllables taken apart into their upper and lower strokes."""
    steps = []
    for block in blocks:
        feet = sorted((line.intercept + line.slope * (line.box[0] + line.box[2]) / 2, line.box) for line in block)
        for (upper, a), (lower, b) in pairwise(feet):
            beside = min(a[2], b[2]) - max(a[0], b[0])
            if beside > 0.3 * min(a[2] - a[0], b[2] - b[0]):
                steps.append((lower - upper) / body)
    return bool(steps) and float(np.median(steps)) < LEAST_LEADING


def _common(lines: list[LineRegion]) -> float:
    """Median x-height of the lines, by their lengths."""
    each = np.array([line.x_height for line in lines])
    lengths = np.array([line.box[2] - line.box[0] for line in lines])
    order = np.argsort(each, kind="stable")
    return float(each[order][np.searchsorted(np.cumsum(lengths[order]), lengths.sum() / 2)])


class _LineFinder:
    """Numbers the lines of all blocks of a page and remembers which component went to which."""

    def __init__(self, components: Components, x_height: float, part_height: float) -> None:
        self.components = components
        self.x_height = x_height
        self.part_height = part_height
        self.line_of = np.zeros(int(components.number.max(initial=0)) + 1, np.int32)
        self.count = 0

    def lines(self, members: np.ndarray, passes: int = 1) -> list[LineContour]:
        """Lines of the block made of the components ``members``, top to bottom."""
        boxes = self.components.boxes[members]
        margin = round(self.part_height)
        left, top, right, bottom = self._extent(members)
        ink = np.pad(self._ink(members, (left, top, right, bottom)), margin)
        ridges = find_ridges(ink, self.part_height)
        if not ridges:
            return []
        origin = np.array([left - margin, top - margin] * 2)
        cut = ~inside_image(boxes, self.components.labels.shape)
        row, far = assign(boxes - origin, ridges, self.part_height, cut)
        reassign_enclosed(boxes, row, far, len(ridges))
        found = [self._line(members[(row == k) & ~far]) for k in range(len(ridges))]
        lines = [line for line in found if line is not None]
        if far.any() and not far.all() and passes < MAX_PASSES and _is_text(boxes[far], self.x_height):
            lines += self.lines(members[far], passes + 1)
            lines.sort(key=lambda line: (line.box[1] + line.box[3]) / 2)
        return lines

    def _extent(self, members: np.ndarray) -> tuple[int, int, int, int]:
        boxes = self.components.boxes[members]
        return int(boxes[:, 0].min()), int(boxes[:, 1].min()), int(boxes[:, 2].max()), int(boxes[:, 3].max())

    def _ink(self, members: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
        wanted = np.zeros(len(self.line_of), bool)
        wanted[self.components.number[members]] = True
        return wanted[self.components.labels[box[1] : box[3], box[0] : box[2]]]

    def _line(self, members: np.ndarray) -> LineContour | None:
        if len(members) == 0 or not _is_text(self.components.boxes[members], self.x_height):
            return None
        self.count += 1
        self.line_of[self.components.number[members]] = self.count
        box, boxes = self._extent(members), self.components.boxes[members]
        heights = (boxes[:, 3] - boxes[:, 1]).astype(np.float64)
        body = heights[heights > 0.4 * heights.max()]
        whole = bool(2 * np.count_nonzero(inside_image(boxes, self.components.labels.shape)) >= len(boxes))
        if not whole and body.max() < SLIVER * self.x_height:
            return None
        return trace_line(self._ink(members, box), box, float(np.median(body)), self.count, whole)


def reassign_enclosed(boxes: np.ndarray, row: np.ndarray, far: np.ndarray, count: int) -> None:
    """Give far components that lie within a line's box to that line, in place: high bars of T, long tails."""
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    for k in range(count):
        own = boxes[(row == k) & ~far]
        if len(own):
            low, high = own[:, :2].min(axis=0), own[:, 2:].max(axis=0)
            inside = far & ((middle >= low) & (middle <= high)).all(axis=1)
            row[inside], far[inside] = k, False


def _is_text(boxes: np.ndarray, x_height: float) -> bool:
    """False for a 'line' of specks only, or of dashes only: the remains of a rule."""
    heights = boxes[:, 3] - boxes[:, 1]
    widths = boxes[:, 2] - boxes[:, 0]
    return bool((heights > 0.4 * x_height).any() and (np.maximum(heights, widths) > 0.5 * x_height).any())
