"""Photographs of sheets and curled pages: the sheet is found, its lines are made level, flat pages stay as they are."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from drawn_lines import draw_page

from ocrtool.imaging.flatten import flattened, identity, sheet_only
from ocrtool.imaging.sheet import find_sheet
from ocrtool.imaging.trace_back import trace_page
from ocrtool.segment.bend import find_bend, flat_grid
from ocrtool.segment.flat_page import prepare_flat
from ocrtool.types import Block, Box, Character, Line, Page, PageTable, TableCell, Word

WIDTH, HEIGHT = 900, 1200
#: Corners of the sheet in a photograph of 900 x 1200 pixels, clockwise from the upper left: seen from the right.
CORNERS = np.array([[120, 160], [760, 90], [800, 1090], [90, 990]], np.float32)


def page(lines: int = 18) -> np.ndarray:
    """A page of lines, (HEIGHT, WIDTH) uint8."""
    drawn = draw_page(["the winter was not as severe here"] * lines, leading=2.0).gray
    return cv2.copyMakeBorder(drawn, 60, HEIGHT - drawn.shape[0] - 60, 60, WIDTH - drawn.shape[1] - 60, 0, value=255)


def photograph(sheet: np.ndarray, corners: np.ndarray = CORNERS, table: int = 70) -> np.ndarray:
    rim = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
    matrix = cv2.getPerspectiveTransform(rim, corners)
    seen = cv2.warpPerspective(np.minimum(sheet, 225), matrix, (WIDTH, HEIGHT), borderValue=table)
    return cv2.GaussianBlur(seen, (0, 0), 0.7)


def test_the_corners_of_a_sheet_on_a_table_are_found() -> None:
    sheet = find_sheet(photograph(page()))
    assert sheet is not None and sheet.corners is not None
    assert np.abs(sheet.corners - CORNERS).max() < 5


@pytest.mark.parametrize("rim", [0, 12])
def test_a_scan_shows_no_sheet(rim: int) -> None:
    scan = page()
    scan[:rim] = scan[:, :rim] = 0  # the lid of the scanner
    assert find_sheet(scan) is None


def test_a_piece_cut_out_of_a_page_is_no_sheet() -> None:
    piece = cv2.resize(photograph(page()), (388, 90), interpolation=cv2.INTER_AREA)
    assert find_sheet(piece) is None
    assert find_sheet(cv2.resize(photograph(page()), (388, 517), interpolation=cv2.INTER_AREA)) is not None


def test_a_window_on_a_screen_is_no_sheet() -> None:
    screen = np.full((HEIGHT, WIDTH), 60, np.uint8)
    screen[200:1000, 150:750] = page()[:800, :600]
    assert find_sheet(screen) is None


def test_around_a_sheet_everything_is_as_bright_as_its_paper() -> None:
    photo = photograph(page(), table=40)
    sheet = find_sheet(photo)
    assert sheet is not None
    alone = sheet_only(photo, sheet)
    assert alone[:60].min() > 200 and alone[:, -60:].min() > 200
    assert alone[400:800, 300:600].min() < 80  # its text is still there


def test_a_photographed_page_has_level_lines_of_one_size() -> None:
    prepared, flat = prepare_flat(photograph(page()))
    assert prepared is not None and flat is not None
    bottoms = np.sort(prepared.boxes[:, 3])
    rows = np.split(bottoms, np.flatnonzero(np.diff(bottoms) > prepared.height / 2) + 1)
    assert sum(len(row) > 8 for row in rows) == 18
    assert max(np.ptp(row) for row in rows if len(row) > 8) < 0.5 * prepared.height


def curled(rise: np.ndarray, fan: float = 0.0) -> np.ndarray:
    """Boxes (N, 4) of letters 20 pixels high, in lines that rise by ``rise`` of each column, and fan out."""
    rows, columns = np.arange(150, HEIGHT - 100, 48), np.arange(80, WIDTH - 80, 22)
    boxes = []
    for row in rows:
        for k, column in enumerate(columns):
            bottom = row - rise[column] + fan * (column - WIDTH / 2) * (row - HEIGHT / 2) / HEIGHT
            boxes.append([column, bottom - (20 if k % 5 else 28), column + 14, bottom])
    return np.round(np.array(boxes)).astype(int)


ACROSS = np.linspace(-1, 1, WIDTH)


@pytest.mark.parametrize(
    ("rise", "fan"),
    [
        (30 * ACROSS**2, 0.0),
        (25 * (ACROSS**3 - ACROSS), 0.0),
        (0 * ACROSS, 0.25),
        (25 * ACROSS**2 + 15 * ACROSS, 0.15),
    ],
    ids=["bowed", "wavy", "fan", "both"],
)
def test_lines_that_curl_or_fan_out_are_made_level(rise: np.ndarray, fan: float) -> None:
    boxes = curled(rise, fan)
    bend = find_bend(boxes, 20.0, (HEIGHT, WIDTH))
    assert bend is not None
    middle, half = np.array([WIDTH, HEIGHT]) / 2, HEIGHT / 2
    places = np.stack([boxes[:, [0, 2]].mean(axis=1), boxes[:, 3]], axis=1)
    level = bend.level((places - middle) / half)
    rows = (level[:, 1] * half).reshape(-1, len(np.arange(80, WIDTH - 80, 22)))
    assert np.ptp(rows, axis=1).max() < 5  # a quarter of a letter's height; it was 14 and more
    back = bend.bent(level) * half + middle
    assert np.abs(back - places).max() < 0.5


@pytest.mark.parametrize("skew", [0.0, 0.08])
def test_straight_lines_are_left_alone(skew: float) -> None:
    assert find_bend(curled(skew * np.arange(WIDTH)), 20.0, (HEIGHT, WIDTH)) is None


def test_places_on_a_flattened_page_are_traced_to_the_bent_one() -> None:
    gray = page()
    ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    rise = (30 * np.linspace(-1, 1, WIDTH) ** 2).astype(np.float32)
    bent = cv2.remap(gray, xs, ys + rise[None], cv2.INTER_LINEAR, borderValue=255)
    prepared, flat = prepare_flat(bent)
    assert prepared is not None and flat is not None
    ink = np.argwhere(flat.gray < 60)[::50, ::-1] + 0.5
    traced = flat.to_input(ink)
    found = bent[np.clip(traced[:, 1].astype(int), 0, HEIGHT - 1), np.clip(traced[:, 0].astype(int), 0, WIDTH - 1)]
    assert np.mean(found < 160) > 0.97


def test_a_flat_page_is_its_input() -> None:
    prepared, flat = prepare_flat(page())
    assert prepared is not None and flat is None


def test_boxes_baselines_and_tables_are_those_of_the_input() -> None:
    box = Box(10, 20, 40, 30)
    word = Word(box, (Character(box, "a", 0.9),), 0.9)
    line = Line(box, (word,), (10.0, 30.0, 40.0, 30.0), 8.0)
    table = PageTable(box, 0, 1, 1, (TableCell(0, 0, "a", box),), 1)
    read = Page(100, 100, (Block(box, (line,)),), tables=(table,))
    found = trace_page(read, lambda points: 2 * points + [100, 5], (500, 400))
    moved = Box(120, 45, 180, 65)
    assert (found.width, found.height) == (400, 500)
    assert found.blocks[0].box == found.lines[0].words[0].characters[0].box == moved
    assert found.tables[0].box == found.tables[0].cells[0].box == moved
    assert found.lines[0].baseline == (120.0, 65.0, 180.0, 65.0) and found.lines[0].x_height == 16.0


def test_an_unbent_grid_leaves_a_page_as_it_is() -> None:
    gray = page()
    assert np.array_equal(flattened(gray, identity(gray.shape), gray.shape).gray, gray)


def test_the_flat_page_of_a_bend_keeps_all_of_the_input() -> None:
    bend = find_bend(curled(30 * ACROSS**2), 20.0, (HEIGHT, WIDTH))
    assert bend is not None
    grid, shape = flat_grid(bend, (HEIGHT, WIDTH))
    reach = grid.reshape(-1, 2)
    assert reach.min() < 5 and (reach.max(axis=0) > [WIDTH - 5, HEIGHT - 5]).all()
    assert shape[0] * shape[1] < 1.3 * HEIGHT * WIDTH
