"""Labels of Korean reading: marks, then the 11,172 Hangul syllables; composition of syllables from their letters."""

from __future__ import annotations

from ocrtool.charset import LATIN, REJECT, UNKNOWN, Labels
from ocrtool.text import FIRST_SYLLABLE, is_syllable

#: Letters at each position of a syllable, in the order of Unicode (chapter 3.12); the first final is none.
INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
SYLLABLES = len(INITIALS) * len(VOWELS) * len(FINALS)

#: Isolated letters (ㄱ. ㄴ. in lists, ㅋㅋ, ㅠㅠ). ㅡ and ㅣ are left out: they look the same as rules.
LONE_LETTERS = "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎㄲㄸㅃㅆㅉㅏㅑㅓㅕㅗㅛㅜㅠ"
#: Marks of Korean print beyond ASCII.
KOREAN_MARKS = "·…～「」『』“”‘’①②③④⑤⑥⑦⑧⑨⑩※○●□■△▲▽▼◇◆☆★→←〈〉《》【】〔〕—–×÷±°℃㎡、。㉠㉡㉢㉣㉤"
#: Further signs of prices, tables, lists, notices and forms. Of look-alikes only the commoner is here: ₩ stands for ￦
#: too, and № is read as the letters that most fonts draw it with.
KOREAN_SIGNS = (
    "₩£€¥¢§†‡©®™‰•㈜㉿⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳ⓐⓑⓒⓓⓔ㉥㉦㉧㉨㉮㉯㉰㉱㉲㎏㎎㎝㎜㎞㎖ℓ㏄㎥㎢㎤㎾㏊℉½¼¾²³↑↓↔⇒▶◀▷◁☞◎◈▣♥♡♠♣♪☎☏≠≤≥≒∞√∴"
)
#: Labels other than syllables, in the order of the network's outputs; the last is for every other character, such as
#: Hanja.
MARKS = LATIN + KOREAN_MARKS + LONE_LETTERS + KOREAN_SIGNS + UNKNOWN
#: Outputs of the kind head: any syllable, each of MARKS, the reject class.
SYLLABLE_KIND, FIRST_MARK, REJECT_KIND = 0, 1, 1 + len(MARKS)
KINDS = Labels(("<syllable>", *MARKS, REJECT))


def compose_syllable(initial: int, vowel: int, final: int) -> str:
    """Compose the syllable of an initial (0..18), a vowel (0..20) and a final (0..27, 0 = none)."""
    if not (0 <= initial < len(INITIALS) and 0 <= vowel < len(VOWELS) and 0 <= final < len(FINALS)):
        raise ValueError(f"no syllable has the letters {initial}, {vowel}, {final}")
    return chr(ord(FIRST_SYLLABLE) + (initial * len(VOWELS) + vowel) * len(FINALS) + final)


def decompose_syllable(syllable: str) -> tuple[int, int, int]:
    """Return the indices of initial, vowel and final (0 = none). Raises ValueError if it is not a syllable."""
    if not is_syllable(syllable):
        raise ValueError(f"{syllable!r} is not a Hangul syllable")
    initial_and_vowel, final = divmod(ord(syllable) - ord(FIRST_SYLLABLE), len(FINALS))
    initial, vowel = divmod(initial_and_vowel, len(VOWELS))
    return initial, vowel, final


#: All labels: MARKS, then the syllables by code point.
GLYPHS = MARKS + "".join(chr(ord(FIRST_SYLLABLE) + i) for i in range(SYLLABLES))


def glyph_number(character: str) -> int:
    """Return the index of a character in GLYPHS. Raises KeyError if it is not among them."""
    if is_syllable(character):
        return len(MARKS) + ord(character) - ord(FIRST_SYLLABLE)
    if len(character) == 1 and (found := MARKS.find(character)) >= 0:
        return found
    raise KeyError(character)
