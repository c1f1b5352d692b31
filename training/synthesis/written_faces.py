"""Writers' isolated characters set in lines: UNIPEN marks of one writer, EMNIST images."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocrtool.charset import LATIN
from training.datasets import unipen
from training.synthesis.drawn_page import Stamp
from training.synthesis.mark_positions import CAPITAL_HEIGHT, HEIGHTS, bounded_scale, top_of

#: EMNIST images are enlarged so much before they shrink to their size on the line, to sharpen their blurred edges.
ENLARGE = 3


@dataclass
class WritingManner:
    """How one hand sets letters, in x-heights: gap between letters and how it varies, word space, spread of the
    heights (natural logarithm), lean (columns per row upward), how far letters miss their level.
    """

    gap: float
    gap_spread: float
    space: float
    size_spread: float
    lean: float
    miss: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> WritingManner:
        """A manner as found on forms: letters mostly apart, sometimes touching."""
        gap = float(
            rng.choice([rng.uniform(0.02, 0.12), rng.uniform(0.1, 0.3), rng.uniform(0.25, 0.6)], p=[0.4, 0.4, 0.2])
        )
        return cls(
            gap=gap,
            gap_spread=rng.uniform(0.04, 0.12),
            space=gap + rng.uniform(0.5, 1.3),
            size_spread=rng.uniform(0.02, 0.09),
            lean=rng.normal(0.0, 0.1),
            miss=rng.uniform(0.02, 0.07),
        )


class PenFace:
    """One UNIPEN writer's marks; characters the writer did not give are borrowed from others."""

    def __init__(
        self, data: unipen.PenCharacters, writer: str, x_height: float, manner: WritingManner, pen: float
    ) -> None:
        """x_height: pixels; pen: thickness of the pen in x-heights."""
        self.x_height = x_height
        self._data, self._writer, self._manner, self._pen = data, writer, manner, pen * x_height

    def _choose(self, character: str, rng: np.random.Generator) -> tuple[list[np.ndarray], str] | None:
        samples = (
            [] if unipen.is_doubtful(character, self._writer) else self._data.by_writer[self._writer].get(character, [])
        )
        if len(samples):
            return self._data.characters[samples[rng.integers(len(samples))]], self._writer
        others = self._data.by_label.get(character, np.empty(0, np.int64))
        for _ in range(8):
            if len(others) == 0:
                return None
            index = int(others[rng.integers(len(others))])
            writer = str(self._data.writers[index])
            if not unipen.is_doubtful(character, writer):
                return self._data.characters[index], writer
        return None

    def stamp(self, character: str, rng: np.random.Generator) -> Stamp | None:
        chosen = self._choose(character, rng)
        if chosen is None:
            return None
        strokes, writer = chosen
        pen_x_height = self._data.x_heights[writer]
        width, height = (side / pen_x_height for side in unipen.extent(strokes))
        scale = bounded_scale(character, width, height) * np.exp(rng.normal(0.0, self._manner.size_spread))
        lean = self._manner.lean
        leant = [stroke @ np.array([[1.0, 0.0], [-lean, 1.0]], np.float32) for stroke in strokes]
        ink, _ = unipen.draw_strokes(
            leant, scale * self.x_height / pen_x_height, max(1.0, self._pen * np.exp(rng.normal(0.0, 0.08)))
        )
        top = top_of(character, height * scale) + rng.normal(0.0, self._manner.miss)
        rim = (ink.shape[0] - height * scale * self.x_height) / 2
        return _spaced(ink, top * self.x_height + rim, character, self.x_height, self._manner, rng)

    def space(self, rng: np.random.Generator) -> float:
        return self._manner.space * self.x_height

    def kerning(self, left: str, right: str) -> float:
        return 0.0


def _spaced(
    ink: np.ndarray, top: float, character: str, x_height: float, manner: WritingManner, rng: np.random.Generator
) -> Stamp:
    """A mark whose left edge stands at the pen and which is followed by the writer's gap."""
    columns = np.flatnonzero(ink.max(axis=0) > 60)
    first, last = (int(columns[0]), int(columns[-1]) + 1) if len(columns) else (0, ink.shape[1])
    gap = rng.normal(manner.gap, manner.gap_spread) * x_height
    return Stamp(ink, -float(first), top, last - first + gap, character)


class EmnistFace:
    """EMNIST images as the characters of a line; what EMNIST lacks (punctuation) is written with a pen.

    EMNIST does not say who wrote what: a line mixes hands.
    """

    def __init__(
        self, images: np.ndarray, by_label: dict[int, np.ndarray], x_height: float, manner: WritingManner, pens: PenFace
    ) -> None:
        """images: (N, 28, 28) uint8; by_label: indices of the images of each label; x_height: pixels."""
        self.x_height = x_height
        self._images, self._by_label, self._manner, self._pens = images, by_label, manner, pens

    def stamp(self, character: str, rng: np.random.Generator) -> Stamp | None:
        indices = self._by_label.get(LATIN.find(character))
        if indices is None or len(indices) == 0:
            return self._pens.stamp(character, rng)
        image = self._images[indices[rng.integers(len(indices))]]
        height = HEIGHTS.get(character, CAPITAL_HEIGHT) * np.exp(rng.normal(0.0, self._manner.size_spread + 0.05))
        ink = _resized(image, height * self.x_height, rng)
        top = top_of(character, height) + rng.normal(0.0, self._manner.miss)
        return _spaced(ink, top * self.x_height, character, self.x_height, self._manner, rng)

    def space(self, rng: np.random.Generator) -> float:
        return self._manner.space * self.x_height

    def kerning(self, left: str, right: str) -> float:
        return 0.0


def _resized(image: np.ndarray, height: float, rng: np.random.Generator) -> np.ndarray:
    """The ink of an EMNIST image, ``height`` pixels tall, its blurred edges made sharp again."""
    x, y, w, h = cv2.boundingRect((image > 80).astype(np.uint8))
    part = image[y : y + h, x : x + w] if w and h else image
    scale = height / max(1, part.shape[0])
    if part.shape[1] > 2.2 * part.shape[0]:  # a sideways stroke keeps its length, not its height
        scale = 2.2 * height / part.shape[1]
    large = cv2.resize(part, None, fx=ENLARGE, fy=ENLARGE, interpolation=cv2.INTER_CUBIC)
    level = rng.uniform(90, 150)
    sharp = np.clip((large.astype(np.float32) - level) * 3.0 + 128.0, 0, 255).astype(np.uint8)
    size = (max(2, round(part.shape[1] * scale)), max(2, round(part.shape[0] * scale)))
    return np.asarray(cv2.resize(sharp, size, interpolation=cv2.INTER_AREA))
