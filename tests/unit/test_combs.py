"""Cells of forms: their frames are no text, their characters are one entry, and empty ones are nothing."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_lines import SANS
from PIL import Image, ImageDraw, ImageFont

import ocrtool
from ocrtool.imaging.prepare import prepare
from ocrtool.segment.clean import text_components
from ocrtool.segment.layout import Layout
from ocrtool.segment.strip import cut_strip, find_strip_layout

BOX, TOP, LEFT, HEIGHT = 60, 80, 300, 64
#: How cells are drawn.
KINDS = ("comb", "open comb", "boxes")


def draw_cells(text: str, count: int, kind: str = "comb", label: str = "Surname", pen: int = 0) -> Image.Image:
    """A label and ``count`` cells with a character in each. pen: columns by which characters miss their middle."""
    step = BOX + 14 if kind == "boxes" else BOX
    picture = Image.new("L", (LEFT + step * count + 60, 220), 255)
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(str(SANS), 36)
    draw.text((40, TOP + 14), label, font=font, fill=0)
    bottom = TOP + HEIGHT
    for k in range(count):
        x = LEFT + step * k
        if kind == "open comb":
            draw.line((x, bottom, x + BOX, bottom), fill=0, width=3)
            for side in (x, x + BOX):
                draw.line((side, bottom - 20, side, bottom), fill=0, width=3)
        else:
            draw.rectangle((x, TOP, x + BOX, bottom), outline=0, width=3)
        if k < len(text):
            middle = x + (BOX - draw.textlength(text[k], font=font)) / 2 + pen
            draw.text((middle, TOP + 12), text[k], font=font, fill=0)
    return picture


def layout_of(picture: Image.Image) -> Layout:
    page = prepare(np.asarray(picture))
    layout = None if page is None else find_strip_layout(page)
    assert layout is not None
    return layout


def strip_gaps(picture: Image.Image) -> np.ndarray:
    """Widths of the gaps between the characters in the strip of the cells, in its pixels."""
    layout = layout_of(picture)
    label, entry = layout.lines
    assert not label.joined and entry.joined and entry.cells == 0, "the entry goes on with the line of its label"
    blank = cut_strip(layout, entry).soft.max(axis=0) < 48
    return np.diff(np.flatnonzero(np.diff(blank.astype(int))))[1::2]


@pytest.mark.parametrize("kind", KINDS)
def test_characters_of_cells_stand_close_and_frames_are_gone(kind: str) -> None:
    gaps = strip_gaps(draw_cells("HELM", 8, kind))
    assert len(gaps) == len("HELM") - 1, "no frame is left, nor anything of the empty cells"
    assert (gaps <= 5).all()


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_cell_between_two_words_is_a_space(kind: str) -> None:
    gaps = strip_gaps(draw_cells("AN NE", 7, kind))
    assert gaps[0] <= 5 and gaps[2] <= 5 and gaps[1] > 20


@pytest.mark.parametrize("kind", KINDS)
def test_cells_are_read_as_one_entry_beside_their_label(kind: str) -> None:
    assert ocrtool.read(draw_cells("MARTENS", 9, kind)).text == "Surname MARTENS"
    assert ocrtool.read(draw_cells("ANNA 20", 7, kind)).text == "Surname ANNA 20"


@pytest.mark.parametrize("kind", KINDS)
def test_empty_cells_are_nothing(kind: str) -> None:
    page = ocrtool.read(draw_cells("", 8, kind))
    assert page.text == "Surname" and page.marks == ()


@pytest.mark.parametrize("kind", ("comb", "boxes"))
def test_bits_of_a_frame_within_its_cells_are_no_characters(kind: str) -> None:
    """Where a frame is ragged, bits of its sides and edges stand apart from it."""
    picture = draw_cells("TOURS", 8, kind)
    draw, step = ImageDraw.Draw(picture), BOX + 14 if kind == "boxes" else BOX
    for k in (5, 6):
        x = LEFT + step * k
        draw.line((x + 6, TOP + 30, x + 6, TOP + 44), fill=0, width=2)
    draw.line((LEFT + 7 * step + 14, TOP + 60, LEFT + 7 * step + 40, TOP + 60), fill=0, width=2)
    assert ocrtool.read(picture).text == "Surname TOURS"


def test_strokes_that_cross_a_frame_stay_whole() -> None:
    """Characters written over the sides of their cells lose nothing to the frame but the frame itself."""
    assert ocrtool.read(draw_cells("MARTENS", 9, pen=17)).text == "Surname MARTENS"


def test_rows_of_a_ruled_table_are_no_cells() -> None:
    picture = Image.new("L", (700, 500), 255)
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(str(SANS), 30)
    for row in range(5):
        for column in range(6):
            x, y = 60 + 90 * column, 60 + 64 * row
            draw.rectangle((x, y, x + 90, y + 64), outline=0, width=2)
            draw.text((x + 22, y + 14), str(7 * row + column + 10), font=font, fill=0)
    layout = layout_of(picture)
    assert layout.components.rows == () and layout.components.ticks == ()
    assert ocrtool.read(picture).text.splitlines()[1].split() == ["17", "18", "19", "20", "21", "22"]


def test_letters_between_rules_stay() -> None:
    picture = Image.new("L", (600, 200), 255)
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(str(SANS), 40)
    draw.rectangle((30, 50, 560, 130), outline=0, width=2)
    draw.text((60, 62), "Hill 111 | |", font=font, fill=0)
    found = text_components(np.asarray(picture) < 128, 22.0)
    assert len(found.boxes) == 10, "the sides of the frame are gone; no letter reaches from rule to rule"
