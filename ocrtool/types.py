"""What a read page is: frozen, checked on construction, boxes in pixels of the input image."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Box:
    """Half-open pixel rectangle: columns x0..x1-1, rows y0..y1-1."""

    x0: int
    y0: int
    x1: int
    y1: int

    def __post_init__(self) -> None:
        if self.x1 < self.x0 or self.y1 < self.y0:
            raise ValueError(f"box turned inside out: {self}")

    @property
    def width(self) -> int:
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        return self.y1 - self.y0

    @classmethod
    def around(cls, boxes: list[Box]) -> Box:
        """Smallest box that holds all of ``boxes`` (at least one)."""
        return cls(
            min(b.x0 for b in boxes),
            min(b.y0 for b in boxes),
            max(b.x1 for b in boxes),
            max(b.y1 for b in boxes),
        )


@dataclass(frozen=True, slots=True)
class Alternative:
    """One label the classifier thought of, with its probability."""

    label: str
    probability: float


@dataclass(frozen=True, slots=True)
class Character:
    """One read character. ``alternatives`` holds up to five labels, likeliest first."""

    box: Box
    label: str
    probability: float
    alternatives: tuple[Alternative, ...] = ()

    def __post_init__(self) -> None:
        if not self.label:
            raise ValueError("a character needs a label")
        if not 0.0 <= self.probability <= 1.0:
            raise ValueError(f"probability outside 0..1: {self.probability}")


@dataclass(frozen=True, slots=True)
class Word:
    """Characters with no space between them. ``probability``: that every character is right."""

    box: Box
    characters: tuple[Character, ...]
    probability: float

    def __post_init__(self) -> None:
        if not self.characters:
            raise ValueError("a word needs characters")

    @property
    def text(self) -> str:
        return "".join(c.label for c in self.characters)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text. ``baseline`` is (x0, y0, x1, y1), its two ends; ``x_height`` in pixels."""

    box: Box
    words: tuple[Word, ...]
    baseline: tuple[float, float, float, float]
    x_height: float

    @property
    def text(self) -> str:
        return " ".join(w.text for w in self.words)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together (a column, a heading), top to bottom."""

    box: Box
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Page:
    """One page as read. ``skew`` in degrees, counter-clockwise, as found on the input."""

    width: int
    height: int
    blocks: tuple[Block, ...] = ()
    skew: float = 0.0
    language: str = "eng"
    source: str = field(default="", compare=False)
    number: int = 1

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for block in self.blocks for line in block.lines)

    @property
    def text(self) -> str:
        """Text as people expect it: a line per line, an empty line between blocks, no trailing newline."""
        return "\n\n".join(block.text for block in self.blocks if block.lines)
