"""Blocks in type of several sizes, rules that came apart, and ink beside what is darker: what receipts are made of."""

from __future__ import annotations

import cv2
import numpy as np
from drawn_lines import SIZE_15, draw_page, layout_of

from ocrtool.imaging.ink import histogram, is_light_on_dark, soft_ink
from ocrtool.segment.broken_rules import broken_rules
from ocrtool.segment.type_sizes import by_type_size

SMALL = ["ground floor no 4 and 6", "ordered goods in good order", "the recipient of the products"]
LARGE = ["Total Payable 46.06", "Total Supplies 46.82"]


def stacked(*pages: np.ndarray) -> np.ndarray:
    width = max(page.shape[1] for page in pages)
    return np.vstack([np.pad(page, ((0, 0), (0, width - page.shape[1])), constant_values=255) for page in pages])


def test_lines_of_small_and_of_large_type_are_all_found() -> None:
    small = draw_page(SMALL * 2, SIZE_15, leading=1.15).gray[:-30]
    large = draw_page(LARGE * 5, 2 * SIZE_15, leading=1.15).gray[60:]
    assert len(layout_of(stacked(small, large, small)).lines) == 4 * len(SMALL) + 5 * len(LARGE)


def test_a_row_of_commas_belongs_to_its_line() -> None:
    letters = [[20 * k, 100, 20 * k + 14, 120] for k in range(30)]
    commas = [[20 * k + 15, 116, 20 * k + 18, 125] for k in range(5)]
    parts = by_type_size(np.array(letters + commas), 20.0)
    assert len(parts) == 1 and len(parts[0][0]) == 35


def test_dots_of_i_belong_to_the_letters_below() -> None:
    letters = [[14 * k, 40 * row, 14 * k + 10, 40 * row + 15] for row in range(3) for k in range(30)]
    dots = [[28 * k + 3, 40 * row - 8, 28 * k + 7, 40 * row - 4] for row in range(3) for k in range(5)]
    parts = by_type_size(np.array(letters + dots), 15.0)
    assert len(parts) == 1 and len(parts[0][0]) == 105


def test_a_block_parts_where_the_size_of_its_type_changes() -> None:
    large = [[60 * k, 0, 60 * k + 40, 60] for k in range(8)]
    small = [[20 * k, 100 + 40 * row, 20 * k + 14, 120 + 40 * row] for row in range(2) for k in range(24)]
    parts = by_type_size(np.array(large + small), 60.0)
    assert [(len(members), size) for members, size in parts] == [(8, 60.0), (48, 20.0)]


def test_fragments_of_a_faint_rule_are_no_text() -> None:
    rule = [[40 * k, 300 + k // 4, 40 * k + 25, 302 + k // 4] for k in range(12)]
    letters = [[16 * k, 200, 16 * k + 10, 215] for k in range(30)]
    dots = [[48 * k, 190, 48 * k + 3, 193] for k in range(10)]
    found = broken_rules(np.array(rule + letters + dots), (400, 600), 15.0)
    assert found[:12].all() and not found[12:].any()


def test_a_dash_between_words_is_no_rule() -> None:
    dashes = [[200 * k, 200, 200 * k + 30, 202] for k in range(3)]
    assert not broken_rules(np.array(dashes), (400, 600), 15.0).any()


def faint_receipt() -> np.ndarray:
    """Faint print on white paper that is torn off along a black edge."""
    page = draw_page(SMALL * 2, ink=150).gray
    page = cv2.copyMakeBorder(page, 60, 60, 30, 120, cv2.BORDER_CONSTANT, value=250)
    page[:20] = page[:, -60:] = 5
    page[:, :4] = 30
    return np.minimum(page, 250).astype(np.uint8)


def test_paper_beside_black_is_not_dark_paper() -> None:
    page = faint_receipt()
    assert not is_light_on_dark(page, histogram(page))
    dark = 255 - draw_page(SMALL).gray
    assert is_light_on_dark(dark, histogram(dark))


def test_faint_print_is_ink_beside_what_is_black() -> None:
    page = faint_receipt()
    soft = soft_ink(page)[30:-30, 30:-130]
    assert np.percentile(soft[page[30:-30, 30:-130] < 160], 50) > 200
