"""Boxes of forms that are hard to find: faint, hidden by what is written into them, close together."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocrtool.segment.box_mates import with_mates
from ocrtool.segment.cell_rows import group_cells
from ocrtool.segment.closed_combs import closed_comb, with_combs
from ocrtool.segment.faint_strokes import with_faint_strokes
from ocrtool.segment.frames import find_frames
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
