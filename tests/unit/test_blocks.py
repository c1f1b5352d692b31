"""Blocks: columns of running text are read one after the other, cells of a table along the row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from ocrtool.segment.blocks import find_blocks
from ocrtool.segment.columns import runs_on
from ocrtool.segment.ruled import Ruled

X_HEIGHT = 20.0
ROWS = 12


def column(left: int, width: int, letter: int = 16) -> np.ndarray:
    """Boxes (N, 4) of letters that fill a column of ROWS lines, 60 pixels apart."""
    x = np.arange(left, left + width - letter + 1, letter + 4)
    x, y = np.tile(x, ROWS), np.repeat(60 * np.arange(ROWS), len(x))
    return np.stack([x, y, x + letter, y + 20], axis=1)


@pytest.mark.parametrize("columns", [4, 5, 6, 8])
@pytest.mark.parametrize("pitch", [180, 250])
def test_cells_of_equal_columns_are_read_along_the_row(columns: int, pitch: int) -> None:
    cells = [column(100, 160)] + [column(100 + 200 + pitch * k, 84) for k in range(columns - 1)]
    assert len(find_blocks(np.vstack(cells), X_HEIGHT)) == 1


@pytest.mark.parametrize("gutter", [40, 120])
def test_columns_of_text_are_blocks(gutter: int) -> None:
    left, right = column(100, 600), column(700 + gutter, 600)
    assert [len(b) for b in find_blocks(np.vstack([left, right]), X_HEIGHT)] == [len(left), len(right)]
    numbers, text = column(700 + gutter, 36), column(736 + 2 * gutter, 600)
    blocks = find_blocks(np.vstack([left, numbers, text]), X_HEIGHT)
    assert sorted(blocks[0].tolist()) == list(range(len(left))), "a column with numbered lines"


def text_lines(left: int, ends: list[int], first: int = 0, pitch: int = 50) -> np.ndarray:
    """Boxes (N, 4) of lines of letters from ``left`` to each of the ends."""
    boxes = []
    for row, end in enumerate(ends):
        x = np.arange(left, end - 15, 20)
        y = np.full(len(x), first + pitch * row)
        boxes.append(np.stack([x, y, x + 16, y + 20], axis=1))
    return np.vstack(boxes)


def blocks_of(
    *parts: np.ndarray, rules: Sequence[tuple[int, int, int]] = (), leaders: Sequence[tuple[int, int, int]] = ()
) -> list[set[int]]:
    """The parts that the components of each block come from. rules, leaders: left and right end and row of each."""
    owner = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    level, dots = (
        np.array([(left, row, right, row + 2) for left, right, row in each], float).reshape(-1, 4)
        for each in (rules, leaders)
    )
    ruled = Ruled((), np.zeros((0, 4)), np.zeros((0, 4)), level, dots)
    return [set(owner[block].tolist()) for block in find_blocks(np.vstack(parts), X_HEIGHT, ruled)]


RAGGED = [420, 300, 520, 380, 460, 340, 500, 320]
BESIDE = [1020, 900, 1120, 980, 1060, 940, 1100, 920]
FULL = [700, 690, 700, 640, 700, 680, 700, 700]


def test_labels_and_entries_are_read_along_the_row() -> None:
    labels = text_lines(100, RAGGED)
    assert blocks_of(labels, text_lines(700, [900, 760, 980, 820])) == [{0, 1}], "fewer entries than labels"
    assert blocks_of(text_lines(100, RAGGED, pitch=80), text_lines(700, BESIDE, pitch=80)) == [{0, 1}], "far apart"
    figures = [text_lines(1000 - 20 * k, [1100], first=50 * row) for row, k in enumerate([2, 9, 4, 1, 6, 3, 8, 5])]
    assert blocks_of(labels, np.vstack(figures)) == [{0, 1}], "aligned right"


def test_a_list_in_columns_is_read_down_the_column() -> None:
    assert blocks_of(text_lines(100, RAGGED), text_lines(700, BESIDE)) == [{0}, {1}]
    below = [text_lines(700 + 40 * (row % 3 == 2), [end], first=50 * row) for row, end in enumerate([*BESIDE, *BESIDE])]
    assert blocks_of(text_lines(100, [*RAGGED, *RAGGED]), np.vstack(below)) == [{0}, {1}], "entries below keywords"


def test_a_table_below_a_letterhead_is_read_along_the_row() -> None:
    """The addresses above are not level with each other, the rows of the table are."""
    sender, receiver = text_lines(100, [400, 380, 300]), text_lines(900, [1200, 1150, 1200, 1180], first=-12, pitch=42)
    labels = text_lines(100, RAGGED, first=260)
    figures = np.vstack([text_lines(1200 - 20 * k, [1300], first=260 + 50 * row) for row, k in enumerate(range(2, 10))])
    found = blocks_of(sender, receiver, labels, figures)
    assert found[-1] == {2, 3}
    assert set().union(*found[:-1]) == {0, 1}


def test_a_heading_and_a_footer_may_cross_the_gutter() -> None:
    heading, footer = text_lines(300, [1100]), text_lines(300, [1100], first=700)
    left, right = text_lines(100, FULL, first=100), text_lines(800, [1400] * 8, first=100)
    assert blocks_of(heading, left, right, footer) == [{0}, {1}, {2}, {3}]


def test_rules_part_columns_from_what_stands_above_and_below() -> None:
    words = np.vstack([text_lines(100, [180]), text_lines(770, [790]), text_lines(1300, [1400])])
    columns = text_lines(100, FULL, first=60), text_lines(760, [1400] * 8, first=60)
    assert blocks_of(words, *columns, rules=[(90, 1410, 40)]) == [{0}, {1}, {2}], "the first and last word of a page"
    title, names = text_lines(400, [1600]), np.vstack([text_lines(x, [x + 200], first=60) for x in (100, 900, 1740)])
    headline, beside = text_lines(100, [1100], first=130), text_lines(1500, [1940, 1900] * 5, first=130)
    page = title, names, headline, text_lines(100, FULL, first=180), text_lines(760, [1400] * 8, first=180), beside
    found = blocks_of(*page, rules=[(90, 1950, row) for row in (40, 100)])
    assert found == [{0, 1}, {2}, {3}, {4}, {5}], "two rules above columns make no table of them"


def test_columns_are_no_table_where_their_rows_are_level(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of level columns with a few wide gaps some rows may look like those of a table."""
    monkeypatch.setattr("ocrtool.segment.blocks.table_within", lambda *_: (50.0, 480.0))
    columns = [text_lines(left, [left + end - 100 for end in [*FULL, *FULL]]) for left in (100, 760, 1420)]
    assert blocks_of(*columns) == [{0}, {1}, {2}]


