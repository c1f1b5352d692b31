"""Layout analysis: a working page to its lines, in reading order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocrtool.imaging.components import look_up
from ocrtool.imaging.page import WORKING_X_HEIGHT, PreparedPage, WorkingPage
from ocrtool.segment.blocks import find_blocks
from ocrtool.segment.clean import Components, text_components
from ocrtool.segment.line_finder import LineFinder
from ocrtool.segment.ruled import Ruled, find_ruled, split_block
from ocrtool.segment.rules import RuledArea
from ocrtool.segment.types import LineRegion
from ocrtool.segment.x_height import common_x_height, fit_line


@dataclass(frozen=True, slots=True)
class Layout:
    """The lines found on a view of a page.

    blocks: lines of each block, in reading order; line_labels: (H, W) uint16 label map, the line of each ink pixel, 0 =
    none; x_height: common to the lines, in working pixels; components: that lines were made of, with the boxes of
    forms; areas: those that rules divide, in working pixels.
    """

    page: WorkingPage
    blocks: list[list[LineRegion]]
    line_labels: np.ndarray
    x_height: float
    components: Components
    areas: tuple[RuledArea, ...] = ()

    @property
    def lines(self) -> list[LineRegion]:
        return [line for block in self.blocks for line in block]


#: Width (octaves) of the prior of a line's x-height about that of the page.
PRIOR_OCTAVES = 0.3
#: x-height over the height of components that are words.
WORD_X_HEIGHT = 0.3
#: Below this x-height, in input pixels, nothing can be read: components so low are specks.
LEAST_X_HEIGHT = 3.0
#: If the lines' x-height differs from the first estimate by a ratio outside these bounds, the page is rescaled.
RESCALE = (0.75, 1.4)


def find_layout(page: WorkingPage, ridge_height: float | None = None, least_box: float = 0.0) -> Layout:
    """Find the blocks and lines of a page.

    ridge_height: scale for smoothing ink to lines; None: component height; least_box: side of boxes of forms, in
    x-heights, where characters of the script look like smaller ones.
    """
    components = text_components(page.ink, page.x_height, page.part_height, page.soft, least_box)
    finder = LineFinder(components, page.x_height, ridge_height or page.part_height, ridge_height is None)
    ruled = find_ruled(components.rules, components.leaders, components.boxes, page.x_height)
    blocks = [
        [line for members, rows in block for line in finder.lines(members, rows)]
        for block in _blocks(finder, page, ruled)
    ]
    common = common_x_height([line for block in blocks for line in block], page.x_height)
    regions = [[fit_line(line, common, PRIOR_OCTAVES) for line in block] for block in blocks if block]
    line_labels = look_up(finder.line_of, components.labels, page.ink)
    return Layout(page, regions, line_labels, common, components, tuple(ruled.areas))


def _blocks(finder: LineFinder, page: WorkingPage, ruled: Ruled) -> list[list[tuple[np.ndarray, list[int]]]]:
    """Find blocks in reading order, and their parts: the components of each, and the numbers of its rows of cells.

    A row of cells with ink, and a tick box, stand for what is in them.
    """
    components = finder.components
    free = np.flatnonzero(finder.cell_row < 0)
    rows = [number for number in range(len(components.rows)) if (finder.cell_row == number).any()]
    places = [components.boxes[free]]
    places += [np.array([components.rows[number].box], np.int32) for number in rows]
    places += [np.array([tick.box], np.int32) for tick in components.ticks]
    boxes = np.concatenate(places)
    found = []
    for members in find_blocks(boxes, page.part_height, ruled):
        parts = []
        for part in split_block(members, boxes, ruled, page.x_height):
            others = part[part >= len(free)] - len(free)
            parts.append((free[part[part < len(free)]], [rows[k] for k in others.tolist() if k < len(rows)]))
        found.append(parts)
    return found


def find_text(page: PreparedPage, x_height: float | None = None, wanted: float = WORKING_X_HEIGHT) -> Layout | None:
    """Find the lines of a page; None if there are none.

    The scale is estimated from component heights, but in cursive handwriting components are words. If the lines found
    have another x-height, the page is analysed again at that scale. x_height: a better estimate, in input pixels;
    wanted: x-height of the working page.
    """
    first = x_height
    layout = find_layout(page.view(first, wanted))
    words = WORD_X_HEIGHT * page.height
    if not layout.lines and x_height is None and words >= LEAST_X_HEIGHT:  # they were too small at this scale
        first = words
        layout = find_layout(page.view(first, wanted))
    if layout.lines and not RESCALE[0] < layout.x_height / layout.page.x_height < RESCALE[1]:
        x_height = layout.x_height * layout.page.input_scale
        del layout  # a large page's labels are never held twice
        layout = find_layout(page.view(x_height, wanted))
        if not layout.lines:
            layout = find_layout(page.view(first, wanted))
    return layout if layout.lines and layout.x_height * layout.page.input_scale >= LEAST_X_HEIGHT else None
