"""Script detection: an engine segments lines of a layout and measures the evidence that they are in its script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocrtool.recognize.cascade import Proposals, propose
from ocrtool.script.glyph_engine import Engine
from ocrtool.segment.layout import Layout
from ocrtool.segment.segmented import SegmentedLine, segment_line
from ocrtool.segment.types import LineRegion

#: Share of a line's inked width that is confidently of characters outside the labels, from which it is mostly of such.
MOSTLY = 0.5


@dataclass(frozen=True, slots=True)
class Claim:
    """A line segmented for an engine. share: of its inked width that is confidently the engine's script; unknown:
    that is confidently of characters outside its labels.
    """

    engine: Engine
    line: SegmentedLine
    proposals: Proposals
    share: float
    unknown: float = 0.0


def claims(layout: Layout, regions: Sequence[LineRegion], engine: Engine) -> list[Claim | None]:
    """Segment and propose for each region, in one call of the classifier; None where there is no piece."""
    cut = [segment_line(layout, region, engine.script) for region in regions]
    kept = [k for k, line in enumerate(cut) if line is not None]
    lines = [line for line in cut if line is not None]
    found: list[Claim | None] = [None] * len(regions)
    for k, line, proposals in zip(kept, lines, propose(lines, engine.classifier, engine.script), strict=True):
        script = engine.script
        found[k] = Claim(engine, line, proposals, script.share(proposals), script.share(proposals, script.unknown))
    return found


def evidence(found: Sequence[Claim | None], engine: Engine) -> float | None:
    """Estimate the share of a page's ink that is the engine's script from samples of its lines; None: not present."""
    seen = [claim for claim in found if claim is not None]
    detection = engine.script.detection
    if detection is None or not seen:
        return None
    shares = np.array([claim.share for claim in seen])
    lengths = np.array([claim.line.image.soft.shape[1] for claim in seen])
    holds = shares.max() >= detection.clear_share and shares @ lengths >= detection.page_share * lengths.sum()
    return float(shares @ lengths) / float(lengths.sum()) if holds else None


def sample(lines: Sequence[LineRegion], most: int | None) -> Sequence[LineRegion]:
    """Sample at most ``most`` lines, spread evenly over the page; None: all lines."""
    if most is None or len(lines) <= most:
        return lines
    return [lines[k] for k in np.linspace(0, len(lines) - 1, most).round().astype(int)]


def best_claim(row: Sequence[Claim | None]) -> Claim | None:
    """Return the claim with most evidence, among those with enough; None if there is none.

    A line mostly of characters outside an engine's labels is the engine's too: it says that it cannot read them.
    """
    enough = [
        claim
        for claim in row
        if claim is not None
        and (detection := claim.engine.script.detection) is not None
        and (claim.share >= detection.line_share or claim.unknown >= MOSTLY)
    ]
    return max(enough, key=lambda claim: claim.share, default=None)
