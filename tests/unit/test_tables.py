"""Tables are found by the white between their columns, and only tables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from ocrtool.segment.rules import RuledArea, moved
from ocrtool.segment.table_rows import cut_torn_words
from ocrtool.segment.tables import find_tables
from ocrtool.types import Block, Box, Character, Line, Page, PageTable, Word

#: Pixels of a character with its white, of a line with its white, of the x-height.
ADVANCE, LEADING, X_HEIGHT = 10, 30, 12.0
#: White between words of a sentence, in characters.
SPACE = 0.4

INVOICE = (
    ("Qty|Description|Unit price|Amount"),
    ("2|Gloves size 9|1.61|3.22"),
    ("146 h|Consulting, 3 May|100.12|14,617.52"),
    ("1|Freight|331.87|331.87"),
    ("|Net||14,952.61"),
    ("|VAT 19%||2,841.00"),
)
PROSE = (
    "The lamp in the passage had been out since noon and",
    "nobody in the house would say who had last seen to it,",
    "so the boy went up with a candle and came down again",
    "without one, and said that the stair was quite dark",
    "and that there was a cat on the landing which he did",
    "not know and did not wish to know any better than so.",
)


def word(text: str, x: float, y: float) -> Word:
    boxes = [
        Box(round(x + k * ADVANCE), round(y), round(x + (k + 1) * ADVANCE - 2), round(y + 20)) for k in range(len(text))
    ]
    characters = tuple(Character(box, label, 0.9) for box, label in zip(boxes, text, strict=True))
    return Word(Box.around(boxes), characters, 0.9)


def line(cells: Sequence[tuple[float, str]], number: int) -> Line:
    """A line of cells. cells: where each begins, in characters, and its words."""
    words = []
    for start, text in cells:
        x = start * ADVANCE
        for part in text.split():
            words.append(word(part, x, number * LEADING))
            x += (len(part) + SPACE) * ADVANCE
    box = Box.around([w.box for w in words])
    bottom = number * LEADING + 20.0
    return Line(box, tuple(words), (box.x0, bottom, box.x1, bottom), X_HEIGHT)


def page(lines: Sequence[Line], *, blocks: int = 1) -> Page:
    step = math.ceil(len(lines) / blocks)
    groups = [tuple(lines[k : k + step]) for k in range(0, len(lines), step)]
    return Page(2000, 2000, tuple(Block(Box.around([x.box for x in group]), group) for group in groups))


def tabular(rows: Sequence[str], starts: Sequence[int], *, right: Sequence[int] = (), top: int = 0) -> list[Line]:
    """Lines of rows whose cells are separated by bars. right: columns that end at their start instead."""
    lines = []
    for number, row in enumerate(rows, top):
        cells = [(start, text, k) for k, (start, text) in enumerate(zip(starts, row.split("|"), strict=False)) if text]
        lines.append(line([(start - len(text) if k in right else start, text) for start, text, k in cells], number))
    return lines


def invoice(top: int = 0) -> list[Line]:
    return tabular(INVOICE, (0, 12, 55, 75), right=(2, 3), top=top)


def only(found: tuple[PageTable, ...]) -> PageTable:
    assert len(found) == 1
    return found[0]


def test_words_that_are_two_cells_are_cut_in_lines_too() -> None:
    """So that the words of every format are those of the cells."""
    rows = [line([(0, "Article"), (16, "1.61"), (26, "3.22")], number) for number in range(7)]
    left, right = rows[4].words[1:]
    both = Word(Box.around([left.box, right.box]), (*left.characters, *right.characters), 0.8)
    rows[4] = replace(rows[4], words=(rows[4].words[0], both))
    read = page(rows)
    table = only(find_tables(read))
    cut = cut_torn_words(replace(read, tables=(table,)))
    assert [w.text for w in cut.lines[4].words] == ["Article", "1.61", "3.22"] == table.grid[4]
    assert cut.lines[4].words[1].box == left.box and cut.lines[4].words[2].probability == 0.8
    assert cut.text.split() == [w.text for one in cut.lines for w in one.words]
    assert cut_torn_words(read) == read


def test_rows_and_columns_of_an_invoice() -> None:
    """Figures aligned right, empty cells, words of one cell together."""
    table = only(find_tables(page(invoice())))
    assert table.grid == [row.split("|") for row in INVOICE]
    assert (table.line, table.rows, table.columns) == (0, 6, 4)
    amount = next(cell for cell in table.cells if cell.text == "14,617.52")
    assert (amount.row, amount.column, amount.row_span, amount.column_span) == (2, 3, 1, 1)
    assert amount.box == Box(660, 60, 748, 80)


def test_the_lines_of_a_letterhead_are_no_rows_of_the_table_below() -> None:
    """They share some of its white, and more of them its first columns."""
    head = tabular(
        ("Meridian Bank||Statement 47|", "12 King Street||Sort code 20-44|", "Leeds||Account 73618|"), (0, 12, 55, 75)
    )
    rows = (
        "Date|Description|Paid out|Balance",
        "1 Mar|Water|38.50|1,165.67",
        "5 Mar|Stores|64.09|1,101.58",
        "9 Mar|Fee|5.00|1,096.58",
    )
    table = only(find_tables(page([*head, *tabular(rows, (0, 12, 55, 75), right=(2, 3), top=5)])))
    assert (table.line, table.grid) == (3, [row.split("|") for row in rows])


def test_text_above_and_below_stays_text() -> None:
    lines = [line([(0, text)], k) for k, text in enumerate(PROSE[:3])]
    lines += invoice(top=3)
    lines += [line([(0, text)], k) for k, text in enumerate(PROSE[:3], 9)]
    table = only(find_tables(page(lines)))
    assert (table.line, table.rows) == (3, 6)
    assert table.grid[0] == ["Qty", "Description", "Unit price", "Amount"]


def test_a_table_goes_on_over_blocks() -> None:
    assert only(find_tables(page(invoice(), blocks=3))).rows == 6


@pytest.mark.parametrize("angle", [-6, 0, 2, 90, 180])
def test_pages_that_are_skewed_or_turned(angle: int) -> None:
    """Boxes are those of the input; columns are found along the baselines."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))

    def turn(box: Box) -> Box:
        points = [(x * cos - y * sin, x * sin + y * cos) for x in (box.x0, box.x1) for y in (box.y0, box.y1)]
        xs, ys = [round(x) for x, _ in points], [round(y) for _, y in points]
        return Box(min(xs), min(ys), max(xs), max(ys))

    def turned(one: Line) -> Line:
        words = tuple(
            Word(turn(w.box), tuple(Character(turn(c.box), c.label, 0.9) for c in w.characters), 0.9) for w in one.words
        )
        x0, y0, x1, y1 = one.baseline
        baseline = (x0 * cos - y0 * sin, x0 * sin + y0 * cos, x1 * cos - y1 * sin, x1 * sin + y1 * cos)
        return Line(turn(one.box), words, baseline, X_HEIGHT)

    table = only(find_tables(page([turned(one) for one in invoice()])))
    assert table.grid == [row.split("|") for row in INVOICE]


