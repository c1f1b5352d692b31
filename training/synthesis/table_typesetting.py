"""Drawn tables: cells that may span rows and columns, with rules of several kinds."""

from __future__ import annotations

from dataclasses import dataclass

from training.synthesis.office_type import INK, Type
from training.synthesis.page_canvas import Canvas

#: Rules: around every cell; between cells only; below each row; above and below head and body; between columns and
#: below the head; none.
RULES = ("grid", "inner", "rows", "head", "columns", "none")
#: White inside the borders of a cell, between columns without upright rules, above and below the text of a row, and
#: more of it between rows whose cells have several lines if no rules part them: in em. Leading of a cell's lines.
PADDING, GUTTER, ROW_ROOM, LOOSE_ROOM, LEADING = 0.55, 1.6, 0.32, 0.6, 1.22
#: From the middle of a line down to its baseline, in em.
BASELINE = 0.36
#: Grey of a dark head, and of light text on it.
DARK, LIGHT = 60, 250


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell. lines: its text; sign: stands at the left edge of a cell aligned right, such as a currency."""

    row: int
    column: int
    lines: tuple[str, ...]
    row_span: int = 1
    column_span: int = 1
    sign: str = ""

    @property
    def text(self) -> str:
        return " ".join((self.sign, *self.lines)).strip()


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. aligned: l, r or c for each column; rules: one of RULES; head: rows of its head; dark: the head is."""

    cells: tuple[GridCell, ...]
    aligned: str
    rules: str = "none"
    head: int = 1
    dark: bool = False
    spread: float = 0.0

    @property
    def rows(self) -> int:
        return 1 + max(cell.row for cell in self.cells)

    @property
    def texts(self) -> list[str]:
        """Each row, its cells from left to right."""
        return [
            " ".join(c.text for c in sorted(self.cells, key=lambda c: c.column) if c.row == row and c.text)
            for row in range(self.rows)
        ]


def grid_of(rows: list[tuple[str, ...]], aligned: str, rules: str = "none", **more: bool) -> Grid:
    """Make a grid of rows of texts, each a line; empty texts are empty cells."""
    cells = (GridCell(r, c, (text,)) for r, row in enumerate(rows) for c, text in enumerate(row))
    return Grid(tuple(cells), aligned, rules, **more)


@dataclass(frozen=True, slots=True)
class _Measure:
    """edges, tops: of columns and rows, one more than there are; pad: white at the sides of a column."""

    edges: list[float]
    tops: list[float]
    pad: float


def draw_grid(canvas: Canvas, grid: Grid, corner: tuple[float, float], width: float = 0.0) -> tuple[float, float]:
    """Draw a table at its upper left corner, at least so wide. Returns its right and lower edge, in pixels.

    Raises ValueError if it does not fit the paper.
    """
    text, bold = canvas.type(), canvas.type(bold=True)
    measure = _measured(grid, text, bold, corner, width)
    if measure.edges[-1] > canvas.width - corner[0] * 0.5 and corner[0] < canvas.width / 2:
        raise ValueError("the table is too wide for the page")
    if grid.dark:
        canvas.fill(measure.edges[0], measure.tops[0], measure.edges[-1], measure.tops[grid.head], DARK)
    for cell in grid.cells:
        _draw_cell(canvas, grid, cell, measure, bold if cell.row < grid.head else text)
    _draw_rules(canvas, grid, measure)
    return measure.edges[-1], measure.tops[-1]


def _measured(grid: Grid, text: Type, bold: Type, corner: tuple[float, float], width: float) -> _Measure:
    ruled = grid.rules in ("grid", "inner", "columns")
    pad = (PADDING if ruled else GUTTER / 2) * text.size
    columns, rows = len(grid.aligned), grid.rows
    need, deep = [0.0] * columns, [1] * rows
    for cell in sorted(grid.cells, key=lambda c: c.column_span):
        face = bold if cell.row < grid.head else text
        own = max(map(face.length, cell.lines)) + (face.length(cell.sign) + 0.5 * face.size if cell.sign else 0)
        span = range(cell.column, cell.column + cell.column_span)
        short = own - sum(need[k] for k in span) - 2 * pad * (len(span) - 1)
        for k in span:
            need[k] += max(0.0, short) / len(span)
        if cell.row_span == 1:
            deep[cell.row] = max(deep[cell.row], len(cell.lines))
    free = max(0.0, width - sum(need) - 2 * pad * columns) / columns
    loose = LOOSE_ROOM if max(deep) > 1 and grid.rules not in ("grid", "inner", "rows") else 0.0
    edges, tops = [corner[0]], [corner[1]]
    for own in need:
        edges.append(edges[-1] + own + 2 * pad + free)
    for lines in deep:
        tops.append(tops[-1] + (lines * LEADING + 2 * ROW_ROOM + loose) * text.size)
    return _Measure(edges, tops, pad)


def _draw_cell(canvas: Canvas, grid: Grid, cell: GridCell, at: _Measure, face: Type) -> None:
    left = at.edges[cell.column] + at.pad
    right = at.edges[cell.column + cell.column_span] - at.pad
    top, bottom = at.tops[cell.row], at.tops[cell.row + cell.row_span]
    side = "c" if cell.column_span > 1 else grid.aligned[cell.column]
    ink = LIGHT if grid.dark and cell.row < grid.head else INK
    high = len(cell.lines) * LEADING * face.size
    start = (top + bottom - high) / 2 if cell.row_span > 1 else top + ROW_ROOM * face.size
    for number, line in enumerate(cell.lines):
        free = right - left - face.length(line)
        x = left + {"l": 0.0, "c": free / 2, "r": free}[side]
        baseline = start + ((number + 0.5) * LEADING + BASELINE) * face.size
        canvas.text(face, x, baseline, line, ink)
        if cell.sign and not number:
            canvas.text(face, left, baseline, cell.sign, ink)


def _draw_rules(canvas: Canvas, grid: Grid, at: _Measure) -> None:
    columns, rows = len(grid.aligned), grid.rows
    owner = {
        (r, c): k
        for k, cell in enumerate(grid.cells)
        for r in range(cell.row, cell.row + cell.row_span)
        for c in range(cell.column, cell.column + cell.column_span)
    }
    for r in range(rows + 1):
        outer = r in (0, rows)
        wanted = {"grid": True, "inner": not outer, "rows": r > 0, "head": outer or r == grid.head}
        if not wanted.get(grid.rules, grid.rules == "columns" and r == grid.head):
            continue
        for c in range(columns):
            above, below = owner.get((r - 1, c), -1 - c), owner.get((r, c), -1 - c)
            if outer or above != below:
                canvas.rule(at.edges[c], at.tops[r], at.edges[c + 1], at.tops[r])
    for c in range(columns + 1):
        outer = c in (0, columns)
        if grid.rules != "grid" and (outer or grid.rules not in ("inner", "columns")):
            continue
        for r in range(rows):
            left, right = owner.get((r, c - 1), -1 - r), owner.get((r, c), -1 - r)
            if outer or left != right:
                canvas.rule(at.edges[c], at.tops[r], at.edges[c], at.tops[r + 1])
