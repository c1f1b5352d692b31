"""A page image to a ``Page``: the whole way, readable in one screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from ocrtool.decode.assemble import LineAssembler, compose
from ocrtool.decode.beam import Step, search
from ocrtool.decode.text_filter import common_x_height, is_text_probability
from ocrtool.options import Options
from ocrtool.recognize.score import SegmentedLine
from ocrtool.script.detect import ScriptLine, Segmented, segment_page
from ocrtool.script.engine import Engine, Engines, KoreanEngine, ScoredLine
from ocrtool.types import Block, Box, Line, Page

#: A line is told if it is text with at least this probability.
TEXT_LEVEL = 0.5


@dataclass(frozen=True, slots=True)
class Details:
    """What the overlay shows besides the page. ``piece_boxes``: per line (N, 4, 2) float corners in input pixels."""

    piece_boxes: list[np.ndarray]


def read_page(gray: np.ndarray, engines: Engines, options: Options) -> Page:
    """Read one page. gray: (H, W) uint8 in any polarity, light, resolution, and skew within 15 degrees."""
    return read_page_detailed(gray, engines, options)[0]


def read_page_detailed(gray: np.ndarray, engines: Engines, options: Options) -> tuple[Page, Details]:
    """As ``read_page``, with what the overlay shows of the way there."""
    cv2.setNumThreads(options.threads)
    height, width = gray.shape
    segmented = segment_page(gray, engines)
    if segmented is None:
        return Page(width, height), Details([])
    read: dict[int, tuple[Line, tuple[float, ...]]] = {}
    for engine, numbers, scored in _by_engine(segmented.lines, engines):
        lattices = [x.lattice for x in scored]
        paths = search(lattices, engine.guide, engine.path_weights, engine.settings.beam, engine.alphabet)
        for number, one, path in zip(numbers, scored, paths, strict=True):
            if (line := _assemble(one, path, engine, segmented.to_input, (height, width))) is not None:
                read[number] = line, engine.settings.text_weights
    told = [block for block in _text_alone(segmented, read) if block]
    blocks = [Block(Box.around([x.box for x in block]), tuple(block)) for block in told]
    page = Page(width, height, tuple(blocks), round(segmented.skew, 2), _language(segmented, options))
    return page, Details([_piece_corners(x.line, segmented.to_input) for x in segmented.lines])


def _language(segmented: Segmented, options: Options) -> str:
    """What a page is written in: as asked for, or as its lines show."""
    if options.language in ("eng", "kor"):
        return options.language
    korean = {line.look is not None for line in segmented.lines}
    return "eng+kor" if len(korean) == 2 else "kor" if True in korean else "eng"


def _by_engine(
    lines: list[ScriptLine], engines: Engines
) -> Iterator[tuple[Engine | KoreanEngine, list[int], list[ScoredLine]]]:
    """Each engine that has lines to read, their numbers, and the lines scored."""
    latin = [k for k, x in enumerate(lines) if x.look is None]
    korean = [k for k, x in enumerate(lines) if x.look is not None]
    if latin and engines.latin is not None:
        yield engines.latin, latin, engines.latin.score([lines[k].line for k in latin])
    if korean and engines.korean is not None:
        looks = [look for k in korean if (look := lines[k].look) is not None]
        yield engines.korean, korean, engines.korean.score([lines[k].line for k in korean], looks)


def _assemble(
    scored: ScoredLine, path: list[Step], engine: Engine | KoreanEngine, to_input: np.ndarray, size: tuple[int, int]
) -> Line | None:
    """The line that a path spells; None if it spells nothing. size: (H, W) of the input."""
    image, glyphs = scored.line.image, engine.alphabet.glyphs
    assembler = LineAssembler(image, to_input, size, engine.path_weights.lm, engine.settings.confidence, glyphs)
    return assembler.assemble(path, scored.line.edges, scored.lattice)


def _text_alone(segmented: Segmented, read: dict[int, tuple[Line, tuple[float, ...]]]) -> list[list[Line]]:
    """The lines of each block that are text; what was read out of pictures is left out."""
    x_height = common_x_height([line for line, _ in read.values()])
    numbers = iter(range(len(segmented.lines)))
    blocks = [[next(numbers) for _ in block] for block in segmented.blocks]
    return [
        [read[k][0] for k in block if k in read and is_text_probability(read[k][0], x_height, read[k][1]) >= TEXT_LEVEL]
        for block in blocks
    ]


def _piece_corners(line: SegmentedLine, to_input: np.ndarray) -> np.ndarray:
    x0, y0, x1, y1 = line.pieces.boxes.astype(np.float64).T
    corners = np.stack([np.stack([x0, y0], 1), np.stack([x1, y0], 1), np.stack([x1, y1], 1), np.stack([x0, y1], 1)], 1)
    return cv2.transform(corners, compose(to_input, line.image.to_page))
