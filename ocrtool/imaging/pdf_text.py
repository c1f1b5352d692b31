"""The text that a page of a PDF holds: whether it is all that the page shows, and its words with their boxes."""

from __future__ import annotations

import ctypes
import math
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np

from ocrtool.imaging.pdf_raster import Contents
from ocrtool.text import graphemes
from ocrtool.types import Alternative, Block, Box, Character, Line, Page, Word

#: Share of the page under images above which it is a scan, whatever text it holds.
SCAN = 0.5
#: Share of characters without a meaning in Unicode above which the text is no text.
UNMAPPED = 0.02
#: Distance of two lines, as a share of their height from descender to ascender, above which a block ends.
BLOCK_GAP = 0.9
#: Height of small letters as a share of the height from descender to ascender.
X_HEIGHT = 0.45
#: Characters that PDFium puts for a hyphen at the end of a line.
HYPHENS = dict.fromkeys(("\x02", "\xad", "\ufffe"), "-")
#: PDFium rounds positions: parts of a pixel, and distance in points, for which it is asked.
_FINE, _FAR = 64, 1000.0


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character of a page, in pixels as drawn.

    label: a space for any white space; box: of its ink: x0, y0, x1, y1; origin: where it stands on the baseline;
    extent: width and height of the rectangle from descender to ascender; ends_line: a line ends with it; visible: it is
    drawn; mapped: its meaning is known.
    """

    label: str
    box: tuple[float, float, float, float]
    origin: tuple[float, float]
    extent: tuple[float, float]
    ends_line: bool = False
    visible: bool = True
    mapped: bool = True


def glyphs_of(page: Any, size: tuple[int, int]) -> list[Glyph]:
    """List the characters of ``page`` (a ``pypdfium2.PdfPage``) in its order. size: width and height as drawn."""
    import pypdfium2.raw as pdfium

    text = pdfium.FPDFText_LoadPage(page)
    if not text:
        return []
    try:
        count = max(0, pdfium.FPDFText_CountChars(text))
        signs = [_sign(text, index) for index in range(count)]
        places = np.array([_place(text, index) for index in range(count)], np.float64).reshape(-1, 5, 2)
    finally:
        pdfium.FPDFText_ClosePage(text)
    places = places @ (matrix := points_to_pixels(page, size))[:2] + matrix[2]  # (N, 5, 2)
    low = np.minimum(places[:, 0:4:2], places[:, 1:4:2])  # (N, 2, 2): upper left corners of both rectangles
    high = np.maximum(places[:, 0:4:2], places[:, 1:4:2])
    inked = (low[:, 1] < high[:, 1]).all(axis=1)[:, None]
    boxes = np.where(inked, np.hstack([low[:, 1], high[:, 1]]), np.hstack([low[:, 0], high[:, 0]]))
    within = ((places[:, 4] >= -1) & (places[:, 4] <= np.array(size) + 1)).all(axis=1)
    rows = zip(signs, within.tolist(), boxes.tolist(), places[:, 4].tolist(), (high - low)[:, 0].tolist(), strict=True)
    return [
        Glyph(label, tuple(box), tuple(origin), tuple(extent), *state)
        for (label, *state), is_within, box, origin, extent in rows
        if label == " " or is_within
    ]


def is_whole(glyphs: Sequence[Glyph], shown: Contents) -> bool:
    """Whether the text is all of the page: visible, of known meaning, no scan's, and without notes or drawn letters."""
    signs = [glyph for glyph in glyphs if glyph.label != " "]
    seen = sum(glyph.visible for glyph in signs)
    strange = sum(not glyph.mapped for glyph in signs)
    whole = seen == len(signs) > 0 and strange <= UNMAPPED * len(signs)
    return whole and shown.image_share < SCAN and shown.paths <= seen and not shown.notes


def as_page(glyphs: Sequence[Glyph], size: tuple[int, int]) -> Page | None:
    """Arrange visible characters, or all if none is visible, as words, lines and blocks; None if there is none."""
    if any(glyph.visible and glyph.label != " " for glyph in glyphs):
        glyphs = [glyph for glyph in glyphs if glyph.visible or glyph.label == " "]
    lines = [line for signs in _lines(glyphs) if (line := _line(signs)) is not None]
    if not lines:
        return None
    blocks = tuple(Block(Box.around([line.box for line in group]), tuple(group)) for group in _blocks(lines))
    return Page(*size, blocks, orientation=_orientation(lines))


