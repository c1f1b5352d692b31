"""Lines of a layout cut up for an engine, with the evidence that they are in its script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocrtool.recognize.cascade import Proposals, propose
from ocrtool.script.engines import Engine
from ocrtool.segment.layout import Layout
from ocrtool.segment.segmented import SegmentedLine, segment_line
from ocrtool.segment.types import LineRegion


@dataclass(frozen=True, slots=True)
class Claim:
    """A line cut up for an engine. share: of its inked width that is surely the engine's script."""

    engine: Engine
    line: SegmentedLine
    proposals: Proposals
    share: float


def claims(layout: Layout, regions: Sequence[LineRegion], engine: Engine) -> list[Claim | None]:
    """What an engine sees in each region; None where it finds no piece. All regions in one call of the classifier."""
    cut = [segment_line(layout, region, engine.script) for region in regions]
    kept = [k for k, line in enumerate(cut) if line is not None]
    lines = [line for line in cut if line is not None]
    found: list[Claim | None] = [None] * len(regions)
    for k, line, proposals in zip(kept, lines, propose(lines, engine.classifier, engine.script), strict=True):
        found[k] = Claim(engine, line, proposals, engine.script.share(proposals))
    return found


def evidence(found: Sequence[Claim | None], engine: Engine) -> float | None:
    """The share of a page's ink that is surely the engine's script, by samples of its lines; None: not on the page."""
    seen = [claim for claim in found if claim is not None]
    detection = engine.script.detection
    if detection is None or not seen:
        return None
    shares = np.array([claim.share for claim in seen])
    lengths = np.array([claim.line.image.soft.shape[1] for claim in seen])
    holds = shares.max() >= detection.clear_share and shares @ lengths >= detection.page_share * lengths.sum()
    return float(shares @ lengths) / float(lengths.sum()) if holds else None


def sample(layout: Layout, most: int | None) -> list[LineRegion]:
    """At most so many lines, spread evenly over the page; None: all."""
    lines = layout.lines
    if most is None or len(lines) <= most:
        return lines
    return [lines[k] for k in np.linspace(0, len(lines) - 1, most).round().astype(int)]


def best_claim(row: Sequence[Claim | None]) -> Claim | None:
    """The claim with most evidence of those that have enough."""
    enough = [
        claim
        for claim in row
        if claim is not None
        and (detection := claim.engine.script.detection) is not None
        and claim.share >= detection.line_share
    ]
    return max(enough, key=lambda claim: claim.share, default=None)
