"""Korean pages set as print is: lines broken between syllables or words, justified or ragged, lists with hanging signs.

Lines are laid out and drawn by FreeType through Pillow, whole runs at a time: nothing here is shared with what draws
training examples, so that what is measured on these pages does not lean on how those are made.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from training.synthesis.hangul_signs import is_hanja

DPI, POINTS_PER_INCH, MM_PER_INCH = 300, 72, 25.4
#: Grey levels of paper and of ink.
PAPER, INK = 255, 15
#: Size of a heading against the text; what stands above it, in lines.
HEADING_SIZE, HEADING_GAP = 1.3, 0.5
#: From a sign of a list to its text, in em.
SIGN_GAP = 0.45

#: Of a justified line: spaces may grow by so many em, else the line stays ragged.
WIDEST_SPACE = 1.2

_OPENING, _CLOSING = re.escape("([{〔【「『〈《“‘"), re.escape(")]}〕】」』〉》”’.,:;!?…%℃~～·")
_LATIN = re.escape("@/\\-_&+<>=$#*±×") + "A-Za-z0-9"
#: What is never broken: a run of Latin and figures, or one character; brackets and stops stay with what they hold.
_ATOM = re.compile(
    f"(?:[{_OPENING}]|(?<![^ ])[\"'])*"
    f"(?:[{_LATIN}](?:[{_LATIN}]|[.,:'](?=[{_LATIN}]))*|[^ ])"
    f"(?:[{_CLOSING}]|[\"'](?![A-Za-z가-힣]))*| "
)


@dataclass(frozen=True, slots=True)
class Faces:
    """Font files of a page: text; bold, for headings; latin: for the letters, figures and signs of ASCII, or None;
    hanja: for the Chinese characters that the others lack, or None.
    """

    text: Path
    bold: Path
    latin: Path | None = None
    hanja: Path | None = None


@dataclass(frozen=True, slots=True)
class Manner:
    """How a page is set. points: size of the text; width: of the column in mm; leading: in em; indent: of a paragraph
    in em; gap: between blocks, in lines; justified: both edges even; by_word: lines are broken at spaces only, else
    between any two syllables.
    """

    points: float = 11.0
    width: float = 130.0
    leading: float = 1.65
    indent: float = 1.0
    gap: float = 0.3
    justified: bool = True
    by_word: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading or an item of a list with its sign (``①``, ``1.``, ``가.``, ``-``)."""

    text: str
    sign: str = ""
    heading: bool = False


class Type:
    """A face with its companions for ASCII and for Hanja at one size: measures and draws text on a baseline.

    Pixels throughout.
    """

    def __init__(self, face: Path, latin: Path | None, size: float, hanja: Path | None = None) -> None:
        self.size = size
        self._main = _open(face, size)
        self._latin = None
        if latin is not None:  # so large that its capitals are as high as those of the main face
            probe = _open(latin, size)
            self._latin = _open(latin, size * _cap_height(self._main) / _cap_height(probe))
        self._hanja = None if hanja is None else _open(hanja, size)

    def length(self, text: str) -> float:
        return sum(font.getlength(run) for font, run in self._runs(text))

    def draw(self, pen: ImageDraw.ImageDraw, x: float, baseline: float, text: str) -> None:
        for font, run in self._runs(text):
            pen.text((x, baseline), run, INK, font, anchor="ls")
            x += font.getlength(run)

    def _runs(self, text: str) -> list[tuple[ImageFont.FreeTypeFont, str]]:
        if self._latin is None and self._hanja is None:
            return [(self._main, text)]
        return [(font, "".join(run)) for font, run in groupby(text, self._font)]

    def _font(self, character: str) -> ImageFont.FreeTypeFont:
        if self._latin is not None and "!" <= character <= "~":
            return self._latin
        return self._hanja if self._hanja is not None and is_hanja(character) else self._main


