"""Segmentation of a line of a layout for the script that reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ocrtool.segment.edges import Edges, find_edges
from ocrtool.segment.layout import Layout
from ocrtool.segment.rectify import rectify
from ocrtool.segment.types import LineImage, LineRegion, Pieces


class LineCutter(Protocol):
    """What segmenting a line needs from a script."""

    def refit(self, region: LineRegion, line_labels: np.ndarray) -> LineRegion:
        """Return the line with baseline and x-height fitted to the script's characters."""

    def clean(self, image: LineImage) -> LineImage:
        """Remove from the line whatever is not part of a character."""

    def cut(self, image: LineImage) -> Pieces:
        """Cut the line into pieces, the smallest parts of characters."""


@dataclass(frozen=True, slots=True)
class SegmentedLine:
    """A segmented line: its image, its pieces, and the edges over them that are scored."""

    image: LineImage
    pieces: Pieces
    edges: Edges


def segment_line(layout: Layout, region: LineRegion, cutter: LineCutter) -> SegmentedLine | None:
    """Segment a line; None if it holds no piece."""
    refitted = cutter.refit(region, layout.line_labels)
    image = cutter.clean(rectify(layout.page.soft, layout.line_labels, refitted))
    pieces = cutter.cut(image)
    return SegmentedLine(image, pieces, find_edges(pieces)) if len(pieces) else None
