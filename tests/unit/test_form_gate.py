"""Where a page may have boxes of forms."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocrtool.segment import form_gate
from ocrtool.segment.form_gate import likely_places

X_HEIGHT = 15.0


def boxes(columns: int, rows: int) -> np.ndarray:
    """Ink (H, W) bool of empty boxes of 26 pixels, 80 pixels apart."""
    ink = np.zeros((80 * rows + 40, 80 * columns + 40), np.uint8)
    for y in range(40, 80 * rows, 80):
        for x in range(40, 80 * columns, 80):
            cv2.rectangle(ink, (x, y), (x + 26, y + 26), 1, 2)
    return ink.view(bool)


def test_each_box_is_in_a_place_and_most_are_alone() -> None:
    places = likely_places(boxes(4, 3), X_HEIGHT)
    middles = [(y + 13, x + 13) for y in range(40, 240, 80) for x in range(40, 320, 80)]
    for y, x in middles:
        assert any(rows.start <= y < rows.stop and columns.start <= x < columns.stop for rows, columns in places)
    assert len(places) <= len(middles)


def test_a_questionnaire_of_hundreds_of_boxes_has_places_and_a_picture_of_dots_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = boxes(20, 30)
    assert len(likely_places(many, X_HEIGHT)) > 0
    monkeypatch.setattr(form_gate, "MOST_ENCLOSED", 600)
    assert likely_places(many, X_HEIGHT) == []


def test_boxes_are_found_beside_some_scribble_and_none_on_a_page_full_of_it() -> None:
    rng = np.random.default_rng(1)
    ink = np.pad(boxes(4, 3), ((0, 1700), (0, 1300))).astype(np.uint8)
    for count in (2_000, 18_000):
        for x, y in rng.integers((0, 320), (1600, 1900), (count, 2)).tolist():
            cv2.rectangle(ink, (x, y), (x + 20, y + 2), 1, -1)
        assert (likely_places(ink.view(bool), X_HEIGHT) == []) == (count == 18_000)
