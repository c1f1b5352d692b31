"""A working page to its lines, in reading order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocrtool.imaging.page import PreparedPage, WorkingPage, inside_image
from ocrtool.segment.baseline import LineContour, common_x_height, describe_line, trace_line
from ocrtool.segment.blocks import find_blocks
from ocrtool.segment.clean import Components, text_components
from ocrtool.segment.lines import assign, find_ridges
from ocrtool.segment.types import LineRegion


@dataclass(frozen=True, slots=True)
class Layout:
    """The lines found on a view of a page.

    blocks: lines of each block, in reading order; line_labels: (H, W) int32, number of the line that each ink pixel
    belongs to, 0 = none; x_height: the common one of the lines, in working pixels.
    """

    page: WorkingPage
    blocks: list[list[LineRegion]]
    line_labels: np.ndarray
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
#: Leftovers of a block (page numbers, signatures) are searched for lines of their own so many times.
MAX_PASSES = 3


def find_layout(page: WorkingPage, ridge_height: float | None = None) -> Layout:
    """Blocks and lines of a page. ridge_height: scale by which ink is smoothed to lines; None: that of its parts."""
    components = text_components(page.ink, page.x_height)
    finder = _LineFinder(components, page.x_height, ridge_height or page.part_height)
    blocks = [finder.lines(members) for members in find_blocks(components.boxes, page.part_height)]
    common = common_x_height([line for block in blocks for line in block], page.x_height)
    regions = [[describe_line(line, common, PRIOR_OCTAVES) for line in block] for block in blocks if block]
    return Layout(page, regions, finder.line_of[components.labels], common)


def find_text(page: PreparedPage, x_height: float | None = None) -> Layout | None:
    """The lines of a page; None if there are none.

    The scale is guessed from component heights, which are words where writing is joined; where the lines then show
    another x-height, the page is viewed a second time by it. x_height: a better guess, in input pixels.
    """
    layout = find_layout(page.view(x_height))
    if layout.lines and not RESCALE[0] < layout.x_height / layout.page.x_height < RESCALE[1]:
        second = find_layout(page.view(layout.x_height * layout.page.input_scale))
        layout = second if second.lines else layout
    return layout if layout.lines else None


class _LineFinder:
    """Numbers the lines of all blocks of a page and remembers which component went to which.

    line_of: (components + 1,) int32, the line of each component. Ink of a sliver, a line that the page's edge leaves
    too little of to be read, is numbered too: it must not come into the images of the lines beside it.
    """

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
        row, far = reassign_enclosed(boxes, row, far, len(ridges))
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
        self.count += 1  # of slivers too
        self.line_of[self.components.number[members]] = self.count
        box, boxes = self._extent(members), self.components.boxes[members]
        heights = (boxes[:, 3] - boxes[:, 1]).astype(np.float64)
        body = heights[heights > 0.4 * heights.max()]
        whole = bool(2 * np.count_nonzero(inside_image(boxes, self.components.labels.shape)) >= len(boxes))
        if not whole and body.max() < SLIVER * self.x_height:
            return None
        return trace_line(self._ink(members, box), box, float(np.median(body)), self.count, whole)


def reassign_enclosed(boxes: np.ndarray, row: np.ndarray, far: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Give far components that lie within a line's box to that line: high bars of T, long tails.

    boxes: (n, 4); row: (n,) line of each; far: (n,) bool, too far from its line; count: of lines. Returns the new
    ``row`` and ``far``.
    """
    row, far = row.copy(), far.copy()
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    for k in range(count):
        own = boxes[(row == k) & ~far]
        if len(own):
            low, high = own[:, :2].min(axis=0), own[:, 2:].max(axis=0)
            inside = far & ((middle >= low) & (middle <= high)).all(axis=1)
            row[inside], far[inside] = k, False
    return row, far


def _is_text(boxes: np.ndarray, x_height: float) -> bool:
    """False for a 'line' of specks only, or of dashes only: the remains of a rule."""
    heights = boxes[:, 3] - boxes[:, 1]
    widths = boxes[:, 2] - boxes[:, 0]
    return bool((heights > 0.4 * x_height).any() and (np.maximum(heights, widths) > 0.5 * x_height).any())
