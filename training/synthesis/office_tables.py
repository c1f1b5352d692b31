"""Invoices and filled forms, made up."""

from __future__ import annotations

from training.synthesis import office_codes as codes
from training.synthesis.office_codes import Draw, number, one
from training.synthesis.office_prose import address, filled
from training.synthesis.office_typesetting import Block, Fields, Paragraph, Table

GOODS = (
    "Hex bolt M{n}",
    "Toner TN-{n}",
    "Oak shelf {n} cm",
    "Consulting, {date}",
    "Lamp E27 9 W",
    "USB cable 1.5 m",
    "Paper A4, 80 g",
    "Freight",
    "Paint RAL {n}",
    "Licence v{n}",
    "Gloves size 9",
    "Seal ring {n} mm",
)
#: VAT in per cent; units after a quantity.
RATES, UNITS = (7, 19, 20, 21), ("", "", " pcs", " h", " kg")
HEADS = (("Qty", "Description", "Unit price", "Amount"), ("Quantity", "Item", "Price", "Total"))
#: Pairs of labels, each with the fields that may fill it.
LABELS = (
    ("Name", "{name}"),
    ("Date of birth", "{date}"),
    ("Phone", "{phone}"),
    ("E-mail", "{email}"),
    ("Policy no.", "{code}"),
    ("Amount", "{money}"),
    ("Valid until", "{date}"),
    ("Time", "{time}"),
    ("Contact", "{name}"),
    ("File", "{code}"),
)
CHOICES = (
    ("Married", "Single"),
    ("Yes", "No"),
    ("By post", "By e-mail"),
    ("Monthly", "Quarterly", "Yearly"),
    ("Cash", "Card", "Transfer"),
    ("New", "Used"),
)
TITLES = ("Application form", "Notice of claim", "Change of address", "Order form", "Visitor registration")


def invoice(rng: Draw) -> list[Block]:
    """Heading, rows of goods, totals. Sums are right."""
    sign = one(codes.CURRENCIES, rng)
    in_cells, rate = rng.random() < 0.5, one(RATES, rng)
    rows, total = [one(HEADS, rng)], 0
    for _ in range(number(5, 9, rng)):
        quantity, price = number(1, 1 if rng.random() < 0.2 else 160, rng), round(10 ** rng.uniform(1.5, 5.2))
        price = -price if rng.random() < 0.15 else price
        total += quantity * price
        cells = (f"{quantity}{one(UNITS, rng)}", filled(one(GOODS, rng), rng))
        rows.append(
            (*cells, _cents(price, sign if in_cells else ""), _cents(quantity * price, sign if in_cells else ""))
        )
    tax = round(total * rate / 100)
    sums = (("Net", total), (f"VAT {rate}%", tax), (f"Total {'' if in_cells else sign}".strip(), total + tax))
    return [
        Paragraph(f"Invoice {codes.some(codes.DIGITS, 6, rng)} {codes.date(rng)}", bold=True),
        Paragraph(address(rng)[0]),
        Table(tuple(rows), one(("rlrr", "llrr"), rng), ruled=bool(rng.random() < 0.4), head=True, gap=0.6),
        Table(tuple(("", name, _cents(value, sign)) for name, value in sums), "llr", gap=0.3),
        Paragraph(f"IBAN {codes.iban(rng)}", gap=0.6),
        Paragraph(codes.vat_id(rng)),
    ]


def _cents(value: int, sign: str) -> str:
    """An amount given in cents, with separators of thousands and the currency before or after it."""
    figure = f"{abs(value) / 100:,.2f}"
    minus = "-" if value < 0 else ""
    if len(sign) > 1:
        return f"{minus}{figure} {sign}"
    return f"{minus}{sign}{figure}"


def form(rng: Draw) -> list[Block]:
    """A title, framed values beside their labels, tick boxes."""
    frame = one(("line", "box", "none"), rng)
    blocks: list[Block] = [Paragraph(f"{one(TITLES, rng)} {codes.revision(rng)}", bold=True)]
    chosen = [LABELS[i] for i in rng.permutation(len(LABELS))[: number(6, 8, rng)]]
    for label, template in chosen:
        blocks.append(Fields(((label, filled(template, rng)),), frame))
    house, town = address(rng)[2:]
    blocks.append(Fields((("Street", house), ("Town", town)), frame))
    for i in rng.permutation(len(CHOICES))[: number(2, 3, rng)]:
        ticked = number(0, len(CHOICES[i]) - 1, rng)
        mark = one("☑☒", rng)
        pairs = tuple((f"{mark if k == ticked else '☐'} {name}", "") for k, name in enumerate(CHOICES[i]))
        blocks.append(Fields(pairs, "none"))
    return [*blocks, Fields((("Location", codes.room(rng)), ("Date", codes.date(rng))), frame)]
