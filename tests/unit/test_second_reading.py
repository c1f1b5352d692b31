"""Latin words and figures in lines read glyph by glyph: what a line reader changes in them, and what it must not."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ocrtool.script.reading import read_again
from ocrtool.script.second_reading import corrected, is_doubtful
from ocrtool.types import Box, Character, Line, Word

STRAIGHT = ((0.0, 0.0), (1.0, 1.0))


def line_of(text: str, doubts: dict[int, float] | None = None, first: int = 0) -> Line:
    """A line whose characters stand 10 pixels apart, sure but for ``doubts`` by place; first: place of the first."""
    words, place = [], first
    for word in text.split(" "):
        characters = []
        for label in word:
            box = Box(10 * place, 0, 10 * place + 8, 10)
            characters.append(Character(box, label, (doubts or {}).get(place, 0.99)))
            place += 1
        words.append(Word(Box.around([c.box for c in characters]), tuple(characters), 0.9))
        place += 1
    return Line(Box.around([word.box for word in words]), tuple(words), (0.0, 10.0, 100.0, 10.0), 5.0)


def reread(first: str, doubts: dict[int, float], second: str, unsure: dict[int, float] | None = None) -> str:
    return corrected(line_of(first, doubts), line_of(second, unsure), STRAIGHT).text


def test_a_doubtful_letter_within_a_word_is_read_again() -> None:
    assert reread("주소 jparkalibrary에", {8: 0.3}, "@? jpark@library91") == "주소 jpark@library에"


@pytest.mark.parametrize(
    ("first", "doubts", "second", "unsure"),
    [
        ("1,250원", {}, "1.250S", None),  # the glyphs are sure
        ("1,250원", {1: 0.7}, "1.250S", {1: 0.75}),  # the line reader is hardly surer
        ("가나1다라", {2: 0.2}, "oiIlE", None),  # one character alone has no word to be read by
        ("(1996년", {0: 0.6}, "I1996E", {0: 0.85}),  # at its ends a word may hold bits of a syllable
        ("A100는", {0: 0.5, 1: 0.5}, "xyz0E", None),  # the two readings have nothing in common
        ("13:50~16", {5: 0.4}, "13:50–16", None),  # a sign of other kinds of print
    ],
)
def test_all_else_stays(first: str, doubts: dict[int, float], second: str, unsure: dict[int, float] | None) -> None:
    assert reread(first, doubts, second, unsure) == first


def test_word_probability_follows() -> None:
    first, second = line_of("값 ab1d", {4: 0.2}), line_of("E ab1d")
    assert corrected(first, second, STRAIGHT) == first  # the same letters: nothing to change
    read = corrected(first, line_of("E abld"), STRAIGHT).words[1]
    assert [c.label for c in read.characters] == list("abld")
    assert read.probability == pytest.approx(0.99**4, abs=1e-3)


def test_only_lines_with_doubtful_words_are_read_again() -> None:
    assert is_doubtful(line_of("가나 X-200", {5: 0.5}))
    assert not is_doubtful(line_of("가나 X-200", {0: 0.1}))  # a syllable
    assert not is_doubtful(line_of("가나 X-200"))


class Second:
    """A line reader that remembers which lines it is asked for and reads each as the same text."""

    def __init__(self, line: Line) -> None:
        self.line, self.seen = line, []

    def look(self, layout: str, regions: list[str]) -> list[str]:
        return [f"{layout} {region}" for region in regions]

    def read(self, strips: list[str], size: tuple[int, int]) -> list[Line | None]:
        self.seen += strips
        return [self.line for _ in strips]


def test_the_line_reader_is_asked_about_doubtful_lines_only() -> None:
    second = Second(line_of("E abld"))
    engine = SimpleNamespace(second=second, settings=SimpleNamespace(confidence=STRAIGHT))
    found = [line_of("값 ab1d", {4: 0.2}), line_of("값 ab1d"), None]
    lines = [SimpleNamespace(source=("page", f"line {k}")) for k in range(3)]
    read = read_again(engine, lines, found, (9, 9))  # type: ignore[arg-type]
    assert [line and line.text for line in read] == ["값 abld", "값 ab1d", None]
    assert second.seen == ["page line 0"]
    alone = SimpleNamespace(second=None, settings=engine.settings)
    assert read_again(alone, lines, found, (9, 9)) == found  # type: ignore[arg-type]
