"""A line of a layout, cut up for the script that it is read in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ocrtool.segment.edges import Edges, find_edges
from ocrtool.segment.layout import Layout
from ocrtool.segment.rectify import rectify
from ocrtool.segment.types import LineImage, LineRegion, Pieces


class LineCutter(Protocol):
    """What cutting up a line asks of a script."""

    def refit(self, region: LineRegion, line_labels: np.ndarray) -> LineRegion:
        """The line with baseline and x-height as the script's characters have them."""

    def clean(self, image: LineImage) -> LineImage:
        """The line without what is no part of a character."""

    def cut(self, image: LineImage) -> Pieces:
        """The smallest parts that a character may consist of."""


@dataclass(frozen=True, slots=True)
class SegmentedLine:
    """A line cut up: its image, its pieces, and the edges over them that are looked at."""

    image: LineImage
    pieces: Pieces
    edges: Edges


def segment_line(layout: Layout, region: LineRegion, cutter: LineCutter) -> SegmentedLine | None:
    """Cut a line up; None if it holds no piece."""
    refitted = cutter.refit(region, layout.line_labels)
    image = cutter.clean(rectify(layout.page.soft, layout.line_labels, refitted))
    pieces = cutter.cut(image)
    return SegmentedLine(image, pieces, find_edges(pieces)) if len(pieces) else None
