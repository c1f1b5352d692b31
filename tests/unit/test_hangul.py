"""Syllables and their letters, and what the Korean classifier's heads say together."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest

from ocrtool.charset import OTHER, Labels
from ocrtool.decode.alphabet import Alphabet
from ocrtool.script.hangul.charset import (
    FINALS,
    GLYPHS,
    INITIALS,
    KINDS,
    MARKS,
    VOWELS,
    compose_syllable,
    decompose_syllable,
    glyph_number,
)
from ocrtool.script.hangul.classifier import combine


def test_letters_of_a_syllable_are_those_of_unicode() -> None:
    for syllable in "가힣값쀍의":
        parts = unicodedata.normalize("NFD", syllable)
        initial, vowel, final = decompose_syllable(syllable)
        assert compose_syllable(initial, vowel, final) == syllable
        assert [ord(p) for p in parts] == [0x1100 + initial, 0x1161 + vowel, *([0x11A7 + final] if final else [])]


@pytest.mark.parametrize("wrong", ["a", "ㄱ", "", "가나"])
def test_what_is_no_syllable_has_no_letters(wrong: str) -> None:
    with pytest.raises(ValueError, match="not a Hangul syllable"):
        decompose_syllable(wrong)


def test_all_syllables_and_marks_have_a_place_of_their_own() -> None:
    assert len(set(GLYPHS)) == len(GLYPHS) == len(MARKS) + 11_172
    assert [GLYPHS[glyph_number(c)] for c in "A①·가힣～"] == list("A①·가힣～")
    assert unicodedata.normalize("NFC", GLYPHS) == GLYPHS
    with pytest.raises(KeyError):
        glyph_number("漢")


def heads_for(kind: str, syllable: str, sure: float = 0.9) -> list[np.ndarray]:
    """Log-probabilities of one glyph: ``kind`` and the letters of ``syllable`` likely, the rest alike."""
    chosen = [KINDS.index(kind), *decompose_syllable(syllable)]
    heads = []
    for index, size in zip(chosen, (len(KINDS), len(INITIALS), len(VOWELS), len(FINALS)), strict=True):
        head = np.full((1, size), (1.0 - sure) / (size - 1))
        head[0, index] = sure
        heads.append(np.log(head))
    return heads


def test_heads_together_name_a_syllable_never_listed() -> None:
    found = combine(*heads_for("<syllable>", "쀍"))
    assert GLYPHS[found.labels[0, 0]] == "쀍"
    assert np.exp(found.log_probs[0, 0]) == pytest.approx(0.9**4)
    assert np.all(np.diff(found.log_probs[0]) <= 0)
    assert np.exp(found.reject[0]) < 0.01


def test_no_crops_have_no_candidates() -> None:
    """The second pass has none to classify where the first accepted every character of a page."""
    found = combine(*(head[:0] for head in heads_for("<syllable>", "쀍")))
    assert len(found) == 0
    assert found.labels.shape == found.log_probs.shape == (0, combine(*heads_for("①", "으")).labels.shape[1])


def test_marks_stand_beside_syllables() -> None:
    found = combine(*heads_for("①", "으"))
    assert GLYPHS[found.labels[0, 0]] == "①"
    assert "으" in [GLYPHS[k] for k in found.labels[0]]


def test_a_sign_unknown_to_the_language_model_is_as_likely_as_all_that_it_does_not_know() -> None:
    alphabet = Alphabet.from_symbols(GLYPHS, Labels(["\n", " ", "가", "①", OTHER]))
    assert alphabet.share[[glyph_number(c) for c in "가①₩㎏☎\ufffd"]].tolist() == [0.0] * 6
    assert alphabet.symbol_of[glyph_number("㎏")] == alphabet.symbol_of[glyph_number("뷁")] == 4


def test_a_bullet_is_what_stands_for_it_in_the_text_of_the_language_model() -> None:
    alphabet = Alphabet.from_symbols(GLYPHS, Labels(["\n", " ", "·", OTHER]))
    assert alphabet.symbol_of[glyph_number("•")] == alphabet.symbol_of[glyph_number("·")] == 2


def test_signs_of_price_lists_and_notices_are_labels() -> None:
    assert set("₩£€§㈜㎏㎝㎜㎡℃→←↑↓■□▲△▼▽◆◇●○◎★☆☎☏※·…「」『』《》〈〉【】⑪⑮•½²®™") <= set(GLYPHS)
    assert MARKS[-1] == "\ufffd"


def test_syllables_unknown_to_the_language_model_share_what_it_gives_to_others() -> None:
    alphabet = Alphabet.from_symbols(GLYPHS, Labels(["\n", " ", *MARKS, "가", OTHER]))
    listed, unlisted = glyph_number("가"), glyph_number("쀍")
    assert alphabet.share[listed] == 0.0
    assert np.exp(alphabet.share[unlisted]) == pytest.approx(1 / 11_171)
    with pytest.raises(KeyError):
        Alphabet.from_symbols(GLYPHS, Labels(["\n", " ", "가"]))
