"""What printing, scanning and a threshold make of a character.

Ink spreads or breaks off along the strokes' borders, the scanner blurs and adds noise, and a threshold leaves ink or
paper. Lengths are in pixels of the scan, grey values in shares of the contrast between paper (0) and ink (1).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from training.synthesis.hangul_glyphs import MASTER_SIZE, Glyph

#: Side of the field of noise that pieces are cut from, in pixels, and its seed, the same in every run.
FIELD, FIELD_SEED = 1024, 8
#: Standard deviation, in pixels, of the blur of the scanner's noise, and of that of worn or badly inked places.
FINE, COARSE = 0.4, 2.0
#: Pixels of the drawn character; a spread of less does not show.
LEAST_SPREAD = 0.1


@dataclass(frozen=True, slots=True)
class Scan:
    """size: pixels an em; turn: degrees, counter-clockwise; slant: shift to the right, pixels a pixel upward;
    stretch: of the width.

    spread: (upright strokes, level strokes), pixels by which they grow, both borders together; negative: shrink.
    blur: standard deviation; noise: of each pixel; coarse: of noise that reaches over COARSE pixels; level: threshold.
    keep: area of ink after the threshold, which is lowered where it must be, in shares of the amount of grey.
    """

    size: float
    turn: float = 0.0
    slant: float = 0.0
    stretch: float = 1.0
    spread: tuple[float, float] = (0.0, 0.0)
    blur: float = 0.5
    noise: float = 0.05
    coarse: float = 0.0
    level: float = 0.5
    keep: float = 0.0


def grey(glyph: Glyph, scan: Scan, rng: np.random.Generator) -> np.ndarray:
    """The scanned character before the threshold: (H, W) float32, 0 paper to 1 ink, with some paper around.

    Where it lies between the scanner's pixels is chance.
    """
    scale = scan.size / MASTER_SIZE
    blur = scan.blur / scale
    margin = int(3.0 * blur + max(0.0, *scan.spread) / scale) + 2
    ink = cv2.copyMakeBorder(glyph.ink, margin, margin, margin, margin, cv2.BORDER_CONSTANT)
    ink = _spread(ink, scan.spread[0] / scale, upright=True)
    ink = _spread(ink, scan.spread[1] / scale, upright=False)
    if blur > 0.0:
        ink = cv2.GaussianBlur(ink, (0, 0), blur)
    matrix, size = _placing(ink.shape, scan, scale, rng)
    out = cv2.warpAffine(ink, matrix, size, flags=cv2.INTER_LINEAR).astype(np.float32)
    out *= np.float32(1 / 255)
    if scan.noise > 0.0:
        out += _noise(FINE, out.shape, rng) * np.float32(scan.noise)
    if scan.coarse > 0.0:
        out += _noise(COARSE, out.shape, rng) * np.float32(scan.coarse)
    return out


def binary(glyph: Glyph, scan: Scan, rng: np.random.Generator) -> np.ndarray:
    """The character after the threshold: (H, W) uint8, 1 = ink, cropped to the ink."""
    soft = grey(glyph, scan, rng)
    ink, (x, y, width, height) = _thresholded(soft, scan)
    return ink[y : y + height, x : x + width]


def grey_crop(glyph: Glyph, scan: Scan, rng: np.random.Generator) -> np.ndarray:
    """The character before the threshold, cropped to where there is ink after it: (H, W) uint8, 255 = ink."""
    soft = grey(glyph, scan, rng)
    _, (x, y, width, height) = _thresholded(soft, scan)
    crop: np.ndarray = np.clip(soft[y : y + height, x : x + width], 0.0, 1.0) * 255.0
    return crop.astype(np.uint8)


def _thresholded(soft: np.ndarray, scan: Scan) -> tuple[np.ndarray, tuple[int, int, int, int]]:
    """Ink (H, W) uint8 and its box: left, top, width, height. Some ink is left of any character."""
    ink = (soft > scan.level).astype(np.uint8)
    least = max(1, int(scan.keep * float(soft.sum())))
    if cv2.countNonZero(ink) < least:
        level = np.partition(soft, -least - 1, axis=None)[-least - 1]
        ink = (soft > level).astype(np.uint8)
    left, top, width, height = cv2.boundingRect(ink)
    return ink, (left, top, width, height)


def _spread(ink: np.ndarray, amount: float, upright: bool) -> np.ndarray:
    """Ink grown by ``amount`` pixels across upright or level strokes, or shrunk; between whole pixels a mixture."""
    if abs(amount) < LEAST_SPREAD:
        return ink
    change = cv2.dilate if amount > 0 else cv2.erode
    whole, part = divmod(abs(amount), 1.0)
    less, more = (change(ink, _line(1 + int(whole) + step, upright)) for step in (0, 1))
    return cv2.addWeighted(less, 1.0 - part, more, part, 0.0)


@lru_cache(maxsize=256)
def _line(length: int, upright: bool) -> np.ndarray:
    """What grows upright strokes lies level."""
    return np.ones((1, length) if upright else (length, 1), np.uint8)


def _placing(
    shape: tuple[int, ...], scan: Scan, scale: float, rng: np.random.Generator
) -> tuple[np.ndarray, tuple[int, int]]:
    """From the drawn character to the scan: affine matrix (2, 3), and (width, height) that hold all of it."""
    angle = np.deg2rad(scan.turn)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])  # y downward
    linear = scale * turn @ np.array([[scan.stretch, -scan.slant], [0.0, 1.0]])
    size = np.array(shape[::-1])
    room = np.ceil(np.abs(linear) @ size).astype(int) + 2
    middle = room / 2 - 0.5 + rng.uniform(-0.5, 0.5, 2)
    return np.column_stack([linear, middle - linear @ (size / 2 - 0.5)]), (int(room[0]), int(room[1]))


def _noise(reach: float, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """(H, W) float32 of unit deviation: a piece of a field that is drawn once."""
    field = _field(reach)
    y, x = (int(rng.integers(0, max(1, FIELD - side + 1))) for side in shape)
    piece = field[y : y + shape[0], x : x + shape[1]]
    return piece if piece.shape == shape else cv2.resize(field, shape[::-1])


@lru_cache(maxsize=4)
def _field(reach: float) -> np.ndarray:
    white = np.random.default_rng(FIELD_SEED).standard_normal((FIELD, FIELD), np.float32)
    field = cv2.GaussianBlur(white, (0, 0), reach)
    return np.asarray((field - field.mean()) / field.std())
