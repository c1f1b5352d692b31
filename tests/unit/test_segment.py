"""Finding text on drawn pages: what a reader sees as a line must come out as one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocrtool.imaging.page import WorkingPage
from ocrtool.imaging.prepare import prepare
from ocrtool.recognize.crops import glyph_geometry, glyph_images, isolated_image
from ocrtool.script.latin.script import LATIN_CROP
from ocrtool.segment.edges import MAX_PIECES, find_edges
from ocrtool.segment.layout import Layout
from ocrtool.segment.layout import find_text as find_layout
from ocrtool.segment.pieces import cut_pieces
from ocrtool.segment.rectify import rectify
from ocrtool.segment.types import BASELINE_ROW, X_HEIGHT, LineImage, LineRegion
from ocrtool.segment.x_height import fit_x_height

TEXTS = [
    "the quick brown fox jumps over a",
    "lazy dog and runs to some nearby",
    "river where no man has ever seen",
    "a summer as warm as in our years",
    "or rain as soft as on our fields",
    "nor was there once a nicer house",
]
FONT = cv2.FONT_HERSHEY_COMPLEX


def drawn_page(scale: float = 1.0, columns: int = 1, size: tuple[int, int] = (700, 1000)) -> np.ndarray:
    """Ink on white at ``scale``; x-height 14 px, baselines 60 px apart."""
    page = np.full((round(size[0] * scale), round(size[1] * scale * columns)), 255, np.uint8)
    for column in range(columns):
        for i, text in enumerate(TEXTS):
            origin = (round((80 + column * size[1] * 0.9) * scale), round((100 + 60 * i) * scale))
            cv2.putText(page, text, origin, FONT, scale, 0, max(1, round(2 * scale)), cv2.LINE_AA)
    return page


def turned(page: np.ndarray, degrees: float) -> np.ndarray:
    """The page turned counter-clockwise on white paper."""
    h, w = page.shape
    matrix = cv2.getRotationMatrix2D((w / 2, h / 2), degrees, 0.9)
    return cv2.warpAffine(page, matrix, (w, h), flags=cv2.INTER_CUBIC, borderValue=255)


def find_text(gray: np.ndarray) -> tuple[WorkingPage, Layout] | None:
    prepared = prepare(gray)
    layout = None if prepared is None else find_layout(prepared)
    return None if layout is None else (layout.page, layout)


def line_count(gray: np.ndarray) -> int:
    found = find_text(gray)
    return len(found[1].lines) if found else 0


@pytest.mark.parametrize("scale", [0.45, 0.7, 1.0, 2.0, 3.5])
def test_lines_have_the_same_geometry_at_any_resolution(scale: float) -> None:
    page, layout = find_text(drawn_page(scale))
    assert len(layout.lines) == len(TEXTS)
    for region in layout.lines:
        soft = rectify(page.soft, layout.line_labels, region).soft
        rows = np.flatnonzero((soft > 128).sum(axis=1) > 0.25 * (soft > 128).sum(axis=1).max())
        assert abs(rows[-1] - BASELINE_ROW) <= 2  # most ink ends at the baseline
        assert 0.9 * X_HEIGHT <= BASELINE_ROW - rows[0] <= 1.05 * X_HEIGHT


@pytest.mark.parametrize("degrees", [-14.0, -3.3, 0.8, 7.0, 14.0])
def test_skew_is_measured_and_undone(degrees: float) -> None:
    gray = turned(drawn_page(), degrees)
    page = prepare(gray).view()
    assert page.skew == pytest.approx(degrees, abs=0.11)
    assert line_count(gray) == len(TEXTS)


def test_polarity_and_uneven_light_make_no_difference() -> None:
    page = drawn_page()
    shade = np.linspace(0.45, 1.0, page.shape[1])[None, :]
    assert line_count(255 - page) == len(TEXTS)
    assert line_count((page * shade).astype(np.uint8)) == len(TEXTS)


def test_columns_are_read_one_after_the_other() -> None:
    _, layout = find_text(drawn_page(columns=2))
    assert len(layout.lines) == 2 * len(TEXTS)
    left = [line.box[0] for line in layout.lines]
    assert max(left[: len(TEXTS)]) < min(left[len(TEXTS) :])
    for half in (layout.lines[: len(TEXTS)], layout.lines[len(TEXTS) :]):
        assert [line.box[1] for line in half] == sorted(line.box[1] for line in half)


def test_frames_and_rules_are_no_text() -> None:
    page = drawn_page()
    cv2.rectangle(page, (30, 30), (970, 670), 0, 3)
    cv2.line(page, (60, 480), (940, 480), 0, 2)
    assert line_count(page) == len(TEXTS)


def test_specks_are_no_text() -> None:
    page = drawn_page()
    rng = np.random.default_rng(3)
    for x, y in zip(rng.integers(0, 1000, 150), rng.integers(450, 700, 150), strict=True):
        page[y : y + 2, x : x + 2] = 0
    assert line_count(page) == len(TEXTS)


@pytest.mark.parametrize("gray", [np.full((400, 300), 255, np.uint8), np.zeros((400, 300), np.uint8)])
def test_blank_page_has_no_text(gray: np.ndarray) -> None:
    assert find_text(gray) is None


def test_pieces_hold_all_ink_and_touching_letters_are_cut() -> None:
    gray = np.full((120, 700), 255, np.uint8)
    cv2.putText(gray, "minimum oooo", (20, 80), FONT, 1.6, 0, 3, cv2.LINE_AA)
    gray[62:66, 40:400] = 0  # one stroke through all letters joins them
    page, layout = find_text(gray)
    line = rectify(page.soft, layout.line_labels, layout.lines[0])
    pieces = cut_pieces(line)
    assert np.count_nonzero((line.soft > 128) & (pieces.labels == 0)) == 0
    assert len(pieces) >= 22
    assert (np.diff(pieces.boxes[:, 0] + pieces.boxes[:, 2]) >= 0).all()


def test_dots_belong_to_their_letters() -> None:
    gray = np.full((100, 700), 255, np.uint8)
    cv2.putText(gray, "juni is mini; jim hid!", (20, 60), FONT, 1.2, 0, 2, cv2.LINE_AA)
    page, layout = find_text(gray)
    pieces = cut_pieces(rectify(page.soft, layout.line_labels, layout.lines[0]))
    assert (pieces.boxes[:, 3] > BASELINE_ROW - X_HEIGHT / 2).all()  # no piece is a dot alone


def test_a_long_dash_is_one_piece() -> None:
    gray = np.full((120, 700), 255, np.uint8)
    cv2.putText(gray, "some seats", (20, 80), FONT, 1.2, 0, 2, cv2.LINE_AA)
    cv2.line(gray, (330, 70), (380, 70), 0, 3)
    cv2.putText(gray, "as stated", (400, 80), FONT, 1.2, 0, 2, cv2.LINE_AA)
    page, layout = find_text(gray)
    pieces = cut_pieces(rectify(page.soft, layout.line_labels, layout.lines[0]))
    height, width = np.ptp(pieces.boxes[:, 1::2], axis=1), np.ptp(pieces.boxes[:, ::2], axis=1)
    assert np.count_nonzero((height < X_HEIGHT / 3) & (width > 2 * X_HEIGHT)) == 1


def test_edges_are_runs_of_pieces() -> None:
    page, layout = find_text(drawn_page())
    line = rectify(page.soft, layout.line_labels, layout.lines[0])
    pieces = cut_pieces(line)
    edges = find_edges(pieces)
    span = edges.end - edges.start
    assert span.min() == 1
    assert span.max() <= MAX_PIECES
    assert sorted(edges.start[span == 1]) == list(range(len(pieces)))
    several = int(np.argmax(span))
    inside = pieces.boxes[edges.start[several] : edges.end[several]]
    assert edges.boxes[several].tolist() == [*inside[:, :2].min(axis=0), *inside[:, 2:].max(axis=0)]


def test_crops_show_own_ink_apart_from_its_surroundings() -> None:
    page, layout = find_text(drawn_page())
    line = rectify(page.soft, layout.line_labels, layout.lines[0])
    pieces = cut_pieces(line)
    edges = find_edges(pieces)
    images, geometry = glyph_images(line, pieces, edges, LATIN_CROP), glyph_geometry(pieces, edges)
    assert images.shape == (len(edges), LATIN_CROP.side, LATIN_CROP.side, 2)
    ys, xs = np.nonzero(images[:, :, :, 0].max(axis=0) > 128)
    assert max(np.ptp(ys), np.ptp(xs)) + 1 <= LATIN_CROP.glyph + 2  # own ink keeps its margin
    assert images[:, 0, :, 1].max() > 0 or images[:, :, 0, 1].max() > 0  # context reaches the border
    first = edges.boxes[0]
    assert geometry[0, 1] == pytest.approx((BASELINE_ROW - first[1]) / X_HEIGHT)
    assert (geometry[:, 0] == 1).all()


def test_isolated_image_is_centred_and_scaled() -> None:
    glyph = np.zeros((60, 60), np.uint8)
    glyph[5:49, 30:40] = 255
    image = isolated_image(glyph, LATIN_CROP)
    ys, xs = np.nonzero(image[:, :, 0] > 128)
    assert np.ptp(ys) + 1 == pytest.approx(LATIN_CROP.glyph, abs=1)
    assert ys.mean() == pytest.approx((LATIN_CROP.side - 1) / 2, abs=0.6)
    assert xs.mean() == pytest.approx((LATIN_CROP.side - 1) / 2, abs=0.6)
    assert image[:, :, 1].max() == 0


def test_comma_under_the_arm_of_y_is_a_piece_of_its_own() -> None:
    labels = np.zeros((96, 60), np.uint8)
    cv2.line(labels, (12, 42), (20, 60), 255, 3)
    cv2.line(labels, (32, 42), (16, 76), 255, 3)
    cv2.line(labels, (32, 60), (30, 66), 255, 3)
    assert len(cut_pieces(LineImage(labels, np.eye(2, 3), 20.0)).boxes) >= 2
    assert cut_pieces(LineImage(labels, np.eye(2, 3), 20.0)).boxes[-1, 0] >= 26


def test_faint_line_beside_bold_print_is_brightened() -> None:
    page = drawn_page()
    page[:250] = np.where(page[:250] < 255, 255 - (255 - page[:250]) // 3, 255)  # three faint lines of six
    working, layout = find_text(page)
    assert len(layout.lines) == len(TEXTS)
    for region in layout.lines:
        assert np.percentile(rectify(working.soft, layout.line_labels, region).soft, 99) > 250


def leaning_strokes(lean: float) -> np.ndarray:
    """Soft ink of upright strokes on the baseline y = 100, every fourth a tall one, that lean by ``lean``."""
    soft = np.zeros((140, 700), np.uint8)
    for k, x in enumerate(range(100, 600, 14)):
        soft[70 if k % 4 == 0 else 80 : 100, x + 2 * (k % 3) : x + 2 * (k % 3) + 4] = 255
    return cv2.warpAffine(soft, np.array([[1.0, -lean, lean * 100], [0.0, 1.0, 0.0]]), soft.shape[::-1])


@pytest.mark.parametrize("lean", [-0.3, 0.0, 0.25, 0.5])
def test_slant_is_undone(lean: float) -> None:
    soft = leaning_strokes(lean)
    ys, xs = np.nonzero(soft > 128)
    region = LineRegion((int(xs.min()), int(ys.min()), int(xs.max()) + 1, 100), 0.0, 100.0, 20.0, 1)
    line = rectify(soft, (soft > 128).astype(np.int32), region)
    filled = (line.soft > 128).any(axis=0)
    assert np.count_nonzero(np.diff(filled.astype(int)) == 1) == len(range(100, 600, 14))  # white between all strokes
    up = line.to_page @ [0.0, -1.0, 0.0]  # one row up in the line, on the page
    assert up[0] / -up[1] == pytest.approx(lean, abs=0.01)


def blocks_of_type(*rows: tuple[int, int, int]) -> np.ndarray:
    """A page of black blocks for letters. rows: baseline, height of a letter and number of letters of each line."""
    page = np.full((760, 1000), 255, np.uint8)
    for baseline, height, count in rows:
        width = 2 * height // 3
        for k in range(count):
            rise = 3 * height // 2 if k % 4 == 3 else height
            page[baseline - rise : baseline, 60 + k * (width + 5) : 60 + k * (width + 5) + width] = 0
    return page


SMALL_PRINT = [(300 + 60 * k, 20, 45) for k in range(7)]


def test_bar_of_a_cracked_capital_stays_with_its_line() -> None:
    page = blocks_of_type((180, 56, 12), *SMALL_PRINT)
    page[106:112, 150:400] = 255  # the tops of two tall letters come off
    _, layout = find_text(page)
    assert len(layout.lines) == 8
    for x in (200, 370):
        assert layout.line_labels[100, x] == layout.line_labels[150, x] == layout.lines[0].label


def test_lonely_specks_belong_to_no_line_and_dots_to_theirs() -> None:
    page = blocks_of_type(*SMALL_PRINT)
    clean = find_text(page)[1]
    lonely, dot = [(940, 290), (900, 412), (70, 690), (500, 700), (20, 470)], (66, 270)
    for x, y in [*lonely, dot]:
        page[y : y + 6, x : x + 6] = 0
    layout = find_text(page)[1]
    assert [layout.line_labels[y + 3, x + 3] for x, y in lonely] == [0] * len(lonely)
    assert layout.line_labels[dot[1] + 3, dot[0] + 3] == layout.lines[0].label
    assert [line.box[2] for line in layout.lines] == [line.box[2] for line in clean.lines]


def test_x_height_of_few_small_letters_is_known_from_the_page() -> None:
    rises = np.array([20.0] * 3 + [29.0] * 12)  # twelve capitals, three small letters
    assert fit_x_height(rises, 20.0, None) == pytest.approx(29.0, abs=0.1)
    assert fit_x_height(rises, 20.0, 0.3) == pytest.approx(20.0, abs=0.1)


def test_capitals_with_a_few_small_letters_of_the_page_have_its_x_height() -> None:
    capitals = np.full(14, 15.0)
    assert fit_x_height(np.concatenate([capitals, np.full(3, 12.0)]), 11.9, 0.3) == pytest.approx(11.9)
    assert fit_x_height(np.concatenate([capitals, np.full(1, 12.0)]), 11.9, 0.3) == pytest.approx(15.0, abs=0.4)


def test_lines_of_capitals_share_the_x_height_of_the_page() -> None:
    rows = [(baseline, 20, 45) for baseline in range(100, 500, 60)]
    page = blocks_of_type(*rows)
    for k in range(14):  # a line of capitals that ends in three small letters
        rise = 29 if k < 11 else 20
        page[560 - rise : 560, 60 + 18 * k : 73 + 18 * k] = 0
    _, layout = find_text(page)
    assert [line.x_height for line in layout.lines] == pytest.approx([20.0] * 8, abs=0.1)
