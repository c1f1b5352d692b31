"""The program's engines as fitting uses them: opening them, scoring pages, and all calls to the search."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ocrtool.decode.assemble import LineAssembler
from ocrtool.decode.beam import Step, path_text, search
from ocrtool.decode.lattice import Lattice, build_lattice
from ocrtool.imaging.prepare import prepare
from ocrtool.pipeline import read_page
from ocrtool.recognize.cascade import score_edges
from ocrtool.script.engines import load_engines
from ocrtool.script.glyph_engine import Engine, ScoredLine, load_engine
from ocrtool.script.hangul.segment import cut_syllables
from ocrtool.script.registry import languages
from ocrtool.segment.edges import find_edges
from ocrtool.segment.segmented import SegmentedLine, segment_line
from ocrtool.types import Line, Page

__all__ = [
    "NOT_CALIBRATED",
    "Engine",
    "ScoredLine",
    "SegmentedLine",
    "assembled_line",
    "open_engine",
    "page_reader",
    "read_lattices",
    "read_lines",
    "score_all_edges",
    "score_page",
    "search_lattices",
    "segment",
    "segment_again",
]

#: Threads of a classifier.
THREADS = 2
#: A page so large that no box of a line is cut off.
_BOUNDS = (100_000, 100_000)
#: Calibration points that leave word probabilities as they are.
NOT_CALIBRATED = ((0.0, 0.0), (1.0, 1.0))


def open_engine(script: str, weights: Path | None = None, *, language_model: bool = True) -> Engine:
    """The engine of a script, by the name of its folder: "latin", "hangul".

    weights: folder of the networks, None: the program's. Raises WeightsNotFound, WeightsRefused.
    """
    language = next(language for language, folder in languages().items() if folder == script)
    return load_engine(language, weights, language_model, THREADS)


def segment(gray: np.ndarray, engine: Engine) -> list[SegmentedLine]:
    """All lines of a page (H, W) uint8, cut up for the engine's script; none of a blank page."""
    page = prepare(gray)
    layout = None if page is None else engine.script.find_lines(page)
    if layout is None:
        return []
    return [line for region in layout.lines if (line := segment_line(layout, region, engine.script)) is not None]


def segment_again(line: SegmentedLine) -> SegmentedLine | None:
    """A line of any script cut up as Hangul; None if that gives no piece."""
    pieces = cut_syllables(line.image)
    return SegmentedLine(line.image, pieces, find_edges(pieces)) if len(pieces) else None


def score_page(gray: np.ndarray, engine: Engine) -> list[ScoredLine]:
    """All lines of a page, scored as reading does it."""
    return engine.score(segment(gray, engine))


def score_all_edges(gray: np.ndarray, engine: Engine) -> list[ScoredLine]:
    """All lines of a page, every edge scored: reading leaves out edges that can no longer matter."""
    lines = segment(gray, engine)
    found = score_edges(lines, [line.edges for line in lines], engine.classifier, engine.script.crop)
    return [ScoredLine(x, build_lattice(x.edges, c, engine.spaces(x))) for x, c in zip(lines, found, strict=True)]


def search_lattices(lattices: list[Lattice], engine: Engine) -> list[list[Step]]:
    """The best path through each lattice."""
    return search(lattices, engine.language_model, engine.path_weights, engine.settings.beam, engine.alphabet)


def read_lattices(lattices: list[Lattice], engine: Engine) -> list[str]:
    """The text of each lattice."""
    return [path_text(path, engine.alphabet.glyphs) for path in search_lattices(lattices, engine)]


def read_lines(lines: list[ScoredLine], engine: Engine) -> list[str]:
    """The text of each line."""
    return read_lattices([line.lattice for line in lines], engine)


def page_reader(weights: Path | None = None, language: str = "auto") -> Callable[[np.ndarray], Page]:
    """What reads a page (H, W) uint8 as the program does. Raises WeightsNotFound, WeightsRefused."""
    engines = load_engines(language, weights, threads=THREADS)
    return lambda gray: read_page(gray, engines)


def assembled_line(line: ScoredLine, path: list[Step], engine: Engine) -> Line | None:
    """A line as reading would give it, boxes and x-height in pixels of the working page; None if it has no character.

    Its word probabilities are not calibrated.
    """
    lm, glyphs = engine.path_weights.lm, engine.alphabet.glyphs
    assembler = LineAssembler(line.line.image, np.eye(2, 3), _BOUNDS, lm, NOT_CALIBRATED, glyphs)
    return assembler.assemble(path, line.line.edges, line.lattice)
