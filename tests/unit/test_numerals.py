"""Roman numerals by their strokes."""

from __future__ import annotations

import numpy as np
import pytest

from ocrtool.script.numerals import numeral

#: Widths of parts 16 pixels high, by letter; b: a stroke with a dot that touches it.
WIDTH = {"I": 3, "V": 14, "X": 12, "L": 9, "M": 15, "1": 8, "W": 24, "b": 3}
#: Share of the box that is ink.
FILL = {"I": 0.95, "b": 0.8, "1": 0.6}


def parts(letters: str) -> np.ndarray:
    """Parts of ink side by side: of a letter each, small letters 11 pixels high."""
    rows, x = [], 100
    for letter in letters:
        width, height = WIDTH.get(letter, 8), 16 if letter in WIDTH else 11
        rows.append((x, 50, width, height, round(FILL.get(letter, 0.5) * width * height)))
        x += width + 3
    return np.array(rows)


@pytest.mark.parametrize(
    ("ink", "read", "expected"),
    [
        ("VIII", "Vill", "VIII"),
        ("VII", "Vill", "VII"),  # the ink says how many
        ("XIII", "XIII", "XIII"),
        ("IV", "lV", "IV"),
        ("III", "Ill", "III"),
        ("III", "I", "III"),
        ("II", "11", "II"),
        ("III", "IIL", "III"),
        ("LII", "Lil", "LII"),
        ("XII", "X1l", "XII"),
        ("I", "l", "I"),
        ("WII", "XVil", "XVII"),  # X and V touch
    ],
)
def test_strokes_are_counted(ink: str, read: str, expected: str) -> None:
    found = numeral(parts(ink), read)
    assert found is not None and found[0] == expected
    assert len(found[1]) == len(expected) and (np.diff(found[1]) > 0).all()


@pytest.mark.parametrize(
    ("ink", "read"),
    [
        ("MbII", "Mill"),  # a dot
        ("V1", "V1"),  # a one with a flag
        ("11", "11"),
        ("MI", "Ml"),  # millilitres
        ("I", "1"),
        ("xI", "xl"),  # a small letter
        ("IIIII", "IIIII"),
        ("VX", "VX"),
        ("XII", "VXXI"),
    ],
)
def test_what_is_no_numeral(ink: str, read: str) -> None:
    assert numeral(parts(ink), read) is None


def test_the_first_of_ill_is_lower_where_small_letters_are_taller() -> None:
    ink = parts("III")
    ink[1:, 3] += 1
    assert numeral(ink, "Ill") is None
