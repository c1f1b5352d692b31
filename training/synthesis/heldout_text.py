"""Held-out Korean text dealt out to drawn pages: every paragraph, sentence and title at most once."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from ocrtool.charset import UNKNOWN
from ocrtool.script.hangul.charset import GLYPHS, KOREAN_SIGNS
from training.language.korean_sources import hangul_share

#: Characters of a paragraph, of an item of a list and of a title.
PARAGRAPH, ITEM, TITLE = (60, 260), (18, 90), (5, 17)
#: Share of syllables from which text counts as Korean, and up to which as mixed with English and figures.
KOREAN_SHARE, MIXED_SHARE = 0.8, 0.93
#: What stands for a mark that a font lacks.
SUBSTITUTES = {
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "…": "...",
    "·": ",",
    "～": "~",
    "–": "-",
    "—": "-",
    "「": "<",
    "」": ">",
    "『": "<",
    "』": ">",
    "〈": "<",
    "〉": ">",
    "《": "<",
    "》": ">",
    "※": "*",
    "○": "-",
    "●": "-",
    "■": "-",
    "□": "-",
}

#: The signs of prices and notices have sentences of their own.
_READABLE = frozenset(GLYPHS) - set(KOREAN_SIGNS) - {UNKNOWN} | {" "}
#: Of annotated corpora: quotes typed as accents, marks that stand off from their word. Nobody prints text so.
_UNPRINTED = re.compile(r"[`]|''| [.,?!)\]]|[(\[] |\.{4}|,,|\d, \d{3}(?!\d)")
_SENTENCE = re.compile(r"[^.?!]+[.?!]+[\"'”’)]*(?= |$)")
_LATIN = re.compile(r"[A-Za-z]{2,}|[0-9]{2,}")


def fitted(text: str, known: frozenset[str]) -> str | None:
    """``text`` with substitutes for the marks not in ``known``; None if something else is missing."""
    for mark in set(text) - known - {" "}:
        if mark not in SUBSTITUTES or not set(SUBSTITUTES[mark]) <= known:
            return None
        text = text.replace(mark, SUBSTITUTES[mark])
    return text


class Stock:
    """Text of one part of the Korean corpus. known: the characters that the page's fonts have."""

    def __init__(self, files: dict[str, list[str]], rng: np.random.Generator) -> None:
        """files: paragraphs of each file, as ``load_korean`` gives them for a part."""
        candidates = [text for paragraphs in files.values() for text in paragraphs if _is_printed(text)]
        sentences = list(dict.fromkeys(s.strip() for text in candidates for s in _SENTENCE.findall(text)))
        long = {text for text in map(_whole_sentences, candidates) if len(text) >= PARAGRAPH[0]}
        self._paragraphs = _shuffled((t for t in long if hangul_share(t) >= KOREAN_SHARE), rng)
        used = {s.strip() for text in self._paragraphs for s in _SENTENCE.findall(text)}
        mixed = {s for s in sentences if ITEM[0] <= len(s) <= 2 * ITEM[1] and _is_mixed(s)}
        self._mixed = _shuffled(mixed - used, rng)
        items = {s for s in sentences if ITEM[0] <= len(s) <= ITEM[1] and hangul_share(s) >= KOREAN_SHARE}
        self._items = _shuffled(items - used - mixed, rng)
        titles = {text.rstrip(".?!") for text in candidates if TITLE[0] <= len(text.rstrip(".?!")) <= TITLE[1]}
        self._titles = _shuffled((t for t in titles if hangul_share(t) >= KOREAN_SHARE), rng)

    def paragraph(self, known: frozenset[str]) -> str:
        """Some sentences of Korean. Raises ValueError when no more are left, as the others do."""
        return _deal(self._paragraphs, known, "paragraph")

    def item(self, known: frozenset[str]) -> str:
        """One Korean sentence."""
        return _deal(self._items, known, "sentence")

    def title(self, known: frozenset[str]) -> str:
        """A few Korean words without a full stop."""
        return _deal(self._titles, known, "title")

    def mixed(self, known: frozenset[str]) -> str:
        """One sentence of Korean with English words or figures in it."""
        return _deal(self._mixed, known, "mixed sentence")


def _is_printed(text: str) -> bool:
    return set(text) <= _READABLE and not _UNPRINTED.search(text)


def _is_mixed(text: str) -> bool:
    return bool(_LATIN.search(text)) and 0.3 <= hangul_share(text) <= MIXED_SHARE


def _whole_sentences(text: str) -> str:
    """The first sentences of ``text``, as many as a paragraph holds."""
    kept = ""
    for sentence in _SENTENCE.findall(text):
        if len(kept) + len(sentence) > PARAGRAPH[1]:
            break
        kept += sentence
    return kept.strip()


def _shuffled(texts: Iterable[str], rng: np.random.Generator) -> list[str]:
    ordered = sorted(texts)
    return [ordered[i] for i in rng.permutation(len(ordered))]


def _deal(texts: list[str], known: frozenset[str], what: str) -> str:
    for index, text in enumerate(texts):
        found = fitted(text, known)
        if found is not None:
            del texts[index]
            return found
    raise ValueError(f"the held-out Korean text has no {what} left that the font can draw")
