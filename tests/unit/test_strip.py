"""Strips of lines: level, of one size, with all that belongs to the line and nothing else."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from drawn_lines import SERIF, SIZE_15, SIZE_20, draw_page, layout_of

from ocrtool.imaging.components import typical_height
from ocrtool.segment.layout import Layout
from ocrtool.segment.lines import find_ridges
from ocrtool.segment.strip import (
    GAP_LEVEL,
    LONGEST_GAP,
    STRIP_BASELINE,
    STRIP_ROWS,
    STRIP_X_HEIGHT,
    Strip,
    cut_strip,
)

#: Letters of the commonest height only.
FLAT = "now some men are on rooms or near seas"
LINES = [FLAT, "we saw cars run across our warm rooms", "as soon as someone came near us once"]


def strips_of(gray: np.ndarray) -> list[Strip]:
    layout = layout_of(gray)
    return [cut_strip(layout, region) for region in layout.lines]


def heavy_rows(strip: Strip) -> tuple[int, int]:
    """First and last row with much ink: the tops and feet of small letters."""
    profile = (strip.soft > 128).sum(axis=1)
    rows = np.flatnonzero(profile > 0.25 * profile.max())
    return int(rows[0]), int(rows[-1])


def turned(gray: np.ndarray, degrees: float) -> np.ndarray:
    """The page turned counter-clockwise on larger paper."""
    page = cv2.copyMakeBorder(gray, 150, 150, 20, 20, cv2.BORDER_CONSTANT, value=255)
    h, w = page.shape
    matrix = cv2.getRotationMatrix2D((w / 2, h / 2), degrees, 1.0)
    return cv2.warpAffine(page, matrix, (w, h), flags=cv2.INTER_CUBIC, borderValue=255)


def longest_blank(strip: Strip) -> int:
    blank = strip.soft.max(axis=0) < GAP_LEVEL
    edges = np.flatnonzero(np.diff(np.concatenate([[0], blank.astype(int), [0]])))
    return int((edges[1::2] - edges[::2]).max())


@pytest.mark.parametrize("size", [12, 27, 60, 130])
@pytest.mark.parametrize("degrees", [0.0, 6.0])
def test_small_letters_stand_at_the_same_rows_at_any_size_and_skew(size: int, degrees: float) -> None:
    gray = draw_page(LINES, size, spacing=size // 14).gray
    strips = strips_of(turned(gray, degrees) if degrees else gray)
    assert len(strips) == len(LINES)
    for strip in strips:
        assert strip.soft.shape[0] == STRIP_ROWS and strip.soft.dtype == np.uint8
        top, bottom = heavy_rows(strip)
        assert bottom == pytest.approx(STRIP_BASELINE - 1, abs=1)
        assert bottom + 1 - top == pytest.approx(STRIP_X_HEIGHT, abs=1.5)


def test_pixels_of_a_strip_map_back_to_the_page() -> None:
    """The page is not scaled, so that boxes of the strip's ends are those drawn."""
    page = draw_page(LINES)
    for strip, boxes in zip(strips_of(page.gray), page.boxes, strict=True):
        columns = np.flatnonzero((strip.soft > 128).any(axis=0))
        ends = strip.page_columns(np.array([columns[0], columns[-1]], float))
        points = np.stack([ends, [STRIP_BASELINE, STRIP_BASELINE]], axis=1)
        found = cv2.transform(points[None], strip.to_page)[0]
        assert found[:, 0] == pytest.approx([boxes[0, 0], boxes[-1, 2] - 1], abs=1.2)
        assert found[:, 1] == pytest.approx(boxes[:, 3].max(), abs=1.5)


