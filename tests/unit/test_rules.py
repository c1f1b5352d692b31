"""Rules are found with their breaks, and divide a page into cells."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from drawn_lines import draw_page, layout_of

from ocrtool.segment.clean import text_components
from ocrtool.segment.ruled import find_ruled, split_block
from ocrtool.segment.rules import RuledArea, find_areas, find_rules

X_HEIGHT = 15.0
ROWS, COLUMNS = (40, 90, 140, 190), (30, 200, 330, 480)


def grid_page(rows: tuple[int, ...] = ROWS, columns: tuple[int, ...] = COLUMNS) -> np.ndarray:
    """A page with a grid of rules two pixels thick: (300, 520) uint8, ink dark."""
    page = np.full((300, 520), 255, np.uint8)
    for y in rows:
        cv2.rectangle(page, (columns[0], y), (columns[-1], y + 1), 0, -1)
    for x in columns:
        cv2.rectangle(page, (x, rows[0]), (x + 1, rows[-1]), 0, -1)
    return page


def areas_of(page: np.ndarray) -> list[RuledArea]:
    components = text_components(page < 128, X_HEIGHT, X_HEIGHT, 255 - page)
    return find_areas(components.rules, X_HEIGHT)


def letters(page: np.ndarray, x: int, y: int, count: int) -> None:
    """Draw a word of blocks as letters, from ``x`` on, on the baseline ``y``."""
    for k in range(count):
        cv2.rectangle(page, (x + 12 * k, y - 15), (x + 12 * k + 7, y), 0, -1)


def test_a_grid_has_a_cell_between_each_two_rules() -> None:
    (area,) = areas_of(grid_page())
    assert area.is_grid
    np.testing.assert_allclose(area.rows, np.array(ROWS) + 1, atol=1)
    np.testing.assert_allclose(area.columns, np.array(COLUMNS) + 1, atol=1)
    assert area.cells.tolist() == [[r, c, 1, 1] for r in range(3) for c in range(3)]


def test_cells_without_a_rule_between_them_are_one() -> None:
    page = grid_page()
    page[ROWS[0] + 4 : ROWS[1] - 2, COLUMNS[2] - 2 : COLUMNS[2] + 4] = 255  # a head over two columns
    page[ROWS[1] - 2 : ROWS[1] + 4, COLUMNS[0] + 4 : COLUMNS[1] - 2] = 255  # a head of two rows
    (area,) = areas_of(page)
    assert area.cells.tolist()[:2] == [[0, 0, 2, 1], [0, 1, 1, 2]]
    assert len(area.cells) == 7


def test_a_frame_around_text_is_no_grid() -> None:
    assert not any(area.is_grid for area in areas_of(grid_page((40, 190), (30, 480))))


def test_level_rules_alone_divide_rows() -> None:
    page = np.full((300, 520), 255, np.uint8)
    for y in (50, 100, 150):
        cv2.rectangle(page, (30, y), (480, y + 1), 0, -1)
    (area,) = areas_of(page)
    assert not area.is_grid
    np.testing.assert_allclose(area.rows, [51, 101, 151], atol=1)


def test_faint_rules_with_gaps_are_found_and_letters_on_their_row_kept() -> None:
    """Two fifths of the ink of the rules are missing."""
    rng = np.random.default_rng(0)
    page = grid_page()
    page[page == 0] = 190
    page[rng.random(page.shape) < 0.4] = 255
    for x in range(40, 460, 60):
        letters(page, x, 120, 3)
    soft = 255 - page
    components = text_components(soft > 50, X_HEIGHT, X_HEIGHT, soft)
    (area,) = find_areas(components.rules, X_HEIGHT)
    np.testing.assert_allclose(area.rows, np.array(ROWS) + 1, atol=2)
    np.testing.assert_allclose(area.columns, np.array(COLUMNS) + 1, atol=2)
    assert len(components.boxes) == 21


@pytest.mark.parametrize(("size", "ink"), [(12, 85), (13, 85), (13, 120), (14, 85)])
def test_a_line_of_small_grey_print_with_dashes_is_no_rule(size: int, ink: int) -> None:
    large = draw_page(["Balance brought forward 1,204.17 and more", "Paid out and paid in"] * 2).gray
    text = (
        "Eligible deposits are protected up to £85,000. Calls may be recorded. Lines open Mon–Fri 8am–8pm, Sat 9am–1pm."
    )
    small = draw_page([text], size, ink=ink, spacing=1).gray
    page = np.full((len(large) + 10 + len(small), max(large.shape[1], small.shape[1])), 255, np.uint8)
    page[: len(large), : large.shape[1]] = large
    cv2.line(page, (30, len(large) + 4), (500, len(large) + 4), 0, 2)  # faint rules are looked for beside others
    page[len(large) + 10 :, : small.shape[1]] = small
    layout = layout_of(page)
    below = round((len(large) + 10) / layout.page.input_scale) + 2
    assert not layout.components.removed[below:].any()


def test_frames_that_stand_side_by_side_are_two_with_white_between() -> None:
    page = np.full((300, 520), 255, np.uint8)
    left, right = grid_page(columns=(30, 100, 240)), grid_page(columns=(256, 330, 480))
    page = np.minimum(left, right)
    components = text_components(page < 128, X_HEIGHT, X_HEIGHT, 255 - page)
    ruled = find_ruled(components.rules, components.leaders, components.boxes, X_HEIGHT)
    assert [len(area.columns) for area in ruled.areas] == [3, 3]
    assert ruled.parts(243, 255, 40, 190)
    assert not ruled.parts(103, 239, 40, 190)


def test_frames_one_above_the_other_are_two() -> None:
    """Rules are joined over small gaps, but not from a frame to that below it."""
    first, second = grid_page((40, 90, 120), (30, 180, 480)), grid_page((136, 180, 230), (30, 250, 480))
    areas = areas_of(np.minimum(first, second))
    assert [len(area.rows) for area in areas] == [3, 3]
    assert [area.columns.round().tolist()[1] for area in areas] == [181, 251]


def test_cells_are_read_apart_only_where_their_lines_do_not_agree() -> None:
    page = grid_page((40, 90, 180, 230))
    for x in (50, 220, 350):
        letters(page, x, 70, 3)
        letters(page, x, 215, 3)
    letters(page, 50, 140, 4)  # in the middle of a row beside cells of two lines
    for x in (220, 350):
        letters(page, x, 125, 4)
        letters(page, x, 155, 4)
    components = text_components(page < 128, X_HEIGHT, X_HEIGHT, 255 - page)
    ruled = find_ruled(components.rules, components.leaders, components.boxes, X_HEIGHT)
    parts = split_block(np.arange(len(components.boxes)), components.boxes, ruled, X_HEIGHT)
    assert [len(part) for part in parts] == [9, 4, 8, 8, 9]


@pytest.mark.parametrize("count", [0, 1])
def test_few_rules_divide_nothing(count: int) -> None:
    boxes = np.array([[10.0, 20, 300, 22]])[:count].reshape(-1, 4)
    assert find_areas(find_rules(boxes, np.zeros((0, 4)), X_HEIGHT), X_HEIGHT) == []
