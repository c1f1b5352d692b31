"""The text of a page as operators of a content stream: invisible, each word from the left to the right of its box.

Words stand on the baseline of their line, along the rows or columns of the page, whichever the line follows; the lines
of a block have one size if their letters are about as large. Programs that find the order of words themselves, such as
``pdftotext`` and pdfminer, recognise by that what belongs together. A space reaches from word to word, so that no gap
divides the row of a table; a wide one is read as two, since Poppler ends words at single ones, and looks for columns
there. On skewed pages each word stands a little higher or lower than the one before; a word of a slanted text would be
read as several.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise, zip_longest

import numpy as np

from ocrtool.export.pdf.fonts import ASCENT, EM, WIDTH, InvisibleFonts
from ocrtool.types import Box, Line, Page

#: Space between words as a share of their size, less than which pdftotext (0.15 with -raw) takes them for one; and the
#: largest share of a word that is given up for it where words touch.
LEAST_SPACE, MOST_TRIMMED = 0.16, 0.25
#: Wider spaces, as a share of the size, are those between columns to Poppler, or nearly.
WIDE_SPACE = 1.0
#: Height of a line above its baseline in heights of its small letters: at least theirs, and more than this is a
#: flourish or a stain.
LOWEST, HIGHEST = 1.0, 2.5
#: Lines whose small letters differ by no more than this factor have one size.
SAME_SIZE = 1.25
#: Least horizontal scale, in per cent, and rise that is written, as a share of the size.
LEAST_SCALE, LEAST_RISE = 1.0, 0.01
#: Unit vectors along text that needs 0, 90, 180 and 270 degrees clockwise to run to the right; rows run down.
_AHEAD = {0: (1.0, 0.0), 90: (0.0, -1.0), 180: (-1.0, 0.0), 270: (0.0, 1.0)}


@dataclass(slots=True)
class _Place:
    """A word: where it is along its line, and how far up its baseline and its top are, in pixels."""

    text: str
    start: float
    end: float
    base: float
    top: float
    is_wanted: bool


def text_layer(
    page: Page, to_points: np.ndarray, fonts: InvisibleFonts, is_wanted: Callable[[Box], bool] = lambda box: True
) -> bytes:
    """Return the operators that place the words of ``page``; empty if there are none.

    to_points: (3, 2), maps rows x, y, 1 in pixels to points; is_wanted: whether a word with this box is placed.
    """
    writer = _Writer(to_points, fonts)
    for block in page.blocks:
        lines = [line for line in block.lines if line.words]
        places = [_places(line, (page.width, page.height), is_wanted) for line in lines]
        for line, words, size in zip(lines, places, _sizes(lines, places), strict=True):
            _trim(words, size)
            writer.place(line, words, size)
    return b"q BT 3 Tr\n%sET Q\n" % b"".join(writer.operators) if writer.operators else b""


class _Writer:
    """Makes operators, and knows what the last ones have set."""

    def __init__(self, to_points: np.ndarray, fonts: InvisibleFonts) -> None:
        self.operators: list[bytes] = []
        self._to_points, self._fonts = to_points, fonts
        self._state: dict[bytes, bytes] = {b"Ts": b"0"}

    def place(self, line: Line, words: Sequence[_Place], size: float) -> None:
        """Place the words of a line that are wanted. size: of its font, in pixels."""
        ahead = _AHEAD[line.orientation]
        (a, b), (c, d) = (np.array((ahead, _up(ahead))) @ self._to_points[:2]).tolist()  # a pixel ahead, and one up
        e, f = self._to_points[2].tolist()
        across, high = float(np.hypot(a, b)), float(np.hypot(c, d))  # points of a pixel
        for is_wanted, group in groupby(words, lambda word: word.is_wanted):
            run = list(group)
            if is_wanted:
                x, y = a * run[0].start + c * run[0].base + e, b * run[0].start + d * run[0].base + f
                matrix = (a / across, b / across, c / high, d / high, x, y)
                self.operators.append(b" ".join(map(_number, matrix)) + b" Tm\n")
                self._run(run, across, high, size)

    def _run(self, run: Sequence[_Place], across: float, high: float, size: float) -> None:
        """Place successive words. across, high: points of a pixel along the line and across it."""
        em = _number(size * high)
        width = float(em) * WIDTH / EM  # of a character in points, before it is scaled
        at = run[0].start * across  # where the next character stands
        for place, following in zip_longest(run, run[1:]):
            name, codes, count, space = self._fonts.encode(place.text)
            self._set(b"Tf", b"/%s %s" % (name, em))
            rise = place.base - run[0].base
            self._set(b"Ts", _number(rise * high) if abs(rise) > LEAST_RISE * size else b"0")
            at += self._show(codes, (place.end * across - at) / (count * width), 1) * count * width
            if following is None:
                self.operators.append(space + b"Tj\n")
            else:
                if following.start - place.end > WIDE_SPACE * size:
                    space = self._fonts.wide_space(name)
                at += self._show(space, (following.start * across - at) / width, 0) * width

    def _show(self, codes: bytes, scale: float, digits: int) -> float:
        """Show characters, made wider or narrower; return their scale as it is written. digits: of per cent."""
        number = _number(max(100.0 * scale, LEAST_SCALE), digits)
        self._set(b"Tz", number)
        self.operators.append(codes + b"Tj\n")
        return float(number) / 100.0

    def _set(self, operator: bytes, operands: bytes) -> None:
        if self._state.get(operator) != operands:
            self._state[operator] = operands
            self.operators.append(b"%s %s " % (operands, operator))


def _up(ahead: tuple[float, float]) -> tuple[float, float]:
    """Return the unit vector to the left of ``ahead``, which is up for text that runs to the right."""
    return ahead[1], -ahead[0]


def _places(line: Line, size: tuple[int, int], is_wanted: Callable[[Box], bool]) -> list[_Place]:
    """Place the words of a line along its baseline; within the page, of ``size``, where that cuts a line in two.

    Programs leave out text that stands beside the page.
    """
    (ax, ay) = ahead = _AHEAD[line.orientation]
    ux, uy = _up(ahead)
    x0, y0, x1, y1 = line.baseline
    run = ax * (x1 - x0) + ay * (y1 - y0)
    slope = (ux * (x1 - x0) + uy * (y1 - y0)) / run if run > 0 else 0.0
    first, base = ax * x0 + ay * y0, ux * x0 + uy * y0
    lowest, highest = sorted((0.0, ux * size[0] + uy * size[1]))
    places = []
    for box, text in ((word.box, word.text) for word in line.words):
        start, end = sorted((ax * box.x0 + ay * box.y0, ax * box.x1 + ay * box.y1))
        top = max(ux * box.x0 + uy * box.y0, ux * box.x1 + uy * box.y1) - abs(slope) * (end - start) / 2
        its_base = min(max(base + slope * ((start + end) / 2 - first), lowest + 1.0), highest - 1.0)
        places.append(_Place(text, start, max(end, start + 1.0), its_base, top, is_wanted(box)))
    return places


def _sizes(lines: Sequence[Line], places: Sequence[Sequence[_Place]]) -> list[float]:
    """Choose the size of the font of each line of a block, in pixels."""
    sizes: list[float] = []
    together: list[float] = []
    for index, line in enumerate(lines):
        above = max(place.top - place.base for place in places[index])
        together.append(min(max(above, LOWEST * line.x_height), HIGHEST * line.x_height) * EM / ASCENT)
        following = lines[index + 1].x_height if index + 1 < len(lines) else 0.0
        if not line.x_height / SAME_SIZE <= following <= line.x_height * SAME_SIZE:
            sizes += [max(sorted(together)[len(together) // 2], 1.0)] * len(together)
            together = []
    return sizes


def _trim(places: Sequence[_Place], size: float) -> None:
    for before, after in pairwise(places):
        missing = LEAST_SPACE * size - (after.start - before.end)
        if missing > 0:
            before.end -= min(missing / 2, MOST_TRIMMED * (before.end - before.start))
            after.start += min(missing / 2, MOST_TRIMMED * (after.end - after.start))


def _number(value: float, digits: int = 2) -> bytes:
    """Format a number of a content stream, by default to 1/100 of a point."""
    text = f"{value:.{digits}f}"
    if digits:
        text = text.rstrip("0").rstrip(".")
    return b"0" if text == "-0" else text.encode()
