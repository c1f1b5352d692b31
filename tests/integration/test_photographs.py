"""Photographs of a drawn page, read with the real weights."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

import ocrtool
from ocrtool.metrics import cer
from ocrtool.types import Page

SAMPLES = Path(__file__).parents[2] / "samples"
TEXT = (SAMPLES / "letter.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def letter() -> np.ndarray:
    return np.asarray(Image.open(SAMPLES / "letter.png").convert("L"))


@pytest.fixture(scope="module")
def flat(letter: np.ndarray) -> Page:
    return ocrtool.read(letter, lang="eng")


def on_a_table(sheet: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A photograph of a sheet from its lower left, lit from one side, and the homography that it was taken by."""
    height, width = sheet.shape
    rim = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = np.array([[0.14, 0.12], [0.85, 0.06], [0.97, 0.9], [0.04, 0.96]], np.float32) * [width, height]
    matrix = cv2.getPerspectiveTransform(rim, seen.astype(np.float32))
    paper = cv2.warpPerspective(sheet, matrix, (width, height), flags=cv2.INTER_AREA).astype(np.float32)
    inside = cv2.warpPerspective(np.ones_like(sheet), matrix, (width, height))
    table = 70 + 15 * np.sin(np.arange(width) / 9.0, dtype=np.float32)
    light = np.linspace(0.95, 0.6, width, dtype=np.float32)
    return np.clip(np.where(inside > 0, paper, table) * light, 0, 255).astype(np.uint8), matrix


def curled(sheet: np.ndarray) -> np.ndarray:
    """The sheet with its lines bent up at both sides, by more than their distance."""
    height, width = sheet.shape
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    rise = 0.035 * height * np.linspace(-1, 1, width, dtype=np.float32) ** 2
    return cv2.remap(sheet, xs, ys + rise, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def test_a_photograph_is_read_as_the_page(letter: np.ndarray, flat: Page) -> None:
    photo, matrix = on_a_table(letter)
    page = ocrtool.read(photo, lang="eng")
    assert cer(TEXT, page.text) <= 2 * cer(TEXT, flat.text) + 0.005
    assert (page.height, page.width) == photo.shape
    places = {word.text: word.box for line in page.lines for word in line.words}
    all_words = [word for line in flat.lines for word in line.words]
    count = Counter(word.text for word in all_words)
    words = [word for word in all_words if len(word.text) > 5 and count[word.text] == 1 and word.text in places]
    assert len(words) > 10
    for word in words:
        middle = np.array([[[(word.box.x0 + word.box.x1) / 2, (word.box.y0 + word.box.y1) / 2]]], np.float32)
        x, y = cv2.perspectiveTransform(middle, matrix)[0, 0].tolist()
        box = places[word.text]
        assert box.x0 < x < box.x1 and box.y0 < y < box.y1


def test_a_curled_page_is_read_as_the_flat_one(letter: np.ndarray, flat: Page) -> None:
    page = ocrtool.read(curled(letter), lang="eng")
    assert cer(TEXT, page.text) <= 2 * cer(TEXT, flat.text) + 0.005
