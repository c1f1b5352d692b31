"""Pages with tables that finding tables is measured on: what is drawn is what their truth says, and scores count it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bar_font import make_bar_font, read_bars
from click.testing import CliRunner

from ocrtool.types import Block, Box, Page, PageTable, TableCell
from training.benchmark.tables import Tally, right_cells
from training.synthesis import table_pages
from training.synthesis.office_type import Faces
from training.synthesis.office_typesetting import Manner
from training.synthesis.page_canvas import Canvas
from training.synthesis.table_text import KINDS
from training.synthesis.table_typesetting import Grid, GridCell, draw_grid, grid_of

CHARACTERS = "".join(map(chr, range(33, 127))) + "€£–"
CELLS = [
    {"row": r, "column": c, "row_span": 1, "column_span": 1, "text": text}
    for r, row in enumerate((("Tea", "2", "4.20"), ("Net", "", "4.20")))
    for c, text in enumerate(row)
    if text
]


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Faces:
    font = make_bar_font(tmp_path_factory.mktemp("fonts") / "bars.ttf", CHARACTERS)
    return Faces(font, font)


def canvas(faces: Faces, rule: int = 200) -> Canvas:
    found = Canvas(faces, Manner(points=7.5, rule=rule), 300, 0.0)
    found.width = found.mm(260.0)
    return found


@pytest.mark.parametrize("kind", ["ruled", "plain", "spans", "currencies", "words"])
def test_the_truth_is_what_is_drawn(kind: str, faces: Faces, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pale rules, which `read_bars` does not see; cells over several rows stand beside two lines, so without them."""
    makers, rules = KINDS[kind]
    monkeypatch.setitem(KINDS, kind, (makers, rules[-1:]))
    gray, lines, tables, _ = table_pages.draw_tables(kind, canvas(faces), np.random.default_rng(3))
    assert read_bars(gray) == lines
    assert len(tables) == 2
    for table in tables:
        texts = " ".join(
            cell["text"] for cell in sorted(table["cells"], key=lambda cell: (cell["row"], cell["column"]))
        )
        assert texts in " ".join(lines)


def test_rules_stand_around_cells_and_on_none(faces: Faces) -> None:
    cells = (GridCell(0, 0, ("A",), row_span=2), GridCell(0, 1, ("B",), column_span=2), GridCell(1, 1, ("C",)))
    grid = Grid((*cells, GridCell(1, 2, ("D",))), "lll", "grid")
    ruled = canvas(faces)
    right, bottom = draw_grid(ruled, grid, (50.0, 50.0))
    bare = replace(ruled, rules=[])
    page, text = ruled.render(bottom + 50) == 200, bare.render(bottom + 50) < 128
    assert page.any()
    assert not (page & text).any()
    inner = page[55 : round(bottom) - 5, 55 : round(right) - 5]
    heights = np.round(inner.sum(axis=0) / len(inner), 1)
    assert [h for h in heights.tolist() if h > 0.3] == [1.0, 1.0, 0.5, 0.5]  # none through the head of two columns
    widths = inner.sum(axis=1) / inner.shape[1]
    assert [round(w, 1) for w in widths.tolist() if w > 0.3] == [0.7, 0.7]  # none through the head of two rows


def test_the_command_draws_and_describes_pages(faces: Faces, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_pages, "FAMILIES", {"test": ("bars",)})
    monkeypatch.setattr(table_pages, "faces_of", lambda family, fonts: faces)
    monkeypatch.setattr(table_pages, "any_manner", lambda rng, screen: Manner(points=16 if screen else 7.5))
    monkeypatch.setattr(table_pages, "KINDS", {"words": KINDS["words"]})
    monkeypatch.setattr(table_pages, "WIDTH", 300.0)
    monkeypatch.setattr(table_pages, "characters_of", lambda faces: frozenset(CHARACTERS + " "))
    result = CliRunner().invoke(table_pages.main, [str(tmp_path / "out"), "--fonts", str(tmp_path)])
    assert result.exit_code == 0, result.output
    files = sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.json"))
    scans = ("200dpi", "print", "screen")
    assert files == [f"{kind}/bars_{scan}.tables.json" for kind in ("invoices", "words") for scan in scans]
    (table, _) = json.loads((tmp_path / "out" / files[1]).read_text())
    assert table["level"] == 0
    assert {"row", "column", "row_span", "column_span", "text"} == set(table["cells"][0])


def table_of(rows: list[list[str]], spans: dict[str, int] | None = None) -> PageTable:
    box = Box(0, 0, 10, 10)
    cells = tuple(
        TableCell(r, c, text, box, column_span=(spans or {}).get(text, 1))
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
        if text
    )
    return PageTable(box, 0, len(rows), len(rows[0]), cells, len(rows))


@pytest.mark.parametrize(
    ("rows", "right"),
    [
        ([["Tea", "2", "4.20"], ["Net", "", "4.20"]], 5),
        ([["Goods", "", ""], ["Tea", "2", "4.20"], ["Net", "", "4.20"]], 5),  # a title taken for a row
        ([["Tea", "2", "", "4.20"], ["Net", "", "", "4.20"]], 5),  # an empty column
        ([["Tea", "2", "4.20"], ["Net", "4.20", ""]], 4),
        ([["Tea", "2", "4.20"], ["Net", "", "4.29"]], 4),
        ([["Tea 2", "", "4.20"], ["Net", "", "4.20"]], 3),
        ([["Tea", "2", "4.20"]], 3),
    ],
)
def test_a_cell_is_right_if_text_row_and_column_are(rows: list[list[str]], right: int) -> None:
    assert len(right_cells(CELLS, table_of(rows))) == right


def test_a_cell_that_spans_too_many_columns_is_wrong() -> None:
    rows = [["Tea", "2", "4.20"], ["Net", "", "4.20"]]
    assert len(right_cells(CELLS, table_of(rows, {"Tea": 2}))) == 4


def test_tables_side_by_side_may_not_be_one() -> None:
    page = Page(10, 10, (Block(Box(0, 0, 1, 1), ()),), tables=(table_of([["Tea", "2", "4.20"], ["Net", "", "4.20"]]),))
    below, beside = Tally(), Tally()
    below.add("page", page, "", [{"level": 0, "cells": CELLS[:3]}, {"level": 1, "cells": CELLS[3:]}])
    beside.add("page", page, "", [{"level": 0, "cells": CELLS[:3]}, {"level": 0, "cells": CELLS[3:]}])
    assert (below.right, below.whole, below.invented) == (5, 2, 0)
    assert (beside.right, beside.whole, beside.invented) == (3, 1, 0)


def test_empty_texts_are_no_cells_of_the_truth() -> None:
    truth = table_pages.truth_of(grid_of([("Tea", ""), ("", "2")], "ll"), 3)
    assert [(cell["row"], cell["column"], cell["text"]) for cell in truth["cells"]] == [(0, 0, "Tea"), (1, 1, "2")]
    assert truth["level"] == 3
