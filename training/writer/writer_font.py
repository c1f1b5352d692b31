"""A handwriting font as one writer's: letters of the writer's own shape, and no two of them the same picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from training.synthesis.degrade import smooth_noise
from training.synthesis.drawn_page import Stamp
from training.synthesis.font_face import FontFace
from training.synthesis.fonts import FontFile

#: Letters are drawn at this x-height (pixels), bent, and then made as small as the page wants them.
FINE = 64
#: Bends of a letter are about so long, in x-heights.
BEND = 0.8
#: Bends fade out within this distance of a letter's sides (x-heights), so that joined letters stay joined.
FADE = 0.3
#: Letters that a font's stroke is measured on.
PROBE = "nomtudhi"
#: A stroke loses at most this share of its width: a thinner one would break.
MOST_THINNED = 0.15
#: A pen is at most so wide against the font's usual letter: else bowls fill.
WIDEST_PEN = 0.24


@dataclass(frozen=True, slots=True)
class Habit:
    """What makes a writer out of a font; lengths in x-heights.

    lean: columns per row upward; breadth: factor; pen: width of the stroke; gap: added between letters; shape: how
    far the writer's letters are bent away from the font's; unsteadiness: how far each letter is bent away from the
    last like it; hop: how far letters miss the line; seed: of the writer's own shapes.
    """

    lean: float
    breadth: float
    pen: float
    gap: float
    shape: float
    unsteadiness: float
    hop: float
    seed: int

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Habit:
        """A habit that leaves any of the fonts readable."""
        return cls(
            lean=rng.uniform(-0.12, 0.3),
            breadth=float(np.exp(rng.uniform(-0.22, 0.22))),
            pen=float(np.exp(rng.uniform(np.log(0.09), np.log(0.2)))),
            gap=max(-0.02, rng.normal(0.04, 0.06)),
            shape=rng.uniform(0.04, 0.1),
            unsteadiness=rng.uniform(0.03, 0.06),
            hop=rng.uniform(0.01, 0.04),
            seed=int(rng.integers(2**31)),
        )


class WriterFont:
    """Writes words in a font with a habit. Raises OSError if the file is no font."""

    def __init__(self, file: FontFile, habit: Habit) -> None:
        self.habit = habit
        self._face = FontFace(file, FINE)
        self._own: dict[str, Stamp | None] = {}
        self._still = np.random.default_rng(0)  # asked for by faces whose letters vary: this one's do not
        self._widening = self._widening_for(habit.pen)

    def word(self, text: str, x_height: float, rng: np.random.Generator) -> Stamp | None:
        """Ink of a word at ``x_height`` pixels; None if the font lacks all of its characters."""
        habit, pen, previous = self.habit, 0.0, ""
        placed: list[tuple[np.ndarray, float, float]] = []
        for character in text:
            shape = self._own_shape(character)
            if shape is None:
                continue
            if previous:
                pen += self._face.kerning(previous, character) + habit.gap * FINE
            bent = bend(shape.ink, habit.unsteadiness, rng)
            hop = rng.normal(0.0, habit.hop) * FINE
            placed.append((bent, pen + shape.left, shape.top + hop))
            pen += shape.advance + rng.normal(0.0, 0.02) * FINE
            previous = character
        return self._written(text, placed, pen, x_height) if placed else None

    def lacks(self, text: str) -> bool:
        """True if the font has not every character of ``text``."""
        return any(self._own_shape(character) is None for character in text)

    def _own_shape(self, character: str) -> Stamp | None:
        """The writer's form of a character: the font's, bent always alike, with room for further bends around it."""
        if character not in self._own:
            stamp = self._face.stamp(character, self._still)
            if stamp is not None:
                room = FINE // 4
                ink = np.pad(stamp.ink, room)
                ink = bend(ink, self.habit.shape, np.random.default_rng([self.habit.seed, ord(character)]))
                stamp = Stamp(ink, stamp.left - room, stamp.top + room, stamp.advance, character)
            self._own[character] = stamp
        return self._own[character]

    def _written(
        self, text: str, placed: list[tuple[np.ndarray, float, float]], advance: float, x_height: float
    ) -> Stamp:
        left = min(x for _, x, _ in placed)
        top = max(y for _, _, y in placed)
        width = int(max(x - left + ink.shape[1] for ink, x, _ in placed)) + 2
        height = int(max(top - y + ink.shape[0] for ink, _, y in placed)) + 2
        canvas = np.zeros((height, width), np.uint8)
        for ink, x, y in placed:
            column, row = round(x - left), round(top - y)
            window = canvas[row : row + ink.shape[0], column : column + ink.shape[1]]
            np.maximum(window, ink, out=window)
        ink = widened(canvas, self._widening)
        return self._leant(text, ink, left, top, advance, x_height / FINE)

    def _leant(self, text: str, ink: np.ndarray, left: float, top: float, advance: float, scale: float) -> Stamp:
        """Lean, breadth and size at once. The origin, on the baseline, stays where it is."""
        lean, breadth = self.habit.lean * scale, self.habit.breadth * scale
        height, width = ink.shape
        corners_x = [breadth * (left + x) + lean * (top - y) for x in (0, width) for y in (0, height)]
        x0, y0 = np.floor(min(corners_x)) - 1, np.ceil(top * scale) + 1
        size = (int(max(corners_x) - x0) + 3, int(y0 - (top - height) * scale) + 3)
        matrix = np.array(
            [[breadth, -lean, breadth * left + lean * top - x0], [0.0, scale, y0 - top * scale]], np.float64
        )
        soft = cv2.GaussianBlur(ink, (0, 0), 0.4 / scale)  # else strokes break where rows are left out
        return Stamp(cv2.warpAffine(soft, matrix, size), x0, y0, advance * breadth, text)

    def _widening_for(self, pen: float) -> float:
        """Pixels by which both sides of the font's strokes move outward to be as wide as the pen."""
        stamps = [stamp for c in PROBE if (stamp := self._face.stamp(c, self._still))]
        now = float(np.median([stroke_width(stamp.ink) for stamp in stamps]))
        wanted = min(pen * FINE, WIDEST_PEN * float(np.median([stamp.advance for stamp in stamps])))
        return max((wanted - now) / 2, -MOST_THINNED * now / 2)


