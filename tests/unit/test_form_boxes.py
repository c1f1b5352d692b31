"""Boxes of forms that are hard to find: faint, hidden by what is written into them, close together."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocrtool.segment.box_mates import has_corners, with_mates
from ocrtool.segment.cell_rows import group_cells
from ocrtool.segment.closed_combs import closed_comb, even_columns, with_combs
from ocrtool.segment.faint_strokes import with_faint_strokes
from ocrtool.segment.forms import find_form_boxes
from ocrtool.segment.frames import covered_sides, find_frames
from ocrtool.segment.strokes import find_strokes

X_HEIGHT = 15.0
TOP, LEFT, CELL, HEIGHT = 60, 80, 44, 54


def comb(count: int, fall: int = 0) -> np.ndarray:
    """Ink (H, W) uint8 of a comb; fall: rows by which its right end is lower."""
    ink = np.zeros((200, LEFT + CELL * count + 80), np.uint8)
    end = LEFT + CELL * count
    for row in (TOP, TOP + HEIGHT):
        cv2.line(ink, (LEFT, row), (end, row + fall), 1, 2)
    for k in range(count + 1):
        row = TOP + round(fall * k / count)
        cv2.line(ink, (LEFT + CELL * k, row), (LEFT + CELL * k, row + HEIGHT), 1, 2)
    return ink


def lefts(cells: np.ndarray | None) -> list[int]:
    assert cells is not None
    return [round((x - LEFT) / CELL) for x in cells[:, 0].tolist()]


@pytest.mark.parametrize("fall", [0, 6])
def test_a_comb_is_followed_from_one_frame_to_all_its_cells(fall: int) -> None:
    ink = comb(8, fall) > 0
    frame = (LEFT, TOP, LEFT + CELL + 1, TOP + HEIGHT + 1)
    assert lefts(closed_comb(ink, frame, X_HEIGHT)) == list(range(8))


def test_bars_that_are_hidden_part_cells_all_the_same() -> None:
    ink = comb(8)
    ink[TOP + 10 : TOP + 45, LEFT + 3 * CELL - 4 : LEFT + 3 * CELL + 5] = 0
    double = np.array([[LEFT + 2 * CELL, TOP, LEFT + 4 * CELL + 1, TOP + HEIGHT + 1]], np.int32)
    assert lefts(with_combs(ink > 0, double, X_HEIGHT)) == list(range(8))


def test_a_frame_for_a_whole_entry_is_no_comb() -> None:
    ink = np.zeros((200, 500), np.uint8)
    cv2.rectangle(ink, (LEFT, TOP), (400, TOP + HEIGHT), 1, 2)
    cv2.putText(ink, "HILL 11", (LEFT + 10, TOP + 42), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 1, 3)
    assert closed_comb(ink > 0, (LEFT, TOP, 401, TOP + HEIGHT + 1), X_HEIGHT) is None


def test_faint_strokes_are_whole_and_the_grain_of_paper_is_none() -> None:
    rng = np.random.default_rng(5)
    soft = np.clip(rng.normal(8, 6, (120, 300)), 0, 255)
    soft[60:62, 40:260] += 50
    soft = soft.astype(np.uint8)
    found = with_faint_strokes(soft > 64, soft, X_HEIGHT)
    assert (soft[60:62, 45:255] <= 64).any() and found[60:62, 45:255].any(axis=0).mean() > 0.98
    found[58:64] = False
    assert found.mean() < 0.001


def test_boxes_close_together_are_cells() -> None:
    ink = np.zeros((160, 500), np.uint8)
    for k in range(7):
        cv2.rectangle(ink, (LEFT + 48 * k, TOP), (LEFT + 48 * k + 43, TOP + HEIGHT), 1, 2)
    frames = find_frames(ink > 0, find_strokes(ink > 0, X_HEIGHT), X_HEIGHT)
    rows, alone = group_cells(frames, np.zeros_like(ink), X_HEIGHT)
    assert [len(row.boxes) for row in rows] == [7] and not len(alone)


def test_a_tick_box_is_found_beside_another_though_a_cross_hides_its_frame() -> None:
    ink = np.zeros((160, 500), np.uint8)
    cv2.rectangle(ink, (LEFT, TOP), (LEFT + 30, TOP + 30), 1, 2)
    cv2.rectangle(ink, (300, TOP + 1), (330, TOP + 31), 1, 2)
    for x in (290, 340):
        cv2.line(ink, (x, TOP - 9), (630 - x, TOP + 41), 1, 6)
    cv2.putText(ink, "BOD", (140, TOP + 28), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 1, 4)
    known = np.array([[LEFT - 1, TOP - 1, LEFT + 32, TOP + 32]], np.int32)
    found = with_mates(ink > 0, known, np.zeros((0, 4), np.int32))
    assert len(found) == 2 and np.abs(found[1] - [299, TOP, 332, TOP + 33]).max() <= 2


def scanned_ticks(level: int) -> np.ndarray:
    """Soft ink (H, W) uint8 of four tick boxes as pale as ``level`` with grain, and a cross in one of them."""
    soft = np.zeros((200, 500), np.uint8)
    for k in range(4):
        cv2.rectangle(soft, (LEFT + 90 * k, TOP), (LEFT + 90 * k + 34, TOP + 34), level, 2)
    for ends in (((6, 6), (28, 28)), ((6, 28), (28, 6))):
        (x0, y0), (x1, y1) = ends
        cv2.line(soft, (LEFT + 90 + x0, TOP + y0), (LEFT + 90 + x1, TOP + y1), 230, 4)
    grain = np.random.default_rng(3).normal(0, 5, soft.shape)
    return cv2.GaussianBlur(np.clip(soft + grain, 0, 255).astype(np.uint8), (0, 0), 0.7)


@pytest.mark.parametrize("level", [55, 45, 230])
def test_tick_boxes_in_a_pale_colour_are_found_though_the_threshold_leaves_nothing_of_them(level: int) -> None:
    soft = scanned_ticks(level)
    found = find_form_boxes(soft >= 128, X_HEIGHT, 0.0, soft).ticks
    assert sorted(round((x - LEFT) / 90) for x in found[:, 0].tolist()) == [0, 1, 2, 3]


def test_the_edges_of_a_frame_are_where_its_ink_is() -> None:
    """Strokes that wander are taken a little wider; corners are looked for where the sides meet."""
    ink = np.zeros((120, 120), np.uint8)
    cv2.rectangle(ink, (40, 40), (60, 60), 1, 2)
    ink[[39, 39, 61, 61], [39, 61, 39, 61]] = 0
    ink[39:41, 44:50] = 0
    ink[38, 44:50] = 1
    (frame,) = find_frames(ink > 0, find_strokes(ink > 0, X_HEIGHT), X_HEIGHT).tolist()
    assert np.abs(np.array(frame) - [39, 39, 62, 62]).max() <= 1


def test_a_bold_letter_by_hand_is_no_filled_tick_box() -> None:
    ink = np.zeros((200, 500), np.uint8)
    for k in range(2):
        cv2.rectangle(ink, (LEFT + 90 * k, TOP), (LEFT + 90 * k + 34, TOP + 34), 1, 2)
    cv2.rectangle(ink, (LEFT + 96, TOP + 6), (LEFT + 118, TOP + 28), 1, -1)
    cv2.ellipse(ink, (400, TOP + 17), (20, 15), 130, 0, 360, 1, -1)
    found = find_form_boxes(ink > 0, X_HEIGHT).ticks
    assert sorted(round((x - LEFT) / 90) for x in found[:, 0].tolist()) == [0, 1]


def test_bars_between_rules_that_meet_part_no_cells() -> None:
    """Dots of a picture make such rules; there was a division by zero."""
    assert even_columns(np.array([10.0, 10.0, 40.0, 70.0]), (0.0, 0.0)) is None
    assert even_columns(np.array([10.0, 10.0, 40.0, 70.0]), (-8.0, -24.0)) is None


def test_a_blob_flatter_than_its_corners_are_deep_is_judged() -> None:
    """Halftones have such blobs; there was an error of shapes."""
    assert has_corners(np.ones((12, 20), bool), 16)
    assert not has_corners(np.zeros((12, 20), bool), 16)


def test_a_page_full_of_squares_costs_no_more_than_its_pixels() -> None:
    """Each square was compared with all others: a small picture of dots took 45 seconds."""
    ink = np.zeros((900, 900), bool)
    boxes = [[x, y, x + 16, y + 16] for y in range(20, 860, 24) for x in range(20, 860, 24)]
    for x0, y0, x1, y1 in boxes:
        ink[y0:y1, x0:x1] = True
        ink[y0 + 2 : y1 - 2, x0 + 2 : x1 - 2] = False
    ticks = np.array(boxes, np.int32)
    np.testing.assert_array_equal(with_mates(ink, ticks, np.zeros((0, 4), np.int32)), ticks)
    few = with_mates(ink, ticks[:1], ticks[5:9])
    assert len(few) > 4 and not set(map(tuple, few.tolist())) & set(map(tuple, ticks[5:9].tolist()))


def test_sides_of_a_box_of_few_pixels_are_not_covered() -> None:
    assert covered_sides(np.zeros((9, 9), bool), [4, 4, 5, 5], 3) == [0.0] * 4
