"""Reads segmented lines: scoring, decoding and assembly, with the lines of each engine processed together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from ocrtool.decode.assemble import LineAssembler
from ocrtool.decode.beam import Step, search
from ocrtool.decode.text_filter import is_text_probability, median_x_height
from ocrtool.script.engines import Engine, Engines, ScoredLine
from ocrtool.script.lines import EngineLine, PageLines
from ocrtool.types import Block, Box, Line, Page

#: Lines below this text probability are dropped: hatching and blots yield lines too.
TEXT_LEVEL = 0.5


def score_lines(lines: Sequence[EngineLine]) -> list[ScoredLine]:
    """Classify all edges of the lines and build their lattices, each with its engine."""
    scored: dict[int, ScoredLine] = {}
    for engine, indices in _by_engine(lines):
        known = [proposals for k in indices if (proposals := lines[k].proposals) is not None]
        first = known if len(known) == len(indices) else None
        scored.update(zip(indices, engine.score([lines[k].line for k in indices], first), strict=True))
    return [scored[k] for k in range(len(lines))]


def decode_lines(lines: Sequence[EngineLine], scored: Sequence[ScoredLine]) -> list[list[Step]]:
    """Find the best path through each line's lattice; the lines of one engine advance together."""
    paths: dict[int, list[Step]] = {}
    for engine, indices in _by_engine(lines):
        lattices = [scored[k].lattice for k in indices]
        found = search(lattices, engine.language_model, engine.path_weights, engine.settings.beam, engine.alphabet)
        paths.update(zip(indices, found, strict=True))
    return [paths[k] for k in range(len(lines))]


def assemble_lines(
    lines: Sequence[EngineLine], scored: Sequence[ScoredLine], paths: Sequence[list[Step]], size: tuple[int, int]
) -> list[Line | None]:
    """Assemble the line of each path; None if it is empty. size: (H, W) of the input."""
    return [
        assembler(line, found, size).assemble(path, found.line.edges, found.lattice)
        for line, found, path in zip(lines, scored, paths, strict=True)
    ]


def assembler(line: EngineLine, scored: ScoredLine, size: tuple[int, int]) -> LineAssembler:
    """Return what turns a path of the line into text with boxes in input pixels. size: (H, W) of the input."""
    engine = line.engine
    return LineAssembler(
        scored.line.image,
        line.to_input,
        size,
        engine.path_weights.lm,
        engine.settings.confidence,
        engine.alphabet.glyphs,
    )


def assemble_page(found: PageLines, lines: Sequence[Line | None], engines: Engines, size: tuple[int, int]) -> Page:
    """Assemble the page from the lines that are text, in blocks; lines read from pictures are dropped."""
    language = _language(found.lines, engines)
    x_height = median_x_height([line for line in lines if line is not None])
    kept = [
        (source.block, line)
        for source, line in zip(found.lines, lines, strict=True)
        if line is not None and is_text_probability(line, x_height, source.engine.settings.text_weights) >= TEXT_LEVEL
    ]
    grouped = [tuple(line for _, line in group) for _, group in groupby(kept, key=lambda pair: pair[0])]
    blocks = tuple(Block(Box.around([line.box for line in block]), block) for block in grouped)
    return Page(size[1], size[0], blocks, round(found.skew, 2), language)


def _language(lines: Sequence[EngineLine], engines: Engines) -> str:
    """Join the languages of the engines in use by ``+``; of a blank page, return the first engine's."""
    used = {id(line.engine) for line in lines}
    return "+".join(e.script.language for e in engines if id(e) in used) or engines[0].script.language


def _by_engine(lines: Sequence[EngineLine]) -> list[tuple[Engine, list[int]]]:
    """Group line numbers by engine."""
    groups: dict[int, tuple[Engine, list[int]]] = {}
    for k, line in enumerate(lines):
        groups.setdefault(id(line.engine), (line.engine, []))[1].append(k)
    return list(groups.values())
