"""Words of one writer set in lines on a page, and the scan that is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np

from training.synthesis.degrade import scan, smooth_noise
from training.synthesis.drawn_page import Stamp

#: White around the text in x-heights: least and most.
LEAST_MARGIN, MOST_MARGIN = 1.5, 4.0
#: Pens are not thinner than this, in pixels: the scan would break their strokes.
THINNEST_PEN = 3.0
#: Blur of ink in paper, pixels: least and most.
SOAK = (0.5, 1.0)
#: Lines stand so far apart that this share of the words (percent) cannot reach into the next line.
TALL_SHARE = 85
#: No writer sets lines closer, in x-heights.
LEAST_DISTANCE = 2.6
#: A line of the baseline's waves is about so many x-heights long.
WAVE = 12.0


@dataclass(frozen=True, slots=True)
class Setting:
    """How a writer sets words, lengths in x-heights.

    x_height: pixels; width: of a line; room: distance of lines against what the writer's tall letters and tails take,
    1 = they just fit; space: between words; space_spread: how that varies; indent: how far beginnings of lines miss
    the margin; waver: how far a baseline wanders; slope: rise of lines, rows per column.
    """

    x_height: float
    width: float
    room: float
    space: float
    space_spread: float
    indent: float
    waver: float
    slope: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Setting:
        """A setting as found in real handwriting at about 300 dpi."""
        return cls(
            x_height=float(np.exp(rng.uniform(np.log(26.0), np.log(40.0)))),
            width=rng.uniform(42.0, 58.0),
            room=rng.uniform(1.0, 1.35),
            space=rng.uniform(0.8, 1.7),
            space_spread=rng.uniform(0.1, 0.3),
            indent=rng.uniform(0.1, 0.5),
            waver=rng.uniform(0.02, 0.12),
            slope=rng.normal(0.0, 0.006),
        )


def broken(lengths: list[float], space: float, width: float) -> list[int]:
    """How many words stand on each line: as many as ``width`` holds. ``lengths``: of the words."""
    counts, x = [0], 0.0
    for length in lengths:
        if counts[-1] and x + length > width:
            counts.append(0)
            x = 0.0
        counts[-1] += 1
        x += length + space
    return counts if counts[-1] else counts[:-1]


def line_distance(words: list[Stamp], setting: Setting) -> float:
    """Pixels from baseline to baseline."""
    rise = np.percentile([word.top for word in words], TALL_SHARE)
    fall = np.percentile([word.ink.shape[0] - word.top for word in words], TALL_SHARE)
    return float(max(LEAST_DISTANCE * setting.x_height, setting.room * (rise + fall)))


def set_page(words: list[Stamp], setting: Setting, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    """Words in lines one under the other. Returns (H, W) uint8, ink bright on black, and the number of lines.

    The ink of every word is whole: it lies inside the page, also where lines overlap. Raises ValueError without words.
    """
    if not words:
        raise ValueError("a page needs words")
    unit, distance = setting.x_height, line_distance(words, setting)
    counts = broken([w.advance for w in words], setting.space * unit, setting.width * unit)
    placed: list[tuple[Stamp, int, int]] = []
    left = iter(words)
    for row, count in enumerate(counts):
        x = rng.normal(0.0, setting.indent) * unit
        y = (row + rng.normal(0.0, 0.04)) * distance
        phase, slope = rng.uniform(0.0, 2 * np.pi), setting.slope + rng.normal(0.0, 0.003)
        for word in islice(left, count):
            middle = x + word.advance / 2
            waver = setting.waver * unit * np.sin(phase + 2 * np.pi * middle / (WAVE * unit))
            miss = rng.normal(0.0, 0.03) * unit
            placed.append((word, round(x + word.left), round(y - slope * middle + waver + miss - word.top)))
            x += word.advance + max(0.35, rng.normal(setting.space, setting.space_spread)) * unit
    return _painted(placed, unit, rng), len(counts)


def _painted(placed: list[tuple[Stamp, int, int]], unit: float, rng: np.random.Generator) -> np.ndarray:
    top, left, bottom, right = (round(m) for m in rng.uniform(LEAST_MARGIN, MOST_MARGIN, 4) * unit)
    left -= min(x for _, x, _ in placed)
    top -= min(y for _, _, y in placed)
    width = left + max(x + word.ink.shape[1] for word, x, _ in placed) + right
    height = top + max(y + word.ink.shape[0] for word, _, y in placed) + bottom
    page = np.zeros((height, width), np.uint8)
    for word, x, y in placed:
        h, w = word.ink.shape
        window = page[y + top : y + top + h, x + left : x + left + w]
        np.maximum(window, word.ink, out=window)
    return page


def soaked(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Ink that ran into the paper a little, more in some places than in others. (H, W) uint8 -> float32, 0..1.

    Milder than `training.synthesis.degrade.press`: that is print, whose strokes may break.
    """
    soft = cv2.GaussianBlur(ink, (0, 0), rng.uniform(*SOAK)).astype(np.float32) / 255.0
    level = np.full(ink.shape, np.float32(np.clip(rng.normal(0.4, 0.05), 0.3, 0.48)))
    level += np.float32(rng.uniform(0.0, 0.06)) * smooth_noise(ink.shape, rng.uniform(20.0, 150.0), rng)
    level += np.float32(rng.uniform(0.02, 0.08)) * smooth_noise(ink.shape, rng.uniform(1.5, 5.0), rng)
    return np.asarray(np.clip((soft - level) * np.float32(rng.uniform(2.0, 6.0)) + 0.5, 0.0, 1.0))


def scanned(ink: np.ndarray, x_height: float, rng: np.random.Generator) -> np.ndarray:
    """A scan of drawn ink: (H, W) uint8, ink dark; two-level or grey. Strokes stay whole, edges become ragged."""
    return scan(soaked(ink, rng), x_height, rng, float(rng.beta(1.2, 6.0)))