def test_long_gaps_are_shortened_and_columns_map_back() -> None:
    page = draw_page(["Total" + " " * 40 + "28987", FLAT, FLAT])
    (strip, near, _), boxes = strips_of(page.gray), page.boxes[0]
    assert longest_blank(strip) == pytest.approx(LONGEST_GAP * STRIP_X_HEIGHT, abs=1)
    drawn = (boxes[-1, 2] - boxes[0, 0]) - (boxes[5, 0] - boxes[4, 2])
    assert strip.soft.shape[1] < drawn * STRIP_X_HEIGHT / 15 + (LONGEST_GAP + 2) * STRIP_X_HEIGHT
    gap = np.flatnonzero(np.diff(strip.columns) > 1)
    assert len(gap) == 1
    first = gap[0] + 1 + np.flatnonzero((strip.soft[:, gap[0] + 1 :] > 128).any(axis=0))[0]
    point = np.array([[[strip.page_columns(np.array([first]))[0], STRIP_BASELINE]]])
    assert cv2.transform(point, strip.to_page)[0, 0, 0] == pytest.approx(boxes[5, 0], abs=1.5)
    middle = strip.page_columns(np.array([gap[0] + 0.5]))[0]
    assert middle == pytest.approx((strip.columns[gap[0]] + strip.columns[gap[0] + 1]) / 2), "between pixels too"
    assert np.array_equal(near.columns, np.arange(len(near.columns))), "nothing is taken out between words"


def test_ink_of_other_lines_and_rules_is_left_out() -> None:
    page = draw_page(["jumpy gypsy jiggling quay", FLAT, FLAT], leading=1.25)
    above, below, _ = strips_of(page.gray)
    assert (below.soft[: int(STRIP_BASELINE) - STRIP_X_HEIGHT - 3] > GAP_LEVEL).sum() == 0
    assert (above.soft[int(STRIP_BASELINE) + 2 :] > 128).sum() > 100, "its own tails stay"


def test_rules_are_left_out() -> None:
    page = draw_page(LINES)
    for boxes in page.boxes:
        row = int(boxes[:, 3].max()) + 5
        page.gray[row : row + 2, 10:-10] = 0
    strips = strips_of(page.gray)
    assert len(strips) == len(LINES)
    for strip in strips:
        assert (strip.soft[int(STRIP_BASELINE) + 3 :] > GAP_LEVEL).sum() == 0


@pytest.mark.parametrize("side", [2, 3])
def test_a_decimal_point_is_kept(side: int) -> None:
    """A point of a few pixels, which is a speck to the layout analysis."""
    page = draw_page(["28 50", FLAT, FLAT], SIZE_20)
    boxes = page.boxes[0]
    x = (boxes[1, 2] + boxes[2, 0]) // 2
    bottom = boxes[:, 3].max()
    without = strips_of(page.gray)[0]
    page.gray[bottom - side : bottom, x : x + side] = 0
    strip = strips_of(page.gray)[0]
    added = strip.soft.astype(int) - without.soft
    ys, xs = np.nonzero(added > 64)
    assert len(ys) >= 2
    assert ys.max() <= STRIP_BASELINE and ys.min() >= STRIP_BASELINE - 5
    points = np.stack([strip.page_columns(xs.astype(float)), ys], axis=1)
    layout = layout_of(page.gray)
    to_input = cv2.transform(cv2.transform(points[None], strip.to_page), layout.page.to_input)[0]
    assert to_input[:, 0] == pytest.approx(x + side / 2, abs=2.5)


def label_and_tall_entry() -> tuple[np.ndarray, int, int]:
    """Lines of small print, the first with an entry behind it; the end of its label, and its baseline."""
    label = draw_page(["surname", "names in common use", "our seven rooms"], 16, leading=4.0)
    boxes = label.boxes[0]
    width = label.gray.shape[1]
    page = np.full((label.gray.shape[0], width + 500), 255, np.uint8)
    page[:, :width] = label.gray
    baseline = int(np.median(boxes[:, 3]))
    for k in range(6):  # strokes as tall as four x-heights of the label, on its baseline
        x = int(boxes[-1, 2]) + 24 + 24 * k
        cv2.rectangle(page, (x, baseline - 34), (x + 2, baseline - 1), 0, -1)
        cv2.line(page, (x + 2, baseline - 34), (x + 14, baseline - 2), 0, 2)
    return page, int(boxes[-1, 2]), baseline


