"""Business letters, and prose full of typographic marks, made up from templates."""

from __future__ import annotations

from collections.abc import Callable

from training.synthesis import office_codes as codes
from training.synthesis.office_codes import Draw, number, one
from training.synthesis.office_typesetting import Block, Paragraph

STREETS = ("Mill Lane", "Station Road", "Harbour Street", "Queen's Walk", "Kirchweg", "Old Market", "Elm Avenue")
TOWNS = ("Norwich", "Leeds", "Bristol", "Hamburg", "Utrecht", "Galway", "Basel", "York", "Truro")
FIRMS = ("Northmill Ltd", "Holtex GmbH", "Lind & Sons", "Orbis Data Inc.", "Quist B.V.", "River City Supplies plc")
SUBJECTS = (
    "Your order {code} of {date}",
    "Reminder: invoice {code}",
    "Change of delivery date, lot {code}",
    "Offer no. {code}, valid until {date}",
)
BODY = (
    "Thank you for your letter of {date}. We confirm that {money} reached our account {iban} on {date}.",
    "The goods left our warehouse at {time} and should be with you by {date}. The consignment note is {code}.",
    "According to our records, {money} is still outstanding for the period from {date} to {date}.",
    "Please send the signed copy to {email} or upload it at {url} before {date}.",
    "We can offer a discount of {percent}% on orders above {money}, provided that payment is made within 14 days.",
    "Our engineer, Mr {name}, will call on you on {date} between {time} and {time}; his number is {phone}.",
    "Two of the items ({part} and {part}) were damaged in transit. We ask for a credit note of {money}.",
    "If you have any questions, please quote {code} and ring us on {phone} or write to {email}.",
)
CLOSINGS = ("Yours sincerely,", "Kind regards,", "Yours faithfully,", "With best wishes,")

#: Prose with marks that typewriters lack. Fields in braces are filled by `filled`.
MARKED = (
    "“I shan’t go,” said {name} — “not for £{n}, nor for €{n}.”",
    "The café on the Rue de l’Église serves crème brûlée, piñata cake and jalapeños from {n} °C to {n} °C.",
    "See § {n} and § {n} of the Act – in particular ¶ {n} – for the years {y}–{y}.",
    "Add 1½ cups of flour, ½ teaspoon of salt and ¼ litre of milk; bake at {n} °C for {n}–{n} minutes…",
    "© {y} Müller & Søn. Acme® and Nordlys™ are trade marks of their owners.",
    "The error was ±{n} mm on a plate of {n} × {n} mm, i.e. less than ¾ of what was allowed.",
    "‘Quite so,’ he wrote, ‘but who — if anyone — will pay the £{n}?’",
    "«Où est la gare?» asked the girl; «Là-bas, à gauche», came the reply.",
    "¿Dónde está el niño? ¡Aquí, señora! Mañana vuelve a las {n}.",
    "Für Größe {n} zahlte Frau Weiß {n} € – über ein Drittel mehr als früher.",
    "The naïve façade of his résumé — “fluent in {n} tongues” — fooled no one…",
    "Smørrebrød costs {n} kr in Ålborg; in Zürich you’d pay twice that.",
    "The star† marks those who fell in {y}; see the note on p. {n}.",
    "Rock ’n’ roll of the ’{d}s: “the good, the bad and the über-loud”.",
    "Her thesis (“Æsthetics & œuvre”, {y}) was re-read… twice – without result.",
    "A rise of {n}½% — the so-called ‘Nørgård effect’ — was seen at {n}° north.",
)


def _name(rng: Draw) -> str:
    return f"{one(codes.FORENAMES, rng)} {one(codes.SURNAMES, rng)}"


def _percent(rng: Draw) -> str:
    return f"{number(2, 30, rng) / 2:g}"


def _code(rng: Draw) -> str:
    return f"{codes.some(codes.CAPITALS, 2, rng)}-{number(1000, 99999, rng)}/{number(10, 31, rng)}"


#: What may stand in the braces of a template.
FIELDS: dict[str, Callable[[Draw], str]] = {
    "code": _code,
    "date": codes.date,
    "email": codes.email,
    "iban": codes.iban,
    "money": codes.money,
    "name": _name,
    "part": lambda rng: f"{one(codes.PARTS, rng).lower()} {codes.revision(rng)}",
    "percent": _percent,
    "phone": codes.phone,
    "time": codes.time,
    "url": codes.url,
    "n": lambda rng: str(number(2, 480, rng)),
    "d": lambda rng: str(number(5, 9, rng) * 10),
    "y": lambda rng: str(number(1790, 2026, rng)),
}


def filled(template: str, rng: Draw) -> str:
    """``template`` with each field in braces drawn anew."""
    head, *rest = template.split("{")
    for piece in rest:
        name, _, tail = piece.partition("}")
        head += FIELDS[name](rng) + tail
    return head


def address(rng: Draw) -> list[str]:
    """Firm, person, street and town."""
    postcode = codes.plate(rng) if rng.random() < 0.3 else f"{number(10000, 99999, rng)}"
    return [one(FIRMS, rng), _name(rng), f"{number(1, 240, rng)} {one(STREETS, rng)}", f"{one(TOWNS, rng)} {postcode}"]


def letter(rng: Draw) -> list[Block]:
    """Sender, date, addressee, reference, subject, body, sign-off."""
    sender = f"{one(FIRMS, rng)}, {number(1, 99, rng)} {one(STREETS, rng)}, {one(TOWNS, rng)}"
    lines = [Paragraph(line, gap=0.0 if number_ else 1.0) for number_, line in enumerate(address(rng))]
    chosen = rng.permutation(len(BODY))[: number(2, 3, rng)]
    return [
        Paragraph(sender, bold=True),
        Paragraph(f"Tel. {codes.phone(rng)}, {codes.email(rng)}"),
        *lines,
        Paragraph(codes.date(rng), right=True, gap=0.5),
        Paragraph(f"Our ref.: {_code(rng)}"),
        Paragraph(filled(one(SUBJECTS, rng), rng), bold=True, gap=0.7),
        Paragraph(f"Dear {one(('Mr', 'Ms', 'Dr'), rng)} {one(codes.SURNAMES, rng)},", gap=0.7),
        *(Paragraph(filled(BODY[i], rng), gap=0.5) for i in chosen),
        Paragraph(one(CLOSINGS, rng), gap=0.7),
        Paragraph(_name(rng), gap=1.0),
    ]
