"""Leaders of dots, as in a table of contents: the dots are no text, and the entries keep their lines."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_lines import SERIF, SIZE_15, draw_page, layout_of

from ocrtool.imaging.components import typical_height
from ocrtool.segment.leaders import LEAST_DOTS, find_leaders, leader_dots

X_HEIGHT = 20.0


def dots(number: int, step: float = 12.0, y: int = 100, side: int = 5) -> np.ndarray:
    """Boxes (number, 4) of equal dots in a row."""
    x = np.round(300 + step * np.arange(number)).astype(int)
    return np.stack([x, np.full(number, y), x + side, np.full(number, y + side)], axis=1)


@pytest.mark.parametrize("step", [8.0, 12.4, 30.0])
def test_a_row_of_equal_dots_is_a_leader(step: float) -> None:
    letters = np.array([[100, 80, 115, 105], [120, 85, 135, 105], [2000, 78, 2012, 105]])
    found = leader_dots(np.vstack([letters, dots(40, step), dots(LEAST_DOTS, step, y=160)]), X_HEIGHT)
    assert found.tolist() == [False] * 3 + [True] * (40 + LEAST_DOTS)


def test_other_dots_are_no_leader() -> None:
    assert not leader_dots(dots(LEAST_DOTS - 1), X_HEIGHT).any(), "an ellipsis"
    assert not leader_dots(dots(40, step=50.0), X_HEIGHT).any(), "full stops far apart"
    assert not leader_dots(dots(40, step=30.0, side=12), X_HEIGHT).any(), "bullets and small letters"
    assert not leader_dots(np.zeros((0, 4), int), X_HEIGHT).any()
    rng = np.random.default_rng(0)
    xy = rng.integers(0, 2000, (3000, 2))
    assert leader_dots(np.hstack([xy, xy + 4]), X_HEIGHT).mean() < 0.01, "specks"
    stops = dots(40)
    stops[:, ::2] += rng.integers(-5, 6, (40, 1))
    assert leader_dots(stops, X_HEIGHT).sum() < LEAST_DOTS, "dots of letters, unevenly far apart"


def test_the_full_stop_before_a_leader_is_none_of_its_dots() -> None:
    row = dots(40)
    stop = row[:1] - np.array([[30, 0, 30, 0]])  # two steps and a half
    assert leader_dots(np.vstack([stop, row]), X_HEIGHT).tolist() == [False] + [True] * 40
    lost = row[:1] - np.array([[36, 0, 36, 0]])
    assert leader_dots(np.vstack([lost, row]), X_HEIGHT).all(), "two dots between are lost"


def test_the_decimal_point_of_an_amount_behind_a_leader_is_none_of_its_dots() -> None:
    row = dots(40)
    point = row[-1:] + np.array([[36, 0, 36, 0]])  # in step
    figures = np.array([[left, 74, left + 12, 105] for left in (row[-1, 0] + 8, row[-1, 0] + 22, row[-1, 0] + 44)])
    found = leader_dots(np.vstack([row, point, figures]), X_HEIGHT)
    assert found.tolist() == [True] * 40 + [False] * 4


def test_leaders_run_from_a_word_to_another() -> None:
    words = np.array([[20, 80, 290, 105], [790, 80, 830, 105], [1500, 80, 1590, 105]])
    two = np.vstack([dots(40), dots(40) + np.array([[900, 0, 900, 0]])])
    rules = np.array([[300.0, 103, 780, 106], [900, 103, 1400, 106], [0, 140, 1600, 142]])
    found = find_leaders(rules, two, words, X_HEIGHT)
    ends = [(300, 773), (1200, 1673), (300, 780)]
    assert found[:, [0, 2]].astype(int).tolist() == [list(each) for each in ends], "two on one row; a rule beside words"
    assert not len(find_leaders(np.zeros((0, 4)), dots(LEAST_DOTS - 1), words, X_HEIGHT))


def test_dots_one_above_the_other_are_no_leader() -> None:
    column = np.array([[100, y, 103, y + 3] for y in (100, 101, 102, 103, 104, 105, 106, 107)])
    assert not leader_dots(np.concatenate([column] * 2), 15.0).any()


def test_height_of_letters_beside_leaders() -> None:
    """Leaders are most of the components of a table of contents, but its letters cover more of the page."""
    letters = np.array([[30 * k, 480, 30 * k + 18 - 6 * (k % 4 == 0), 500] for k in range(200)])
    assert typical_height(np.vstack([letters, dots(2000)])) == pytest.approx(20, abs=0.5)
    assert typical_height(dots(2000)) == pytest.approx(5, abs=0.5)


def test_lines_with_leaders_are_found_whole() -> None:
    entries = ["on seas near us", "summer rain", "our warm rooms"]
    gray = draw_page([f"{entry} {'.' * 70} {12 * k + 11}" for k, entry in enumerate(entries)], SIZE_15, font=SERIF).gray
    layout = layout_of(gray)
    assert len(layout.lines) == len(entries)
    for line in layout.lines:
        corners = np.array([[*line.box[:2], 1.0], [*line.box[2:], 1.0]]) @ layout.page.to_input.T
        (left, top), (right, bottom) = corners.round().astype(int)
        ink = np.flatnonzero((gray[top:bottom] < 128).any(axis=0))
        assert left == pytest.approx(ink[0], abs=3), "the entry"
        assert right == pytest.approx(ink[-1], abs=3), "the page number"
