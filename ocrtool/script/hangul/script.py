"""The Hangul script: all 11,172 syllables, isolated letters, the marks of Korean print, and ASCII."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import numpy as np

from ocrtool.charset import LINE_START, OTHER, Labels
from ocrtool.imaging.page import PreparedPage
from ocrtool.recognize.crops import CropShape
from ocrtool.script.hangul.charset import GLYPHS, MARKS
from ocrtool.script.hangul.classifier import HangulClassifier
from ocrtool.script.hangul.layout import find_hangul_text
from ocrtool.script.hangul.segment import cut_syllables, syllable_region, whole_stacks, without_underline
from ocrtool.script.script import Detection, Script, WeightNames
from ocrtool.segment.edges import Edges
from ocrtool.segment.layout import Layout
from ocrtool.segment.types import LineImage, LineRegion, Pieces
from ocrtool.weights.store import ANY, open_weights

#: Syllables need more pixels than Latin letters for their many strokes.
HANGUL_CROP = CropShape(40, 32)


class Hangul(Script):
    """Syllables are squares of separate strokes; their height, not the x-height, is common to the line."""

    name = "Hangul"
    language = "kor"
    glyphs = GLYPHS
    symbols = Labels([LINE_START, " ", OTHER])
    crop = HANGUL_CROP
    weights = WeightNames("hangul", "lstm_kor", "decoder_kor")
    # Korean pages measured at least 0.98 and 0.58, English ones at most 0.13 and 0.013. On a page with Hangul, a line
    # may have more English than Korean.
    detection = Detection(clear_share=0.45, page_share=0.03, line_share=0.06)

    def open_classifier(self, folder: Path | None, threads: int = 1, model: str = ANY) -> HangulClassifier:
        return HangulClassifier(open_weights(self.weights.of(model, folder).classifier, folder), threads)

    @cached_property
    def distinctive(self) -> np.ndarray:
        """Syllables."""
        return np.arange(len(GLYPHS)) >= len(MARKS)

    def find_lines(self, page: PreparedPage, height: float | None = None) -> Layout | None:
        return find_hangul_text(page, height)

    def refit(self, region: LineRegion, line_labels: np.ndarray) -> LineRegion:
        return syllable_region(region, line_labels)

    def clean(self, image: LineImage) -> LineImage:
        return without_underline(image)

    def cut(self, image: LineImage) -> Pieces:
        return cut_syllables(image)

    def first_pass(self, pieces: Pieces, edges: Edges) -> np.ndarray:
        return whole_stacks(pieces, edges)


SCRIPT = Hangul()
