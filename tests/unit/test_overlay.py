"""The overlay shows what it is given, where it is."""

from __future__ import annotations

import numpy as np
from fake_engine import make_page

from ocrtool.export.overlay import BLOCK, PIECE, READABLE_X_HEIGHT, draw_overlay
from ocrtool.types import Page


def test_blank_page_is_itself_in_lighter_ink() -> None:
    gray = np.full((30, 50), 255, np.uint8)
    gray[10:20, 10:20] = 0
    picture = draw_overlay(gray, Page(50, 30))
    assert picture.shape == (30, 50, 3)
    assert picture.dtype == np.uint8
    assert (picture[0, 0] == 255).all()
    assert (picture[15, 15] > 100).all()
    assert (picture[15, 15] < 150).all()


def test_boxes_pieces_and_labels_are_drawn() -> None:
    gray = np.full((60, 200), 255, np.uint8)
    page = make_page("ab cd", 200, 60)
    piece = np.array([[[100, 10], [120, 10], [120, 40], [100, 40]]], np.float64)
    picture = draw_overlay(gray, page, [piece])
    assert picture.shape == (60, 200, 3)
    colours = {tuple(int(v) for v in colour) for colour in picture.reshape(-1, 3)}
    assert BLOCK in colours
    assert np.abs(picture[25, 100].astype(int) - PIECE).max() < 20  # anti-aliased
    assert len(colours) > 10  # anti-aliased labels


def test_small_text_is_enlarged() -> None:
    page = make_page("ab", 80, 10)
    assert page.lines[0].x_height < READABLE_X_HEIGHT
    assert draw_overlay(np.full((10, 80), 255, np.uint8), page).shape == (40, 320, 3)
