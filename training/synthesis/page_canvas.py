"""Drawn pages whose parts are placed one by one: text, rules and filled boxes, in pixels from the upper left corner."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageDraw

from training.synthesis.office_type import INK, Faces, Type
from training.synthesis.office_typesetting import MM_PER_INCH, PAPER, POINTS_PER_INCH, Manner

#: Thickness of a rule at 150 dpi and below, in pixels.
RULE_DPI = 150


@dataclass(slots=True)
class Canvas:
    """What is to be drawn. dpi: of the drawing; width: of the paper in pixels."""

    faces: Faces
    manner: Manner
    dpi: int
    width: float
    texts: list[tuple[Type, float, float, str, int]] = field(default_factory=list)
    rules: list[tuple[float, float, float, float]] = field(default_factory=list)
    fills: list[tuple[float, float, float, float, int]] = field(default_factory=list)

    def mm(self, length: float) -> float:
        """Convert mm to pixels."""
        return length * self.dpi / MM_PER_INCH

    def type(self, bold: bool = False, share: float = 1.0) -> Type:
        """Return the text face, at ``share`` of its size."""
        size = share * self.manner.points * self.dpi / POINTS_PER_INCH
        faces = self.faces
        return Type(faces.bold, faces.bold_extension, size) if bold else Type(faces.text, faces.text_extension, size)

    def text(self, face: Type, x: float, baseline: float, text: str, ink: int = INK) -> None:
        """Place a text that begins at ``x``."""
        self.texts.append((face, x, baseline, text, ink))

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Place a rule between two points."""
        self.rules.append((x0, y0, x1, y1))

    def fill(self, x0: float, y0: float, x1: float, y1: float, grey: int) -> None:
        """Place a filled box, below all text."""
        self.fills.append((x0, y0, x1, y1, grey))

    def render(self, height: float) -> np.ndarray:
        """Return the page, (height, width) uint8."""
        image = Image.new("L", (round(self.width), round(height)), PAPER)
        pen = ImageDraw.Draw(image)
        for *box, grey in self.fills:
            pen.rectangle([round(v) for v in box], fill=grey)
        for rule in self.rules:
            pen.line([round(v) for v in rule], self.manner.rule, max(1, round(self.dpi / RULE_DPI)))
        for face, x, baseline, text, ink in self.texts:
            face.draw(pen, x, baseline, text, ink)
        return np.asarray(image)


def broken(text: str, face: Type, width: float) -> list[str]:
    """Break a text at spaces into lines that are not wider than ``width`` pixels, if no word is."""
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and face.length(longer) > width:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line] if line else lines
