"""Finds the lines of a page and segments each for the engine that reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocrtool.imaging.affine import compose
from ocrtool.imaging.page import PreparedPage
from ocrtool.recognize.cascade import Proposals
from ocrtool.script.cut import best_claim, claims, evidence, sample
from ocrtool.script.engines import Engine, Engines
from ocrtool.segment.segmented import SegmentedLine, segment_line


@dataclass(frozen=True, slots=True)
class EngineLine:
    """A line and the engine that reads it.

    block: number of its block; to_input: (2, 3) working pixel -> input pixel; proposals: its whole glyphs, if they have
    been scored to choose the engine.
    """

    engine: Engine
    block: int
    line: SegmentedLine
    to_input: np.ndarray
    proposals: Proposals | None = None


@dataclass(frozen=True, slots=True)
class PageLines:
    """Lines of a page in reading order. skew: degrees, counter-clockwise."""

    lines: tuple[EngineLine, ...] = ()
    skew: float = 0.0


def find_lines(page: PreparedPage | None, engines: Engines) -> PageLines:
    """Find the lines of a page and choose the engine of each; none if the page is blank.

    The first engine's script finds the lines. If samples show another script with confidence, that script finds them
    again, and each line goes to the engine with most evidence, or to the first engine if none has enough.
    """
    first, *others = engines
    layout = None if page is None else first.script.find_lines(page)
    if page is None or layout is None:
        return PageLines()
    shares = [evidence(claims(layout, sample(layout, other.sample_lines), other), other) for other in others]
    present = sorted(
        ((share, k) for k, share in enumerate(shares) if share is not None), key=lambda found: (-found[0], found[1])
    )
    if present:
        leading = others[present[0][1]].script
        refined = leading.find_lines(page, layout.x_height * layout.page.input_scale)
        present = present if refined is not None else []
        layout = refined or layout
    regions = [(number, region) for number, block in enumerate(layout.blocks) for region in block]
    claimed = [claims(layout, [region for _, region in regions], others[k]) for _, k in present]
    lines = []
    for k, (block, region) in enumerate(regions):
        if (best := best_claim([column[k] for column in claimed])) is not None:
            lines.append(EngineLine(best.engine, block, best.line, layout.page.to_input, best.proposals))
        elif (line := segment_line(layout, region, first.script)) is not None:
            lines.append(EngineLine(first, block, line, layout.page.to_input))
    return PageLines(tuple(lines), layout.page.skew)


def piece_corners(lines: Sequence[EngineLine]) -> list[np.ndarray]:
    """Return the corners of each line's pieces in input pixels: (N, 4, 2) float per line."""
    return [_corners(line.line.pieces.boxes, compose(line.to_input, line.line.image.to_page)) for line in lines]


def _corners(boxes: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Map the corners of boxes (N, 4) x0 y0 x1 y1 by ``matrix`` (2, 3). Returns (N, 4, 2)."""
    return cv2.transform(boxes[:, [[0, 1], [2, 1], [2, 3], [0, 3]]].astype(np.float64), matrix)