def test_a_head_over_several_columns_spans_them() -> None:
    rows = [
        "|Sales in the north|",
        "Year|Units|Revenue",
        "2021|120|1,450",
        "2022|98|1,204",
        "2023|131|1,611",
        "2024|7|95",
    ]
    lines = [line([(0, "Region"), (11, "Sales in the north of it")], 0), *tabular(rows[1:], (0, 12, 24), top=1)]
    table = only(find_tables(page(lines)))
    assert [(c.text, c.column, c.column_span) for c in table.cells if c.row == 0] == [
        ("Region", 0, 1),
        ("Sales in the north of it", 1, 2),
    ]
    assert table.grid[0] == ["Region", "Sales in the north of it", ""]
    assert table.grid[1:] == [row.split("|") for row in rows[1:]]


def test_wrapped_text_of_a_cell_goes_on_in_it() -> None:
    rows = ["1|Oak shelf with|12.00", "|brackets|", "3|Lamp|4.50", "8|Toner|31.00"]
    table = only(find_tables(page(tabular(rows, (0, 6, 30)))))
    assert table.grid == [["1", "Oak shelf with brackets", "12.00"], ["3", "Lamp", "4.50"], ["8", "Toner", "31.00"]]
    assert (table.rows, table.lines) == (3, 4)


def test_cells_that_were_read_as_one_word_are_separated() -> None:
    rows = ["1|Oak|12.00", "3|Lamp|4.50", "8|Toner|31.00", "9|Paint|7.00"]
    lines = tabular(rows, (0, 6, 30))
    first = lines[1].words
    joined = Word(lines[1].box, tuple(c for w in first for c in w.characters), 0.9)
    lines[1] = Line(lines[1].box, (joined,), lines[1].baseline, X_HEIGHT)
    assert only(find_tables(page(lines))).grid == [row.split("|") for row in rows]


def test_running_text_is_no_table() -> None:
    assert find_tables(page([line([(0, text)], k) for k, text in enumerate(PROSE)])) == ()


