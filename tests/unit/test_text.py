"""Normal forms, graphemes and natural order, in both Unicode forms."""

from __future__ import annotations

import unicodedata

import pytest

from ocrtool.text import fold_typography, folded, graphemes, natural_key, normal


def test_normal_is_one_form_with_single_spaces() -> None:
    assert normal(" a\u00a0\tb\r\n\n c\u3000") == "a b c"
    assert normal(unicodedata.normalize("NFD", "한글 café")) == "한글 café"


def test_typewritten() -> None:
    assert fold_typography("“It’s” – a—b… ''quoted''") == '"It\'s" - a-b... "quoted"'
    assert fold_typography("한글") == "한글"


def test_folded_keeps_letters_of_every_script() -> None:
    assert folded("Dr. O'Neil_2, (No. 5)") == "dr o neil 2 no 5"
    assert folded("한글, 하나!") == "한글 하나"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("ab", ["a", "b"]),
        ("e\u0301x", ["e\u0301", "x"]),
        ("\r\n\n", ["\r\n", "\n"]),
        ("\u1100\u1161\u11a8\u1100\u1161", ["\u1100\u1161\u11a8", "\u1100\u1161"]),
        ("가\u11a8각\u11a8", ["가\u11a8", "각\u11a8"]),
        ("👩‍👩‍👧🏽é", ["👩‍👩‍👧🏽", "é"]),
        ("🇰🇷🇺🇸🇰", ["🇰🇷", "🇺🇸", "🇰"]),
        ("❤️a", ["❤️", "a"]),
    ],
)
def test_graphemes(text: str, expected: list[str]) -> None:
    assert graphemes(text) == expected


def test_natural_order() -> None:
    names = ["p10.png", "P2.png", "p2.png", "p1.png", "10", "9", "p02.png"]
    assert sorted(names, key=natural_key) == ["9", "10", "p1.png", "P2.png", "p02.png", "p2.png", "p10.png"]
