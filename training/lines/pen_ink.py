"""Ink of one line from pen strokes: each time in another slant, width, pen and waver."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from training.datasets.unipen import draw_strokes

#: Ink fainter than this is not ink when a line is cropped.
FAINTEST = 40
#: The thinnest pen, in pixels.
THINNEST_PEN = 1.0


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """Ink of one line of known text.

    ink: (h, w) uint8, bright on black, tightly cropped to the ink; baseline: row of the baseline in it, at the middle;
    x_height: pixels; centres: (n,) float32 column of the middle of each character of text, None where not known.
    """

    ink: np.ndarray
    baseline: float
    text: str
    x_height: float
    centres: np.ndarray | None = None

    def __post_init__(self) -> None:
        if self.ink.ndim != 2 or self.ink.dtype != np.uint8 or not self.ink.size:
            raise ValueError("ink must be (h, w) uint8 with some pixels")
        if self.centres is not None and len(self.centres) != len(self.text):
            raise ValueError("one centre for each character")


@dataclass(frozen=True, slots=True)
class Hand:
    """How a line is written anew. slant: columns per row upward; stretch: factor of the width; pen, rise (height of the
    baseline's slow waves), warp (how far points miss their place): in x-heights; slope: rows per column.
    """

    slant: float
    stretch: float
    pen: float
    slope: float
    rise: float
    warp: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Hand:
        """Ball pens to felt pens, upright to leaning."""
        return cls(
            slant=rng.normal(0.0, 0.15),
            stretch=float(np.exp(rng.normal(0.0, 0.1))),
            pen=float(np.exp(rng.uniform(np.log(0.06), np.log(0.22)))),
            slope=rng.normal(0.0, 0.008),
            rise=rng.uniform(0.0, 0.1),
            warp=rng.uniform(0.0, 0.04),
        )


def rewritten(strokes: list[np.ndarray], hand: Hand, rng: np.random.Generator) -> list[np.ndarray]:
    """Strokes in x-heights (baseline 0, y down) as this hand writes them."""
    points = np.concatenate(strokes)
    x, y = points[:, 0], points[:, 1]
    waves = [_Wave(hand.warp, rng.uniform(1.5, 5.0), rng) for _ in range(4)]
    moved_x = x + waves[0](x) + waves[1](y) - hand.slant * y
    middle = (x.min() + x.max()) / 2
    moved_y = y + waves[2](x) + waves[3](x + y) + _Wave(hand.rise, rng.uniform(8.0, 30.0), rng)(x)
    moved_y += hand.slope * (x - middle)
    moved = np.stack([moved_x * hand.stretch, moved_y], axis=1).astype(np.float32)
    return np.split(moved, np.cumsum([len(stroke) for stroke in strokes])[:-1])


class _Wave:
    """A sine of this height and length, begun anywhere."""

    def __init__(self, height: float, length: float, rng: np.random.Generator) -> None:
        self._height, self._rate, self._phase = height, 2 * np.pi / length, rng.uniform(0, 2 * np.pi)

    def __call__(self, at: np.ndarray) -> np.ndarray:
        return np.asarray(self._height * np.sin(self._rate * at + self._phase))


def ink_of(strokes: list[np.ndarray], text: str, x_height: float, hand: Hand) -> WrittenLine | None:
    """Draw strokes given in x-heights, baseline at 0."""
    ink, (_, top) = draw_strokes(strokes, x_height, max(THINNEST_PEN, hand.pen * x_height))
    return cropped(ink, -top * x_height, text, x_height, None)


def cropped(
    ink: np.ndarray, baseline: float, text: str, x_height: float, centres: np.ndarray | None
) -> WrittenLine | None:
    """The line without the black around its ink; None if there is no ink."""
    x, y, w, h = cv2.boundingRect((ink >= FAINTEST).astype(np.uint8))
    if not w or not h:
        return None
    shifted = None if centres is None else (centres - x).astype(np.float32)
    return WrittenLine(np.ascontiguousarray(ink[y : y + h, x : x + w]), baseline - y, text, x_height, shifted)
