"""What of a page's ink is taken for text."""

from __future__ import annotations

import cv2
import numpy as np

from ocrtool.segment.clean import text_components

X_HEIGHT = 15.0


def joined_word(tail: int) -> np.ndarray:
    """A word of one thin stroke, 240 columns long, with a tail of so many rows: (300, 400) bool."""
    paper = np.zeros((300, 400), np.uint8)
    columns = np.arange(240)
    rows = 100 + 7 * np.sin(columns / 4.0)
    stroke = np.stack([80 + columns, rows], axis=1).round().astype(np.int32)
    cv2.polylines(paper, [stroke], isClosed=False, color=1)
    end = int(stroke[-1, 0]), int(stroke[-1, 1])
    cv2.line(paper, end, (end[0] - tail // 3, end[1] + tail), 1)
    return paper > 0


def test_joined_words_with_long_tails_are_text_where_components_are_words() -> None:
    word = joined_word(90)
    assert len(text_components(word, X_HEIGHT, 60.0).boxes) == 1
    assert len(text_components(word, X_HEIGHT, X_HEIGHT).boxes) == 0  # beside print it is a scrawl or a frame


def test_what_is_far_taller_than_words_is_no_text() -> None:
    assert len(text_components(joined_word(150), X_HEIGHT, 60.0).boxes) == 0


def test_a_word_that_the_edge_of_the_crop_touches_is_text() -> None:
    word = joined_word(60)[:, 80:]
    assert len(text_components(word, X_HEIGHT, 60.0).boxes) == 1
    assert len(text_components(word, X_HEIGHT, X_HEIGHT).boxes) == 0
