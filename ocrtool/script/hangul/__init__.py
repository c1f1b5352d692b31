"""Hangul: the syllables of Korean, with the Latin letters and marks of Korean print."""

LANGUAGE = "kor"
ORDER = 1
