"""For each of PHD08's nine fonts a similar free one, so that generated and real samples can be compared.

Chosen among the families of the part train by the shapes of 가, 나 and 각. Size, width and weight are set so that mean
height, width and thickness agree: the remaining differences come from printing, scanning and threshold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from training.synthesis.hangul_fonts import KoreanFont
from training.synthesis.hangul_glyphs import Glyphs
from training.synthesis.hangul_scan import binary
from training.synthesis.phd08_variations import phd08_scan


@dataclass(frozen=True, slots=True)
class Counterpart:
    """font: name of the file; size: share of the em; stretch: of the width; weight: pixels at 240 dpi by which
    (vertical, horizontal) strokes are thicker.
    """

    font: str
    size: float
    stretch: float
    weight: tuple[float, float]


COUNTERPARTS = {
    "S": Counterpart("sunflower-300", 0.92, 1.31, (-0.45, -0.61)),
    "G": Counterpart("UnDotum", 1.02, 0.94, (0.05, -0.26)),
    "M": Counterpart("UnShinmun", 1.22, 0.80, (0.30, -0.12)),
    "N": Counterpart("BMHANNAAir_ttf", 1.03, 1.16, (-0.11, 0.05)),
    "B": Counterpart("BMEULJIROTTF", 0.87, 1.48, (-2.22, -3.01)),
    "D": Counterpart("dotum", 0.93, 1.08, (0.05, -0.07)),
    "Y": Counterpart("EunjinNakseo", 0.85, 1.15, (-0.58, -0.76)),
    "H1": Counterpart("UnGungseo", 1.16, 1.02, (-0.83, -1.34)),
    "H2": Counterpart("noto-sans-kr-900", 1.05, 1.05, (-1.61, -2.00)),
}


def draw_like(
    samples: Sequence[tuple[str, str, tuple[int, ...]]], fonts: Sequence[KoreanFont], seed: int
) -> list[np.ndarray]:
    """A generated picture for each (character, font of PHD08, variation): (H, W) uint8, 1 = ink.

    Raises ValueError if a font or a character is missing.
    """
    files = {font.name: font for font in fonts}
    missing = sorted({COUNTERPARTS[font].font for _, font, _ in samples} - files.keys())
    if missing:
        raise ValueError(f"the font {', '.join(missing)} is not there: see training/synthesis/fetch_korean_fonts.py")
    rng = np.random.default_rng(seed)
    glyphs = Glyphs()
    images = []
    for character, name, variation in samples:
        like = COUNTERPARTS[name]
        glyph = glyphs.glyph(files[like.font], character)
        scan = phd08_scan(glyph, variation, like.size, like.stretch, like.weight)
        images.append(binary(glyph, scan, rng))
    return images
