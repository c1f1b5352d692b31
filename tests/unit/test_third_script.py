"""A made-up script is one folder and its weights: found, told from Latin and read, and no other file knows it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

import ocrtool.script
from ocrtool.pipeline import read_page
from ocrtool.script import registry
from ocrtool.script.engines import Engines, load_engines
from ocrtool.script.glyph_engine import load_engine

ROOT = Path(__file__).parents[2]

#: The strokes of each rune on a square of one unit, y down; and the word that is drawn.
STROKES = {
    "ᛁ": [((0.5, 0), (0.5, 1))],
    "ᛏ": [((0.5, 0), (0.5, 1)), ((0.5, 0), (0.1, 0.35)), ((0.5, 0), (0.9, 0.35))],
    "ᚺ": [((0.1, 0), (0.1, 1)), ((0.9, 0), (0.9, 1)), ((0.1, 0.4), (0.9, 0.6))],
    "ᛜ": [((0.5, 0), (1, 0.5)), ((1, 0.5), (0.5, 1)), ((0.5, 1), (0, 0.5)), ((0, 0.5), (0.5, 0))],
    "ᚲ": [((0.8, 0), (0.2, 0.5)), ((0.2, 0.5), (0.8, 1))],
}
LINE = "ᛏᚺᛜᚲ ᛁᛏᛜ ᚺᚲᛁᛜᛏ"

INIT = '''"""Runes, made up for a test."""

LANGUAGE = "rne"
ORDER = 7
'''

SCRIPT = '''"""Runes: read by their likeness to drawn ones."""

import numpy as np

from ocrtool.charset import LINE_START, OTHER, Labels
from ocrtool.recognize.candidates import Candidates
from ocrtool.recognize.crops import CropShape, isolated_image
from ocrtool.script.script import Detection, Script, WeightNames


class ByLikeness:
    def __init__(self, templates):
        self.templates = templates.reshape(len(templates), -1).astype(np.float64)
        self.templates /= np.linalg.norm(self.templates, axis=1, keepdims=True)

    def probabilities(self, images, geometry):
        crops = images[..., 0].reshape(-1, images.shape[1] * images.shape[2]).astype(np.float64)
        crops /= np.maximum(1e-9, np.linalg.norm(crops, axis=1, keepdims=True))
        likeness = np.clip(crops @ self.templates.T, 0.0, 1.0)
        surroundings = (images[..., 1] > 127).mean(axis=(1, 2))
        reject = np.where((surroundings > 0.02) | (likeness.max(axis=1) < 0.75), 0.99, 0.01)
        shares = likeness**40
        return shares / np.maximum(1e-9, shares.sum(axis=1, keepdims=True)), reject

    def candidates(self, images, geometry):
        shares, reject = self.probabilities(images, geometry)
        every = np.concatenate([shares * (1.0 - reject[:, None]), reject[:, None]], axis=1)
        return Candidates.of_scores(np.log(np.maximum(every, 1e-6)).astype(np.float32))


class Runes(Script):
    name = "Runes"
    language = "rne"
    glyphs = GLYPHS
    symbols = Labels([LINE_START, " ", OTHER])
    crop = CropShape(32, 22)
    weights = WeightNames("runes", "lstm_rne", "decoder_rne")
    detection = Detection(clear_share=0.5, page_share=0.1, line_share=0.3)

    def open_classifier(self, folder, threads=1, model="any"):
        templates = np.load(folder / "runes.npy")
        return ByLikeness(np.stack([isolated_image(t, self.crop)[..., 0] for t in templates]))

    @property
    def distinctive(self):
        return np.ones(len(self.glyphs), bool)


SCRIPT = Runes()
'''


def draw(ink: np.ndarray, rune: str, x: float, y: float, size: float) -> None:
    """In place, on black."""
    for a, b in STROKES[rune]:
        ends = [tuple(round(16 * (o + size * c)) for o, c in zip((x, y), end, strict=True)) for end in (a, b)]
        cv2.line(ink, ends[0], ends[1], 255, 4, cv2.LINE_AA, shift=4)


def draw_line(page: np.ndarray, text: str, x: int, y: int, size: int = 34) -> None:
    """In place, dark on light."""
    ink = np.zeros_like(page)
    for rune in text:
        if rune != " ":
            draw(ink, rune, x, y, size)
        x += round(1.35 * size)
    page -= np.minimum(page, ink)


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The script's one folder, put where the package looks, and the folder of its weights."""
    folder = tmp_path / "scripts" / "runes"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(INIT)
    (folder / "script.py").write_text(SCRIPT.replace("GLYPHS", repr("".join(STROKES))))
    monkeypatch.setattr(ocrtool.script, "__path__", [*ocrtool.script.__path__, str(folder.parent)])
    registry.languages.cache_clear()
    distinctive = tmp_path / "weights"
    distinctive.mkdir()
    templates = np.zeros((len(STROKES), 60, 60), np.uint8)
    for template, rune in zip(templates, STROKES, strict=True):
        draw(template, rune, 12, 12, 34)
    np.save(distinctive / "runes.npy", templates)
    fitted = json.loads((ROOT / "weights" / "decoder_kor.json").read_text())
    (distinctive / "decoder_rne.json").write_text(json.dumps(fitted | {"name": "decoder_rne"}))
    yield distinctive
    registry.languages.cache_clear()


def test_a_drawn_line_is_read(weights: Path) -> None:
    page = np.full((140, 900), 255, np.uint8)
    draw_line(page, LINE, 40, 50)
    found = read_page(page, load_engines("rne", weights, language_model=False))
    assert found.text == LINE and found.language == "rne"


def test_it_is_told_from_latin_on_one_page(weights: Path) -> None:
    page = np.full((420, 900), 255, np.uint8)
    for k, text in enumerate([LINE, LINE[::-1]]):
        draw_line(page, text, 40, 40 + 90 * k)
    cv2.putText(page, "STONES", (40, 330), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 0, 4, cv2.LINE_AA)
    engines = latin_and_runes(weights)
    found = read_page(page, engines)
    assert [line.text for line in found.lines] == [LINE, LINE[::-1], "STONES"]
    assert found.language == "eng+rne"


def latin_and_runes(weights: Path) -> Engines:
    return Engines(load_engines("eng").strips, lambda: (load_engine("rne", weights, language_model=False),))


def test_it_can_be_asked_for(weights: Path) -> None:
    assert registry.language_choices() == ("auto", "eng", "kor", "rne", "eng+kor+rne")
    assert registry.parse_languages("rne+eng") == ("eng", "rne")
