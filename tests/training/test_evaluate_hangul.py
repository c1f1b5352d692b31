"""Scores of the Korean classifier on characters alone, by a classifier that answers one thing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ocrtool.script.hangul.charset import SYLLABLE_KIND, decompose_syllable
from ocrtool.script.hangul.classifier import HEADS
from tests.bar_font import make_bar_font
from training.glyphs.evaluate_hangul import drawn_scores, phd08_scores
from training.phd08.text_form import format_sample
from training.synthesis.hangul_fonts import KoreanFont
from training.synthesis.hangul_samples import Drawer


class Always:
    """Reads one syllable, unless there is more ink on the right: then it rejects it."""

    def __init__(self, syllable: str) -> None:
        self.letters = decompose_syllable(syllable)

    def heads(self, images: np.ndarray, geometry: np.ndarray) -> list[np.ndarray]:
        heads = [np.full((len(images), size), -9.0, np.float32) for size in HEADS]
        side = images.shape[2] // 2
        ink = images[..., 0].astype(float)
        right = ink[:, :, side:].sum(axis=(1, 2)) > ink[:, :, :side].sum(axis=(1, 2))
        heads[0][:, SYLLABLE_KIND] = np.where(right, -9.0, 0.0)
        heads[0][:, -1] = np.where(right, 0.0, -9.0)
        for head, place_of_letter in zip(heads[1:], self.letters, strict=True):
            head[:, place_of_letter] = 0.0
        return heads


def write_phd08(folder: Path, character: str, names: list[str]) -> None:
    image = np.zeros((20, 24), np.uint8)
    image[2:18, 2:9] = 1
    (folder / f"{character}.txt").write_bytes(b"".join(format_sample(name, image) for name in names))


def test_real_samples_are_told_apart_by_their_turn(tmp_path: Path) -> None:
    write_phd08(tmp_path, "가", ["S_0_0_0_0_1", "S_0_0_0_0_0", "S_0_0_0_0_2"])
    write_phd08(tmp_path, "나", ["S_0_0_0_0_1"])
    found = phd08_scores(Always("가"), tmp_path)  # type: ignore[arg-type]
    assert found["가"] == {"images": 3, "all": 1.0, "upright": 1.0, "turned": 1.0}
    assert found["나"] == {"images": 1, "all": 0.0, "upright": 0.0}
    assert found["all"] == {"images": 4, "all": 0.75, "upright": 0.5, "turned": 1.0}


def test_drawn_characters_count_among_syllables_and_among_all(tmp_path: Path) -> None:
    font = KoreanFont(make_bar_font(tmp_path / "bars.ttf", "가나"), "bars", "sans")
    found = drawn_scores(Always("가"), Drawer([font]), ["가", "나", "가", "가"], 3)  # type: ignore[arg-type]
    assert found["images"] == 4
    assert found["among syllables"] == pytest.approx(0.75)
    assert found["among all"] <= found["among syllables"]
    assert set(found["by family"]) == {"bars"}
