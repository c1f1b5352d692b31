"""The one character in a picture: found in any polarity, light and size, without what lies around it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocrtool.imaging.character import View, character_mask, find_views


def drawn(text: str = "R", size: int = 60, margin: tuple[int, int, int, int] = (12, 12, 12, 12)) -> np.ndarray:
    """Ink (H, W) uint8, 255 = ink, of a character with paper to the left, above, to the right and below."""
    font = ImageFont.load_default(size)
    left, top, right, bottom = (int(edge) for edge in font.getbbox(text))
    canvas = Image.new("L", (right - left + margin[0] + margin[2], bottom - top + margin[1] + margin[3]))
    ImageDraw.Draw(canvas).text((margin[0] - left, margin[1] - top), text, 255, font)
    return np.asarray(canvas)


def likeness(view: View, ink: np.ndarray) -> float:
    """Share of ink in common of a view and of what was drawn."""
    box = view.box
    found = cv2.resize(crop(view.glyph), (box.width, box.height), interpolation=cv2.INTER_AREA) > 127
    placed = np.zeros(ink.shape, bool)
    placed[box.y0 : box.y1, box.x0 : box.x1] = found
    wanted = ink > 127
    return float((placed & wanted).sum() / max(1, (placed | wanted).sum()))


def crop(glyph: np.ndarray) -> np.ndarray:
    x, y, w, h = cv2.boundingRect((glyph > 127).astype(np.uint8))
    return glyph[y : y + h, x : x + w]


def best(gray: np.ndarray, ink: np.ndarray) -> float:
    return max((likeness(view, ink) for view in find_views(gray)), default=0.0)


@pytest.mark.parametrize("text", ["R", "i", "8", "%", ":", "="])
@pytest.mark.parametrize("size", [24, 60, 400])
def test_dark_on_light_and_light_on_dark(text: str, size: int) -> None:
    ink = drawn(text, size, (size // 5,) * 4)
    assert best(255 - ink, ink) > 0.89
    assert best(ink, ink) > 0.89
    assert best(np.where(ink > 127, 90, 140).astype(np.uint8), ink) > 0.89


def test_light_that_changes_and_noise() -> None:
    ink = drawn("R", 160, (40, 40, 40, 40))
    light = np.linspace(1.0, 0.35, ink.shape[1])[None] * np.linspace(1.0, 0.7, ink.shape[0])[:, None]
    noise = np.random.default_rng(0).normal(0, 6, ink.shape)
    for paper, pen in ((230.0, 40.0), (40.0, 230.0)):
        picture = np.where(ink > 127, pen, paper) * light + noise
        assert best(picture.clip(0, 255).astype(np.uint8), ink) > 0.87


def test_tight_crop_of_a_bold_character() -> None:
    ink = cv2.dilate(drawn("H", 60), np.ones((11, 11), np.uint8))
    y, x = np.nonzero(ink > 127)
    ink = ink[y.min() : y.max() + 1, x.min() : x.max() + 1]
    assert (ink > 127).mean() > 0.5
    assert best(255 - ink, ink) > 0.94 and best(ink, ink) > 0.94


def test_small_in_a_large_picture_is_looked_at_from_near_by() -> None:
    ink = drawn("R", 60, (700, 200, 300, 600))
    (view, *_) = find_views(255 - ink)
    assert likeness(view, ink) > 0.97
    assert max(view.glyph.shape) < 90


def test_specks_and_neighbours_stay_out() -> None:
    ink = drawn("R", 60, (30, 30, 30, 30))
    dirty = ink.copy()
    dirty[3:5, 60:62] = dirty[80:82, 4:7] = 255
    assert best(255 - dirty, ink) > 0.97
    dirty[20:70, :6] = 255  # a neighbour cut off by the border
    assert best(255 - dirty, ink) > 0.97
    whole = [view for view in find_views(255 - dirty) if view.whole]
    assert max(likeness(view, dirty) for view in whole) > 0.96  # which of the two it is, reading tells


@pytest.mark.parametrize("level", [0, 60, 255])
def test_blank(level: int) -> None:
    assert find_views(np.full((40, 50), level, np.uint8)) == []
    noise = level + np.random.default_rng(0).normal(0, 4, (90, 80))
    assert find_views(noise.clip(0, 255).astype(np.uint8)) == []


def test_smallest_pictures() -> None:
    for shape in ((4, 4), (4, 200), (200, 4)):
        picture = np.full(shape, 255, np.uint8)
        picture[1:3, 1:3] = 0
        find_views(picture)
    assert not character_mask(np.zeros((5, 5), bool)).any()
