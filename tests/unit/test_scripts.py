"""Which lines of a page are read as Hangul and which as Latin, with a classifier that tells them by their ink."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocrtool.imaging.prepare import prepare
from ocrtool.recognize.candidates import Candidates
from ocrtool.script.engines import Engines
from ocrtool.script.glyph_engine import Engine
from ocrtool.script.hangul.classifier import MOST_LABELS
from ocrtool.script.hangul.script import SCRIPT as HANGUL
from ocrtool.script.latin.script import SCRIPT as LATIN
from ocrtool.script.lines import find_lines

SIZE, STEP = 40, 50
#: A glyph with more of its box in ink than this is a solid block, which stands for a Latin letter here.
SOLID = 0.7
SYLLABLE = 5000


class ThinIsHangul:
    """Takes thin strokes for a syllable and solid blocks for no character."""

    def candidates(self, images: np.ndarray, geometry: np.ndarray) -> Candidates:
        ink = images[:, :, :, 0] > 128
        height, width = (np.maximum(1, ink.any(axis=axis).sum(axis=1)) for axis in (2, 1))
        p = np.where(ink.sum(axis=(1, 2)) < SOLID * height * width, 0.95, 0.01)
        labels = np.full((len(images), MOST_LABELS), SYLLABLE, np.int32)
        log_probs = np.log(p[:, None] * np.array([1.0] + [1e-6] * (MOST_LABELS - 1))).astype(np.float32)
        return Candidates(labels, log_probs, np.log(1.0 - p).astype(np.float32))


def page_of(*lines: str) -> np.ndarray:
    """A page of syllables (``h``) and solid blocks (``l``)."""
    page = np.full((80 + 60 * len(lines), 80 + STEP * max(map(len, lines))), 255, np.uint8)
    for row, line in enumerate(lines):
        for column, kind in enumerate(line):
            x, y = 40 + STEP * column, 40 + 60 * row
            if kind == "h":
                cv2.rectangle(page, (x, y + SIZE // 4), (x + SIZE // 2, y + 3 * SIZE // 4), 0, 3)
                cv2.rectangle(page, (x + SIZE - 5, y), (x + SIZE - 2, y + SIZE - 1), 0, -1)
            else:
                page[y + SIZE // 4 : y + SIZE, x + 8 : x + SIZE - 8] = 0
    return page


def scripts_of(page: np.ndarray) -> list[str]:
    """The script that each line is cut up for."""
    latin, hangul = (
        Engine(script, classifier, None, None, None, None)  # type: ignore[arg-type]  # nothing is decoded
        for script, classifier in ((LATIN, None), (HANGUL, ThinIsHangul()))
    )
    return [line.engine.script.name for line in find_lines(prepare(page), Engines(None, lambda: (latin, hangul))).lines]


@pytest.mark.parametrize(
    ("lines", "scripts"),
    [
        (["h" * 12] * 3 + ["l" * 12] + ["h" * 12], ["Hangul"] * 3 + ["Latin", "Hangul"]),
        (["l" * 12] * 4, ["Latin"] * 4),
        (["h" * 12, "h" * 12, "hhhlllllllll", "h" * 12], ["Hangul"] * 4),  # more Latin than Hangul is still Hangul
    ],
)
def test_each_line_is_read_in_its_script(lines: list[str], scripts: list[str]) -> None:
    assert scripts_of(page_of(*lines)) == scripts