def test_a_tall_entry_beside_a_small_label_fits() -> None:
    page = label_and_tall_entry()[0]
    layout = layout_of(page)
    region = max(layout.lines, key=lambda line: line.box[2])
    strip = cut_strip(layout, region)
    assert strip.soft[[0, -1]].max() < 128
    tall = np.flatnonzero((strip.soft > 128).sum(axis=0) >= 18)
    assert len(tall) >= 6, "strokes as tall as the strip allows"
    label_end = np.flatnonzero((strip.soft > 128).any(axis=0))[0]
    assert label_end < tall[0] - 20, "the label is still there"


def test_an_entry_on_a_rule_is_a_run_of_its_own_size() -> None:
    page, label_end, baseline = label_and_tall_entry()
    page[baseline + 4 : baseline + 6, label_end + 12 :] = 0
    layout = layout_of(page)
    entry = max(layout.lines, key=lambda line: line.box[2])
    name = layout.lines[layout.lines.index(entry) - 1]
    assert entry.joined and not name.joined, "the entry goes on with the line of its label, each at its own size"
    strip = cut_strip(layout, entry)
    assert strip.soft[[0, -1]].max() < 128
    assert np.count_nonzero((strip.soft > 128).sum(axis=0) >= 17) >= 6, "strokes as tall as capitals"
    small = cut_strip(layout, name).soft > 128
    assert small[: int(STRIP_BASELINE) - STRIP_X_HEIGHT - 2].sum() == 0 < small.sum(), "the label is not made smaller"


def test_faint_lines_are_stretched_to_full_ink() -> None:
    page = draw_page([FLAT, FLAT, FLAT], ink=[0, 180, 0])
    strong, faint, _ = strips_of(page.gray)
    assert np.percentile(faint.soft[faint.soft > GAP_LEVEL], 80) > 220
    assert np.abs(heavy_rows(strong)[0] - heavy_rows(faint)[0]) <= 1
    assert (faint.soft > 128).sum() == pytest.approx((strong.soft > 128).sum(), rel=0.2)


def test_strips_come_from_the_input_and_not_from_the_smaller_page() -> None:
    """Thin hairlines of large type are lost on the page on which lines are found."""
    page = draw_page([FLAT, FLAT, FLAT], 120, font=SERIF)
    layout = layout_of(page.gray)
    assert layout.page.input_scale > 3
    hairline = page.gray.copy()
    boxes = page.boxes[0]
    x = int(boxes[2, 2] + boxes[3, 0]) // 2
    hairline[boxes[0, 1] : boxes[0, 3], x : x + 2] = 0
    added = cut_strip(layout_of(hairline), layout_of(hairline).lines[0]).soft.sum(dtype=int)
    assert added > cut_strip(layout, layout.lines[0]).soft.sum(dtype=int) + 255 * 3


def test_a_narrow_line_has_a_strip() -> None:
    layout: Layout = layout_of(draw_page(["i", FLAT, FLAT], SIZE_15).gray)
    for region in layout.lines:
        strip = cut_strip(layout, region)
        assert strip.soft.shape[1] == len(strip.columns) >= 4
        assert strip.soft.max() > 200


def test_height_of_letters_among_specks() -> None:
    """Specks are many and alike, letters few and of all heights, but specks cover next to nothing of the page."""
    rng = np.random.default_rng(0)
    xy = rng.integers(0, 1000, (100, 2))
    specks = np.hstack([xy, xy + rng.integers(4, 6, (100, 2))])
    heights = np.linspace(60, 120, 25).round().astype(int)
    letters = np.array([[60 * k, 500 - h, 60 * k + 50, 500] for k, h in enumerate(heights)])
    assert 60 <= typical_height(np.vstack([specks, letters])) <= 120
    assert typical_height(specks) == pytest.approx(4.5, abs=0.6)
    small = np.array([[9 * k, 500, 9 * k + 6, 506] for k in range(300)])
    headline = np.array([[60 * k, 100, 60 * k + 40, 150] for k in range(4)])
    assert typical_height(np.vstack([small, headline])) == pytest.approx(6, abs=0.5), "text beside a headline"


