"""The text of a page as operators of a content stream: invisible, each word from the left to the right of its box.

Words are placed along the rows or columns of the page, whichever their line follows, and as high as all of their line:
programs that extract or select text recognise lines by common heights. On skewed pages each word stands a little higher
or lower than the one before. A word of a slanted text would be read as several.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ocrtool.export.pdf.font import InvisibleFont
from ocrtool.types import Box, Line, Page

#: Space between words as a share of their height, less than which pdftotext (0.15 with -raw) takes them for one; and
#: the largest share of a word that is given up for it where words touch.
LEAST_SPACE, MOST_TRIMMED = 0.16, 0.25
#: Unit vectors along text that needs 0, 90, 180 and 270 degrees clockwise to run to the right; rows run down.
_AHEAD = {0: (1.0, 0.0), 90: (0.0, -1.0), 180: (-1.0, 0.0), 270: (0.0, 1.0)}


@dataclass(slots=True)
class _Place:
    """A word, in pixels along its line and to the top of its letters."""

    text: str
    start: float
    end: float
    bottom: float
    top: float


def text_layer(
    page: Page, to_points: np.ndarray, font: InvisibleFont, is_wanted: Callable[[Box], bool] = lambda box: True
) -> bytes:
    """Return the operators that place the words of ``page``; empty if there are none.

    to_points: (3, 2), maps rows x, y, 1 in pixels to points; is_wanted: whether a word with this box is placed.
    """
    words = [word for line in page.lines for word in _words(line, to_points, font, is_wanted)]
    return b"BT\n3 Tr /%s 1 Tf\n%sET\n" % (font.name.encode(), b"".join(words)) if words else b""


def line_turn(line: Line) -> int:
    """Return by how many degrees a line is to be turned clockwise to run to the right: 0, 90, 180 or 270."""
    x0, y0, x1, y1 = line.baseline
    if abs(x1 - x0) >= abs(y1 - y0):
        return 0 if x1 >= x0 else 180
    return 270 if y1 > y0 else 90


def _words(line: Line, to_points: np.ndarray, font: InvisibleFont, is_wanted: Callable[[Box], bool]) -> list[bytes]:
    """Return the operators of the words of a line, each followed by a space."""
    ahead = _AHEAD[line_turn(line)]
    (a, b), (c, d) = (np.array((ahead, _up(ahead))) @ to_points[:2]).tolist()  # a pixel ahead and one up, in points
    e, f = to_points[2].tolist()
    found = []
    for word, place in zip(line.words, _places(line, ahead), strict=True):
        if is_wanted(word.box):
            length = max(place.end - place.start, 1.0) / len(place.text)
            height = max(place.top - place.bottom, 1.0)
            x, y = a * place.start + c * place.bottom + e, b * place.start + d * place.bottom + f
            matrix = (a * length, b * length, c * height, d * height, x, y)
            numbers = " ".join(map(_number, matrix))
            found.append(b"%s Tm<%s>Tj\n" % (numbers.encode(), font.encode(place.text + " ").hex().encode()))
    return found


def _up(ahead: tuple[float, float]) -> tuple[float, float]:
    """Return the unit vector to the left of ``ahead``, which is up for text that runs to the right."""
    return ahead[1], -ahead[0]


def _places(line: Line, ahead: tuple[float, float]) -> list[_Place]:
    """Place the words of a line: as high as all of them, along its baseline, with space between them."""
    (ax, ay), (ux, uy) = ahead, _up(ahead)
    places = []
    for box, text in ((word.box, word.text) for word in line.words):
        start, end = sorted((ax * box.x0 + ay * box.y0, ax * box.x1 + ay * box.y1))
        bottom, top = sorted((ux * box.x0 + uy * box.y0, ux * box.x1 + uy * box.y1))
        places.append(_Place(text, start, end, bottom, top))
    x, y = line.baseline[2] - line.baseline[0], line.baseline[3] - line.baseline[1]
    run, rise = ax * x + ay * y, ux * x + uy * y
    slope = rise / run if run > 0 else 0.0
    within = [abs(slope) * (place.end - place.start) / 2 for place in places]
    drift = [slope * (place.start + place.end) / 2 for place in places]
    bottom = min(p.bottom + w - d for p, w, d in zip(places, within, drift, strict=True))
    top = max(p.top - w - d for p, w, d in zip(places, within, drift, strict=True))
    for place, its in zip(places, drift, strict=True):
        place.bottom, place.top = bottom + its, max(top, bottom) + its
    _trim(places)
    return places


def _trim(places: list[_Place]) -> None:
    for before, after in pairwise(places):
        missing = LEAST_SPACE * (before.top - before.bottom) - (after.start - before.end)
        if missing > 0:
            before.end -= min(missing / 2, MOST_TRIMMED * (before.end - before.start))
            after.start += min(missing / 2, MOST_TRIMMED * (after.end - after.start))


def _number(value: float) -> str:
    """Format a number of a content stream, to 1/100 of a point."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"