def test_what_follows_the_address_of_a_letter_stands_below_the_date_beside_it() -> None:
    sender, receiver = text_lines(1000, [1300, 1240, 1320, 1280]), text_lines(100, [400, 380, 300, 420], first=220)
    date, salutation = text_lines(1000, [1300, 1240, 1200], first=240), text_lines(100, [340], first=470)
    name, body = text_lines(100, [420, 380]), text_lines(100, [1400, 1390, 1410, 1400, 900], first=560)
    found = blocks_of(name, receiver, salutation, sender, date, body)
    order = [part for block in found for part in sorted(block)]
    assert order.index(3) < order.index(4) < order.index(2) < order.index(5), "Dear Sir comes after the date"
    assert order.index(0) < order.index(1) < order.index(2)


def test_a_menu_is_read_along_its_leaders() -> None:
    """Dishes have a line below them, their prices none, and the wines beside them stand closer."""
    ends = [520, 480, 440, 520, 480, 440]
    dishes = np.vstack(
        [text_lines(100, [each], first=100 * k + y) for k, end in enumerate(ends) for y, each in ((0, end), (50, 400))]
    )
    prices = text_lines(900, [980] * 6, pitch=100)
    wines, their_prices = text_lines(1060, [1400 + 7 * end % 100 for end in ends * 2], pitch=42), [1880] * 12
    leaders = [(end + 10, 890, 100 * k + 16) for k, end in enumerate(ends)]
    leaders += [(1520, 1790, 42 * k + 16) for k in range(12)]
    found = blocks_of(dishes, prices, wines, text_lines(1800, their_prices, pitch=42), leaders=leaders)
    assert found == [{0, 1}, {2, 3}]


