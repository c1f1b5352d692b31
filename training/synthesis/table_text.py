"""What stands in drawn tables, made up: prices, results by year, timetables, parts, members."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from training.synthesis import office_codes as codes
from training.synthesis.office_codes import Draw, number, one
from training.synthesis.office_prose import FIRMS, TOWNS, filled
from training.synthesis.office_tables import GOODS
from training.synthesis.table_typesetting import Grid, GridCell, grid_of

ITEMS = (
    ("Net sales", "Cost of sales", "Gross profit", "Wages", "Rent and rates", "Freight", "Interest paid", "Tax"),
    ("Passengers", "Freight trains", "Buses", "Ferries", "Cyclists", "Lorries", "Motor cars", "On foot"),
    ("Wheat", "Barley", "Oats", "Potatoes", "Sugar beet", "Maize", "Rye", "Hops"),
)
#: Of the numbers of parts: letters that are no figures.
LETTERS = "ABCDEFGHJKLMNPRTUVWXYZ"
DEGREES = ("low", "medium", "high", "none", "fair", "good", "poor", "open", "shut")
TASKS = ("Secretary", "Treasurer", "Chairman", "Librarian", "Auditor", "Warden", "Clerk", "Steward")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
COLOURS = ("blue", "grey", "dark green", "white", "black", "red", "yellow")
#: Texts that take several lines in a cell, of words and short phrases.
REMARKS = (
    "Delivered with {n} screws and a key for the lock",
    "Replaced on {date} after a fault was reported",
    "To be returned to the store in {n} days at the latest",
    "See page {n} of the manual for how it is mounted",
    "Out of stock until {date}, ask for another make",
    "Only for use indoors, not above {n} degrees",
)
#: Words of a line of such a cell.
LINE_WORDS = (3, 5)


def figures(rng: Draw, largest: float = 6.0) -> str:
    """Draw an amount, a count or a share as reports have them."""
    kind = number(0, 5, rng)
    if kind == 0:
        return f"{rng.uniform(0, 100):.1f}%"
    if kind == 1:
        return f"({10 ** rng.uniform(1, largest):,.0f})"
    if kind == 2:
        return f"{10 ** rng.uniform(0, 3):.2f}"
    return f"{10 ** rng.uniform(1, largest):,.0f}"


def years(rng: Draw, rules: str, most: int = 5) -> Grid:
    """Items of a report over two years and more."""
    names, first, count = one(ITEMS, rng), number(1990, 2020, rng), number(2, most, rng)
    rows = [("", *(str(first + k) for k in range(count)))]
    rows += [(name, *(figures(rng) for _ in range(count))) for name in names[: number(4, 8, rng)]]
    return grid_of(rows, "l" + "r" * count, rules)


def parts(rng: Draw, rules: str) -> Grid:
    """Numbers, names, stock and price of goods."""
    rows: list[tuple[str, ...]] = [("No.", "Article", "Stock", "Price")]
    for _ in range(number(4, 8, rng)):
        code = f"{codes.some(LETTERS, 2, rng)}{number(100, 9999, rng)}"
        rows.append((code, filled(one(GOODS, rng), rng), str(number(0, 480, rng)), f"{10 ** rng.uniform(0, 4):,.2f}"))
    return grid_of(rows, "llrr", rules)


def departures(rng: Draw, rules: str) -> Grid:
    """A timetable: towns and times."""
    count = number(3, 5, rng)
    rows = [("Town", *(f"No. {number(1, 90, rng)}" for _ in range(count)))]
    for k in rng.permutation(len(TOWNS))[: number(4, 7, rng)]:
        rows.append((TOWNS[k], *(f"{number(0, 23, rng):02d}:{number(0, 59, rng):02d}" for _ in range(count))))
    return grid_of(rows, "l" + "c" * count, rules)


def words(rng: Draw, rules: str) -> Grid:
    """A short table without figures."""
    kind = number(0, 2, rng)
    count = number(3, 5, rng)
    rows: list[tuple[str, ...]]
    if kind == 0:
        rows = [("Name", "Office", "Town")]
        rows += [(one(codes.SURNAMES, rng), one(TASKS, rng), one(TOWNS, rng)) for _ in range(count)]
    elif kind == 1:
        rows = [("Day", "Morning", "Evening", "Colour")]
        rows += [(DAYS[k], one(DEGREES, rng), one(DEGREES, rng), one(COLOURS, rng)) for k in range(count)]
    else:
        rows = [("Firm", "Part", "Finish")]
        rows += [(one(FIRMS, rng), one(codes.PARTS, rng), one(COLOURS, rng)) for _ in range(count)]
    return grid_of(rows, "l" * len(rows[0]), rules)


def spans(rng: Draw, rules: str) -> Grid:
    """Results under heads that span two or three columns each."""
    names, groups, under = one(ITEMS, rng), number(2, 3, rng), number(2, 3, rng)
    columns = 1 + groups * under
    first = number(1990, 2020, rng)
    boxed = rules in ("grid", "inner")
    cells = [GridCell(0, 0, ("Item",), row_span=2) if boxed else GridCell(1, 0, ("Item",))]
    for group in range(groups):
        cells.append(GridCell(0, 1 + group * under, (str(first + group),), column_span=under))
        cells += [GridCell(1, 1 + group * under + k, (("Plan", "Actual", "Gap")[k],)) for k in range(under)]
    for row, name in enumerate(names[: number(4, 7, rng)], 2):
        cells.append(GridCell(row, 0, (name,)))
        cells += [GridCell(row, column, (figures(rng, 4.5),)) for column in range(1, columns)]
    return Grid(tuple(cells), "l" + "r" * (columns - 1), rules, head=2)


def remarks(rng: Draw, rules: str) -> Grid:
    """Parts with remarks of several lines."""
    cells = [GridCell(0, k, (name,)) for k, name in enumerate(("Part", "Remark", "Qty", "Price"))]
    for row in range(1, number(4, 6, rng) + 1):
        text = filled(one(REMARKS, rng), rng).split()
        lines = []
        while text:
            count = number(*LINE_WORDS, rng)
            lines.append(" ".join(text[:count]))
            text = text[count:]
        price = f"{10 ** rng.uniform(0, 4):,.2f}"
        cells += [GridCell(row, 0, (one(codes.PARTS, rng),)), GridCell(row, 1, tuple(lines))]
        cells += [GridCell(row, 2, (str(number(1, 90, rng)),)), GridCell(row, 3, (price,))]
    return Grid(tuple(cells), "llrr", rules)


def currencies(rng: Draw, rules: str) -> Grid:
    """A report whose first and last amounts have the currency at the left edge of their cells."""
    names, first, count = one(ITEMS, rng), number(1990, 2020, rng), number(2, 3, rng)
    sign, chosen = one("$€£", rng), names[: number(5, 8, rng)]
    cells = [GridCell(0, 1 + k, (str(first + k),)) for k in range(count)]
    for row, name in enumerate(chosen, 1):
        own = sign if row in (1, len(chosen)) else ""
        cells.append(GridCell(row, 0, (name,)))
        cells += [GridCell(row, k, (f"{10 ** rng.uniform(2, 6):,.0f}",), sign=own) for k in range(1, count + 1)]
    return Grid(tuple(cells), "l" + "r" * count, rules)


def few_years(rng: Draw, rules: str) -> Grid:
    """A table that is narrow enough to stand beside another one."""
    return years(rng, rules, 3)


def dark(rng: Draw, rules: str) -> Grid:
    """A table with a dark head."""
    return replace(one((years, parts, departures), rng)(rng, rules), dark=True)


#: Each kind of table: what makes it, and the rules that it may have.
KINDS: dict[str, tuple[tuple[Callable[[Draw, str], Grid], ...], tuple[str, ...]]] = {
    "ruled": ((years, parts, departures), ("grid", "inner")),
    "half": ((years, parts, departures), ("rows", "head", "columns")),
    "plain": ((years, parts, departures), ("none",)),
    "spans": ((spans,), ("grid", "inner", "head", "none")),
    "remarks": ((remarks,), ("grid", "inner", "rows", "none")),
    "currencies": ((currencies,), ("grid", "head", "none")),
    "words": ((words,), ("grid", "rows", "head", "none")),
    "dark": ((dark,), ("rows", "none")),
    "beside": ((few_years,), ("grid", "rows", "head")),
}
