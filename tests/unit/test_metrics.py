"""Error rates: exact goldens, both Unicode forms, and an independent edit distance."""

from __future__ import annotations

import random
import unicodedata

import pytest
from rapidfuzz.distance import Levenshtein

from ocrtool.metrics import (
    Edits,
    bag_counts,
    bag_f1,
    cer,
    edit_distance,
    edits,
    in_jamo,
    jamo_cer,
    partial_edit_distance,
    wer,
)

TRUTH = """\
The parish register of St. Mary's begins in 1603, the year in which the old Queen died, and its first leaves are in
the hand of Thomas Ashby, curate, who wrote small and spelt as he pleased. Rain has come in at the corner of the
chest, so that for two winters there is nothing to be read but the names of the months. What can be read is the
matter of such books: christenings, weddings and burials; the price of a bell rope; twelve pence "to the ringers
for their pains". Nobody of note was born here, and those who went away did not come back to be buried. It is
good company in an evening.
"""

#: Two letters too many, a full stop lost, ``l`` for ``1``, a space lost, a speck read as a full stop, ``c`` for ``e``,
#: a capital read small: 8 edits, in 9 words.
READING = (
    TRUTH.replace("Mary", "Marny", 1)
    .replace("begins", "begirns", 1)
    .replace("St.", "St", 1)
    .replace("1603", "l603", 1)
    .replace("names of", "namesof", 1)
    .replace("curate", ".curate", 1)
    .replace("price", "pricc", 1)
    .replace("Nobody", "nobody", 1)
)


def test_golden_of_a_paragraph() -> None:
    assert len(" ".join(TRUTH.split())) == 591
    assert cer(TRUTH, READING) == 8 / 591
    assert wer(TRUTH, READING) == 9 / 117


def test_lines_and_spaces_do_not_count() -> None:
    assert cer("a b\nc", " a  b c\n") == 0
    assert wer("a b\nc", " a  b c\n") == 0


def test_both_unicode_forms_are_one() -> None:
    for text in ("한글", "각", "Café Zoë"):
        composed, apart = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
        assert cer(composed, apart) == 0
        assert cer(apart, composed) == 0
    assert cer("한글", unicodedata.normalize("NFD", "한굴")) == 1 / 2


def test_by_jamo_a_wrong_letter_is_part_of_a_syllable() -> None:
    assert cer("한글", "한굴") == 1 / 2
    assert jamo_cer("한글", "한굴") == 1 / 6
    assert jamo_cer("가 각", "각 가") == 2 / 6  # a final too many, a final lost
    assert jamo_cer("밟다", "") == 1.0
    assert jamo_cer("", "밟") == 3.0


def test_by_jamo_both_unicode_forms_are_one() -> None:
    composed, apart = (unicodedata.normalize(form, "한글을  읽다\n") for form in ("NFC", "NFD"))
    assert jamo_cer(composed, apart) == 0
    assert jamo_cer(apart, "한글을 익다") == 1 / 15


def test_by_jamo_text_without_hangul_is_as_by_character() -> None:
    for truth, got in ((TRUTH, READING), ("Café Zoë", "Cafe Zoé"), ("🇰🇷x", "🇺🇸x"), ("", "")):
        assert jamo_cer(truth, got) == cer(truth, got)


def test_units_of_jamo() -> None:
    assert in_jamo("각 A①") == ["\u1100", "\u1161", "\u11a8", " ", "A", "①"]
    assert in_jamo(["가", "é"]) == ["\u1100", "\u1161", "é"]


def test_a_grapheme_is_one_character() -> None:
    assert cer("🇰🇷x", "🇺🇸x") == 1 / 2


@pytest.mark.parametrize(("truth", "got", "expected"), [("", "", 0.0), ("", "abc", 3.0), ("abc", "", 1.0)])
def test_empty(truth: str, got: str, expected: float) -> None:
    assert cer(truth, got) == expected


def test_infix() -> None:
    assert partial_edit_distance("SMITH", "NAME SMITH DATE") == 0
    assert partial_edit_distance("SMITH", "NAME SMYTH DATE") == 1
    assert partial_edit_distance("SMITH", "") == 5
    assert partial_edit_distance("", "anything") == 0


def test_edits_of_one_kind() -> None:
    assert edits("abc", "abXc") == Edits(inserted=1, deleted=0, substituted=0)
    assert edits("abc", "ac") == Edits(inserted=0, deleted=1, substituted=0)
    assert edits("abc", "aXc") == Edits(inserted=0, deleted=0, substituted=1)
    assert edits("ab", "ba") == Edits(inserted=0, deleted=0, substituted=2)


def test_distances_agree_with_an_independent_implementation() -> None:
    choose = random.Random(2)
    for _ in range(500):
        truth, got = ("".join(choose.choices("abcd", k=choose.randrange(14))) for _ in range(2))
        expected = Levenshtein.distance(truth, got)
        assert edit_distance(truth, got) == expected
        assert edit_distance(list(truth), list(got)) == expected
        found = edits(truth, got)
        assert found.total == expected
        assert found.inserted - found.deleted == len(got) - len(truth)
        assert partial_edit_distance(truth, got) == min(
            Levenshtein.distance(truth, got[i:j]) for i in range(len(got) + 1) for j in range(i, len(got) + 1)
        )


def test_bag_of_words() -> None:
    assert bag_counts("The cat, the dog", "dog THE bird") == (2, 4, 3)
    assert bag_f1("The cat, the dog", "dog THE bird") == 4 / 7
    assert bag_f1("", "") == 1.0
    assert bag_f1("a", "") == 0.0
