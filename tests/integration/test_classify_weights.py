"""``ocrtool classify`` with the weights that come with the program, on characters drawn here."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocrtool.cli import main as cli

#: Strokes of some syllables on a grid of 10 × 10, y downward: left, top, right, bottom.
STROKES = {
    "가": ((0, 1, 5, 2), (4, 1, 5, 9), (7, 0, 8, 10), (8, 4, 10, 5)),
    "나": ((0, 2, 1, 8), (0, 7, 5, 8), (7, 0, 8, 10), (8, 4, 10, 5)),
    "를": (
        (1, 0, 9, 0.8),
        (8, 0, 9, 2.2),
        (1, 1.6, 9, 2.2),
        (1, 1.6, 2, 4),
        (1, 3.3, 9, 4),
        (0, 4.7, 10, 5.4),
        (1, 6.2, 9, 6.9),
        (8, 6.2, 9, 8.4),
        (1, 7.7, 9, 8.4),
        (1, 7.7, 2, 10),
        (1, 9.3, 9, 10),
    ),
}


def syllable(character: str, side: int = 60, margin: int = 14) -> np.ndarray:
    """Ink (H, W) uint8, 255 = ink."""
    ink = np.zeros((side + 2 * margin,) * 2, np.uint8)
    for stroke in STROKES[character]:
        x0, y0, x1, y1 = (margin + round(edge * side / 10) for edge in stroke)
        ink[y0:y1, x0:x1] = 255
    return cv2.GaussianBlur(ink, (0, 0), 0.8)


def letter(character: str, size: int = 60) -> np.ndarray:
    """Ink (H, W) uint8, 255 = ink."""
    font = ImageFont.load_default(size)
    left, top, right, bottom = (int(edge) for edge in font.getbbox(character))
    canvas = Image.new("L", (right - left + 28, bottom - top + 28))
    ImageDraw.Draw(canvas).text((14 - left, 14 - top), character, 255, font)
    return np.asarray(canvas)


def photograph(ink: np.ndarray, dark: bool) -> np.ndarray:
    """A colour picture (H, W, 3) of it in light that changes, of three times its size."""
    ink = cv2.resize(ink, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC).astype(np.float32)[..., None] / 255
    paper, pen = np.array([235.0, 220.0, 180.0]), np.array([60.0, 30.0, 20.0])
    if dark:
        paper, pen = pen, paper
    light = np.linspace(1.0, 0.5, ink.shape[1])[None, :, None]
    noise = np.random.default_rng(0).normal(0, 4, (*ink.shape[:2], 3))
    return ((paper * (1 - ink) + pen * ink) * light + noise).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("language", ["auto", "kor", "eng+kor"])
def test_syllables_in_scans_and_photographs(language: str, tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    wanted = []
    for number, character in enumerate(STROKES):
        ink = syllable(character)
        for kind, picture in enumerate((255 - ink, ink, photograph(ink, False), photograph(ink, True))):
            Image.fromarray(picture).save(tmp_path / f"{number}{kind}.png")
            wanted.append(character)
    assert cli.run(["classify", "--format", "json", "--lang", language, str(tmp_path)]) == 0
    images = json.loads(capfd.readouterr().out)["images"]
    assert [image["labels"][0]["label"] for image in images] == wanted
    for image in images:
        shares = [label["probability"] for label in image["labels"]]
        assert len(shares) == 5 and shares == sorted(shares, reverse=True) and shares[0] > 0.5 and sum(shares) <= 1.001


@pytest.mark.parametrize("language", ["auto", "eng"])
def test_letters_and_digits(language: str, tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    text = "RBAegk47&?"
    for number, character in enumerate(text):
        ink = letter(character)
        Image.fromarray(255 - ink).save(tmp_path / f"{number}0.png")
        Image.fromarray(photograph(ink, True)).save(tmp_path / f"{number}1.png")
    assert cli.run(["classify", "--lang", language, "--top", "1", str(tmp_path)]) == 0
    read = [line.split("\t")[1][0] for line in capfd.readouterr().out.splitlines()]
    assert "".join(read) == "".join(2 * character for character in text)


def test_blank_and_plot(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    Image.new("L", (50, 50), 255).save(tmp_path / "blank.png")
    Image.fromarray(255 - syllable("가")).save(tmp_path / "ga.png")
    plot = tmp_path / "plot.png"
    assert cli.run(["classify", str(tmp_path / "blank.png"), str(tmp_path / "ga.png"), "--plot", str(plot)]) == 0
    blank, read = capfd.readouterr().out.splitlines()
    assert blank.endswith("\tblank") and "\t가 " in read
    with Image.open(plot) as picture:
        assert picture.width > 400 and picture.height > 300
