"""Amounts, dates, times, measures and formulas in the styles of many countries."""

from __future__ import annotations

from training.lines.draws import CAPITALS, DIGITS, Draw, Maker, chance, number, one, some, stamped
from training.lines.lists import kept

MONTHS = {tongue: kept(f"months_{tongue}") for tongue in ("en", "de", "fr", "es", "sv")}
#: Templates of `str.format`.
DATES, TIMES, MEASURES = kept("dates"), kept("times"), kept("measures")
WEEKDAYS = kept("weekdays")
BEFORE = kept("currencies_before")
AFTER = kept("currencies_after")
UNITS = kept("units")
#: What units are put together of: µIU/mL.
UNIT_PREFIXES, UNIT_AMOUNTS, UNIT_SHARES = kept("unit_prefixes"), kept("unit_amounts"), kept("unit_shares")
ANALYTES, FLAGS = kept("analytes"), kept("analysis_flags")
ELEMENTS = kept("elements")
COMPOUNDS = kept("compounds")
RELATIONS = kept("relations")
VARIABLES = kept("variables")
POWERS = kept("term_marks")
FRACTIONS = "½¼¾"


def grouped(value: int, separator: str) -> str:
    """``value`` with a separator of thousands."""
    return f"{value:,}".replace(",", separator)


def figure(rng: Draw) -> str:
    """A number with or without decimals, its separators those of any country."""
    value = int(10 ** rng.uniform(0.0, 6.5))
    thousands, decimal = one(
        ((",", "."), (",", "."), ("", "."), (".", ","), (" ", ","), ("", ","), ("'", "."), ("’", ".")), rng
    )
    tail = rng.random()
    if tail < 0.65:
        return f"{grouped(value, thousands)}{decimal}{some(DIGITS, 2, rng)}"
    if tail < 0.7:
        return f"{grouped(value, thousands)}{decimal}{one(('–', '-', '—', '0', '--'), rng)}"
    if tail < 0.8:
        return f"{value % 1000}{decimal}{some(DIGITS, number(1, 5, rng), rng)}"
    return grouped(value, thousands)


def amount(rng: Draw) -> str:
    """A sum of money: £4.50, 1.234,56 €, -28987.00, (12.40), CHF 1'200.–, 12%."""
    text, kind = figure(rng), rng.random()
    if kind < 0.3:
        text = one(BEFORE, rng) + text
    elif kind < 0.55:
        text = text + one(AFTER, rng)
    elif kind < 0.62:
        text = f"{text}{one(('%', ' %', '‰', ' % p.a.'), rng)}"
    sign = rng.random()
    if sign < 0.1:
        return one(("-", "-", "–", "+", "- "), rng) + text
    if sign < 0.14:
        return f"({text})"
    return text + one((" CR", " DR", "-", "*", " T", " A"), rng) if sign < 0.18 else text


def price(rng: Draw) -> str:
    """A small amount with two decimals, as in the cells of a table."""
    return f"{10 ** rng.uniform(-0.5, 3.6):.2f}"


def percent(rng: Draw) -> str:
    value = rng.uniform(-20, 120)
    forms = (
        f"{value:.1f}%",
        f"{value:.0f}%",
        f"{value:.2f} %",
        f"{value:+.1f}%",
        f"{abs(value):.1f}‰",
        f"{abs(value):.0f}½%",
    )
    return one(forms, rng)


def date(rng: Draw) -> str:
    """A day of any style: 03/11/2024, 3.11.24, 2024-11-03, 3rd November 2024, den 3. november, Q3 2024."""
    day, month, year = number(1, 31, rng), number(1, 12, rng), number(1890, 2035, rng)
    name = MONTHS[one(tuple(MONTHS), rng) if chance(0.5, rng) else "en"][month - 1]
    return one(DATES, rng).format(
        d=day,
        dd=f"{day:02d}",
        nd=day + 3,
        m=month,
        mm=f"{month:02d}",
        q=number(1, 4, rng),
        y=year,
        yy=f"{year % 100:02d}",
        ny=f"{(year + 1) % 100:02d}",
        day=one(WEEKDAYS, rng),
        month=name,
        MONTH=name.upper(),
        mon=name[:3],
        MON=name[:3].upper(),
        th={1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}.get(day, "th"),
    )


