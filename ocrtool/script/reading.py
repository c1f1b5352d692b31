"""Reads the lines of a page: each engine its own, all of them together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ocrtool.decode.lone import is_lone_text, items_among, settle_lone
from ocrtool.decode.text_filter import is_spots, is_surely_read, is_text_probability, median_x_height
from ocrtool.decode.unknown import without_guesses
from ocrtool.script.capitals import join_capitals
from ocrtool.script.engines import Engines
from ocrtool.script.entry_lines import without_bits
from ocrtool.script.joining import blocks_of, join_runs, place_leaders, place_marks
from ocrtool.script.lines import EngineLine, EngineStrip, PageLines
from ocrtool.script.read_marks import marks_among
from ocrtool.types import Line, Page

if TYPE_CHECKING:
    from ocrtool.script.glyph_engine import Engine

#: Lines below this text probability are dropped: hatching and blots yield lines too.
TEXT_LEVEL = 0.5


def read_lines(lines: Sequence[EngineLine | EngineStrip], size: tuple[int, int]) -> list[Line | None]:
    """Read lines, with boxes in pixels of the input; None for a line without characters. size: (H, W) of the input."""
    read: dict[int, Line | None] = {}
    for numbered in _by_engine(lines).values():
        strips = [(k, line) for k, line in numbered if isinstance(line, EngineStrip)]
        glyphs = [(k, line) for k, line in numbered if isinstance(line, EngineLine)]
        if strips:
            found = strips[0][1].engine.read([line.line for _, line in strips], size)
            read.update(zip([k for k, _ in strips], found, strict=True))
        if glyphs:
            found = read_glyph_lines(glyphs[0][1].engine, [line for _, line in glyphs], size)
            read.update(zip([k for k, _ in glyphs], found, strict=True))
    return [read[k] for k in range(len(lines))]


def read_glyph_lines(engine: Engine, lines: Sequence[EngineLine], size: tuple[int, int]) -> list[Line | None]:
    """Read lines glyph by glyph: classify their edges, and search the best path through each lattice."""
    from ocrtool.decode.assemble import LineAssembler
    from ocrtool.decode.beam import search

    known = [proposals for line in lines if (proposals := line.proposals) is not None]
    scored = engine.score([line.line for line in lines], known if len(known) == len(lines) else None)
    lattices = [found.lattice for found in scored]
    paths = search(lattices, engine.language_model, engine.path_weights, engine.settings.beam, engine.alphabet)
    lm, confidence, glyphs = engine.path_weights.lm, engine.settings.confidence, engine.alphabet.glyphs
    read: list[Line | None] = []
    for line, found, path in zip(lines, scored, paths, strict=True):
        assembler = LineAssembler(found.line.image, line.to_input, size, lm, confidence, glyphs)
        read.append(assembler.assemble(path, found.line.edges, found.lattice))
    return read_again(engine, lines, read, size)


def read_again(
    engine: Engine, lines: Sequence[EngineLine], read: list[Line | None], size: tuple[int, int]
) -> list[Line | None]:
    """Read lines with doubtful words of Latin letters and figures with the engine's line reader too."""
    from ocrtool.script.second_reading import corrected, is_doubtful

    doubtful = [
        (k, line.source, found)
        for k, (line, found) in enumerate(zip(lines, read, strict=True))
        if found is not None and line.source is not None and is_doubtful(found)
    ]
    if engine.second is None or not doubtful:
        return read
    strips = [strip for _, (layout, region), _ in doubtful for strip in engine.second.look(layout, [region])]
    for (k, _, first), second in zip(doubtful, engine.second.read(strips, size), strict=True):
        if second is not None:
            read[k] = corrected(first, second, engine.settings.confidence)
    return read


def assemble_page(
    found: PageLines, lines: Sequence[Line | None], engines: Engines, size: tuple[int, int], leaders: bool = False
) -> Page:
    """Assemble the page from the lines that are text, in blocks; lines read from pictures are dropped.

    leaders: True to keep the dots of leaders, a word for each row.
    """
    language = _language(found.lines, engines)
    joined = join_runs(found.lines, join_capitals(found.lines, lines))
    settled, marks = marks_among([line for _, line in joined], found.marks)
    lines = settle_lone(without_bits(settled, found.leaders) if marks else settled)
    x_height = median_x_height([line for line in lines if line is not None])
    items = items_among(lines, x_height)

    def beside(k: int) -> list[Line]:
        """Return the lines before and after line k in its block."""
        near = zip(joined[max(0, k - 1) : k + 2], lines[max(0, k - 1) : k + 2], strict=True)
        return [line for (source, _), line in near if line is not None and source.block == joined[k][0].block]

    kept = [
        (source.block, without_guesses(line) if isinstance(source, EngineLine) else line)
        for k, ((source, _), line) in enumerate(zip(joined, lines, strict=True))
        if line is not None
        and not is_spots(line)
        and (
            is_text_probability(line, x_height, source.engine.settings.text_weights) >= TEXT_LEVEL
            or (
                isinstance(source, EngineStrip)
                and (k in items or is_surely_read(line, x_height) or is_lone_text(line, x_height, beside(k)))
            )
        )
    ]
    placed = place_leaders(blocks_of(kept), found.leaders if leaders else ())
    blocks, marks = place_marks(placed, marks)
    return Page(
        size[1],
        size[0],
        blocks,
        round(found.skew, 2),
        language,
        orientation=found.orientation,
        mirrored=found.mirrored,
        marks=marks,
    )


def _language(lines: Sequence[EngineLine | EngineStrip], engines: Engines) -> str:
    """Join the languages of the engines in use by ``+``; of a blank page, return the first engine's."""
    used = {id(line.engine): line.engine for line in lines}
    if len(used) > 1:  # in the order of their scripts
        used = {id(engine): engine for engine in engines if id(engine) in used}
    return "+".join(engine.script.language for engine in used.values()) or engines.first.script.language


def _by_engine(
    lines: Sequence[EngineLine | EngineStrip],
) -> dict[int, list[tuple[int, EngineLine | EngineStrip]]]:
    """Group lines, each with its number, by the identity of their engine."""
    groups: dict[int, list[tuple[int, EngineLine | EngineStrip]]] = {}
    for k, line in enumerate(lines):
        groups.setdefault(id(line.engine), []).append((k, line))
    return groups