def typeset(
    blocks: list[Block], faces: Faces, manner: Manner, paper: float, margin: float, height: float | None = None
) -> tuple[Image.Image, list[str]]:
    """The page, (H, W) of mode L at DPI, and what stands on it, line by line.

    paper: width in mm; margin: above and left of the text, in mm; height: in mm, None: as long as the text.
    Raises ValueError if the page is too short for the text, OSError if a face is no font.
    """
    lines: list[_Line] = []
    y = _pixels(margin)
    for block in blocks:
        if lines:
            y += (max(HEADING_GAP, manner.gap) if block.heading else manner.gap) * manner.leading * _size(manner)
        new = _set(block, faces, manner, _pixels(margin), y)
        lines += new
        y = new[-1].baseline
    tall = y + _pixels(margin)
    if height is not None and tall > _pixels(height):
        raise ValueError(f"the text needs a page of {tall * MM_PER_INCH / DPI:.0f} mm, not {height:g}")
    image = Image.new("L", (round(_pixels(paper)), round(tall if height is None else _pixels(height))), PAPER)
    pen = ImageDraw.Draw(image)
    for line in lines:
        _draw(pen, line)
    return image, [f"{line.sign} {line.text}".strip() for line in lines]


@dataclass(frozen=True, slots=True)
class _Line:
    """text begins at x, its sign at sign_x; filled: width that its words are spread over, 0 = as they come."""

    text: str
    face: Type
    x: float
    baseline: float
    filled: float = 0.0
    sign: str = ""
    sign_x: float = 0.0


def _set(block: Block, faces: Faces, manner: Manner, left: float, top: float) -> list[_Line]:
    """Lines of a block whose first baseline is a leading below ``top``."""
    larger = HEADING_SIZE if block.heading else 1.0
    face = Type(faces.bold if block.heading else faces.text, faces.latin, larger * _size(manner), faces.hanja)
    leading = manner.leading * face.size
    hang = face.length(block.sign) + SIGN_GAP * face.size if block.sign else 0.0
    indent = 0.0 if block.heading or block.sign else manner.indent * face.size
    width = _pixels(manner.width) - hang
    lines = []
    for number, text in enumerate(broken(block.text, face, width, indent, manner.by_word)):
        begin = indent if number == 0 else 0.0
        sign = block.sign if number == 0 else ""
        baseline = top + (number + 1) * leading
        filled = width - begin if manner.justified and not block.heading else 0.0
        lines.append(_Line(text, face, left + hang + begin, baseline, filled, sign, left))
    last = lines[-1]
    return [*lines[:-1], _Line(last.text, face, last.x, last.baseline, 0.0, last.sign, left)]


def broken(text: str, face: Type, width: float, indent: float = 0.0, by_word: bool = False) -> list[str]:
    """``text`` in lines of at most ``width`` pixels, the first ``indent`` shorter."""
    lines = [""]
    for atom in re.findall(r" |[^ ]+", text) if by_word else _ATOM.findall(text):
        room = width - (indent if len(lines) == 1 else 0.0)
        longer = lines[-1] + atom
        if not lines[-1] or face.length(longer.rstrip()) <= room:
            lines[-1] = longer.lstrip()
        else:
            lines.append(atom.lstrip())
    return [line.rstrip() for line in lines]


def _draw(pen: ImageDraw.ImageDraw, line: _Line) -> None:
    if line.sign:
        line.face.draw(pen, line.sign_x, line.baseline, line.sign)
    words = line.text.split(" ")
    space = line.face.length(" ")
    wider = (line.filled - line.face.length(line.text)) / max(1, len(words) - 1)
    if not 0 < wider <= WIDEST_SPACE * line.face.size:
        line.face.draw(pen, line.x, line.baseline, line.text)
        return
    x = line.x
    for word in words:
        line.face.draw(pen, x, line.baseline, word)
        x += line.face.length(word) + space + wider


def _open(path: Path, size: float) -> ImageFont.FreeTypeFont:
    """Basic layout, so that the same text falls alike wherever Pillow runs."""
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


def _cap_height(font: ImageFont.FreeTypeFont) -> float:
    return -font.getbbox("H", anchor="ls")[1]


def _size(manner: Manner) -> float:
    return manner.points * DPI / POINTS_PER_INCH


def _pixels(mm: float) -> float:
    return mm * DPI / MM_PER_INCH
