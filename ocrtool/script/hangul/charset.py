"""Hangul syllables and their letters, and all that Korean reading can tell apart: marks, then the 11,172 syllables."""

from __future__ import annotations

from ocrtool.charset import LATIN, REJECT, Labels
from ocrtool.text import FIRST_SYLLABLE, is_syllable

#: Letters at each place of a syllable, in the order of Unicode (chapter 3.12); the first final is none.
INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
SYLLABLES = len(INITIALS) * len(VOWELS) * len(FINALS)

#: Letters that stand alone (ㄱ. ㄴ. in lists, ㅋㅋ, ㅠㅠ). ㅡ and ㅣ are left out: nothing tells them from rules.
LONE_LETTERS = "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎㄲㄸㅃㅆㅉㅏㅑㅓㅕㅗㅛㅜㅠ"
#: Marks of Korean print beyond ASCII.
KOREAN_MARKS = "·…～「」『』“”‘’①②③④⑤⑥⑦⑧⑨⑩※○●□■△▲▽▼◇◆☆★→←〈〉《》【】〔〕—–×÷±°℃㎡、。㉠㉡㉢㉣㉤"
#: Labels that are no syllable, in the order of the network's outputs.
MARKS = LATIN + KOREAN_MARKS + LONE_LETTERS
#: The outputs that say what kind of glyph it is: any syllable, one of MARKS, a bad cut.
SYLLABLE_KIND, FIRST_MARK, REJECT_KIND = 0, 1, 1 + len(MARKS)
KINDS = Labels(("<syllable>", *MARKS, REJECT))


def compose_syllable(initial: int, vowel: int, final: int) -> str:
    """The syllable of an initial (0..18), a vowel (0..20) and a final (0..27, 0 = none)."""
    if not (0 <= initial < len(INITIALS) and 0 <= vowel < len(VOWELS) and 0 <= final < len(FINALS)):
        raise ValueError(f"no syllable has the letters {initial}, {vowel}, {final}")
    return chr(ord(FIRST_SYLLABLE) + (initial * len(VOWELS) + vowel) * len(FINALS) + final)


def decompose_syllable(syllable: str) -> tuple[int, int, int]:
    """Places of initial, vowel and final (0 = none). Raises ValueError if it is no syllable."""
    if not is_syllable(syllable):
        raise ValueError(f"{syllable!r} is not a Hangul syllable")
    initial_and_vowel, final = divmod(ord(syllable) - ord(FIRST_SYLLABLE), len(FINALS))
    initial, vowel = divmod(initial_and_vowel, len(VOWELS))
    return initial, vowel, final


#: What a glyph may be read as: MARKS, then the syllables by code point.
GLYPHS = MARKS + "".join(chr(ord(FIRST_SYLLABLE) + i) for i in range(SYLLABLES))


def glyph_number(character: str) -> int:
    """Place of a character in GLYPHS. Raises KeyError if it is not among them."""
    if is_syllable(character):
        return len(MARKS) + ord(character) - ord(FIRST_SYLLABLE)
    if len(character) == 1 and (found := MARKS.find(character)) >= 0:
        return found
    raise KeyError(character)
