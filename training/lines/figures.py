"""Amounts, dates, times, measures and formulas in the styles of many countries."""

from __future__ import annotations

from training.lines.draws import CAPITALS, DIGITS, Draw, chance, number, one, some, stamped

MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "de": [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "es": [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    "sv": [
        "januari",
        "februari",
        "mars",
        "april",
        "maj",
        "juni",
        "juli",
        "augusti",
        "september",
        "oktober",
        "november",
        "december",
    ],
}
WEEKDAYS = (
    *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Mon", "Tue", "Wed", "Thu", "Fri"),
    *("Montag", "Mittwoch", "Samstag", "lundi", "mercredi", "samedi", "miércoles", "sábado", "måndag", "lørdag"),
)
BEFORE = (
    "£",
    "$",
    "€",
    "¥",
    "US$",
    "A$",
    "$ ",
    "€ ",
    "£ ",
    "CHF ",
    "EUR ",
    "USD ",
    "RM ",
    "RM",
    "Rs. ",
    "kr ",
    "R$ ",
    "GBP ",
)
AFTER = (" €", "€", " EUR", " kr", " Kč", " CHF", " USD", " SEK", " zł", "¢", " DKK", ",- kr", " ¥", " NOK", "p")
UNITS = (
    *("°C", "°F", "K", "mm", "cm", "m", "km", "µm", "nm", "m²", "cm²", "m³", "cm³", "km²", "ha", "l", "ml", "dl", "µl"),
    *("kg", "g", "mg", "µg", "t", "lb", "oz", "ft", "in.", "yd", "mi", "mph", "km/h", "m/s", "m/s²", "kN", "N·m", "Nm"),
    *("V", "mV", "kV", "A", "mA", "µA", "W", "kW", "kWh", "MW", "Ω", "kΩ", "MΩ", "µF", "nF", "pF", "Hz", "kHz", "MHz"),
    *("bar", "hPa", "Pa", "psi", "dB", "dB(A)", "lm", "lx", "cd", "ppm", "‰", "%", "mol/l", "mmol/l", "mg/dl", "IU/l"),
    *("kB", "MB", "GB", "GiB", "Mbit/s", "px", "dpi", "pt", "rpm", "min⁻".rstrip("⁻"), "h", "s", "ms", "kcal", "kJ"),
)
ELEMENTS = ("H", "C", "N", "O", "Na", "Cl", "Ca", "Fe", "S", "P", "K", "Mg", "Zn", "Cu", "Al", "Si", "Ag", "Br", "Li")
COMPOUNDS = (
    *("H₂O", "CO₂", "O₂", "N₂", "H₂SO4", "SO₂", "NO₂", "TiO₂", "SiO₂", "CaCl₂", "Ca(OH)₂", "Mg(OH)₂", "H₂O₂", "CH₂O"),
    *("C₂H5OH", "NaCl", "NaHCO3", "Fe2O3", "Cu²+", "Ca²+", "SO4²–", "CH4", "NH3", "C6H12O6", "KMnO4", "AgNO3"),
)
RELATIONS = ("=", "≠", "≈", "<", ">", "≤", "≥", "±", "→", "←", "×", "÷", "+", "–", "-", "·", "/", ":=", "==", "~")
VARIABLES = (
    "x",
    "y",
    "z",
    "n",
    "a",
    "b",
    "k",
    "t",
    "p",
    "r",
    "s",
    "v",
    "E",
    "F",
    "R",
    "T",
    "U",
    "I",
    "N",
    "Q",
    "Ω",
    "µ",
)
POWERS = ("²", "³", "¹", "₂", "^2", "^n", "'", "*", "°", "!", "_0", "_i")
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
        return one(("-", "–", "+", "- ", "− ".replace("−", "-")), rng) + text
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
    """A day of any style: 03/11/2024, 3.11.24, 2024-11-03, 3 November 2024, den 3. november, Q3/24."""
    day, month, year = number(1, 31, rng), number(1, 12, rng), number(1890, 2035, rng)
    short, tongue = year % 100, one(tuple(MONTHS), rng) if chance(0.5, rng) else "en"
    name = MONTHS[tongue][month - 1]
    suffix = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}.get(day, "th")
    forms = (
        *(
            f"{day:02d}/{month:02d}/{year}",
            f"{month}/{day}/{year}",
            f"{day}/{month}/{short:02d}",
            f"{year}/{month:02d}/{day:02d}",
        ),
        *(
            f"{day:02d}.{month:02d}.{year}",
            f"{day}.{month}.{year}",
            f"{day:02d}.{month:02d}.{short:02d}",
            f"{day}. {month}. {year}",
        ),
        *(
            f"{year}-{month:02d}-{day:02d}",
            f"{day:02d}-{month:02d}-{year}",
            f"{day:02d}-{name[:3].upper()}-{short:02d}",
        ),
        *(
            f"{day} {name} {year}",
            f"{name} {day}, {year}",
            f"{day}. {name} {year}",
            f"{name[:3]} {day}, {year}",
            f"{day} {name[:3]}. {short:02d}",
        ),
        *(
            f"{day}{suffix} {name} {year}",
            f"{name} {day}{suffix}, {year}",
            f"{one(WEEKDAYS, rng)}, {day} {name} {year}",
            f"{name} {year}",
        ),
        *(
            f"{one(WEEKDAYS, rng)} {day}/{month}",
            f"Q{number(1, 4, rng)} {year}",
            f"{year}–{(short + 1) % 100:02d}",
            f"’{short:02d}",
            f"{year}",
        ),
        *(
            f"{year}{month:02d}{day:02d}",
            f"{name} ’{short:02d}",
            f"FY{short:02d}",
            f"{day}–{day + 3} {name}",
            f"{name.upper()} {day}, {year}",
        ),
    )
    return one(forms, rng)


