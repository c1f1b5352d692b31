"""Office pages set on paper or on a screen: paragraphs, tables with columns, form fields with rules and boxes.

Each page comes with its truth, made from the very strings that were drawn: the lines from top to bottom, what stands
on one line from left to right with a space between. Characters are drawn one by one, so nothing becomes a ligature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageDraw

from training.synthesis.office_type import Faces, Type

POINTS_PER_INCH, MM_PER_INCH = 72, 25.4
#: Grey level of paper.
PAPER = 255
#: Between columns of a table, in em; tables that are too wide are set smaller, step by step down to this share.
GUTTER, SMALLEST, STEP = 1.3, 0.8, 0.05
#: Between two texts of a line at least, in em.
CLEAR = 0.5
#: From a label to its value, around a value in its frame, and below a baseline to a rule, in em.
LABEL_GAP, PADDING, RULE_DROP = 0.8, 0.35, 0.38
#: Blank paper around the text, in mm.
MARGIN = 20.0


@dataclass(frozen=True, slots=True)
class Manner:
    """How a page is set. points: size of the text; width: of the text in mm; leading: in em; rule: grey level of rules
    and frames.
    """

    points: float = 10.5
    width: float = 165.0
    leading: float = 1.5
    rule: int = 60


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text broken at spaces. gap: lines left free above."""

    text: str
    bold: bool = False
    right: bool = False
    gap: float = 0.0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells. aligned: l or r for each column; ruled: a rule below each row; head: the first row is bold."""

    rows: tuple[tuple[str, ...], ...]
    aligned: str
    ruled: bool = False
    head: bool = False
    gap: float = 0.0


@dataclass(frozen=True, slots=True)
class Fields:
    """Labels and values side by side on one line, each value framed: "line" below it, "box" around it or "none"."""

    pairs: tuple[tuple[str, str], ...]
    frame: str = "line"
    gap: float = 0.35


Block = Paragraph | Table | Fields


def characters_in(blocks: Sequence[Block]) -> frozenset[str]:
    """All that the blocks say."""
    texts: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            texts.append(block.text)
        else:
            texts += (cell for row in (block.rows if isinstance(block, Table) else block.pairs) for cell in row)
    return frozenset("".join(texts))


@dataclass(frozen=True, slots=True)
class _Placed:
    text: str
    face: Type
    x: float
    baseline: float


class _Sheet:
    """Collects what is drawn, in pixels, and the baseline reached so far."""

    def __init__(self, faces: Faces, manner: Manner, dpi: int) -> None:
        self.faces, self.manner, self.dpi = faces, manner, dpi
        self.left = MARGIN * dpi / MM_PER_INCH
        self.width = manner.width * dpi / MM_PER_INCH
        self.y = self.left
        self.lines: list[list[_Placed]] = []
        self.rules: list[tuple[float, float, float, float]] = []

    def type(self, bold: bool = False, share: float = 1.0) -> Type:
        size = share * self.manner.points * self.dpi / POINTS_PER_INCH
        faces = self.faces
        return Type(faces.bold, faces.bold_extension, size) if bold else Type(faces.text, faces.text_extension, size)

    def down(self, lines: float) -> None:
        self.y += lines * self.manner.leading * self.manner.points * self.dpi / POINTS_PER_INCH

    def line(self, placed: list[tuple[str, Type, float]]) -> None:
        """A line at the baseline reached: texts with their faces and places right of the margin."""
        done = [_Placed(text, face, self.left + x, self.y) for text, face, x in placed if text]
        for before, after in pairwise(done):
            if before.x + before.face.length(before.text) + CLEAR * before.face.size > after.x:
                raise ValueError(f"{before.text!r} runs into {after.text!r}: the page is too narrow")
        if done and done[-1].x + done[-1].face.length(done[-1].text) > self.left + self.width + 1:
            raise ValueError(f"{done[-1].text!r} is too long for a page of {self.manner.width:g} mm")
        self.lines.append(done)

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A rule between two points, right of the margin and below the baseline reached."""
        self.rules.append((self.left + x0, self.y + y0, self.left + x1, self.y + y1))


def typeset(blocks: Sequence[Block], faces: Faces, manner: Manner, dpi: int) -> tuple[Image.Image, list[str]]:
    """The page, (H, W) of mode L, as long as its text, and the lines that stand on it.

    Raises ValueError if a text does not fit the width, OSError if a face is no font.
    """
    sheet = _Sheet(faces, manner, dpi)
    for block in blocks:
        sheet.down(block.gap)
        if isinstance(block, Paragraph):
            _paragraph(sheet, block)
        elif isinstance(block, Table):
            _table(sheet, block)
        else:
            _fields(sheet, block)
    size = (round(sheet.width + 2 * sheet.left), round(sheet.y + sheet.left))
    image = Image.new("L", size, PAPER)
    pen = ImageDraw.Draw(image)
    for rule in sheet.rules:
        pen.line(rule, manner.rule, max(1, round(dpi / 150)))
    for placed in (placed for line in sheet.lines for placed in line):
        placed.face.draw(pen, placed.x, placed.baseline, placed.text)
    return image, [" ".join(placed.text for placed in line) for line in sheet.lines]


def _paragraph(sheet: _Sheet, block: Paragraph) -> None:
    face = sheet.type(block.bold)
    line = ""
    for word in [*block.text.split(" "), ""]:
        longer = f"{line} {word}".strip()
        if word and (not line or face.length(longer) <= sheet.width):
            line = longer
            continue
        sheet.down(1)
        sheet.line([(line, face, sheet.width - face.length(line) if block.right else 0.0)])
        line = word


def _table(sheet: _Sheet, block: Table) -> None:
    share = 1.0
    while True:
        text, bold = sheet.type(False, share), sheet.type(True, share)
        faces = [bold if block.head and number == 0 else text for number in range(len(block.rows))]
        widths = [
            max(face.length(row[column]) for face, row in zip(faces, block.rows, strict=True))
            for column in range(len(block.aligned))
        ]
        free = (sheet.width - sum(widths)) / max(1, len(widths) - 1)
        if free >= GUTTER * text.size or share <= SMALLEST:
            break
        share -= STEP
    for face, row in zip(faces, block.rows, strict=True):
        sheet.down(1)
        placed, x = [], 0.0
        for cell, width, side in zip(row, widths, block.aligned, strict=True):
            placed.append((cell, face, x + width - face.length(cell) if side == "r" else x))
            x += width + free
        sheet.line(placed)
        if block.ruled:
            sheet.rule(0, RULE_DROP * face.size, sheet.width, RULE_DROP * face.size)


def _fields(sheet: _Sheet, block: Fields) -> None:
    face, share = sheet.type(), sheet.width / len(block.pairs)
    sheet.down(1)
    placed = []
    for number, (label, value) in enumerate(block.pairs):
        start, end = number * share, (number + 1) * share - face.size
        x = start + face.length(label) + (LABEL_GAP + PADDING) * face.size
        if not value:
            x = start
        elif x + face.length(value) > end:
            raise ValueError(f"{label} {value} is too long for its field")
        placed += [(label, face, start), (value, face, x)]
        if value and block.frame != "none":
            _frame(sheet, x - PADDING * face.size, end, face.size, block.frame == "box")
    sheet.line(placed)


def _frame(sheet: _Sheet, x0: float, x1: float, size: float, box: bool) -> None:
    bottom, top = RULE_DROP * size, -1.0 * size
    sheet.rule(x0, bottom, x1, bottom)
    if box:
        sheet.rule(x0, top, x1, top)
        sheet.rule(x0, top, x0, bottom)
        sheet.rule(x1, top, x1, bottom)