def _sign(text: Any, index: int) -> tuple[str, bool, bool, bool]:
    """Return label, whether a line ends with it, whether it is visible, and whether its meaning is known."""
    import pypdfium2.raw as pdfium

    code = pdfium.FPDFText_GetUnicode(text, index)
    label = chr(code) if code <= sys.maxunicode else "\ufffd"
    label = HYPHENS.get(label, label)
    if label.isspace() or label == "\0":
        return " ", label in "\r\n", True, True
    mapped = pdfium.FPDFText_HasUnicodeMapError(text, index) != 1 and label != "\ufffd"
    drawn = pdfium.FPDFText_GetTextObject(text, index)
    mode = pdfium.FPDFTextObj_GetTextRenderMode(drawn) if drawn else pdfium.FPDF_TEXTRENDERMODE_FILL
    visible = mode not in (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
    return label, False, visible, mapped and unicodedata.category(label) not in ("Co", "Cn", "Cs", "Cc")


def _place(text: Any, index: int) -> tuple[float, ...]:
    """Return two corners from descender to ascender, two corners of the ink, and the origin, in points."""
    import pypdfium2.raw as pdfium

    left, right, bottom, top, x, y = (ctypes.c_double() for _ in range(6))
    full = pdfium.FS_RECTF()
    pdfium.FPDFText_GetCharBox(text, index, left, right, bottom, top)
    pdfium.FPDFText_GetLooseCharBox(text, index, full)
    pdfium.FPDFText_GetCharOrigin(text, index, x, y)
    ink = (left.value, bottom.value, right.value, top.value)
    return (full.left, full.bottom, full.right, full.top, *ink, x.value, y.value)


def points_to_pixels(page: Any, size: tuple[int, int]) -> np.ndarray:
    """Return the matrix (3, 2) from points of the page, as rows x, y, 1, to pixels of its drawing."""
    import pypdfium2.raw as pdfium

    corners = []
    for x, y in ((0, 0), (_FAR, 0), (0, _FAR)):
        across, down = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(page, 0, 0, size[0] * _FINE, size[1] * _FINE, 0, x, y, across, down)
        corners.append((across.value / _FINE, down.value / _FINE))
    zero, right, up = np.array(corners)
    return np.array([(right - zero) / _FAR, (up - zero) / _FAR, zero])


def _lines(glyphs: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    line: list[Glyph] = []
    for glyph in glyphs:
        if glyph.ends_line:
            yield line
            line = []
        else:
            line.append(glyph)
    yield line


def _line(glyphs: Sequence[Glyph]) -> Line | None:
    groups = groupby(glyphs, lambda glyph: glyph.label == " ")
    words = [_word(list(group)) for spaces, group in groups if not spaces]
    if not words:
        return None
    signs = [glyph for glyph in glyphs if glyph.label != " "]
    first, last = np.array(signs[0].origin), np.array(signs[-1].origin)
    length = float(np.hypot(*(last - first)))
    ahead = (last - first) / length if length > 0 else np.array((1.0, 0.0))
    upright = abs(ahead[0]) >= abs(ahead[1])
    last = last + ahead * signs[-1].extent[0 if upright else 1]
    height = float(np.median([glyph.extent[1 if upright else 0] for glyph in signs]))
    baseline = (float(first[0]), float(first[1]), float(last[0]), float(last[1]))
    return Line(Box.around([word.box for word in words]), tuple(words), baseline, X_HEIGHT * height)


def _word(glyphs: Sequence[Glyph]) -> Word:
    """Make a word. A letter and the marks on it are one character."""
    text = unicodedata.normalize("NFC", "".join(glyph.label for glyph in glyphs))
    clusters = graphemes(text)
    if len(clusters) != len(glyphs):
        glyphs = _merged(glyphs)
        clusters = [glyph.label for glyph in glyphs]
    characters = tuple(
        Character(_whole_pixels(glyph), label, 1.0, (Alternative(label, 1.0),))
        for glyph, label in zip(glyphs, clusters, strict=True)
    )
    return Word(Box.around([character.box for character in characters]), characters, 1.0)


def _merged(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Join each run of characters that make one grapheme cluster."""
    found, start = [], 0
    for cluster in graphemes("".join(glyph.label for glyph in glyphs)):
        run = glyphs[start : start + len(cluster)]
        start += len(cluster)
        x0, y0, x1, y1 = zip(*(glyph.box for glyph in run), strict=True)
        box = (min(x0), min(y0), max(x1), max(y1))
        found.append(replace(run[0], label=unicodedata.normalize("NFC", cluster), box=box))
    return found


def _whole_pixels(glyph: Glyph) -> Box:
    x0, y0, x1, y1 = glyph.box
    return Box(math.floor(x0 + 0.25), math.floor(y0 + 0.25), math.ceil(x1 - 0.25), math.ceil(y1 - 0.25))


def _blocks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Group lines that follow each other without a wide gap."""
    block: list[Line] = []
    for line in lines:
        if block:
            last, this = block[-1].box, line.box
            gap = max(this.x0 - last.x1, last.x0 - this.x1, this.y0 - last.y1, last.y0 - this.y1)
            if gap > BLOCK_GAP * line.x_height / X_HEIGHT:
                yield block
                block = []
        block.append(line)
    yield block


def _orientation(lines: Sequence[Line]) -> int:
    """Return by how many degrees the page is to be turned clockwise so that most of its text runs to the right."""
    turns: Counter[int] = Counter()
    for line in lines:
        x0, y0, x1, y1 = line.baseline
        runs_to = round(math.degrees(math.atan2(y1 - y0, x1 - x0)) / 90) % 4  # clockwise from the right
        turns[-runs_to % 4 * 90] += len(line.text)
    return turns.most_common(1)[0][0]