def test_numbers_of_lines_stand_with_their_lines() -> None:
    def page(left: int, ends: list[int]) -> tuple[np.ndarray, np.ndarray]:
        return text_lines(left, [left + 36] * len(ends)), text_lines(left + 90, [left + 90 + end for end in ends])

    ends = [560, 640, 500, 600, 580, 540, 600, 520]  # the longest line ends near to the numbers of the second page
    assert blocks_of(*page(100, ends), *page(870, ends)) == [{0, 1}, {2, 3}]


def test_a_line_centred_over_three_columns_is_a_heading_or_a_footer() -> None:
    columns = [text_lines(left, [left + 320 - 40 * (k % 3) for k in range(10)], first=140) for left in (100, 540, 980)]
    heading, number = text_lines(640, [760]), text_lines(670, [730], first=760)
    assert blocks_of(heading, *columns, number) == [{0}, {1}, {2}, {3}, {4}]


def test_few_or_close_lines_are_columns_where_they_are_running_text() -> None:
    left, right = text_lines(100, FULL[:3]), text_lines(800, [1400, 1390, 1300])
    assert blocks_of(left, right) == [{0}, {1}]
    assert blocks_of(left, text_lines(800, [900, 920, 880])) == [{0, 1}], "cells beside text"
    close = text_lines(724, [1320] * 8)
    assert blocks_of(text_lines(100, FULL), close) == [{0}, {1}]
    assert blocks_of(text_lines(100, FULL[:4]), text_lines(724, [1320] * 4)) == [{0, 1}], (
        "too few lines for so narrow a gap"
    )


def test_numbered_lines_are_running_text() -> None:
    parts = [np.vstack([text_lines(x, [x + 36] * 8), text_lines(x + 110, [x + 700] * 8)]) for x in (100, 900)]
    assert blocks_of(*parts) == [{0}, {1}]


def test_a_headline_with_a_gap_at_the_gutter_stands_over_both_columns() -> None:
    headline = np.vstack([text_lines(100, [708]), text_lines(724, [1400])])
    left, right = text_lines(100, FULL, first=80), text_lines(760, [1400] * 8, first=80)
    assert blocks_of(headline, left, right) == [{0}, {1}, {2}]
    note = np.vstack(
        [text_lines(100, [708], first=520), text_lines(724, [1400], first=520), text_lines(100, [300], 570)]
    )
    assert blocks_of(left, right, note) == [{0}, {1}, {2}], "a footnote whose second line ends before the gutter"


def words(left: int, rows: list[list[int]], pitch: int = 40) -> np.ndarray:
    """Boxes (N, 4) of lines of words with so many letters, with spaces of 10 pixels."""
    boxes = []
    for row, lengths in enumerate(rows):
        x = left
        for length in lengths:
            boxes += [(x + 16 * k, pitch * row, x + 16 * k + 13, pitch * row + 20) for k in range(length)]
            x += 16 * length + 10
    return np.array(boxes)


#: Lines set very ragged in 15 letters, since long words follow short ones; and names of things, as ragged.
SLIM = [[5, 6], [8, 7], [4, 5], [7, 8], [3, 6], [9, 6], [4, 5], [8, 7], [5, 4], [7, 8], [3, 6], [8, 7]]
NAMES = [[3, 4], [5, 2], [8, 7], [2, 3], [4, 4], [6, 6], [3, 4], [5, 2], [4, 10], [3, 3], [6, 2], [2, 2]]


def test_slim_columns_are_text_where_lines_end_as_their_words_must() -> None:
    assert runs_on(words(100, SLIM), X_HEIGHT, 10) and not runs_on(words(100, NAMES), X_HEIGHT, 10)
    for pitch in (280, 330):
        parts = [words(100 + pitch * k, SLIM[k:] + SLIM[:k]) for k in range(4)]
        assert blocks_of(*parts) == [{0}, {1}, {2}, {3}], "the gutter is narrow, then wide"
