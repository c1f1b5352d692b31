"""Draws pages of each source: print, handwriting fonts, UNIPEN writers, EMNIST images."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from training.datasets import unipen
from training.glyphs import isolated
from training.synthesis.degrade import ScannedPage, degrade
from training.synthesis.drawn_page import Face, Manner, set_lines
from training.synthesis.font_face import FontFace
from training.synthesis.fonts import FontFile, find_fonts, part_of
from training.synthesis.line_text import PRINTED, WRITTEN, LineText
from training.synthesis.written_faces import EmnistFace, PenFace, WritingManner

#: How often a family of each kind is set, against the others.
KIND_WEIGHTS = {"old": 4.0, "serif": 2.0, "typewriter": 0.6, "sans": 1.5, "mono": 1.0}
#: x-height of the scan in pixels: about 60 dpi to 400 dpi of ordinary print.
SMALLEST, LARGEST = 6.0, 42.0


def draw_x_height(rng: np.random.Generator) -> float:
    """Pixels; mostly what 150 to 300 dpi give."""
    if rng.random() < 0.25:
        return float(np.exp(rng.uniform(np.log(SMALLEST), np.log(LARGEST))))
    return float(np.exp(rng.uniform(np.log(12.0), np.log(30.0))))


class PageMaker:
    """Makes scanned pages of one part ("train", "validation", "test") of the fonts and writers."""

    def __init__(self, data: Path, fonts: Path | None, part: str) -> None:
        self._part = part
        files = [f for f in find_fonts(fonts) if part_of(f.family) == part]
        self._print = _by_family([f for f in files if f.kind != "hand"])
        self._hand = _by_family([f for f in files if f.kind == "hand"])
        weights = np.array([KIND_WEIGHTS[family[0].kind] for family in self._print])
        # a kind's weight is shared out: many families of sans must not outweigh few of old
        counts = {k: sum(f[0].kind == k for f in self._print) for k in KIND_WEIGHTS}
        self._print_odds = weights / np.array([counts[family[0].kind] for family in self._print])
        self._print_odds /= self._print_odds.sum()
        self._text = LineText(data)
        marks = unipen.load(data / "unipen" / f"unipen-{'test' if part == 'test' else 'train'}.npz")
        if part != "test":
            marks = marks.choose(unipen.split_writers(marks)[part == "validation"])
        self._marks = marks
        self._writers = [w for w, found in marks.by_writer.items() if len(found) >= 8]
        self._images, self._by_label = isolated.emnist_by_character(data / "emnist", part)

    def page(self, source: str, rng: np.random.Generator) -> ScannedPage:
        """A page of "print", "hand_font", "pen" or "emnist". Raises ValueError if the part has no such fonts."""
        missing = {"print": not self._print, "hand_font": not self._hand, "pen": not self._writers}
        if missing.get(source):
            raise ValueError(f"nothing of the part {self._part} to draw pages of {source} with")
        if source == "print":
            family = self._print[rng.choice(len(self._print), p=self._print_odds)]
            return self.font_page(family, False, rng)
        if source == "hand_font":
            return self.font_page(self._hand[rng.integers(len(self._hand))], True, rng)
        return self._written_page(source, rng)

    def print_families(self) -> list[tuple[str, list[FontFile]]]:
        """Names of the families of print, and their files."""
        return [(family[0].family, family) for family in self._print]

    def font_page(self, family: list[FontFile], handwritten: bool, rng: np.random.Generator) -> ScannedPage:
        """A page in one of the files of a family; handwritten: as somebody writes, not as a printer sets."""
        upright = [f for f in family if "talic" not in f.path.stem and "blique" not in f.path.stem]
        choices = upright if upright and rng.random() < 0.6 else family
        file = choices[rng.integers(len(choices))]
        x_height = draw_x_height(rng)
        face = FontFace(file, x_height, rng.uniform(0.02, 0.1) if handwritten else 0.0)
        manner = Manner(
            leading=rng.uniform(2.1, 3.2) + (0.8 if handwritten else 0.0),
            tracking=rng.normal(0.0, 0.04) if rng.random() < 0.6 else rng.uniform(0.0, 0.2),
            wobble=rng.uniform(0.0, 0.05) if handwritten else rng.uniform(0.0, 0.015),
            drift=rng.uniform(0.0, 0.15) if handwritten else 0.0,
        )
        return self._scan(face, manner, handwritten, rng)

    def _written_page(self, source: str, rng: np.random.Generator) -> ScannedPage:
        x_height = draw_x_height(rng)
        writer = self._writers[rng.integers(len(self._writers))]
        writing = WritingManner.draw(rng)
        pen = PenFace(self._marks, writer, x_height, writing, float(np.exp(rng.uniform(np.log(0.07), np.log(0.28)))))
        face: Face = pen
        if source == "emnist":
            face = EmnistFace(self._images, self._by_label, x_height, writing, pen)
        manner = Manner(leading=rng.uniform(2.8, 4.0), drift=rng.uniform(0.0, 0.15), loose=0.2)
        return self._scan(face, manner, True, rng)

    def _scan(self, face: Face, manner: Manner, handwritten: bool, rng: np.random.Generator) -> ScannedPage:
        """Set text in the face, degrade it. Words written alone on a form are as common as pages."""
        if handwritten and rng.random() < 0.35:
            lines = self._text.lines(1, int(rng.integers(4, 16)), WRITTEN, rng)
        else:
            count = int(rng.integers(3, 9))
            lines = self._text.lines(count, int(rng.integers(20, 55)), WRITTEN if handwritten else PRINTED, rng)
        return degrade(set_lines(lines, face, manner, rng), rng, handwritten)


def _by_family(files: list[FontFile]) -> list[list[FontFile]]:
    families: dict[str, list[FontFile]] = {}
    for file in files:
        families.setdefault(file.family, []).append(file)
    return list(families.values())
