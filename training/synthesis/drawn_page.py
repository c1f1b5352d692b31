"""Drawn pages that know which character each pixel of ink belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

#: A pixel belongs to the character whose ink there is at least so strong.
OWNED_INK = 24
#: White around the text, in x-heights.
MARGIN = 2.5


@dataclass(frozen=True, slots=True)
class Stamp:
    """One character as ink on its way onto a page.

    ink: (h, w) uint8, ink bright; left: pixels from the pen to the image's left edge; top: pixels from the baseline up
    to its upper edge; advance: pixels the pen moves on; label: the character it is to be read as.
    """

    ink: np.ndarray
    left: float
    top: float
    advance: float
    label: str


class Face(Protocol):
    """What a page is set in: a font at one size, or one writer's marks. Pixels throughout."""

    x_height: float

    def stamp(self, character: str, rng: np.random.Generator) -> Stamp | None:
        """Ink of ``character``, None if the face lacks it."""
        ...

    def space(self, rng: np.random.Generator) -> float:
        """Width of a word space."""
        ...

    def kerning(self, left: str, right: str) -> float:
        """Pixels by which ``right`` moves when it follows ``left``."""
        ...


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """ink: (H, W) uint8, ink bright; label_map: (H, W) int16, i + 1 where the ink is characters[i]'s, 0 = none;
    x_height: in pixels.
    """

    ink: np.ndarray
    label_map: np.ndarray
    characters: str
    x_height: float


@dataclass(frozen=True, slots=True)
class Manner:
    """How lines are set, in x-heights: leading from baseline to baseline, letter spacing, wobble of the baseline from
    letter to letter, drift of it along a line, share of word spaces by which they vary.
    """

    leading: float = 2.4
    tracking: float = 0.0
    wobble: float = 0.0
    drift: float = 0.0
    loose: float = 0.1


def set_lines(lines: list[str], face: Face, manner: Manner, rng: np.random.Generator) -> DrawnPage:
    """Draw ``lines`` one under the other. Characters the face lacks are left out."""
    x_height = face.x_height
    placed: list[tuple[Stamp, int, int]] = []
    for row, line in enumerate(lines):
        baseline = row * manner.leading * x_height
        placed.extend(set_line(line, face, manner, baseline, rng))
    return paint(placed, x_height)


def set_line(
    line: str, face: Face, manner: Manner, baseline: float, rng: np.random.Generator
) -> list[tuple[Stamp, int, int]]:
    """Stamps of one line with the column and row of their upper left corners; columns begin at 0."""
    x_height, pen, previous = face.x_height, 0.0, ""
    phase, slope = rng.uniform(0, 2 * np.pi), rng.normal(0.0, manner.drift / 30)
    placed = []
    for character in line:
        if character == " ":
            pen += face.space(rng) * max(0.4, 1.0 + rng.normal(0.0, manner.loose))
            previous = ""
            continue
        stamp = face.stamp(character, rng)
        if stamp is None:
            continue
        if previous:
            pen += face.kerning(previous, character) + manner.tracking * x_height
        waver = manner.drift * np.sin(phase + pen / (9 * x_height)) * x_height + slope * pen
        y = baseline + waver - stamp.top + rng.normal(0.0, 1.0) * manner.wobble * x_height
        placed.append((stamp, round(pen + stamp.left), round(y)))
        pen += stamp.advance
        previous = character
    return placed


def paint(placed: list[tuple[Stamp, int, int]], x_height: float) -> DrawnPage:
    """A page of stamps with the column and row of their upper left corners, and a margin around them."""
    if not placed:
        size = max(8, round(4 * x_height))
        return DrawnPage(np.zeros((size, size), np.uint8), np.zeros((size, size), np.int16), "", x_height)
    margin = round(MARGIN * x_height)
    left = min(x for _, x, _ in placed) - margin
    top = min(y for _, _, y in placed) - margin
    width = max(x + stamp.ink.shape[1] for stamp, x, _ in placed) + margin - left
    height = max(y + stamp.ink.shape[0] for stamp, _, y in placed) + margin - top
    ink, label_map = np.zeros((height, width), np.uint8), np.zeros((height, width), np.int16)
    for number, (stamp, x, y) in enumerate(placed, start=1):
        h, w = stamp.ink.shape
        window = np.s_[y - top : y - top + h, x - left : x - left + w]
        stronger = (stamp.ink >= OWNED_INK) & (stamp.ink > ink[window])
        label_map[window][stronger] = number
        np.maximum(ink[window], stamp.ink, out=ink[window])
    return DrawnPage(ink, label_map, "".join(stamp.label for stamp, _, _ in placed), x_height)