def time(rng: Draw) -> str:
    hour, minute, second = number(0, 23, rng), number(0, 59, rng), number(0, 59, rng)
    half, twelve = ("am", "pm")[hour // 12], hour % 12 or 12
    forms = (
        *(
            f"{hour:02d}:{minute:02d}",
            f"{hour:02d}:{minute:02d}:{second:02d}",
            f"{twelve}:{minute:02d} {half}",
            f"{hour}.{minute:02d} Uhr",
        ),
        *(
            f"{twelve}{half}",
            f"{twelve}:{minute:02d}{half.upper()}",
            f"{twelve}.{minute:02d} {half[0]}.m.",
            f"{hour} h {minute:02d}",
            f"{hour}h{minute:02d}",
        ),
        *(
            f"{hour:02d}:{minute:02d}–{(hour + 2) % 24:02d}:{minute:02d}",
            f"{hour:02d}:{minute:02d}:{second:02d}.{number(0, 999, rng):03d}",
        ),
        *(
            f"{minute}'{second:02d}\"",
            f"T+{minute:02d}:{second:02d}",
            f"{hour:02d}{minute:02d} hrs",
            f"kl. {hour}.{minute:02d}",
            f"{minute} min {second} s",
        ),
    )
    return one(forms, rng)


def timestamp(rng: Draw) -> str:
    forms = (
        "20##-0#-1# 1#:#5:4#",
        "20##-1#-2#T0#:3#:#1Z",
        "[1#/0#/20## 2#:#0:5#]",
        "20##0#1#-0#3#4#",
        "1#.0#.## 1#:0#",
    )
    return stamped(one(forms, rng), rng)


def measure(rng: Draw) -> str:
    """A number with its unit: 25 °C, 3 µm, 12.5 m², 1½ l, 10–20 kN."""
    value, unit = f"{10 ** rng.uniform(-1.5, 3.5):.{number(0, 2, rng)}f}", one(UNITS, rng)
    value = value.replace(".", ",") if chance(0.25, rng) else value
    small, more = number(1, 9, rng), number(10, 99, rng)
    forms = (
        *(f"{value} {unit}", f"{value} {unit}", f"{value} {unit}", f"{value}{unit}", f"{value} ± {small / 10} {unit}"),
        *(
            f"{small}{one(FRACTIONS, rng)} {unit}",
            f"{small}–{more} {unit}",
            f"± {value} {unit}",
            f"≤ {value} {unit}",
            f"≥ {value} {unit}",
        ),
        *(
            f"{more} × {small} × {more} {unit}",
            f"{more} x {small} {unit}",
            f"≈ {value} {unit}",
            f"-{value} {unit}",
            f"max. {value} {unit}",
        ),
        *(
            f"Ø {value} {unit}",
            f"{value} {unit} / {small} {unit}",
            f"{small}/{more} {unit}",
            f"{one(FRACTIONS, rng)} {unit}",
            f"{more}° {small}' N",
        ),
    )
    return one(forms, rng)


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
    return (
        number(0, 9, rng) * one(("", "-"), rng) + one(FRACTIONS, rng)
        if chance(0.3, rng)
        else f"{number(1, 12, rng)}{one(FRACTIONS, rng)}"
    )


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
    count, style = number(2, 9, rng), number(0, 5, rng)
    if style == 0:
        return " ".join(some(DIGITS, number(1, 4, rng), rng) for _ in range(count))
    if style == 1:
        size = number(2, 6, rng)
        return " ".join(some(DIGITS, size, rng) for _ in range(count))
    if style == 2:
        return " ".join(f"{rng.uniform(-2, 10):.{2}f}" for _ in range(count))
    if style == 3:
        return some(DIGITS, number(1, 24, rng), rng)
    if style == 4:
        return " ".join(grouped(int(10 ** rng.uniform(1, 6)), ",") for _ in range(count))
    return f"{some(CAPITALS, 1, rng)}{number(1, 99, rng)} " + " ".join(
        one(("–", "-", "0", "n/a", "1", "12.5", "3*"), rng) if chance(0.3, rng) else str(number(0, 999, rng))
        for _ in range(count)
    )