def bend(ink: np.ndarray, amount: float, rng: np.random.Generator) -> np.ndarray:
    """A letter bent by up to about twice ``amount`` x-heights, less toward its sides. (h, w) uint8, ink bright."""
    shape = ink.shape
    grain = BEND * FINE
    inside = np.flatnonzero(ink.max(axis=0) > 0)
    first, last = (int(inside[0]), int(inside[-1])) if len(inside) else (0, shape[1])
    columns = np.arange(shape[1], dtype=np.float32)
    fade = np.clip(np.minimum(columns - first, last - columns) / np.float32(FADE * FINE), 0.0, 1.0)
    ys, xs = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    far = np.float32(amount * FINE)
    map_x = xs + far * fade * smooth_noise(shape, grain, rng)
    map_y = ys + far * fade * smooth_noise(shape, grain, rng)
    return cv2.remap(ink, map_x, map_y, cv2.INTER_LINEAR, borderValue=0)


def widened(ink: np.ndarray, pixels: float) -> np.ndarray:
    """Ink whose edges are moved outward by ``pixels``, inward if negative. (H, W) uint8, ink bright."""
    mask = (ink > 127).astype(np.uint8)
    inside, outside = cv2.distanceTransform(mask, cv2.DIST_L2, 5), cv2.distanceTransform(1 - mask, cv2.DIST_L2, 5)
    # distances are to the nearest pixel of the other kind: the edge is half a pixel nearer
    distance = np.where(mask > 0, inside - 0.5, 0.5 - outside)
    return (np.clip(distance + pixels + 0.5, 0.0, 1.0) * 255).astype(np.uint8)


def stroke_width(ink: np.ndarray) -> float:
    """Median width of the strokes in pixels. (h, w) uint8, ink bright."""
    distance = cv2.distanceTransform((np.pad(ink, 1) > 127).astype(np.uint8), cv2.DIST_L2, 5)
    ridge = (distance > 0.5) & (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8)))
    return 2.0 * float(np.median(distance[ridge])) if ridge.any() else 1.0
