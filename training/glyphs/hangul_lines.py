"""Drawn Korean pages to training examples, by the program's own segmentation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ocrtool.imaging.prepare import prepare
from ocrtool.recognize.crops import glyph_geometry, glyph_images
from ocrtool.script.hangul.charset import GLYPHS, glyph_number
from ocrtool.script.hangul.layout import find_hangul_text
from ocrtool.script.hangul.script import HANGUL_CROP
from ocrtool.script.hangul.segment import cut_syllables, syllable_region
from ocrtool.segment.edges import find_edges
from ocrtool.segment.rectify import rectify
from training.glyphs.examples import Examples, no_examples
from training.glyphs.segmented_pages import UNCLEAR, choose_edges, edge_labels, ink_by_label, labels_on_line
from training.synthesis.degrade import ScannedPage, degrade
from training.synthesis.drawn_page import Manner, Stamp, set_lines
from training.synthesis.font_face import FontFace
from training.synthesis.fonts import FontFile
from training.synthesis.hangul_faces import KoreanFace
from training.synthesis.hangul_fonts import KoreanFont
from training.synthesis.hangul_line_text import KoreanLineText
from training.synthesis.hangul_samples import KIND_WEIGHTS
from training.synthesis.hangul_signs import unknown_characters

#: Label of the reject class.
REJECT = len(GLYPHS)
#: Pixels of an em: 7 points at 200 dpi to 14 points at 400 dpi, mostly 10 points at 200 and 300 dpi.
SMALLEST, LARGEST = 18.0, 75.0
USUAL = (24.0, 50.0)
#: Hanja and other characters outside the labels of a font that lends other fonts what they lack.
FULL = 1000
#: Share of pages whose Latin letters are of another font, and share of pages whose spaces are stretched.
LATIN_SHARE, JUSTIFIED = 0.3, 0.3


class KoreanPages:
    """Makes scanned pages in Korean fonts, and in Latin fonts beside them."""

    def __init__(
        self,
        fonts: Sequence[KoreanFont],
        latin: Sequence[FontFile],
        text: KoreanLineText,
        lengths: tuple[int, int] = (8, 32),
    ) -> None:
        """lengths: of the lines, characters, from and below."""
        self._lengths = lengths
        self._fonts, self._latin, self._text = list(fonts), [f for f in latin if f.kind != "hand"], text
        self._beside = [f for f in fonts if len(unknown_characters(f.path)) >= FULL]
        families = {f.family: f.kind for f in fonts}
        kinds, files = list(families.values()), [f.family for f in fonts]
        odds = [KIND_WEIGHTS.get(f.kind, 1.0) / kinds.count(f.kind) / files.count(f.family) for f in fonts]
        self._odds = np.array(odds) / np.sum(odds)

    def page(self, rng: np.random.Generator) -> tuple[ScannedPage, list[str]]:
        """Three to eight lines, and what they are to be read as."""
        size = float(np.exp(rng.uniform(*np.log(USUAL if rng.random() < 0.7 else (SMALLEST, LARGEST)))))
        face = KoreanFace(self._fonts[rng.choice(len(self._fonts), p=self._odds)], size)
        if self._latin and rng.random() < LATIN_SHARE:
            face.latin = FontFace(self._latin[rng.integers(len(self._latin))], face.x_height * rng.uniform(0.85, 1.1))
        if self._beside:
            face.beside = KoreanFace(self._beside[rng.integers(len(self._beside))], size)
        if rng.random() < JUSTIFIED:
            face.space_factor = float(rng.uniform(1.0, 2.6))
        manner = Manner(
            leading=rng.uniform(2.3, 4.2),
            tracking=rng.normal(-0.03, 0.06) if rng.random() < 0.8 else rng.uniform(0.0, 0.4),
            wobble=rng.uniform(0.0, 0.015),
            loose=0.2,
        )
        lines = [self._text.line(int(rng.integers(*self._lengths)), rng) for _ in range(rng.integers(3, 9))]
        lines = ["".join(c for c in line if c == " " or face.stamp(c, rng) is not None) for line in lines]
        lines = [" ".join(line.split()) for line in lines]
        labels = ["".join(c if c == " " else _label(face.stamp(c, rng)) for c in line) for line in lines]
        return degrade(set_lines(lines, face, manner, rng), rng), labels


def _label(stamp: Stamp | None) -> str:
    return "" if stamp is None else stamp.label


def page_examples(page: ScannedPage, source: str, rng: np.random.Generator, reject_share: float = 0.4) -> Examples:
    """Make examples from all lines found on the page. reject_share: share of examples of the reject class."""
    classes = np.array([UNCLEAR, *(glyph_number(c) for c in page.characters)], np.int16)
    classes[1:][~page.intact] = UNCLEAR
    parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    prepared = prepare(page.gray)
    found = None if prepared is None else find_hangul_text(prepared)
    if found is None:
        return no_examples(HANGUL_CROP.side)
    for region in found.lines:
        line = rectify(found.page.soft, found.line_labels, syllable_region(region, found.line_labels))
        pieces = cut_syllables(line)
        if len(pieces) == 0:
            continue
        edges = find_edges(pieces)
        label_map = labels_on_line(page.label_map, line, found.page.to_input)
        by_piece, total = ink_by_label(line, pieces, label_map, len(classes))
        label = edge_labels(edges, by_piece, total, classes, REJECT)
        chosen = choose_edges(label, edges.boxes, reject_share, rng, REJECT)
        edges = edges.take(chosen)
        parts.append((glyph_images(line, pieces, edges, HANGUL_CROP), glyph_geometry(pieces, edges), label[chosen]))
    if not parts:
        return no_examples(HANGUL_CROP.side)
    images, geometry, labels = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Examples(images, geometry, labels, np.full(len(labels), source))
