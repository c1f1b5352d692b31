"""Rows of invoices, part lists, tables, receipts and forms, each cell one space from the next."""

from __future__ import annotations

from training.lines import figures, names, unguessable
from training.lines.draws import CAPITALS, DIGITS, Draw, Maker, Mixture, chance, filled, number, one, some, stamped
from training.lines.lists import kept

GOODS = kept("goods")
SIZES = kept("goods_sizes")
UNITS = kept("quantity_units")
GROCERIES = kept("groceries")
RECEIPT_LINES = kept("receipt_lines")
CELLS = kept("table_rows")
FORM_LINES = kept("form_lines")
LABELS = kept("list_labels")
BOXES = kept("tick_boxes")
KEYS = kept("keyboard_keys")
#: Share of quantities without a unit.
NO_UNIT = 0.2


def _comma(rng: Draw) -> str:
    value = int(10 ** rng.uniform(0.0, 4.5))
    return f"{figures.grouped(value, one(('.', ' ', ''), rng))},{some(DIGITS, 2, rng)}"


def _upper(maker: Maker) -> Maker:
    return lambda rng: maker(rng).upper()


def _forename(rng: Draw) -> str:
    return names.forename(rng, one(names.PERSON_LOCALES, rng))


def good(rng: Draw) -> str:
    return one(GOODS, rng)


def size(rng: Draw) -> str:
    return stamped(one(SIZES, rng), rng)


def unit(rng: Draw) -> str:
    """What follows a quantity: nothing, or a unit with or without a space before it, which only the ink can tell."""
    return "" if chance(NO_UNIT, rng) else one((" ", " ", ""), rng) + one(UNITS, rng)


FIELDS: dict[str, Maker] = {
    "amount": figures.amount,
    "price": figures.price,
    "comma": _comma,
    "percent": figures.percent,
    "measure": figures.measure,
    "date": figures.date,
    "time": figures.time,
    "stamp": figures.timestamp,
    "plate": unguessable.plate,
    "serial": unguessable.serial,
    "phone": unguessable.phone,
    "email": unguessable.email,
    "card": unguessable.card,
    "person": names.person,
    "city": names.city,
    "street": names.street,
    "town": names.town,
    "firm": names.firm,
    "surname": names.surname,
    "forename": _forename,
    "PERSON": _upper(names.person),
    "FIRM": _upper(names.firm),
    "TOWN": _upper(names.address),
    "FORENAME": _upper(_forename),
    "good": good,
    "size": size,
    "GROCERY": lambda rng: one(GROCERIES, rng),
    "piece": unit,
    "label": lambda rng: one(LABELS, rng),
    "box": lambda rng: one(BOXES, rng),
    "key": lambda rng: one(KEYS, rng),
    "q": lambda rng: str(number(1, 12, rng) if chance(0.7, rng) else number(1, 500, rng)),
    "d": lambda rng: one(DIGITS[1:], rng),
    "n": lambda rng: str(int(10 ** rng.uniform(0.0, 3.5))),
    "rate": lambda rng: str(one((0, 5, 6, 7, 19, 20, 21, 25), rng)),
    "year": lambda rng: str(number(1900, 2030, rng)),
    "letter": lambda rng: one(CAPITALS, rng),
    "flag": lambda rng: one(("SR", "ZR", "S", "Z", "T", "A", "B", "TX1", "*", "E"), rng),
    "rev": lambda rng: stamped(one(("Rev. @##", "Rev. #", "rev @"), rng), rng),
    "parts": lambda rng: stamped(one(("####-###-@", "##.###.##", "@@-####", "###-####/#"), rng), rng),
    "code6": lambda rng: some(DIGITS, 6, rng),
    "code8": lambda rng: some(DIGITS, 8, rng),
    "code12": lambda rng: some(DIGITS, 12, rng),
    "CODE13": lambda rng: some(DIGITS, 13, rng),
}


def _filled_from(templates: tuple[str, ...]) -> Maker:
    return lambda rng: filled(one(templates, rng), FIELDS, rng)


cells, receipt, form = _filled_from(CELLS), _filled_from(RECEIPT_LINES), _filled_from(FORM_LINES)

#: A row of any kind.
row = Mixture({cells: 3, receipt: 2, form: 3})
