"""Finds the lines of a page and prepares each for the engine that reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ocrtool.imaging.affine import compose, input_boxes
from ocrtool.imaging.page import PreparedPage
from ocrtool.imaging.prepare import turn
from ocrtool.script.engines import Engines
from ocrtool.script.noise import are_noise
from ocrtool.script.orientation import Sight, certainty, find_upright, may_be_turned, turns
from ocrtool.script.show_through import without_show_through
from ocrtool.script.sideways import without_sideways
from ocrtool.script.strip_engine import StripEngine, StripLine
from ocrtool.segment.layout import Layout
from ocrtool.segment.leaders import dot_rows
from ocrtool.segment.rules import RuledArea, moved
from ocrtool.segment.strip import find_strip_layout
from ocrtool.segment.types import LineRegion
from ocrtool.types import Box, Mark

if TYPE_CHECKING:  # what reads glyph by glyph is loaded where a page needs it
    from ocrtool.recognize.cascade import Proposals
    from ocrtool.script.cut import Claim
    from ocrtool.script.glyph_engine import Engine
    from ocrtool.segment.segmented import SegmentedLine

#: A line whose frames with a character have at least this mean probability is in the line reader's script; it is not
#: sampled for others. Of 180 lines that were mostly Hangul none had more than 0.82.
SURELY_READ = 0.87
#: A page whose lines have a lower mean probability than this may be in another script, and upside down.
BARELY_READ = 0.7
#: Share of the inked width of a page that is clearly in another script. Upright pages of Korean measured at least 0.58,
#: turned ones at most 0.18.
CLEARLY_PRESENT = 0.5
#: A page with more ink for each component is not turned to look for another script: pages of text measured at most 0.6,
#: halftones at least 1.3.
PICTURED = 1.0


@dataclass(frozen=True, slots=True)
class EngineLine:
    """A line and the engine that reads it glyph by glyph.

    block: number of its block; to_input: (2, 3) working pixel -> input pixel; proposals: its whole glyphs, if they have
    been scored to choose the engine; source: where the line was found.
    """

    engine: Engine
    block: int
    line: SegmentedLine
    to_input: np.ndarray
    proposals: Proposals | None = None
    source: tuple[Layout, LineRegion] | None = None


@dataclass(frozen=True, slots=True)
class EngineStrip:
    """A line and the engine whose line reader reads it. block: number of its block."""

    engine: StripEngine
    block: int
    line: StripLine


@dataclass(frozen=True, slots=True)
class PageLines:
    """Lines of a page in reading order.

    areas: those that rules divide, with rows and columns as points of the input; skew: degrees, counter-clockwise;
    orientation: degrees by which the page was turned clockwise; mirrored: True if the page shows text mirrored, which
    is not read; marks, leaders: its tick boxes and the rows of dots of its leaders, in pixels of the input.
    """

    lines: tuple[EngineLine | EngineStrip, ...] = ()
    skew: float = 0.0
    orientation: int = 0
    mirrored: bool = False
    areas: tuple[RuledArea, ...] = ()
    marks: tuple[Mark, ...] = ()
    leaders: tuple[tuple[Box, ...], ...] = ()


def find_lines(page: PreparedPage | None, engines: Engines) -> PageLines:
    """Find the lines of a page and choose the engine of each; none if the page is blank.

    The first engine's script finds the lines. If samples show another script with confidence, that script finds them
    again, and each line goes to the engine with most evidence, or to the first engine if none has enough.
    """
    if page is None:
        return PageLines()
    strips = engines.strips
    seen = _seen(page, engines)
    aside: Sequence[StripLine] = ()
    if strips is not None:
        seen, aside = without_sideways(seen, strips)
    if seen.layout is None or seen.mirrored:
        return PageLines(orientation=90 * seen.page.quarters, mirrored=seen.mirrored)
    shares, present = _present(seen.layout, seen.lines, engines)
    if max(shares, default=0.0) < CLEARLY_PRESENT:
        seen, present = _turned_for_others(seen, present, engines)
    page, layout, looked = seen.page, seen.layout, seen.lines
    if layout is None:
        return PageLines()
    if present:
        refined = present[0].script.find_lines(page, layout.x_height * layout.page.input_scale)
        present = present if refined is not None else []
        if refined is not None:
            layout, looked = refined, []
    regions = [(number, region) for number, block in enumerate(layout.blocks) for region in block]
    claimed = _claimed(layout, present)
    if strips is not None and not looked:
        rest = [region for (_, region), claim in zip(regions, claimed, strict=True) if claim is None]
        looked = strips.look(layout, rest)
    unclaimed = _unclaimed(regions, claimed, looked, page.is_mostly_text)
    lines: list[EngineLine | EngineStrip] = []
    for (block, region), claim in zip(regions, claimed, strict=True):
        if claim is not None:
            to_input, source = layout.page.to_input, (layout, region)
            lines.append(EngineLine(claim.engine, block, claim.line, to_input, claim.proposals, source))
        elif strips is not None:
            found, is_text = next(unclaimed)
            if is_text:
                lines.append(EngineStrip(strips, block, found))
        elif (line := _segment(layout, region, engines.others[0])) is not None:
            lines.append(EngineLine(engines.others[0], block, line, layout.page.to_input))
    last = len(layout.blocks)
    lines += [EngineStrip(engines.strips, last + k, line) for k, line in enumerate(aside) if engines.strips is not None]
    areas = tuple(moved(area, layout.page.to_input) for area in layout.areas)
    marks = _marks(layout, page) if lines or not layout.lines else ()  # none among lines that are all of a picture
    leaders = _leaders(layout, page)
    return PageLines(tuple(lines), layout.page.skew, 90 * page.quarters, areas=areas, marks=marks, leaders=leaders)


def _unclaimed(
    regions: Sequence[tuple[int, LineRegion]],
    claimed: Sequence[Claim | None],
    looked: Sequence[StripLine],
    mostly_text: bool,
) -> Iterator[tuple[StripLine, bool]]:
    """Yield the lines that no other engine claims, and whether each is text. regions: with the number of the block."""
    blocks = [block for (block, _), claim in zip(regions, claimed, strict=True) if claim is None]
    for line, noise in zip(looked, are_noise(looked, blocks[: len(looked)], mostly_text), strict=True):
        yield line, not noise


def _marks(layout: Layout, page: PreparedPage) -> tuple[Mark, ...]:
    """Return the tick boxes of a page, in pixels of the input."""
    ticks = layout.components.ticks
    if not ticks:
        return ()
    boxes = _input_boxes(np.array([tick.box for tick in ticks]), layout, page)
    return tuple(Mark(box, tick.state, round(tick.probability, 4)) for box, tick in zip(boxes, ticks, strict=True))


def _leaders(layout: Layout, page: PreparedPage) -> tuple[tuple[Box, ...], ...]:
    """Return the rows of dots of a page, in pixels of the input."""
    rows = dot_rows(layout.components.leaders, layout.page.x_height)
    return tuple(tuple(_input_boxes(row, layout, page)) for row in rows)


def _input_boxes(boxes: np.ndarray, layout: Layout, page: PreparedPage) -> list[Box]:
    height, width = page.soft.shape if page.quarters % 2 == 0 else page.soft.shape[::-1]
    return input_boxes(boxes.astype(float), layout.page.to_input, (height, width))


def _segment(layout: Layout, region: LineRegion, engine: Engine) -> SegmentedLine | None:
    from ocrtool.segment.segmented import segment_line

    return segment_line(layout, region, engine.script)


def _seen(page: PreparedPage, engines: Engines) -> Sight:
    """Find the lines of a page as the first engine's script does; a line reader turns it upright first."""
    if engines.strips is not None:
        return without_show_through(find_upright(page, engines.strips), engines.strips)
    return Sight(page, engines.first.script.find_lines(page), [])


