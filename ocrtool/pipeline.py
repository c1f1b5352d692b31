"""A page image to a ``Page``: the whole way, readable in one screen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from ocrtool.decode.assemble import LineAssembler, compose
from ocrtool.decode.beam import Guide, Step, search
from ocrtool.decode.lattice import Lattice, build_lattice
from ocrtool.decode.settings import DecoderSettings, PathWeights
from ocrtool.decode.spaces import space_probabilities
from ocrtool.decode.textness import common_x_height, text_probability
from ocrtool.options import Options
from ocrtool.recognize.score import Classifier, SegmentedLine, score_settling
from ocrtool.segment.edges import find_edges, gaps_before
from ocrtool.segment.layout import find_text
from ocrtool.segment.pieces import cut_pieces
from ocrtool.segment.rectify import rectify
from ocrtool.types import Block, Box, Line, Page

#: A line is told if it is text with at least this probability.
TEXT_LEVEL = 0.5


@dataclass(frozen=True, slots=True)
class Engine:
    """The networks and fitted weights of one language."""

    classifier: Classifier
    guide: Guide
    settings: DecoderSettings
    path_weights: PathWeights


@dataclass(frozen=True, slots=True)
class Segmented:
    """A page cut up. ``blocks`` hold lines in reading order; ``skew`` in degrees counter-clockwise."""

    blocks: list[list[SegmentedLine]]
    to_input: np.ndarray
    skew: float

    @property
    def lines(self) -> list[SegmentedLine]:
        return [line for block in self.blocks for line in block]

    def with_lines(self, lines: list[SegmentedLine]) -> Segmented:
        """The same page with its lines replaced one for one."""
        rest = iter(lines)
        return replace(self, blocks=[[next(rest) for _ in block] for block in self.blocks])


@dataclass(frozen=True, slots=True)
class Details:
    """What the overlay shows besides the page. ``piece_boxes``: per line (N, 4, 2) float corners in input pixels."""

    piece_boxes: list[np.ndarray]


def load_engine(options: Options) -> Engine:
    """Open the weights that ``options`` ask for. Raises WeightsNotFound, WeightsRefused."""
    from ocrtool.decode.language_model import LanguageModel, UniformModel
    from ocrtool.errors import WeightsRefused
    from ocrtool.recognize.latin import LatinClassifier
    from ocrtool.weights import open_weights, read_manifest

    classifier = LatinClassifier(open_weights("latin", options.weights), options.threads)
    manifest = read_manifest("decoder_eng", options.weights)
    try:
        settings = DecoderSettings.from_manifest(manifest["parameters"])
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsRefused(f"decoder_eng.json is not a decoder's manifest: {error!r}") from error
    if not options.language_model:
        return Engine(classifier, UniformModel(), settings, settings.unguided)
    guide = LanguageModel(open_weights("lstm_eng", options.weights))  # one thread: its steps are too short for more
    return Engine(classifier, guide, settings, settings.guided)


def segment_page(gray: np.ndarray) -> Segmented | None:
    """Cut a page up. gray: (H, W) uint8. None if the page is blank."""
    found = find_text(gray)
    if found is None:
        return None
    page, layout = found
    blocks = []
    for regions in layout.blocks:
        images = [rectify(page.soft, layout.owner, region) for region in regions]
        pieces = [cut_pieces(image) for image in images]
        blocks.append([SegmentedLine(i, p, find_edges(p)) for i, p in zip(images, pieces, strict=True) if len(p)])
    return Segmented([block for block in blocks if block], page.to_input, page.skew)


def line_lattice(line: SegmentedLine, scores: np.ndarray, settings: DecoderSettings) -> Lattice:
    """Lattice of one scored line."""
    space = space_probabilities(gaps_before(line.pieces), np.array(settings.space_weights))
    return build_lattice(line.edges, scores, space)


def read_page(gray: np.ndarray, engine: Engine, options: Options) -> Page:
    """Read one page. gray: (H, W) uint8 in any polarity, light, resolution, and skew within 15 degrees."""
    return read_page_detailed(gray, engine, options)[0]


def read_page_detailed(gray: np.ndarray, engine: Engine, options: Options) -> tuple[Page, Details]:
    """As ``read_page``, with what the overlay shows of the way there."""
    cv2.setNumThreads(options.threads)
    height, width = gray.shape
    segmented = segment_page(gray)
    if segmented is None:
        return Page(width, height, language=options.language), Details([])
    lines, scores = score_settling(segmented.lines, engine.classifier)
    lattices = [line_lattice(line, s, engine.settings) for line, s in zip(lines, scores, strict=True)]
    paths = search(lattices, engine.guide, engine.path_weights, engine.settings.beam)
    segmented = segmented.with_lines(lines)
    read = _assemble(segmented, paths, scores, engine, (height, width))
    blocks = tuple(Block(Box.around([line.box for line in block]), tuple(block)) for block in read if block)
    page = Page(width, height, blocks, round(segmented.skew, 2), options.language)
    return page, Details([_piece_corners(line, segmented.to_input) for line in lines])


def _assemble(
    segmented: Segmented, paths: list[list[Step]], scores: list[np.ndarray], engine: Engine, size: tuple[int, int]
) -> list[list[Line]]:
    """Lines of each block, those that hold no text left out."""
    read: list[list[Line]] = []
    number = 0
    for block in segmented.blocks:
        read.append([])
        for line in block:
            assembler = LineAssembler(
                line.image, segmented.to_input, size, engine.path_weights.lm, engine.settings.confidence
            )
            result = assembler.assemble(paths[number], line.edges, scores[number])
            if result is not None:
                read[-1].append(result)
            number += 1
    return _text_alone(read, engine.settings.text_weights)


def _text_alone(blocks: list[list[Line]], weights: tuple[float, ...]) -> list[list[Line]]:
    """The lines that are text; what was read out of pictures is left out."""
    x_height = common_x_height([line for block in blocks for line in block])
    return [[line for line in block if text_probability(line, x_height, weights) >= TEXT_LEVEL] for block in blocks]


def _piece_corners(line: SegmentedLine, to_input: np.ndarray) -> np.ndarray:
    x0, y0, x1, y1 = line.pieces.boxes.astype(np.float64).T
    corners = np.stack([np.stack([x0, y0], 1), np.stack([x1, y0], 1), np.stack([x1, y1], 1), np.stack([x0, y1], 1)], 1)
    return cv2.transform(corners, compose(to_input, line.image.to_page))
