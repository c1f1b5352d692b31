"""Boxes of the characters of a strip: each has its own ink, all of it, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from drawn_lines import SERIF, SIZE_15, Drawn, draw_page, layout_of

from ocrtool.segment.character_boxes import character_boxes
from ocrtool.segment.layout import Layout
from ocrtool.segment.strip import Strip, cut_strip
from ocrtool.segment.types import LineRegion

#: Lines that keep the page from being scaled, so that boxes on the working page are those drawn.
OTHERS = ["now some men are on rooms or near seas"] * 2


def first_line(page: Drawn) -> tuple[Layout, LineRegion, Strip]:
    layout = layout_of(page.gray)
    assert layout.page.input_scale == 1.0
    region = layout.lines[0]
    return layout, region, cut_strip(layout, region)


def columns_of(strip: Strip, boxes: np.ndarray) -> np.ndarray:
    """Columns of the strip at the middles of boxes (n, 4) on the page."""
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    unshortened = cv2.transform(middles[None].astype(float), cv2.invertAffineTransform(strip.to_page))[0, :, 0]
    return np.interp(unshortened, strip.columns, np.arange(len(strip.columns)))


def found_boxes(page: Drawn, shift: float = 0.0) -> np.ndarray:
    layout, region, strip = first_line(page)
    return character_boxes(layout, region, strip, columns_of(strip, page.boxes[0]) + shift)


@pytest.mark.parametrize(
    "text", ["The quick brown fox", "GB88 CNUY 4971 7695", "(a-b)*[c]=/d/ @2%", 'said "no"; 4:30!']
)
@pytest.mark.parametrize("shift", [-2.0, 0.0, 2.0])
def test_boxes_of_characters_are_those_drawn(text: str, shift: float) -> None:
    """A reader places characters only about."""
    page = draw_page([text, *OTHERS], font=SERIF)
    found = found_boxes(page, shift)
    assert found.dtype == np.int64
    np.testing.assert_allclose(found, page.boxes[0], atol=1)


def test_accents_and_dots_belong_to_their_letters() -> None:
    page = draw_page(["école über à jij ñ Äö ç", *OTHERS])
    np.testing.assert_allclose(found_boxes(page), page.boxes[0], atol=1)


def test_parts_of_a_character_that_stand_far_apart() -> None:
    page = draw_page(['a: "b" = 5% ; ! ?', *OTHERS], spacing=3)
    np.testing.assert_allclose(found_boxes(page), page.boxes[0], atol=1)


@pytest.mark.parametrize("text", ["room", "nnn", "mum", "hunk"])
def test_touching_characters_are_cut_between(text: str) -> None:
    """Serifs overlap by a pixel or two."""
    page = draw_page([f"as {text} so", *OTHERS], spacing=-2, font=SERIF)
    layout, region, strip = first_line(page)
    cut = slice(2, 2 + len(text))
    own = layout.line_labels == region.label
    count, _ = cv2.connectedComponents(own[:, page.boxes[0][2, 0] : page.boxes[0][cut][-1, 2]].astype(np.uint8))
    assert count - 1 < len(text), "they touch"
    found = character_boxes(layout, region, strip, columns_of(strip, page.boxes[0]))
    np.testing.assert_allclose(found[cut, [0]], page.boxes[0][cut, [0]], atol=2)
    np.testing.assert_allclose(found[cut, [2]], page.boxes[0][cut, [2]], atol=2)
    assert (found[1:, 0] >= found[:-1, 2] - 1).all(), "boxes lie side by side"


def test_a_stroke_through_all_letters_is_shared_between_them() -> None:
    page = draw_page(["minimum", *OTHERS])
    boxes = page.boxes[0]
    row = int(boxes[:, 3].max()) - 7
    page.gray[row : row + 2, boxes[0, 0] : boxes[-1, 2]] = 0
    found = found_boxes(page)
    np.testing.assert_allclose(found[:, [0, 2]], boxes[:, [0, 2]], atol=3)
    assert found[0, 0] == pytest.approx(boxes[0, 0], abs=1) and found[-1, 2] == pytest.approx(boxes[-1, 2], abs=1)


def test_long_gaps_do_not_move_boxes() -> None:
    page = draw_page(["Total" + " " * 40 + "28987", *OTHERS])
    np.testing.assert_allclose(found_boxes(page), page.boxes[0], atol=1)


def test_a_character_without_ink_has_a_box_all_the_same() -> None:
    page = draw_page(["to be", *OTHERS])
    layout, region, strip = first_line(page)
    boxes = page.boxes[0]
    columns = columns_of(strip, boxes)
    places = np.sort(np.append(columns, (columns[1] + columns[2]) / 2))
    found = character_boxes(layout, region, strip, places)
    assert len(found) == len(boxes) + 1
    np.testing.assert_allclose(np.delete(found, 2, axis=0), boxes, atol=1)
    bare = found[2]
    assert bare[0] == pytest.approx((boxes[1, 2] + boxes[2, 0]) / 2, abs=4) and 2 <= bare[2] - bare[0] <= 5
    baseline = boxes[0, 3]
    assert bare[3] == pytest.approx(baseline, abs=2) and bare[3] - bare[1] == pytest.approx(16, abs=2)


def test_as_many_boxes_as_characters() -> None:
    page = draw_page(["to be", *OTHERS])
    layout, region, strip = first_line(page)
    height, width = page.gray.shape
    for places in (
        np.zeros(0),
        np.array([5.0]),
        np.linspace(0, strip.soft.shape[1] - 1, 40),
        np.array([20.0, 22.0, 24.0]),
    ):
        found = character_boxes(layout, region, strip, places)
        assert found.shape == (len(places), 4)
        assert (found[:, :2] < found[:, 2:]).all()
        assert (found >= 0).all() and (found <= [width, height, width, height]).all()
    none = replace(region, label=region.label + 100)
    assert (np.diff(character_boxes(layout, none, strip, np.array([9.0, 20.0]))[:, 0]) > 5).all()


def test_all_ink_of_one_character_is_its_own() -> None:
    page = draw_page(["%", *OTHERS], SIZE_15)
    layout, region, strip = first_line(page)
    found = character_boxes(layout, region, strip, np.array([strip.soft.shape[1] / 2]))
    np.testing.assert_allclose(found, page.boxes[0], atol=1)