def test_rivers_of_justified_text_are_no_columns() -> None:
    """All lines are made equally long by wider spaces; in a font of one width, spaces stand below each other too."""
    lines = []
    for number, words in enumerate(text.split() for text in PROSE):
        space = (70 - sum(map(len, words))) / (len(words) - 1)
        starts = [sum(map(len, words[:k])) + k * space for k in range(len(words))]
        lines.append(line(list(zip(starts, words, strict=True)), number))
    assert find_tables(page(lines)) == ()
    grid = [[(text.index(f" {w}") + 1 if f" {w}" in text else 0, w) for w in text.split()] for text in PROSE]
    assert find_tables(page([line(cells, number) for number, cells in enumerate(grid)])) == ()


def test_columns_of_text_are_no_table() -> None:
    lines = [line([(0, left), (70, right)], k) for k, (left, right) in enumerate(zip(PROSE, PROSE[::-1], strict=True))]
    assert find_tables(page(lines)) == ()


def test_a_form_is_no_table() -> None:
    rows = ["Surname|Hargreaves", "First names|Edith May", "Street|7 Mill Bank", "Town|Wexcombe", "Born|14/03/1962"]
    assert find_tables(page(tabular(rows, (0, 20)))) == ()


def test_tick_boxes_are_no_table() -> None:
    rows = ["☐ Cash|☒ Card|☐ Other", "☐ Yes|☒ No|☐ Maybe", "☐ Day|☐ Week|☒ Month", "☒ A|☐ B|☐ C", "☒ D|☐ E|☐ F"]
    assert find_tables(page(tabular(rows, (0, 20, 40)))) == ()


def test_numbered_lines_are_no_table() -> None:
    rows = [f"{k}|{text}" for k, text in enumerate(PROSE, 1)]
    assert find_tables(page(tabular(rows, (0, 6)))) == ()


def test_items_and_prices_are_a_table_of_two_columns() -> None:
    rows = ["Bread|1.20", "Oat milk|2.45", "Tea|3.10"]
    assert only(find_tables(page(tabular(rows, (0, 40), right=(1,))))).grid == [row.split("|") for row in rows]


TOWNS = [
    "Name|Town|Trade",
    "Anna Hale|Galway|baker",
    "Olaf|Basel|joiner",
    "Ida Quist|York|piano tuner",
    "Karl|Leeds|smith",
]


def test_words_alone_are_a_table_if_all_columns_are_filled() -> None:
    assert only(find_tables(page(tabular(TOWNS, (0, 20, 40))))).grid == [row.split("|") for row in TOWNS]
    assert find_tables(page(tabular(TOWNS[:3], (0, 20, 40)))) == ()
    names = ["Barnabas||Nicholas", "Richard||Catherine", "Abigail||Mary", "Sarah|born|Horton", "Ruth|then|Joseph"]
    assert find_tables(page(tabular(names, (0, 20, 40)))) == ()


def test_two_rows_are_no_table() -> None:
    assert find_tables(page(invoice()[:2])) == ()


def test_text_of_a_page_has_tabs_between_cells_only() -> None:
    title = line([(0, "Invoice 900008")], 0)
    plain = page([title, *invoice(top=1)])
    read = Page(2000, 2000, plain.blocks, tables=find_tables(plain))
    assert read.text == "\n".join(["Invoice 900008", *(row.replace("|", "\t") for row in INVOICE)])
    assert [text.split("\t")[3] for text in read.text.split("\n")[1:]] == [row.split("|")[3] for row in INVOICE]
    assert plain.text.split() == read.text.split()


def test_an_empty_page_has_no_table() -> None:
    assert find_tables(Page(100, 100)) == ()


def area(rows: Sequence[float], columns: Sequence[float], cells: Sequence[tuple[int, int, int, int]]) -> RuledArea:
    """An area between rules, rows and columns in pixels."""
    box = np.array([columns[0], rows[0], columns[-1], rows[-1]], float)
    return moved(RuledArea(box, np.array(rows, float), np.array(columns, float), np.array(cells, int)), np.eye(2, 3))


def every_cell(rows: int, columns: int) -> list[tuple[int, int, int, int]]:
    return [(r, c, 1, 1) for r in range(rows) for c in range(columns)]


def test_rules_part_cells_without_white_between_them() -> None:
    """Two columns of words, close together, of two rows: no table without rules."""
    lines = tabular(["Name|Town", "Ruth Hale|York"], (0, 10))
    assert find_tables(page(lines)) == ()
    table = only(find_tables(page(lines), [area((-5, 25, 55), (-5, 95, 200), every_cell(2, 2))]))
    assert table.grid == [["Name", "Town"], ["Ruth Hale", "York"]]