def time(rng: Draw) -> str:
    hour, minute, second = number(0, 23, rng), number(0, 59, rng), number(0, 59, rng)
    half = ("am", "pm")[hour // 12]
    return one(TIMES, rng).format(
        H=hour,
        HH=f"{hour:02d}",
        NH=f"{(hour + 2) % 24:02d}",
        h=hour % 12 or 12,
        M=minute,
        MM=f"{minute:02d}",
        S=second,
        SS=f"{second:02d}",
        ms=f"{number(0, 999, rng):03d}",
        half=half,
        HALF=half.upper(),
        a=half[0],
    )


def timestamp(rng: Draw) -> str:
    forms = (
        "20##-0#-1# 1#:#5:4#",
        "20##-1#-2#T0#:3#:#1Z",
        "[1#/0#/20## 2#:#0:5#]",
        "20##0#1#-0#3#4#",
        "1#.0#.## 1#:0#",
    )
    return stamped(one(forms, rng), rng)


def unit(rng: Draw) -> str:
    """A unit that is used, or one put together by lot, so that its case cannot be guessed: mmol/L, µIU/ml, kg."""
    if chance(0.65, rng):
        return one(UNITS, rng)
    text = one(UNIT_PREFIXES, rng) + one(UNIT_AMOUNTS, rng)
    return f"{text}/{one(UNIT_SHARES, rng)}" if chance(0.8, rng) else text


def analysis(rng: Draw) -> str:
    """A row of a laboratory's report: Glucose (fasting) 5.4 mmol/L 3.9–5.6 H."""
    places, size = number(0, 2, rng), 10 ** rng.uniform(0.0, 2.5)
    value, low, high = (f"{size * rng.uniform(*span):.{places}f}" for span in ((0.4, 1.8), (0.5, 0.8), (1.0, 1.5)))
    between = one(("–", "-", " – ", " - ", "..", " to "), rng)
    bounds = one(
        (f"{low}{between}{high}", f"< {high}", f"({low}{between}{high})", f"> {low}", f"[{low}{between}{high}]"), rng
    )
    parts = [one(ANALYTES, rng), one(("", "", "", "< ", "> "), rng) + value, unit(rng), bounds, one(FLAGS, rng)]
    if chance(0.25, rng):
        parts[2], parts[3] = parts[3], parts[2]
    if chance(0.25, rng):
        parts[1], parts[4] = f"{parts[1]} {parts[4]}", ""
    kept_parts = parts[: number(4, 5, rng)]
    return " ".join(part for part in kept_parts if part)


def measure(rng: Draw) -> str:
    """A number with its unit: 25 °C, 3 µm, 12.5 m², 1½ l, 10–20 kN."""
    value = f"{10 ** rng.uniform(-1.5, 3.5):.{number(0, 2, rng)}f}"
    return one(MEASURES, rng).format(
        v=value.replace(".", ",") if chance(0.25, rng) else value,
        u=unit(rng),
        u2=unit(rng),
        f=one(FRACTIONS, rng),
        s=number(1, 9, rng),
        l=number(10, 99, rng),
    )


def term(rng: Draw) -> str:
    """One term of a formula."""
    kind = rng.random()
    if kind < 0.35:
        return one(VARIABLES, rng) + (one(POWERS, rng) if chance(0.5, rng) else "")
    if kind < 0.6:
        return f"{10 ** rng.uniform(-1, 3):.{number(0, 2, rng)}f}"
    if kind < 0.7:
        return f"{number(1, 9, rng)} × 10{one('²³', rng)}"
    if kind < 0.8:
        return f"{one(('f', 'g', 'sin', 'cos', 'log', 'ln', 'exp', 'max', 'P'), rng)}({one(VARIABLES, rng)})"
    if kind < 0.9:
        return f"({one(VARIABLES, rng)} {one('+-–·/', rng)} {number(1, 20, rng)}){one(('', '²', '³'), rng)}"
    return f"{one(('', '-', '1', '2', '7', '12'), rng)}{one(FRACTIONS, rng)}"


def formula(rng: Draw) -> str:
    """A line of mathematics or chemistry: x ≤ 4 ± 0.1, 5 × 10³, 2 H₂ + O₂ → 2 H₂O."""
    if chance(0.3, rng):
        sides = [f"{one(('', '2 ', '3 ', '½ '), rng)}{one(COMPOUNDS, rng)}" for _ in range(number(1, 4, rng))]
        return one((" + ", " → ", ", ", " · "), rng).join(sides)
    if chance(0.08, rng):
        return "".join(one(ELEMENTS, rng) + one(("", "₂", "3", "4", "6"), rng) for _ in range(number(2, 4, rng)))
    text = term(rng)
    for _ in range(number(1, 4, rng)):
        text += f" {one(RELATIONS, rng)} {term(rng)}"
    return f"{text} ({number(1, 9, rng)}.{number(1, 30, rng)})" if chance(0.1, rng) else text


def digits(rng: Draw) -> str:
    """A row of a table of digits, all cells alike."""
    count, size = number(2, 9, rng), number(2, 6, rng)
    styles: tuple[Maker, ...] = (
        lambda rng: some(DIGITS, number(1, 4, rng), rng),
        lambda rng: some(DIGITS, size, rng),
        lambda rng: f"{rng.uniform(-2, 10):.2f}",
        lambda rng: grouped(int(10 ** rng.uniform(1, 6)), ","),
        lambda rng: one(("–", "-", "0", "n/a", "1", "12.5", "3*"), rng) if chance(0.3, rng) else some(DIGITS, 3, rng),
    )
    if chance(0.2, rng):
        return some(DIGITS, number(1, 24, rng), rng)
    style, head = one(styles, rng), f"{one(CAPITALS, rng)}{number(1, 99, rng)} " if chance(0.2, rng) else ""
    return head + " ".join(style(rng) for _ in range(count))
