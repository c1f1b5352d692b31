"""A font at one size as a `Face`: printed, or written by hand where letters vary."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import ImageFont

from training.synthesis.drawn_page import Stamp
from training.synthesis.fonts import FontFile

#: Size at which a font's x-height is measured, in pixels.
PROBE_SIZE = 200


@lru_cache(maxsize=512)
def relative_x_height(path: Path) -> float:
    """x-height of a font in units of its size. Raises OSError if it is no font."""
    font = ImageFont.truetype(str(path), PROBE_SIZE, layout_engine=ImageFont.Layout.BASIC)
    _, top, _, bottom = font.getbbox("x", anchor="ls")
    return max(0.2, (bottom - top) / PROBE_SIZE)


@dataclass
class FontFace:
    """file: the font; x_height: wanted, in pixels; augmentation: 0 = print; else how much letters differ (0.1)."""

    file: FontFile
    x_height: float
    augmentation: float = 0.0
    _stamps: dict[str, Stamp | None] = field(default_factory=dict, repr=False)
    _kerning: dict[str, float] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        size = self.x_height / relative_x_height(self.file.path)
        self._font = ImageFont.truetype(str(self.file.path), size, layout_engine=ImageFont.Layout.BASIC)
        self._missing = bytes(self._font.getmask("\uffff", mode="L"))

    def _draw(self, character: str) -> Stamp | None:
        mask, (left, top) = self._font.getmask2(character, mode="L", anchor="ls")
        width, height = mask.size
        if width == 0 or height == 0 or bytes(mask) == self._missing:
            return None
        ink = np.frombuffer(bytes(mask), np.uint8).reshape(height, width)
        if ink.max() < 64:
            return None
        label = character.upper() if self.file.capitals_only else character
        return Stamp(ink, float(left), float(-top), float(self._font.getlength(character)), label)

    def stamp(self, character: str, rng: np.random.Generator) -> Stamp | None:
        if character not in self._stamps:
            self._stamps[character] = self._draw(character)
        stamp = self._stamps[character]
        return augment_stamp(stamp, self.augmentation, rng) if stamp is not None and self.augmentation > 0.0 else stamp

    def space(self, rng: np.random.Generator) -> float:
        return max(float(self._font.getlength(" ")), 0.35 * self.x_height)

    def kerning(self, left: str, right: str) -> float:
        pair = left + right
        if pair not in self._kerning:
            length = self._font.getlength
            self._kerning[pair] = float(length(pair) - length(left) - length(right))
        return self._kerning[pair]


def augment_stamp(stamp: Stamp, augmentation: float, rng: np.random.Generator) -> Stamp:
    """The same letter written once more: sheared, stretched and moved a little."""
    shear = rng.normal(0.0, augmentation)
    scale_x, scale_y = np.exp(rng.normal(0.0, 0.8 * augmentation, 2))
    h, w = stamp.ink.shape
    lean = shear * h * scale_y
    size = (max(1, round(w * scale_x + abs(lean))) + 2, max(1, round(h * scale_y)) + 2)
    # rows count downward: the upper edge leans right by a positive shear; one pixel of rim keeps the ink whole
    matrix = np.array([[scale_x, -shear * scale_y, max(lean, 0.0) + 1.0], [0.0, scale_y, 1.0]])
    ink = cv2.warpAffine(stamp.ink, matrix, size, flags=cv2.INTER_LINEAR)
    left = stamp.left * scale_x - 1.0 + min(lean, 0.0)
    return Stamp(ink, left, stamp.top * scale_y + 1.0, stamp.advance * scale_x, stamp.label)
