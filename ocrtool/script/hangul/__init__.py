"""Hangul: the syllables of Korean, with the Latin letters and marks that stand among them."""

LANGUAGE = "kor"
ORDER = 1
