"""What single characters were read as: a line of text for each, or JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ocrtool.errors import printable
from ocrtool.script.single import Reading

#: Raised when a reader of an older version would misread the document.
VERSION = 1
#: Decimals of a probability.
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was read. source: the input as the user wrote it; number: from 1 of ``count`` pictures in it;
    gray: (H, W) uint8.
    """

    source: str
    number: int
    count: int
    gray: np.ndarray
    reading: Reading

    @property
    def name(self) -> str:
        """What messages call it, on one line."""
        name = printable(self.source)
        return name if self.count == 1 else f"{name}, page {self.number}"


def as_text(pictures: Iterable[Picture]) -> Iterator[str]:
    """A line a picture, between tabs: its name, and each label with its probability; ``blank`` if it is that."""
    for picture in pictures:
        labels = [f"{one.label} {one.probability:.{DIGITS}f}" for one in picture.reading.labels]
        yield "\t".join([picture.name, *(labels or ["blank"])]) + "\n"


def as_json(pictures: Iterable[Picture]) -> Iterator[str]:
    """Parts of one JSON object; a picture is one line of it."""
    yield f'{{"format": "ocrtool-labels", "version": {VERSION}, "images": ['
    for i, picture in enumerate(pictures):
        yield (",\n" if i else "\n") + json.dumps(_object(picture), ensure_ascii=False)
    yield "\n]}\n"


def _object(picture: Picture) -> dict[str, Any]:
    box = picture.reading.box
    return {
        "source": picture.source,
        "number": picture.number,
        "width": int(picture.gray.shape[1]),
        "height": int(picture.gray.shape[0]),
        "box": None if box is None else [box.x0, box.y0, box.x1, box.y1],
        "labels": [
            {"label": one.label, "probability": round(one.probability, DIGITS)} for one in picture.reading.labels
        ],
    }


#: By the name of the format.
DOCUMENTS: dict[str, Callable[[Iterable[Picture]], Iterator[str]]] = {"text": as_text, "json": as_json}
