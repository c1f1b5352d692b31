"""A page image to a `Page`: the whole way, readable in one screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import cv2
import numpy as np

from ocrtool.decode.assemble import LineAssembler
from ocrtool.decode.beam import Step, search
from ocrtool.decode.text_filter import common_x_height, is_text_probability
from ocrtool.imaging.affine import compose
from ocrtool.imaging.page import prepare
from ocrtool.script.engines import Engine, Engines, ScoredLine
from ocrtool.script.lines import EngineLine, PageLines, find_lines
from ocrtool.types import Block, Box, Line, Page

#: A line is kept if it is text with at least this probability: hatching and blots give lines too.
TEXT_LEVEL = 0.5


@dataclass(frozen=True, slots=True)
class Details:
    """What the overlay shows besides the page. ``piece_boxes``: per line (N, 4, 2) float corners in input pixels."""

    piece_boxes: list[np.ndarray]


def read_page(gray: np.ndarray, engines: Engines) -> Page:
    """Read one page. gray: (H, W) uint8 in any polarity, light, resolution, and skew within 15 degrees."""
    return read_page_detailed(gray, engines)[0]


def read_page_detailed(gray: np.ndarray, engines: Engines) -> tuple[Page, Details]:
    """As `read_page`, with what the overlay shows of the way there."""
    page = prepare(gray)
    found = PageLines() if page is None else find_lines(page, engines)
    scored = score(found.lines)
    paths = decode(found.lines, scored)
    lines = assemble(found.lines, scored, paths, gray.shape)
    blocks = text_blocks(found.lines, lines)
    language = page_language(found.lines, engines)
    result = Page(gray.shape[1], gray.shape[0], blocks, round(found.skew, 2), language)
    return result, Details([_piece_corners(line) for line in found.lines])


def score(lines: Sequence[EngineLine]) -> list[ScoredLine]:
    """All edges of the lines through the classifiers of their engines, those of each engine together."""
    scored: list[ScoredLine | None] = [None] * len(lines)
    for engine, own in _by_engine(lines):
        first = [lines[k].proposals for k in own]
        known = [proposals for proposals in first if proposals is not None]
        results = engine.score([lines[k].line for k in own], known if len(known) == len(own) else None)
        for k, result in zip(own, results, strict=True):
            scored[k] = result
    return [line for line in scored if line is not None]


def decode(lines: Sequence[EngineLine], scored: Sequence[ScoredLine]) -> list[list[Step]]:
    """The best path through each line's lattice; lines of one engine advance together."""
    paths: list[list[Step]] = [[] for _ in lines]
    for engine, own in _by_engine(lines):
        lattices = [scored[k].lattice for k in own]
        found = search(lattices, engine.language_model, engine.path_weights, engine.settings.beam, engine.alphabet)
        for k, path in zip(own, found, strict=True):
            paths[k] = path
    return paths


def _by_engine(lines: Sequence[EngineLine]) -> list[tuple[Engine, list[int]]]:
    """Each engine with the numbers of its lines."""
    groups: dict[int, tuple[Engine, list[int]]] = {}
    for k, line in enumerate(lines):
        groups.setdefault(id(line.engine), (line.engine, []))[1].append(k)
    return list(groups.values())


def assemble(
    lines: Sequence[EngineLine], scored: Sequence[ScoredLine], paths: Sequence[list[Step]], shape: tuple[int, ...]
) -> list[Line | None]:
    """The line that each path spells, boxes in pixels of the input; None if it spells nothing. shape: (H, W)."""
    size = (shape[0], shape[1])
    return [
        LineAssembler(
            one.line.image,
            found.to_input,
            size,
            found.engine.path_weights.lm,
            found.engine.settings.confidence,
            found.engine.alphabet.glyphs,
        ).assemble(path, one.line.edges, one.lattice)
        for found, one, path in zip(lines, scored, paths, strict=True)
    ]


def text_blocks(found: Sequence[EngineLine], lines: Sequence[Line | None]) -> tuple[Block, ...]:
    """Blocks of the lines that are text; what was read out of pictures is left out."""
    x_height = common_x_height([line for line in lines if line is not None])
    kept = [
        (one.block, line)
        for one, line in zip(found, lines, strict=True)
        if line is not None and is_text_probability(line, x_height, one.engine.settings.text_weights) >= TEXT_LEVEL
    ]
    blocks = [[line for _, line in group] for _, group in groupby(kept, key=lambda pair: pair[0])]
    return tuple(Block(Box.around([line.box for line in block]), tuple(block)) for block in blocks)


def page_language(lines: Sequence[EngineLine], engines: Engines) -> str:
    """The languages of the engines that the lines went to, joined by ``+``; of a blank page, the first engine's."""
    used = {id(line.engine) for line in lines}
    return "+".join(e.script.language for e in engines if id(e) in used) or engines[0].script.language


def _piece_corners(line: EngineLine) -> np.ndarray:
    x0, y0, x1, y1 = line.line.pieces.boxes.astype(np.float64).T
    corners = np.stack([np.stack([x0, y0], 1), np.stack([x1, y0], 1), np.stack([x1, y1], 1), np.stack([x0, y1], 1)], 1)
    return cv2.transform(corners, compose(line.to_input, line.line.image.to_page))
