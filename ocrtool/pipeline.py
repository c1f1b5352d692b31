"""A page image to a `Page`: the whole way, readable in one screen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocrtool.imaging.prepare import prepare
from ocrtool.script.engines import Engines
from ocrtool.script.lines import find_lines, piece_corners
from ocrtool.script.reading import assemble_lines, assemble_page, decode_lines, score_lines
from ocrtool.types import Page


@dataclass(frozen=True, slots=True)
class Details:
    """What the overlay shows besides the page. ``piece_boxes``: per line (N, 4, 2) float corners in input pixels."""

    piece_boxes: list[np.ndarray]


def read_page(gray: np.ndarray, engines: Engines) -> Page:
    """Read one page. gray: (H, W) uint8 in any polarity, light, resolution, and skew within 15 degrees."""
    return read_page_detailed(gray, engines)[0]


def read_page_detailed(gray: np.ndarray, engines: Engines) -> tuple[Page, Details]:
    """As `read_page`, with what the overlay shows of the way there."""
    size = (gray.shape[0], gray.shape[1])
    page = prepare(gray)  # its ink
    found = find_lines(page, engines)  # laid out, each line cut up for the engine that reads it
    scored = score_lines(found.lines)  # what each run of pieces could be
    paths = decode_lines(found.lines, scored)  # the likeliest reading, with the language model
    lines = assemble_lines(found.lines, scored, paths, size)  # characters, words, lines with boxes
    return assemble_page(found, lines, engines, size), Details(piece_corners(found.lines))
