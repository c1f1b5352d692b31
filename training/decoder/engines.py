"""The program's engines as fitting uses them: all calls to `ocrtool.script` and to the search are here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ocrtool.decode.assemble import LineAssembler
from ocrtool.decode.beam import Step, path_text, search
from ocrtool.decode.lattice import Lattice, build_lattice
from ocrtool.options import Options
from ocrtool.pipeline import read_page
from ocrtool.recognize.score import SegmentedLine, score_lines
from ocrtool.script.detect import segment_latin, syllable_line
from ocrtool.script.engine import Engine, KoreanEngine, ScoredLine, load_engine, load_engines, load_korean_engine
from ocrtool.script.hangul.segment import cut_syllables
from ocrtool.segment.edges import find_edges
from ocrtool.segment.layout import find_syllable_text
from ocrtool.types import Line, Page

__all__ = [
    "AnyEngine",
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

AnyEngine = Engine | KoreanEngine
#: Each script's engine and the name of its fitted weights.
_LOADERS: dict[str, Callable[[Options], AnyEngine]] = {"latin": load_engine, "hangul": load_korean_engine}
DECODERS = {"latin": "decoder_eng", "hangul": "decoder_kor"}
#: A page so large that no box of a line is cut off.
_BOUNDS = (100_000, 100_000)
_NOT_CALIBRATED = ((0.0, 0.0), (1.0, 1.0))


def open_engine(script: str, weights: Path | None = None, *, language_model: bool = True) -> AnyEngine:
    """The engine of "latin" or "hangul" lines. weights: folder of the networks, None: the program's.

    Raises WeightsNotFound, WeightsRefused.
    """
    return _LOADERS[script](Options(weights=weights, threads=2, language_model=language_model))


def segment(gray: np.ndarray, engine: AnyEngine) -> list[SegmentedLine]:
    """All lines of a page (H, W) uint8, cut up for the engine's script; none of a blank page."""
    if isinstance(engine, Engine):
        segmented = segment_latin(gray)
        return [] if segmented is None else [line.line for line in segmented.lines]
    found = find_syllable_text(gray)
    if found is None:
        return []
    regions = [region for block in found.syllables for region in block]
    return [line for region in regions if (line := syllable_line(found.page, found.layout, region)) is not None]


def segment_again(line: SegmentedLine) -> SegmentedLine | None:
    """A line of any script cut up as Hangul; None if that gives no piece."""
    pieces = cut_syllables(line.image)
    return SegmentedLine(line.image, pieces, find_edges(pieces)) if len(pieces) else None


def score_page(gray: np.ndarray, engine: AnyEngine) -> list[ScoredLine]:
    """All lines of a page, scored as reading does it."""
    return engine.score(segment(gray, engine))


def score_all_edges(gray: np.ndarray, engine: AnyEngine) -> list[ScoredLine]:
    """All lines of a page of Latin text, every edge scored: reading leaves out edges that can no longer matter."""
    if not isinstance(engine, Engine):
        raise ValueError("all edges are scored of Latin lines only")
    lines = segment(gray, engine)
    scores = score_lines(lines, engine.classifier)
    return [ScoredLine(x, build_lattice(x.edges, s, engine.spaces(x))) for x, s in zip(lines, scores, strict=True)]


def search_lattices(lattices: list[Lattice], engine: AnyEngine) -> list[list[Step]]:
    """The best path through each lattice."""
    return search(lattices, engine.guide, engine.path_weights, engine.settings.beam, engine.alphabet)


def read_lattices(lattices: list[Lattice], engine: AnyEngine) -> list[str]:
    """The text of each lattice."""
    return [path_text(path, engine.alphabet.glyphs) for path in search_lattices(lattices, engine)]


def read_lines(lines: list[ScoredLine], engine: AnyEngine) -> list[str]:
    """The text of each line."""
    return read_lattices([line.lattice for line in lines], engine)


def page_reader(weights: Path | None = None, language: str = "auto") -> Callable[[np.ndarray], Page]:
    """What reads a page (H, W) uint8 as the program does. Raises WeightsNotFound, WeightsRefused."""
    options = Options(language=language, weights=weights, threads=2)
    engines = load_engines(options)
    return lambda gray: read_page(gray, engines, options)


def assembled_line(line: ScoredLine, path: list[Step], engine: AnyEngine) -> Line | None:
    """A line as reading would give it, boxes and x-height in pixels of the working page; None if it has no character.

    Its word probabilities are not calibrated.
    """
    lm, glyphs = engine.path_weights.lm, engine.alphabet.glyphs
    assembler = LineAssembler(line.line.image, np.eye(2, 3), _BOUNDS, lm, _NOT_CALIBRATED, glyphs)
    return assembler.assemble(path, line.line.edges, line.lattice)
