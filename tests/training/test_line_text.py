"""The drawn text of lines: its characters, its mix, and that it is drawn alike for the same generator."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from ocrtool.charset import LINE_CHARACTERS
from training.lines import figures, prose, unguessable
from training.lines.draws import Mixture, filled, stamped
from training.lines.text import LineText, spelled

LINES = 6000


@pytest.fixture(scope="module")
def lines() -> list[str]:
    text, rng = LineText(), np.random.default_rng(5)
    return [text.draw(rng) for _ in range(LINES)]


def test_lines_hold_known_characters_with_single_spaces(lines: list[str]) -> None:
    known = set(LINE_CHARACTERS)
    for line in lines:
        assert known.issuperset(line)
        assert line == " ".join(line.split())
        assert 1 <= len(line) <= 90


def test_every_character_is_seen_often(lines: list[str]) -> None:
    seen = Counter(c for line in lines for c in set(line))
    assert min(seen[c] for c in LINE_CHARACTERS) >= LINES / 400


def test_half_of_the_lines_cannot_be_guessed(lines: list[str]) -> None:
    assert sum(any(c.isdigit() for c in line) for line in lines) > 0.4 * LINES


def test_short_lines_are_a_third_to_a_half(lines: list[str]) -> None:
    assert 0.3 < sum(len(line.split()) <= 4 for line in lines) / LINES < 0.55


def test_straight_and_curly_marks_are_both_frequent(lines: list[str]) -> None:
    for mark in "\"'“”‘’":
        assert sum(mark in line for line in lines) > 0.01 * LINES


def test_the_same_generator_draws_the_same_lines(lines: list[str]) -> None:
    text, rng = LineText(), np.random.default_rng(5)
    assert [text.draw(rng) for _ in range(200)] == lines[:200]


@pytest.mark.parametrize("longest", [1, 2, 7, 200])
def test_no_line_is_longer_than_asked(longest: int) -> None:
    text, rng = LineText(), np.random.default_rng(2)
    assert all(1 <= len(text.draw(rng, longest)) <= longest for _ in range(300))


def test_ibans_have_right_check_digits() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        plain = unguessable.iban(rng).removeprefix("IBAN").strip(": ").replace(" ", "")
        assert int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def test_books_are_cut_between_words_or_with_a_hyphen() -> None:
    rng = np.random.default_rng(3)
    ends = {prose.cut("some understanding of it", 14, rng) for _ in range(200)}
    assert "some" in ends
    assert all(end == "some" or (end.endswith("-") and "some understanding".startswith(end[:-1])) for end in ends)
    assert len(ends) > 1


def test_quotes_open_and_close() -> None:
    rng = np.random.default_rng(0)
    texts = {prose.curly('"It\'s ("so")", he said', rng) for _ in range(60)}
    assert texts == {"“It’s (“so”)”, he said", "‘It’s (‘so’)’, he said"}


def test_unknown_characters_are_spelled_with_known_ones() -> None:
    assert spelled("ﬁne\u00a0 Łódź − č 한") == "fine Lódz - c"


def test_patterns_and_templates() -> None:
    rng = np.random.default_rng(0)
    code = stamped("@#-x", rng)
    assert code[0].isupper() and code[1].isdigit() and code.endswith("-x")
    assert filled("a {b} c", {"b": lambda rng: "B"}, rng) == "a B c"
    with pytest.raises(ValueError, match="weights"):
        Mixture({figures.amount: -1.0})


def test_only_training_books_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "gutenberg"
    folder.mkdir()
    for name, word in (("a.txt", "apple"), ("b.txt", "berry"), ("c.txt", "cherry")):
        (folder / name).write_text(f"{word} " * 3000)
    books, rng = prose.BookLines(folder.parent), np.random.default_rng(0)
    words = {word.rstrip("-") for _ in range(50) for word in books(60, rng).split()}
    assert words and all("apple".startswith(word) for word in words)


def test_the_case_of_a_unit_cannot_be_guessed() -> None:
    rng = np.random.default_rng(4)
    units = Counter(figures.unit(rng) for _ in range(4000))
    litres = {mark: sum(n for unit, n in units.items() if unit.endswith(mark)) for mark in ("L", "l")}
    assert 0.5 < litres["L"] / litres["l"] < 4.0 and min(litres.values()) > 200
    assert units["g/dL"] and units["kWh"] and units["°C"]


def test_rows_of_a_laboratory_name_what_was_measured_and_in_what() -> None:
    rng = np.random.default_rng(4)
    for _ in range(200):
        row = figures.analysis(rng)
        assert row.startswith(figures.ANALYTES) and any(c.isdigit() for c in row), row
