"""Combs of forms: their bars are no text, and their characters are one word."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_lines import SANS
from PIL import Image, ImageDraw, ImageFont

from ocrtool.imaging.prepare import prepare
from ocrtool.segment.clean import text_components
from ocrtool.segment.combs import inner_bars
from ocrtool.segment.strip import cut_strip, find_strip_layout

BOX, TOP, LEFT = 60, 80, 300


def draw_comb(text: str, count: int, label: str = "Surname") -> np.ndarray:
    """A label and a comb of ``count`` boxes with a character in each."""
    picture = Image.new("L", (LEFT + BOX * count + 60, 220), 255)
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(str(SANS), 36)
    draw.text((40, TOP + 14), label, font=font, fill=0)
    for k in range(count):
        draw.rectangle((LEFT + BOX * k, TOP, LEFT + BOX * (k + 1), TOP + 64), outline=0, width=3)
        if k < len(text):
            middle = LEFT + BOX * k + (BOX - draw.textlength(text[k], font=font)) / 2
            draw.text((middle, TOP + 12), text[k], font=font, fill=0)
    return np.asarray(picture)


def strip_gaps(gray: np.ndarray) -> np.ndarray:
    """Widths of the gaps between the characters of the only line's strip, in its pixels."""
    page = prepare(gray)
    layout = None if page is None else find_strip_layout(page)
    assert layout is not None and len(layout.lines) == 1
    blank = cut_strip(layout, layout.lines[0]).soft.max(axis=0) < 48
    return np.diff(np.flatnonzero(np.diff(blank.astype(int))))[1::2]


def test_characters_of_a_comb_stand_close_and_its_bars_are_gone() -> None:
    gaps = strip_gaps(draw_comb("HELM", 8))
    assert len(gaps) == len("Surname") + len("HELM") - 1, "no bars are left, nor anything of the empty boxes"
    assert gaps[len("Surname") - 1] > 30, "the label stands apart"
    assert (gaps[len("Surname") :] <= 5).all()


def test_an_empty_box_between_two_words_is_a_space() -> None:
    gaps = strip_gaps(draw_comb("AN NE", 7))[len("Surname") :]
    assert gaps[0] <= 5 and gaps[2] <= 5 and gaps[1] > 20


def test_letters_between_rules_stay() -> None:
    picture = Image.new("L", (600, 200), 255)
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(str(SANS), 40)
    draw.rectangle((30, 50, 560, 130), outline=0, width=2)
    draw.text((60, 62), "Hill 111 | |", font=font, fill=0)
    found = text_components(np.asarray(picture) < 128, 22.0)
    assert len(found.bars) == 2, "the sides of the frame; no letter reaches from rule to rule"
    assert len(found.boxes) == 10


@pytest.mark.parametrize(
    ("columns", "expected"),
    [([0, 40, 80, 120], [40, 80]), ([0, 40, 80], []), ([0, 40, 95, 170], []), ([0, 200, 400, 600], [])],
)
def test_only_even_narrow_boxes_are_a_comb(columns: list[int], expected: list[int]) -> None:
    bars = np.array([[x - 1, 10, x + 1, 70] for x in columns])
    assert inner_bars(bars, 40.0, 20.0).tolist() == expected
    assert inner_bars(bars, 90.0, 20.0).tolist() == [], "of another line"
