"""What is no ink to be read: the grain of paper, specks, the screens of pictures; and what is, however faint."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from drawn_lines import draw_page

from ocrtool.imaging.page import MAX_ENLARGE, WORKING_X_HEIGHT
from ocrtool.imaging.prepare import prepare, turn
from ocrtool.imaging.skew import measure_skew
from ocrtool.segment.direction import run_down
from ocrtool.segment.strip import find_strip_layout

TEXTS = ["the winter was not as severe here", "a summer as warm as in our years", "nor was there a nicer house"]


def gray_paper(level: int, deviation: float, shape: tuple[int, int] = (600, 800), seed: int = 0) -> np.ndarray:
    grain = np.random.default_rng(seed).normal(0.0, deviation, shape)
    return level + grain + np.linspace(0, 6, shape[1])


def as_page(levels: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(levels), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("level", [60, 128, 235])
@pytest.mark.parametrize("deviation", [0.0, 0.5, 1.0, 2.0, 4.0, 8.0])
def test_grey_paper_with_grain_is_blank(level: int, deviation: float) -> None:
    for seed in range(5):
        assert prepare(as_page(gray_paper(level, deviation, seed=seed))) is None


@pytest.mark.parametrize("deviation", [0.5, 2.0, 4.0, 8.0])
def test_faint_text_on_the_same_paper_is_not(deviation: float) -> None:
    text = draw_page(TEXTS).gray
    paper = gray_paper(225, deviation, (text.shape[0], text.shape[1]))
    page = prepare(as_page(paper - 45.0 * (255.0 - text) / 255.0))
    assert page is not None
    layout = find_strip_layout(page)
    assert layout is not None and len(layout.lines) == len(TEXTS)


def test_the_number_of_a_page_is_no_speck() -> None:
    page = np.full((3508, 2480), 255, np.uint8)
    cv2.putText(page, "7", (1200, 3300), cv2.FONT_HERSHEY_COMPLEX, 1.4, 0, 3, cv2.LINE_AA)
    found = prepare(page)
    assert found is not None and len(found.boxes) == 1


@pytest.mark.parametrize("count", [50, 1000, 3000])
def test_a_page_of_specks_is_blank(count: int) -> None:
    rng = np.random.default_rng(count)
    page = np.full((1754, 1240), 255, np.uint8)
    for x, y, radius in zip(
        rng.integers(0, 1240, count), rng.integers(0, 1754, count), rng.integers(1, 4, count), strict=True
    ):
        cv2.circle(page, (int(x), int(y)), int(radius), 0, -1)
    assert prepare(page) is None


@pytest.mark.parametrize("count", [2000, 30_000])
def test_so_many_specks_that_they_merge_are_no_text_either(count: int) -> None:
    rng = np.random.default_rng(count)
    page = np.full((1169, 827), 240, np.uint8)
    for x, y, radius in zip(
        rng.integers(0, 827, count), rng.integers(0, 1169, count), rng.integers(0, 3, count), strict=True
    ):
        cv2.circle(page, (int(x), int(y)), int(radius), 40, -1)
    assert prepare(page) is None


def test_specks_do_not_hide_text() -> None:
    text = draw_page(TEXTS * 4).gray
    rng = np.random.default_rng(3)
    page = text.copy()
    for x, y in zip(rng.integers(0, text.shape[1], 400), rng.integers(0, text.shape[0], 400), strict=True):
        cv2.circle(page, (int(x), int(y)), 1, 0, -1)
    found = prepare(page)
    assert found is not None
    layout = find_strip_layout(found)
    assert layout is not None and len(layout.lines) == 4 * len(TEXTS)


def test_a_picture_does_not_set_the_height_of_the_text_beside_it() -> None:
    text = draw_page(TEXTS).gray
    page = np.full((text.shape[0] + 700, max(900, text.shape[1])), 255, np.uint8)
    page[: text.shape[0], : text.shape[1]] = text
    plain = prepare(page)
    picture = cv2.resize(np.random.default_rng(1).integers(0, 200, (9, 9), np.uint8), (600, 600))
    page[text.shape[0] + 50 : text.shape[0] + 650, 100:700] = picture
    found = prepare(page)
    assert plain is not None and found is not None
    assert found.height == pytest.approx(plain.height, rel=0.1)
    assert plain.is_mostly_text and not found.is_mostly_text


def halftone(shape: tuple[int, int], pitch: float, degrees: float) -> np.ndarray:
    """A picture of slowly changing grey, printed in dots of this pitch along lines of this direction."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    a = np.deg2rad(degrees)
    u, v = (x * np.cos(a) + y * np.sin(a)), (y * np.cos(a) - x * np.sin(a))
    wave = (np.cos(2 * np.pi * u / pitch) + np.cos(2 * np.pi * v / pitch)) / 4 + 0.5
    tone = 0.65 + 0.1 * np.sin(x / 97.0) * np.cos(y / 131.0)
    return np.where(wave > tone, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("degrees", [0, 45])
@pytest.mark.parametrize("pitch", [8, 12, 16])
def test_a_picture_of_dots_costs_no_line_beside_it(pitch: float, degrees: float) -> None:
    text = draw_page(TEXTS).gray
    page = np.full((text.shape[0] + 700, max(900, text.shape[1])), 255, np.uint8)
    page[: text.shape[0], : text.shape[1]] = text
    page[text.shape[0] :, 100:800] = halftone((700, 700), pitch, degrees)
    found = prepare(page)
    assert found is not None
    layout = find_strip_layout(found)
    assert layout is not None
    above = [line for line in layout.lines if line.box[3] * layout.page.input_scale < text.shape[0] + 10]
    assert len(above) == len(TEXTS) and len(layout.lines) <= len(TEXTS) + 3


def test_a_column_of_single_characters_has_no_skew() -> None:
    boxes = np.array([[100, y, 120, y + 30] for y in range(0, 3000, 60)])
    assert measure_skew(boxes, 30.0) == 0.0


def test_a_narrow_image_is_enlarged_no_more_than_any_other() -> None:
    strip = np.full((7500, 12), 255, np.uint8)
    for y in range(3, 7490, 10):
        cv2.rectangle(strip, (3, y), (8, y + 5), 0, 1)
    page = prepare(strip)
    if page is not None:
        assert page.view(wanted=WORKING_X_HEIGHT).soft.size <= 1.1 * strip.size * MAX_ENLARGE**2


def test_lines_run_down_a_page_that_stands_on_a_side() -> None:
    page = prepare(draw_page(TEXTS).gray)
    assert page is not None
    for quarters in (0, 1, 2, 3):
        turned = turn(page, quarters)
        assert turned is not None
        assert run_down(turned.boxes, turned.height, turned.soft.shape) == (quarters % 2 == 1)
