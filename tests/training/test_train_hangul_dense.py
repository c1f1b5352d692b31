"""The dense network of PHD08's example: a tiny training on fonts made here, measured on fonts left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner
from emnist_files import unpadded
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from training.phd08 import counterparts, dense_samples
from training.phd08.counterparts import Counterpart
from training.phd08.dense_samples import CLASS_NAMES, CLASSES, in_families, like_phd08
from training.synthesis.hangul_fonts import drawn_characters, find_korean_fonts

#: Names of PHD08's fonts -> fonts made here; a family held out in the program's split.
NINE = ("S", "G", "M", "N", "B", "D", "Y", "H1", "H2")
HELD_FILE = "LexiGulim.ttf"


pytestmark = pytest.mark.usefixtures("no_system_fonts")


def make_font(path: Path, wide: int) -> None:
    """A font whose syllables are eight patterns of bars, ``wide`` units thick."""
    builder = FontBuilder(1000, isTTF=True)
    pens = {".notdef": TTGlyphPen(None)}
    for number, character in enumerate(CLASSES + "가를"):
        pen = pens[f"uni{ord(character):04X}"] = TTGlyphPen(None)
        for bit in range(4):
            if (number + 1) >> bit & 1:
                x = 100 + 200 * bit
                pen.moveTo((x, 0))
                for point in ((x, 800), (x + wide, 800), (x + wide, 0)):
                    pen.lineTo(point)
                pen.closePath()
        for y in (0, 800):
            pen.moveTo((0, y))
            for point in ((0, y + 80), (850, y + 80), (850, y)):
                pen.lineTo(point)
            pen.closePath()
    builder.setupGlyphOrder(list(pens))
    builder.setupCharacterMap({ord(c): f"uni{ord(c):04X}" for c in CLASSES + "가를"})
    builder.setupGlyf({name: pen.glyph() for name, pen in pens.items()})
    builder.setupHorizontalMetrics(dict.fromkeys(pens, (1000, 0)))
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": path.stem, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=880, usWinAscent=880, usWinDescent=120)
    builder.setupPost()
    builder.save(path)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("OCRTOOL_CACHE", str(tmp_path / "cache"))
    drawn_characters.cache_clear()
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    for number, name in enumerate(NINE):
        make_font(fonts / f"like{name}.ttf", 60 + 10 * number)
    make_font(fonts / HELD_FILE, 100)
    nine = {name: Counterpart(f"like{name}", 1.0, 1.0, (0.0, 0.0)) for name in NINE}
    for module in (counterparts, dense_samples):
        monkeypatch.setattr(module, "COUNTERPARTS", nine)
    yield fonts
    drawn_characters.cache_clear()


def test_samples_are_of_each_syllable_and_font(folder: Path) -> None:
    samples = like_phd08(find_korean_fonts(folder), 2, 0)
    assert len(samples) == len(samples.images) == 9 * 8 * 2
    assert set(samples.fonts) == set(NINE) and (np.bincount(samples.labels) == 18).all()
    left = samples.take(np.isin(samples.fonts, ("H1", "H2")))
    assert set(left.fonts) == {"H1", "H2"} and len(left.images) == 32
    data = left.labelled()
    assert data.images.shape == (32, 28, 28) and data.classes == CLASS_NAMES and CLASS_NAMES[:3] == ("RA", "HO", "DYA")
    again = like_phd08(find_korean_fonts(folder), 2, 0)
    assert all((a == b).all() for a, b in zip(samples.images, again.images, strict=True))


def test_families_held_out_are_drawn_by_their_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = in_families(find_korean_fonts(folder, "test"), 3, 0)
    assert set(samples.fonts) == {"lexi-gulim"} and len(samples) == 24
    monkeypatch.setattr(dense_samples, "CLASSES", "라힣")
    with pytest.raises(ValueError, match="does not have"):
        in_families([f for f in find_korean_fonts(folder) if f.name == "likeS"], 1, 0)


def test_the_published_size() -> None:
    from training.models.dense import DenseSpec, build_dense

    assert build_dense(DenseSpec()).count_params() == 784 * 128 + 128 + 128 * 8 + 8


def test_training_leaves_weights_report_and_a_table(folder: Path) -> None:
    from training.phd08 import train_hangul_dense

    out, page = folder.parent / "out", folder.parent / "page.md"
    page.write_text("before\n<!-- dense -->\n<!-- /dense -->\nafter\n")
    arguments = ["--fonts", folder, "--out", out, "--variations", 6, "--test-variations", 2, "--epochs", 12]
    arguments += ["--no-own", "--no-turns", "--into", page]
    result = CliRunner().invoke(train_hangul_dense.main, [str(a) for a in arguments])
    assert result.exit_code == 0, result.output
    comparison = json.loads((out / "comparison.json").read_text())
    assert comparison["unseen"]["samples"] == 2 * 8 * 6 and comparison["unseen"]["dense"] > 0.9
    assert "own" not in comparison["unseen"]
    assert json.loads((out / "hangul_dense.json").read_text())["labels"] == list(CLASSES)
    for name in ("hangul_dense.weights.h5", "architecture.json", "report/report.json", "report/confusion.png"):
        assert (out / name).is_file()
    text = unpadded(page.read_text())
    assert "the other two, H1 and H2 | 96 |" in text and text.endswith("after\n")


def test_no_fonts_is_one_sentence(tmp_path: Path) -> None:
    from training.phd08 import train_hangul_dense

    arguments = ["--fonts", str(tmp_path), "--out", str(tmp_path / "out"), "--no-own"]
    result = CliRunner().invoke(train_hangul_dense.main, arguments)
    assert result.exit_code == 1 and "Traceback" not in result.output and "font" in result.output


@pytest.mark.slow
def test_each_pair_of_fonts_is_held_out_and_the_own_classifier_measured(folder: Path) -> None:
    from ocrtool.script.hangul.charset import GLYPHS
    from training.phd08.train_hangul_dense import classifier_correct, held_out_pairs

    samples = like_phd08(find_korean_fonts(folder), 1, 0)
    pairs = held_out_pairs(samples, samples.labelled(), 1.0, 0)
    assert list(pairs) == [f"{a}+{b}" for a, b in zip(NINE, (*NINE[1:], NINE[0]), strict=True)]
    assert np.mean(list(pairs.values())) > 2 / 8  # after one epoch; by chance an eighth

    class ReadsEverythingAsRa:
        def candidates(self, crops: np.ndarray, geometry: np.ndarray) -> SimpleNamespace:
            assert len(crops) == len(geometry) == 72
            return SimpleNamespace(labels=np.full((len(crops), 1), list(GLYPHS).index("라")))

    assert (classifier_correct(ReadsEverythingAsRa(), samples) == (samples.labels == 0)).all()
