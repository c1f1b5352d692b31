"""Prose: lines of books, of made-up English, and of other languages word by word, in the typography of each."""

from __future__ import annotations

import re
from pathlib import Path

from training.language.english_sources import book_files
from training.lines import figures, names, unguessable
from training.lines.draws import Draw, Maker, chance, filled, number, one
from training.lines.lists import kept
from training.lines.words import ENGLISH, NOUNS, PHRASES, TONGUES

#: Faker's lists of words beside those of `words`.
LONG_LISTS = {"fr": "fr_FR", "de": "de_DE", "es": "es_ES", "it": "it_IT", "nl": "nl_NL", "da": "da_DK", "en": "en_US"}
COMMON_WORDS, THINGS = tuple(ENGLISH.split()), tuple(NOUNS.split())

SUBJECTS = kept("subjects")
VERBS = kept("verbs")
OBJECTS = kept("objects")
TAILS = kept("sentence_tails")
ENDS = kept("sentence_ends")

FIELDS: dict[str, Maker] = {
    "amount": figures.amount,
    "city": names.city,
    "code": unguessable.serial,
    "date": figures.date,
    "firm": names.firm,
    "measure": figures.measure,
    "n": lambda rng: str(int(10 ** rng.uniform(0.0, 3.0))),
    "percent": figures.percent,
    "person": names.person,
    "surname": names.surname,
    "time": figures.time,
    "word": lambda rng: one(THINGS, rng),
    "year": lambda rng: str(number(1750, 2030, rng)),
}

#: Quotation marks that open: at the start, after a space, or after an opening bracket or a dash.
_OPENING_DOUBLE = re.compile(r'(^|[\s(\[—–-])"')
_OPENING_SINGLE = re.compile(r"(^|[\s(\[—–“-])'(?!\d)")
_ITALICS = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_CURLY_TO_STRAIGHT = str.maketrans("“”„‘’‚", "\"\"\"'''")


def english_word(rng: Draw) -> str:
    if chance(0.5, rng):
        return one(COMMON_WORDS if chance(0.5, rng) else THINGS, rng)
    return one(names.listed("lorem", "en_US", "word_list"), rng)


def foreign_word(tongue: str, rng: Draw) -> str:
    if tongue in LONG_LISTS and chance(0.4, rng):
        return one(names.listed("lorem", LONG_LISTS[tongue], "word_list"), rng)
    return one(TONGUES[tongue][0], rng)


def curly(text: str, rng: Draw) -> str:
    """Typographer's quotation marks and apostrophes in place of straight ones; sometimes the British single ones."""
    if chance(0.2, rng):
        text = text.replace('"', "'")
    text = _OPENING_DOUBLE.sub(r"\1“", text).replace('"', "”")
    return _OPENING_SINGLE.sub(r"\1‘", text).replace("'", "’")


def typeset(text: str, rng: Draw) -> str:
    """``text`` with the quotation marks, dashes and dots of one manner of typesetting."""
    text = text.translate(_CURLY_TO_STRAIGHT)
    kind = rng.random()
    if kind < 0.5:
        text = curly(text, rng)
    elif kind < 0.55:
        text = text.replace("'", "’")
    if "--" in text or "—" in text:
        text = re.sub(r" ?(?:--+|—) ?", one(("—", "—", " — ", " – ", "--", " -- ", " - "), rng), text)
    return text.replace("...", "…") if chance(0.5, rng) else text


class BookLines:
    """Lines as printed in the books of the language model's training part."""

    def __init__(self, data: Path) -> None:
        texts = [p.read_text(encoding="utf-8", errors="replace") for p in book_files(data)["train"]]
        self._text = "\n\n".join(texts).replace("\r", "")

    def __call__(self, length: int, rng: Draw) -> str:
        """A line of at most ``length`` characters: from within a paragraph, or its beginning, or its end."""
        start = int(rng.random() * max(1, len(self._text) - 3 * length))
        piece = self._text[start : start + 3 * length]
        first = piece.find(" ") + 1
        gap = piece.find("\n\n", first)
        if 0 <= gap < 0.4 * length or (gap >= 0 and chance(0.5, rng)):
            first, gap = gap, piece.find("\n\n", gap + 2)
        piece = piece[first : gap if gap > first else None]
        return cut(typeset(" ".join(_ITALICS.sub("", piece).split()), rng), length, rng)


def cut(text: str, length: int, rng: Draw) -> str:
    """``text`` up to ``length`` characters, broken between words, or now and then within one, with a hyphen."""
    if len(text) <= length:
        return text
    end = text.rfind(" ", 0, length + 1)
    word = text[end + 1 :].split(" ", 1)[0]
    room = min(length - end - 2, len(word) - 2)
    if end > 0 and room >= 2 and word.isalpha() and chance(0.3, rng):
        return text[: end + 1 + number(2, room, rng)] + "-"
    return text[:end] if end > 0 else text[:length]


def english(rng: Draw) -> str:
    """A made-up sentence of today, sense left aside."""
    parts = [filled(one(choices, rng), FIELDS, rng).strip() for choices in (SUBJECTS, VERBS, OBJECTS)]
    text = " ".join(parts)
    for _ in range(number(0, 2, rng)):
        tail = filled(one(TAILS, rng), FIELDS, rng).strip()
        text += tail if tail[0] in ",;*†‡…¹²³®™" else f" {tail}"
    text += one(ENDS, rng)
    if chance(0.1, rng):
        text = f'"{text}" {one(("he said", "she asked", "they wrote"), rng)}.'
    return typeset(text, rng) if chance(0.7, rng) else text


def foreign(rng: Draw) -> str:
    """Words of a language of Western Europe, with its quotation marks and some figures."""
    if chance(0.12, rng):
        return one(PHRASES, rng)
    tongue = one(tuple(TONGUES), rng)
    words = [foreign_word(tongue, rng) for _ in range(number(2, 12, rng))]
    for place in range(len(words)):
        kind = rng.random()
        if kind < 0.1:
            words[place] += one(",,,;:.", rng)
        elif kind < 0.14:
            words[place] = one(
                (str(number(1, 2030, rng)), figures.amount(rng), figures.date(rng), names.person(rng)), rng
            )
        elif kind < 0.2:
            words[place] = words[place].capitalize()
    if chance(0.35, rng):
        before, after = one(TONGUES[tongue][1], rng).split("|")
        first = number(0, len(words) - 1, rng)
        last = number(first, len(words) - 1, rng)
        words[first], words[last] = before + words[first], words[last] + after
        words = " ".join(words).split()
    text = " ".join(words)
    return text[0].upper() + text[1:] + one(("", ".", ".", ".", "!", "?", " !", " ?", "…", ":"), rng)


def titled(text: str) -> str:
    """Every word with a capital; `str.title` would capitalise the t of don't."""
    return " ".join(word[:1].upper() + word[1:] for word in text.split())


def capitals(rng: Draw) -> str:
    """A heading in capitals or with every word's first letter a capital; accents are kept."""
    tongue = one(("en", "en", *TONGUES), rng)
    words = [english_word(rng) if tongue == "en" else foreign_word(tongue, rng) for _ in range(number(1, 6, rng))]
    text = " ".join(words)
    text = text.upper() if chance(0.6, rng) else titled(text)
    return f"{number(1, 40, rng)}. {text}" if chance(0.15, rng) else text
