"""The overlay shows what it is given, where it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fake_engine import make_page

from ocrtool.export.overlay import (
    ABOVE,
    BASELINE,
    BLOCK,
    LABEL,
    LABEL_SHARE,
    PIECE,
    READABLE_X_HEIGHT,
    SURE,
    TABLE,
    TABLE_MARGIN,
    UNSURE,
    draw_overlay,
)
from ocrtool.types import Block, Box, Character, Line, Page, PageTable, TableCell, Word


def test_blank_page_is_itself_in_lighter_ink() -> None:
    gray = np.full((30, 50), 255, np.uint8)
    gray[10:20, 10:20] = 0
    picture = draw_overlay(gray, Page(50, 30))
    assert picture.shape == (30, 50, 3)
    assert picture.dtype == np.uint8
    assert (picture[0, 0] == 255).all()
    assert (picture[15, 15] > 100).all()
    assert (picture[15, 15] < 150).all()


def test_blocks_pieces_and_baselines_are_drawn() -> None:
    page = make_page("ab cd", 200, 60)
    piece = np.array([[[100, 10], [120, 10], [120, 40], [100, 40]]], np.float64)
    picture = draw_overlay(np.full((60, 200), 255, np.uint8), page, [piece])
    assert picture.shape == (60, 200, 3)
    assert np.abs(picture[58, 83].astype(int) - BASELINE).max() < 20  # anti-aliased
    assert (picture[3, 83] == BLOCK).all()  # between the words; its line is two pixels thick
    assert np.abs(picture[10, 115].astype(int) - PIECE).max() < 20
    assert (picture[45, 83] == 255).all()


@pytest.mark.parametrize(("probability", "colour"), [(1.0, SURE), (0.5, UNSURE), (0.1, UNSURE)])
def test_a_character_has_a_box_in_the_colour_of_its_probability(probability: float, colour: tuple[int, ...]) -> None:
    picture = draw_overlay(np.full((100, 80), 255, np.uint8), page_of("x", probability))
    assert all((picture[y, x] == colour).all() for y, x in ((50, 30), (89, 30), (70, 20), (70, 49)))


def test_its_label_stands_above_its_box() -> None:
    """Dark ink of the label's colour, in the middle above the box, about as high as LABEL_SHARE of the x-height."""
    gray = np.full((100, 80), 255, np.uint8)
    labelled, bare = (draw_overlay(gray, page_of(label, 1.0)).astype(int) for label in ("X", " "))
    ys, xs = np.nonzero((labelled != bare).any(axis=2))
    assert ys.max() < 50
    assert abs((xs.min() + xs.max()) / 2 - 35) < 2
    assert abs(ys.max() - ys.min() - LABEL_SHARE * 30) < 3
    assert np.abs(labelled[ys, xs] - LABEL).max(axis=1).min() == 0


def page_of(label: str, probability: float) -> Page:
    """One character in a box of 30 by 40 pixels, x-height 30."""
    box = Box(20, 50, 50, 90)
    word = Word(box, (Character(box, label, probability, ()),), probability)
    return Page(80, 100, (Block(box, (Line(box, (word,), (0.0, 95.0, 10.0, 95.0), 30.0),)),))


def test_tables_have_a_frame_around_each_cell() -> None:
    read = page_of("x", 1.0)
    cell = TableCell(0, 0, "x", Box(20, 50, 50, 90))
    picture = draw_overlay(
        np.full((100, 80), 255, np.uint8), replace(read, tables=(PageTable(cell.box, 0, 1, 1, (cell,), 1),))
    )
    assert all((picture[y, x] == TABLE).all() for y, x in ((70, 20 - TABLE_MARGIN), (90 + TABLE_MARGIN - 1, 35)))


def test_small_text_is_enlarged() -> None:
    page = make_page("ab", 80, 10)
    assert page.lines[0].x_height < READABLE_X_HEIGHT
    assert draw_overlay(np.full((10, 80), 255, np.uint8), page).shape == (40, 320, 3)


@pytest.mark.parametrize("turned", [False, True])
def test_blocks_have_their_number_and_direction(turned: bool) -> None:
    """A disc where each begins, larger ink of the number for 2 than for 1, and an arrow the way it is read."""
    page = page_of("x", 1.0)
    line = page.lines[0]
    start, end = (40.0, 150.0), (160.0, 150.0)
    baseline = (*end, *start) if turned else (*start, *end)
    block = Block(line.box, (replace(line, baseline=baseline, x_height=20.0),))
    other = Block(line.box, (replace(line, baseline=(100.0, 280.0, 180.0, 280.0), x_height=20.0),))
    picture = draw_overlay(np.full((300, 240), 255, np.uint8), replace(page, blocks=(block, other)))
    above = 20.0 * ABOVE
    x, y = (end[0], 150 + above) if turned else (start[0], 150 - above)
    disc = picture[round(y) - 12 : round(y) + 13, round(x) - 12 : round(x) + 13]
    assert (disc == BLOCK).all(axis=2).sum() > 300
    assert 10 < (disc == 255).all(axis=2).sum() < 250
    tip = round(x - 40) if turned else round(x + 40)
    assert (picture[round(y), tip] == BLOCK).all()
    assert not (picture[round(y), round(x + 40) if turned else round(x - 40)] == BLOCK).all()