def _present(layout: Layout, looked: Sequence[StripLine], engines: Engines) -> tuple[list[float], list[Engine]]:
    """Find the other scripts of a page, most ink first, each with its share; sure lines are not sampled."""
    regions: Sequence[LineRegion] = layout.lines
    if engines.sample_lines is not None and looked:
        regions = [line.region for line in looked if line.sureness < SURELY_READ]
    others = (engines.others if engines.strips is not None else engines.others[1:]) if regions else ()
    if not others:
        return [], []
    from ocrtool.script.cut import claims, evidence, sample

    sampled = sample(regions, engines.sample_lines)
    shares = [evidence(claims(layout, sampled, other), other) for other in others]
    found = [(share, k) for k, share in enumerate(shares) if share is not None]
    found.sort(key=lambda each: (-each[0], each[1]))
    return [share for share, _ in found], [others[k] for _, k in found]


def _turned_for_others(seen: Sight, present: list[Engine], engines: Engines) -> tuple[Sight, list[Engine]]:
    """Turn a page that no engine can read if it is clearly in another script then. Returns it and its other engines.

    present: the other engines as it is.
    """
    if (
        engines.strips is None
        or not seen.lines
        or certainty(seen.lines).mean >= BARELY_READ
        or not may_be_turned(seen.page)
        or seen.page.ink_of_each > PICTURED
    ):
        return seen, present
    for quarters in turns(seen.page):
        turned = turn(seen.page, quarters)
        layout = None if turned is None else find_strip_layout(turned)
        if turned is None or layout is None:
            continue
        shares, found = _present(layout, [], engines)
        if max(shares, default=0.0) >= CLEARLY_PRESENT:
            return Sight(turned, layout, engines.strips.look(layout, layout.lines)), found
    return seen, present


def _claimed(layout: Layout, present: Sequence[Engine]) -> Sequence[Claim | None]:
    """Return for each line the claim of the script with most evidence, None for those that stay with the first."""
    if not present:
        return [None] * len(layout.lines)
    from ocrtool.script.cut import best_claim, claims

    return [best_claim(row) for row in zip(*(claims(layout, layout.lines, each) for each in present), strict=True)]


def piece_corners(lines: Sequence[EngineLine | EngineStrip]) -> list[np.ndarray]:
    """Return the corners of each line's pieces in input pixels: (N, 4, 2) float per line; none of a strip."""
    return [
        _corners(line.line.pieces.boxes, compose(line.to_input, line.line.image.to_page))
        if isinstance(line, EngineLine)
        else np.zeros((0, 4, 2))
        for line in lines
    ]


def _corners(boxes: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Map the corners of boxes (N, 4) x0 y0 x1 y1 by ``matrix`` (2, 3). Returns (N, 4, 2)."""
    return cv2.transform(boxes[:, [[0, 1], [2, 1], [2, 3], [0, 3]]].astype(np.float64), matrix)
