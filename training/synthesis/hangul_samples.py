"""Samples to train on, drawn as fast as they are used: any character in any font, printed and scanned by chance.

fonts = find_korean_fonts(part="train")
drawer = Drawer(fonts)
samples = drawer.draw(characters, rng)  # one sample for each character
images = squares([sample.image for sample in samples], 32)  # (B, 32, 32) uint8, ink bright
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from training.phd08.text_form import VARIATIONS
from training.synthesis.hangul_fonts import KoreanFont, drawn_characters
from training.synthesis.hangul_glyphs import CACHE, Glyph, Glyphs
from training.synthesis.hangul_scan import Scan, binary, grey_crop
from training.synthesis.phd08_variations import LEVELS, phd08_scan

#: How often fonts of a kind are drawn: as common as they are on pages; within a kind every family is as common.
KIND_WEIGHTS = {"serif": 4.0, "sans": 4.0, "rounded": 2.0, "pen": 1.0, "brush": 0.5, "typewriter": 0.5, "display": 1.0}


#: Pixels of a syllable's side, from 9 points at 150 dpi to 14 points at 350 dpi.
FULL_PIXELS = (17.0, 62.0)
#: Those of small print.
SMALL_PIXELS = (17.0, 26.0)
#: Pixels an em from which all the dirt is put on; of smaller print less would make guesswork.
LARGE = 40.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sample. image: (H, W) uint8, 255 = ink, cropped to the ink.

    top, bottom: of the character's outline above the baseline in em, y downward (top is mostly negative): it
    distinguishes a comma from an apostrophe, which the crop alone does not.
    """

    image: np.ndarray
    character: str
    font: KoreanFont
    top: float
    bottom: float


def any_scan(glyph: Glyph, rng: np.random.Generator, pixels: tuple[float, float] = FULL_PIXELS) -> Scan:
    """Of documents of any kind: small and large print, a little askew, light or dark, clean or dirty.

    pixels: least and greatest side of a syllable.
    """
    size = float(np.exp(rng.uniform(*np.log(pixels)))) / glyph.full
    stroke = glyph.stroke * size  # pixels
    dirt = min(1.0, size / LARGE)
    spread = np.clip(rng.normal(0.0, 0.011, 2) * size, -0.35 * stroke, 0.35 * stroke)
    return Scan(
        size=size,
        turn=float(rng.normal(0.0, 1.2)),
        slant=float(rng.normal(0.0, 0.03)),
        stretch=float(np.exp(rng.normal(0.0, 0.07))),
        spread=(float(spread[0]), float(spread[1])),
        blur=float(rng.uniform(0.3, 0.35 + min(0.3 * stroke, 0.02 * size))),
        noise=float(dirt * rng.uniform(0.0, 0.12)),
        coarse=float(dirt * max(0.0, rng.uniform(-0.1, 0.1))),
        level=float(rng.uniform(0.36, 0.6)),
        keep=0.8,
    )


def small_scan(glyph: Glyph, rng: np.random.Generator) -> Scan:
    """As `any_scan`, of small print only, where strokes are as thin as a pixel."""
    return any_scan(glyph, rng, SMALL_PIXELS)


def any_phd08_scan(glyph: Glyph, rng: np.random.Generator) -> Scan:
    """One of the 243 variations of PHD08."""
    return phd08_scan(glyph, tuple(int(level) for level in rng.integers(0, LEVELS, VARIATIONS)))


class Drawer:
    """Draws samples in fonts chosen by chance. Not for several threads at once."""

    def __init__(
        self,
        fonts: Sequence[KoreanFont],
        scans: Callable[[Glyph, np.random.Generator], Scan] = any_scan,
        most_bytes: int = CACHE,
    ) -> None:
        """most_bytes: of drawn characters that are kept."""
        self._fonts = tuple(fonts)
        self._scans = scans
        self._glyphs = Glyphs(most_bytes)
        self._has = _table(self._fonts)
        families = {font.family: font.kind for font in self._fonts}
        files = {family: sum(font.family == family for font in self._fonts) for family in families}
        kinds = {kind: list(families.values()).count(kind) for kind in set(families.values())}
        self._weights = np.array(
            [KIND_WEIGHTS.get(f.kind, 1.0) / kinds[f.kind] / files[f.family] for f in self._fonts], np.float64
        )
        self._choices: dict[str, tuple[np.ndarray, np.ndarray]] = {}

    def fonts_with(self, character: str) -> list[KoreanFont]:
        """Those that have a picture of the character."""
        return [self._fonts[index] for index in self._choice(character)[0]]

    def draw(self, characters: Sequence[str], rng: np.random.Generator, soft: bool = False) -> list[Drawn]:
        """One sample for each character; soft: grey as scanned, else ink or paper.

        Raises ValueError if no font has a character.
        """
        return [self._draw(character, rng, soft) for character in characters]

    def _draw(self, character: str, rng: np.random.Generator, soft: bool) -> Drawn:
        indices, limits = self._choice(character)
        if not len(indices):
            raise ValueError(f"none of {len(self._fonts)} fonts has {character!r}")
        chosen = int(np.searchsorted(limits, rng.random(), "right"))
        font = self._fonts[indices[min(chosen, len(indices) - 1)]]
        glyph = self._glyphs.glyph(font, character)
        scan = self._scans(glyph, rng)
        image = grey_crop(glyph, scan, rng) if soft else binary(glyph, scan, rng) * np.uint8(255)
        return Drawn(image, character, font, glyph.top, glyph.bottom)

    def _choice(self, character: str) -> tuple[np.ndarray, np.ndarray]:
        """Places of the fonts that have the character, and the upper limits of their shares."""
        choice = self._choices.get(character)
        if choice is None:
            code = ord(character)
            indices = np.flatnonzero(self._has[code]) if code < len(self._has) else np.zeros(0, np.int64)
            limits = np.cumsum(self._weights[indices])
            choice = self._choices[character] = (indices, limits / limits[-1] if len(limits) else limits)
        return choice


def _table(fonts: Sequence[KoreanFont]) -> np.ndarray:
    """(65536, fonts) bool: which font has the character of a code. Quicker than a set of each font."""
    table = np.zeros((0x10000, len(fonts)), bool)
    for index, font in enumerate(fonts):
        codes = np.array([ord(character) for character in drawn_characters(font.path)], np.int64)
        table[codes[codes < len(table)], index] = True
    return table


def squares(images: Sequence[np.ndarray], side: int, margin: int = 1) -> np.ndarray:
    """(B, side, side) uint8: each image shrunk or enlarged, its shape kept, in the middle, paper around it."""
    out = np.zeros((len(images), side, side), np.uint8)
    room = side - 2 * margin
    for target, image in zip(out, images, strict=True):
        scale = room / max(image.shape)
        height, width = (max(1, round(edge * scale)) for edge in image.shape)
        how = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_LINEAR
        y, x = (side - height) // 2, (side - width) // 2
        target[y : y + height, x : x + width] = cv2.resize(image, (width, height), interpolation=how)
    return out
