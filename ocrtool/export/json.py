"""JSON: pages -> lines -> words -> characters, each with its box in pixels of the input and its probability."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from ocrtool.types import Box, Character, Line, Page, Word

EXTENSION = ".json"

#: Raised when a reader of an older version would misread the document.
VERSION = 1


def document(pages: Iterable[Page]) -> Iterator[str]:
    """Parts of one JSON object, as the pages come in; a page is one line of it."""
    yield f'{{"format": "ocrtool", "version": {VERSION}, "pages": ['
    for i, page in enumerate(pages):
        yield (",\n" if i else "\n") + json.dumps(page_object(page), ensure_ascii=False)
    yield "\n]}\n"


def page_object(page: Page) -> dict[str, Any]:
    """The page as plain values. ``lines`` stand in reading order; ``block`` is the index into ``blocks``."""
    return {
        "source": page.source,
        "number": page.number,
        "width": page.width,
        "height": page.height,
        "skew": _rounded(page.skew, 2),
        "language": page.language,
        "blocks": [{"box": _box(block.box)} for block in page.blocks],
        "lines": [_line(line, i) for i, block in enumerate(page.blocks) for line in block.lines],
    }


def _line(line: Line, block: int) -> dict[str, Any]:
    return {
        "block": block,
        "box": _box(line.box),
        "baseline": [_rounded(v, 1) for v in line.baseline],
        "x_height": _rounded(line.x_height, 1),
        "text": line.text,
        "words": [_word(word) for word in line.words],
    }


def _word(word: Word) -> dict[str, Any]:
    return {
        "box": _box(word.box),
        "text": word.text,
        "probability": _rounded(word.probability, 4),
        "characters": [_character(character) for character in word.characters],
    }


def _character(character: Character) -> dict[str, Any]:
    return {
        "box": _box(character.box),
        "label": character.label,
        "probability": _rounded(character.probability, 4),
        "alternatives": [
            {"label": other.label, "probability": _rounded(other.probability, 4)} for other in character.alternatives
        ],
    }


def _box(box: Box) -> list[int]:
    return [int(box.x0), int(box.y0), int(box.x1), int(box.y1)]


def _rounded(value: float, digits: int) -> float:
    return round(float(value), digits) + 0.0  # no negative zero