def test_small_print_between_large_lines_keeps_its_lines() -> None:
    large = draw_page(["Total supplies 46.82", "Total payable 46.06", "Cash and change 12.15"] * 2, 2 * SIZE_15).gray
    small = draw_page(
        ["GROUND FLOOR, NO. 4 & 6,", "JALAN SS 15/4B, SUBANG", "Tel 03-55423228, fax none"], SIZE_15, leading=1.15
    )
    width = max(large.shape[1], small.gray.shape[1])
    pages = [np.pad(p, ((0, 0), (0, width - p.shape[1])), constant_values=255) for p in (large, small.gray, large)]
    layout = layout_of(np.concatenate(pages))
    heights = np.array([region.x_height for region in layout.lines]) * layout.page.input_scale
    assert heights == pytest.approx([32.5] * 6 + [20.5, 20.5, 15.5] + [32.5] * 6, rel=0.05)


def test_strokes_that_are_too_faint_for_the_page_are_kept() -> None:
    page = draw_page([FLAT, FLAT, FLAT], ink=[0, 150, 0])
    x0, y0, x1, y1 = page.boxes[1][5]
    faint = page.gray.copy()
    x0, x1 = x0 + (x1 - x0) // 3, x1 - (x1 - x0) // 3  # the middle of a letter
    letter = faint[y0:y1, x0:x1]
    letter[letter < 255] = np.maximum(letter[letter < 255], 212)  # four tenths of the ink of the line's other letters
    inks = [int(strips_of(gray)[1].soft.sum()) for gray in (page.gray, faint)]
    blank = page.gray.copy()
    blank[y0:y1, x0:x1] = 255
    share = (inks[1] - int(strips_of(blank)[1].soft.sum())) / (inks[0] - int(strips_of(blank)[1].soft.sum()))
    assert share > 0.15


def test_a_cell_between_two_others_is_of_their_line() -> None:
    """The widest cell comes first, then the one on the right, then the one between them."""
    ink = np.zeros((60, 1100), bool)
    for start, end, top in ((20, 134, 24), (680, 780, 26), (350, 440, 24), (960, 1020, 25)):
        ink[top : top + 12, start:end] = True
    assert len(find_ridges(ink, 12.0)) == 1
    ink[44:56, 20:500] = True
    assert len(find_ridges(ink, 12.0)) == 2


@pytest.mark.parametrize(("size", "level"), [(27, 0.6), (44, 0.4), (44, 0.5)])
def test_a_line_that_is_struck_out_stays_one_line(size: int, level: float) -> None:
    """The rule through it is removed, and what it cuts in two are not two small lines."""
    page = draw_page(LINES, size, font=SERIF, spacing=0)
    boxes = page.boxes[1]
    top, bottom = np.median(boxes[:, 1]), np.median(boxes[:, 3])
    rule = round(top + level * (bottom - top))
    struck = page.gray.copy()
    struck[rule - 1 : rule + 2, boxes[:, 0].min() : boxes[:, 2].max()] = 0
    layout, whole = layout_of(struck), layout_of(page.gray)
    heights, expected = (
        np.array([r.x_height for r in found.lines]) * found.page.input_scale for found in (layout, whole)
    )
    assert heights == pytest.approx(expected, rel=0.1)


def test_a_line_whose_words_are_single_strokes_is_found() -> None:
    """Each word is one component, seven times as high as its small letters."""
    page = np.full((190, 1500), 255, np.uint8)
    for left in range(60, 1400, 170):
        zigzag = [(left + 9 * k, 100 - 22 * (k % 2)) for k in range(14)]
        stems = [(left - 12, 165), (left + 12, 12)]
        for strokes in (zigzag, stems):
            cv2.polylines(page, [np.array(strokes, np.int32)], False, 0, 3)
    layout = layout_of(page)
    (line,) = layout.lines
    assert 15 < line.x_height * layout.page.input_scale < 45
