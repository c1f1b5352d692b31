"""Small rows set close keep apart, on a page of larger type too."""

from __future__ import annotations

import numpy as np
from drawn_lines import SANS, draw_page, layout_of

from ocrtool.segment.level_rows import MARK, UNCLEAR, disagree, level_rows, middle_lines

ADDRESS = ("73230 Kirchheim u. Teck", "USt-IdNr. DE 812 345 678", "Industriestrasse 14", "Hofmann GmbH, Werk 2")
FIGURES = ("10 7739-AX/2 441,60", "20 0011-8842 472,50", "30 LUB-22K 492,00", "40 SRV-0001 85,00", "1.491,10 283,31")


def letters(count: int, left: int, top: int, height: int, width: int = 12) -> np.ndarray:
    """Boxes (count, 4) of letters in a row."""
    x = left + (width + 4) * np.arange(count)
    return np.stack([x, np.full(count, top), x + width, np.full(count, top + height)], axis=1)


def test_close_rows_are_told_apart_by_their_components() -> None:
    rows = [letters(20, 0, 26 * k, 20) for k in range(3)]
    comma = np.array([[150, 16, 154, 24]])
    boxes = np.vstack([*rows, comma])
    number = level_rows(boxes)
    assert number is not None
    assert number.tolist() == [0] * 20 + [1] * 20 + [2] * 20 + [MARK]
    line = np.maximum(number, 0)
    assert not disagree(line, np.zeros(len(boxes), bool), number)
    line[20:25] = 0
    assert disagree(line, np.zeros(len(boxes), bool), number)
    np.testing.assert_allclose([row.mean() for row in middle_lines(boxes, number, 300)], [10, 36, 62])


def test_a_heading_beside_small_rows_is_no_row() -> None:
    beside = [letters(8, 600, -4, 15), letters(8, 600, 12, 15), letters(8, 600, 26, 15)]
    body = [letters(20, 0, 60 + 30 * k, 20) for k in range(3)]
    number = level_rows(np.vstack([letters(8, 0, 0, 40, 30), *beside, *body]))
    assert number is not None
    assert set(number[:8].tolist()) == {UNCLEAR}
    assert number[32:].tolist() == np.repeat(np.unique(number[32:]), 20).tolist()


def test_small_lines_set_close_beside_larger_type_are_found_whole() -> None:
    small = draw_page(ADDRESS, 21, leading=1.15, font=SANS)
    large = draw_page(FIGURES, 38, leading=1.6, font=SANS)
    page = np.full((len(small.gray) + len(large.gray), max(small.gray.shape[1], large.gray.shape[1])), 255, np.uint8)
    page[: len(small.gray), : small.gray.shape[1]] = small.gray
    page[len(small.gray) :, : large.gray.shape[1]] = large.gray
    layout = layout_of(page)
    tops = sorted(line.box[1] * layout.page.input_scale for line in layout.lines)
    truth = [boxes[:, 1].min() for boxes in small.boxes] + [
        boxes[:, 1].min() + len(small.gray) for boxes in large.boxes
    ]
    np.testing.assert_allclose(tops, truth, atol=4)