def test_a_head_on_a_dark_ground_above_a_grid_is_of_the_table() -> None:
    """The rules of the grid begin below its head, which stands on a dark ground; a title above is none of it."""
    rows = ("All of them in one list", "Qty|Name|Price", "2|Gloves|1.61", "14|Hats|3.20", "1|Freight|331.87")
    lines = tabular(rows, (0, 10, 30))
    borders = [LEADING * k - 5.0 for k in range(2, 6)]
    found = only(find_tables(page(lines), [area(borders, (-5, 90, 290, 400), every_cell(3, 3))]))
    assert (found.line, found.rows, found.columns) == (1, 4, 3)
    assert [cell.text for cell in found.cells][:6] == ["Qty", "Name", "Price", "2", "Gloves", "1.61"]
    sentence = tabular(("All of the prices are without", *rows[2:]), (0, 10, 30), top=1)
    assert only(find_tables(page(sentence), [area(borders, (-5, 90, 290, 400), every_cell(3, 3))])).rows == 3


def test_cells_of_several_lines_and_over_several_rows_and_columns() -> None:
    lines = tabular(["|Sales|", "Item||", "|1998|1999", "Tea of|12|14", "two sorts||"], (0, 20, 40))
    cells = [(0, 0, 2, 1), (0, 1, 1, 2), (1, 1, 1, 1), (1, 2, 1, 1), *((2, c, 1, 1) for c in range(3))]
    table = only(find_tables(page(lines), [area((-5, 55, 85, 145), (-5, 190, 390, 500), cells)]))
    assert (table.rows, table.columns, table.lines) == (3, 3, 5)
    assert table.grid == [["Item", "Sales", ""], ["", "1998", "1999"], ["Tea of two sorts", "12", "14"]]
    spans = {cell.text: (cell.row_span, cell.column_span) for cell in table.cells}
    assert spans["Item"] == (2, 1)
    assert spans["Sales"] == (1, 2)
    assert spans["1999"] == (1, 1)


def test_rows_between_two_rules_are_rows_where_several_cells_have_text() -> None:
    """Upright rules, and one below the head."""
    lines = invoice()
    table = only(find_tables(page(lines), [area((-5, 25, 175), (-5, 110, 450, 660, 800), every_cell(2, 4))]))
    assert table.grid == [row.split("|") for row in INVOICE]


def test_rules_that_do_not_part_all_columns_are_not_the_cells() -> None:
    """Two figures in each cell of a frame, as in groups of columns."""
    table = only(find_tables(page(invoice()), [area((-5, 25, 175), (-5, 450, 800), every_cell(2, 2))]))
    assert table.grid == [row.split("|") for row in INVOICE]


def test_level_rules_make_a_table_of_a_few_words() -> None:
    lines = tabular(TOWNS[:3], (0, 20, 40))
    assert find_tables(page(lines)) == ()
    ruled = [area((25, 55, 85), (-5, 600), every_cell(2, 1))]
    assert only(find_tables(page(lines), ruled)).grid == [row.split("|") for row in TOWNS[:3]]  # a head above the rules


def test_a_sign_at_the_left_edge_is_of_the_cell_of_its_figure() -> None:
    rows = ["|1998|1999", "Net|£ 812|£ 640", "Tax|90|71", "Due|£ 902|£ 711"]
    lines = tabular(rows, (0, 20, 40))
    apart = [
        line([(0, "Net"), (14, "£"), (20, "812"), (34, "£"), (40, "640")], 1),
        line([(0, "Due"), (14, "£"), (20, "902"), (34, "£"), (40, "711")], 3),
    ]
    lines[1], lines[3] = apart
    assert only(find_tables(page(lines))).grid == [row.split("|") for row in rows]


def test_heads_span_the_columns_that_they_stand_over_the_middle_of() -> None:
    rows = ["|Plan|Real|Plan|Real", "Oats|12|14|9|11", "Rye|7|8|6|5", "Hops|31|29|40|38"]
    lines = [line([(24.5, "1998"), (44.5, "1999")], 0), *tabular(rows, (0, 20, 30, 40, 50), top=1)]
    table = only(find_tables(page(lines)))
    heads = [(cell.text, cell.column, cell.column_span) for cell in table.cells if cell.row == 0]
    assert heads == [("1998", 1, 2), ("1999", 3, 2)]
    assert table.grid[1] == ["", "Plan", "Real", "Plan", "Real"]
