"""Drawn Korean characters and lines to examples. Labels are indices into `ocrtool.script.hangul.charset.GLYPHS`; the
number after the last is the reject class.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ocrtool.recognize.crops import isolated_image
from ocrtool.script.hangul.charset import GLYPHS, MARKS, glyph_number
from ocrtool.script.hangul.script import HANGUL_CROP
from training.glyphs import examples
from training.glyphs.examples import Examples
from training.glyphs.hangul_lines import KoreanPages, page_examples
from training.synthesis.fonts import find_fonts
from training.synthesis.fonts import part_of as latin_part
from training.synthesis.hangul_fonts import find_korean_fonts
from training.synthesis.hangul_line_text import KoreanLineText
from training.synthesis.hangul_samples import Drawer, any_phd08_scan, any_scan, small_scan
from training.synthesis.hangul_signs import STRANGERS, read_as
from training.synthesis.hangul_syllables import all_syllables, hanja, ks_x_1001

#: Share of each source in the examples.
SHARES = {"line": 0.6, "alone": 0.4}
SOURCES = tuple(SHARES)
#: Of the characters alone: share of marks, of characters outside the labels, of syllables of KS X 1001, the rest being
#: any syllable; share drawn by the variations of PHD08, and share left grey.
MARK_SHARE, UNKNOWN_SHARE, STANDARD_SHARE = 0.2, 0.08, 0.36
PHD08_SHARE, GREY_SHARE = 0.3, 0.5
#: How the characters alone are scanned.
SCANS = (any_scan, any_phd08_scan, small_scan)
#: Characters drawn at once.
BATCH = 500


@dataclass(frozen=True, slots=True)
class HangulSettings:
    """data: folder of data; fonts, latin_fonts: folders; part: of the families; small: share of small print in the
    characters alone.
    """

    data: Path
    fonts: Path | None
    latin_fonts: Path | None
    part: str
    small: float = 0.0

    @property
    def salt(self) -> tuple[int, ...]:
        """Parts are drawn by different seeds."""
        return (len(self.part),)

    def open(self) -> HangulMaker:
        """The maker of this part. Raises OSError."""
        return HangulMaker(self)


class HangulMaker:
    """Makes examples of one part of the fonts."""

    def __init__(self, settings: HangulSettings) -> None:
        part, small = settings.part, settings.small
        fonts = find_korean_fonts(settings.fonts, part)
        self._drawers = [Drawer(fonts, scan) for scan in SCANS]
        self._shares = [1.0 - PHD08_SHARE - small, PHD08_SHARE, small]
        self._pages = KoreanPages(
            fonts,
            [f for f in find_fonts(settings.latin_fonts) if latin_part(f.family) == part],
            KoreanLineText(settings.data),
        )
        drawable = [c for c in GLYPHS if self._drawers[0].fonts_with(c)]
        known = set(drawable)
        self._any = [c for c in all_syllables() if c in known]
        self._standard = [c for c in ks_x_1001() if c in known]
        self._marks = [c for c in (*MARKS, "￦") if self._drawers[0].fonts_with(c)]
        self._unknown = [c for c in (*hanja(), *STRANGERS) if self._drawers[0].fonts_with(c)]

    def examples(self, source: str, rng: np.random.Generator) -> Examples:
        """A page's or a batch's."""
        return page_examples(self._pages.page(rng)[0], source, rng) if source == "line" else self._alone(rng)

    def _alone(self, rng: np.random.Generator) -> Examples:
        marks, unknown, standard = (round(share * BATCH) for share in (MARK_SHARE, UNKNOWN_SHARE, STANDARD_SHARE))
        unknown = unknown if self._unknown else 0
        chosen = [
            *rng.choice(self._marks, marks),
            *(rng.choice(self._unknown, unknown) if unknown else ()),
            *rng.choice(self._standard, standard),
            *rng.choice(self._any, BATCH - marks - unknown - standard),
        ]
        drawer = self._drawers[rng.choice(len(SCANS), p=self._shares)]
        drawn = drawer.draw([str(c) for c in chosen], rng, soft=bool(rng.random() < GREY_SHARE))
        named = [(glyph, label) for glyph in drawn if (label := read_as(glyph.font.path, glyph.character)) is not None]
        images = np.stack([isolated_image(glyph.image, HANGUL_CROP) for glyph, _ in named])
        return examples.alone(images, np.array([glyph_number(label) for _, label in named]), "alone")


def shares_of(sources: tuple[str, ...]) -> dict[str, float]:
    """Of the chosen sources, all if there are none; one alone keeps its share of the count."""
    return {source: SHARES[source] for source in sources or SOURCES}
