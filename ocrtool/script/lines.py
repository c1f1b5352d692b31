"""A page to its lines, each cut up for the engine that reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocrtool.imaging.page import PreparedPage
from ocrtool.recognize.cascade import Proposals, propose
from ocrtool.script.engines import Engine, Engines
from ocrtool.segment.layout import Layout
from ocrtool.segment.segmented import SegmentedLine, segment_line
from ocrtool.segment.types import LineRegion


@dataclass(frozen=True, slots=True)
class EngineLine:
    """A line and the engine that reads it.

    block: number of its block; to_input: (2, 3) working pixel -> input pixel; proposals: its whole glyphs, where they
    were scored already to choose the engine.
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


def find_lines(page: PreparedPage, engines: Engines) -> PageLines:
    """The lines of a page, each with the engine of its script; none if the page has none.

    The first engine's script finds them. Where samples of them are surely another script, that one finds them anew,
    and each line goes to the engine that has most evidence for it.
    """
    first, *others = engines
    layout = first.script.find_lines(page)
    if layout is None:
        return PageLines()
    found = {id(engine): share for engine in others if (share := evidence(engine, layout)) is not None}
    present = [engine for engine in others if id(engine) in found]
    if present:
        leading = max(present, key=lambda engine: found[id(engine)])
        refined = leading.script.find_lines(page, layout.x_height * layout.page.input_scale)
        if refined is not None:
            return _by_evidence(refined, first, present)
    regions = _regions(layout)
    cut = [(block, segment_line(layout, region, first.script)) for block, region in regions]
    lines = [EngineLine(first, block, line, layout.page.to_input) for block, line in cut if line is not None]
    return PageLines(tuple(lines), layout.page.skew)


def evidence(engine: Engine, layout: Layout) -> float | None:
    """The share of a page's ink that is surely of an engine's script, by samples of its lines; None if it has none."""
    detection = engine.script.detection
    lines = layout.lines
    most = engine.sample_lines
    if most is not None and len(lines) > most:
        lines = [lines[k] for k in np.linspace(0, len(lines) - 1, most).round().astype(int)]
    cut = [line for region in lines if (line := segment_line(layout, region, engine.script)) is not None]
    if detection is None or not cut:
        return None
    shares = np.array([engine.script.share(x) for x in propose(cut, engine.classifier, engine.script)])
    lengths = np.array([line.image.soft.shape[1] for line in cut])
    holds = shares.max() >= detection.clear_share and shares @ lengths >= detection.page_share * lengths.sum()
    return float(shares @ lengths) / float(lengths.sum()) if holds else None


def _regions(layout: Layout) -> list[tuple[int, LineRegion]]:
    return [(number, region) for number, block in enumerate(layout.blocks) for region in block]


def _by_evidence(layout: Layout, first: Engine, others: Sequence[Engine]) -> PageLines:
    """Each line to the engine with most evidence for it; to ``first`` where no other has enough."""
    regions = _regions(layout)
    claims = [_claims(layout, [region for _, region in regions], engine) for engine in others]
    lines = []
    for (block, region), claimed in zip(regions, zip(*claims, strict=True), strict=True):
        best = max((claim for claim in claimed if claim is not None), key=lambda claim: claim[0], default=None)
        if best is not None:
            _, engine, line, proposals = best
            lines.append(EngineLine(engine, block, line, layout.page.to_input, proposals))
        elif (plain := segment_line(layout, region, first.script)) is not None:
            lines.append(EngineLine(first, block, plain, layout.page.to_input))
    return PageLines(tuple(lines), layout.page.skew)


def _claims(
    layout: Layout, regions: Sequence[LineRegion], engine: Engine
) -> list[tuple[float, Engine, SegmentedLine, Proposals] | None]:
    """Of each region the evidence for an engine, with the line cut up for it; None where it has too little."""
    detection = engine.script.detection
    cut = [segment_line(layout, region, engine.script) for region in regions]
    kept = [k for k, line in enumerate(cut) if line is not None]
    proposals = propose([line for line in cut if line is not None], engine.classifier, engine.script)
    claims: list[tuple[float, Engine, SegmentedLine, Proposals] | None] = [None] * len(regions)
    for k, found in zip(kept, proposals, strict=True):
        share, line = engine.script.share(found), cut[k]
        if detection is not None and line is not None and share >= detection.line_share:
            claims[k] = share, engine, line, found
    return claims
