"""A page cut up, each line by the script it is written in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ocrtool.imaging.page import WorkingPage
from ocrtool.recognize.score import SegmentedLine
from ocrtool.script.hangul.cascade import Proposals, SyllableClassifier, propose
from ocrtool.script.hangul.segment import cut_syllables, syllable_region, without_underline
from ocrtool.segment.edges import find_edges
from ocrtool.segment.layout import Layout, SyllableLayout, find_syllable_text, find_text
from ocrtool.segment.pieces import cut_pieces
from ocrtool.segment.rectify import rectify
from ocrtool.segment.types import LineRegion

if TYPE_CHECKING:
    from ocrtool.script.engine import Engines

#: Lines of a page that are looked at to tell whether it holds any Hangul, spread over the page.
SAMPLE_LINES = 12
#: A page holds Hangul if of one of the lines looked at so much of the inked width is surely syllables, and so much of
#: all of them together. Pages of Korean have 0.98 and 0.58 at least, English ones 0.13 and 0.013 at most.
CLEAR_SHARE, PAGE_SHARE = 0.45, 0.03
#: On such a page a line is read as Hangul from this share on: it may hold more English than Korean.
LINE_SHARE = 0.12


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """A line cut up for the engine that reads it. look: what may be whole syllables, of a line of Hangul; else None."""

    line: SegmentedLine
    look: Proposals | None = None


@dataclass(frozen=True, slots=True)
class Segmented:
    """A page cut up. ``blocks`` hold lines in reading order; ``skew`` in degrees counter-clockwise."""

    blocks: list[list[ScriptLine]]
    to_input: np.ndarray
    skew: float

    @property
    def lines(self) -> list[ScriptLine]:
        return [line for block in self.blocks for line in block]


def segment_latin(gray: np.ndarray) -> Segmented | None:
    """Cut a page of Latin lines up. gray: (H, W) uint8. None if the page is blank."""
    found = find_text(gray)
    return None if found is None else _latin_page(*found)


def segment_page(gray: np.ndarray, engines: Engines) -> Segmented | None:
    """Cut a page up for the engines there are. gray: (H, W) uint8. None if the page is blank."""
    if engines.korean is None:
        return segment_latin(gray)
    classifier = engines.korean.classifier
    if engines.latin is None:
        syllables = find_syllable_text(gray)
        return None if syllables is None else _korean_page(syllables, classifier, 0.0)
    found = find_text(gray)
    if found is None:
        return None
    page, layout = found
    if not holds_hangul(page, layout, classifier, None if engines.all_lines else SAMPLE_LINES):
        return _latin_page(page, layout)
    scale = float(np.sqrt(abs(np.linalg.det(page.to_input[:, :2]))))
    syllables = find_syllable_text(gray, layout.x_height * scale)
    return _latin_page(page, layout) if syllables is None else _korean_page(syllables, classifier, LINE_SHARE)


def holds_hangul(page: WorkingPage, layout: Layout, classifier: SyllableClassifier, most: int | None) -> bool:
    """True if lines of the page are Hangul. most: how many are looked at, spread evenly; None: all."""
    lines = layout.lines
    if most is not None and len(lines) > most:
        lines = [lines[k] for k in np.linspace(0, len(lines) - 1, most).round().astype(int)]
    cut = [line for region in lines if (line := syllable_line(page, layout, syllable_region(region, layout.owner)))]
    shares = np.array([look.hangul_share for look in propose(cut, classifier)])
    lengths = np.array([line.image.soft.shape[1] for line in cut])
    return bool(len(cut) and shares.max() >= CLEAR_SHARE and shares @ lengths >= PAGE_SHARE * lengths.sum())


def syllable_line(page: WorkingPage, layout: Layout, region: LineRegion) -> SegmentedLine | None:
    """A line cut up as Hangul; None if it holds no piece. region: with the geometry of syllables."""
    image = without_underline(rectify(page.soft, layout.owner, region))
    pieces = cut_syllables(image)
    return SegmentedLine(image, pieces, find_edges(pieces)) if len(pieces) else None


def latin_line(page: WorkingPage, layout: Layout, region: LineRegion) -> SegmentedLine | None:
    """A line cut up as Latin; None if it holds no piece."""
    image = rectify(page.soft, layout.owner, region)
    pieces = cut_pieces(image)
    return SegmentedLine(image, pieces, find_edges(pieces)) if len(pieces) else None


def _latin_page(page: WorkingPage, layout: Layout) -> Segmented:
    blocks = [[ScriptLine(x) for r in block if (x := latin_line(page, layout, r))] for block in layout.blocks]
    return Segmented([block for block in blocks if block], page.to_input, page.skew)


def _korean_page(found: SyllableLayout, classifier: SyllableClassifier, least_share: float) -> Segmented:
    """A page of Hangul; its lines with less than ``least_share`` of it are cut up as Latin."""
    page, layout = found.page, found.layout
    regions = [pair for pairs in zip(layout.blocks, found.syllables, strict=True) for pair in zip(*pairs, strict=True)]
    cut = [syllable_line(page, layout, as_syllables) for _, as_syllables in regions]
    looks = iter(propose([line for line in cut if line is not None], classifier))
    lines: list[ScriptLine | None] = []
    for (as_latin, _), line in zip(regions, cut, strict=True):
        look = next(looks) if line is not None else None
        if line is not None and look is not None and look.hangul_share >= least_share:
            lines.append(ScriptLine(line, look))
        else:
            latin = latin_line(page, layout, as_latin)
            lines.append(ScriptLine(latin) if latin is not None else None)
    rest = iter(lines)
    blocks = [[line for line in [next(rest) for _ in block] if line is not None] for block in layout.blocks]
    return Segmented([block for block in blocks if block], page.to_input, page.skew)
