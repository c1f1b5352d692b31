"""Lines without some of their characters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ocrtool.types import Box, Character, Line, Word


def with_characters(line: Line, keep: Callable[[Character], bool]) -> Line | None:
    """Return a line with the characters to keep, itself if these are all; None if they are none."""
    return with_words(line, [kept for word in line.words if (kept := _word_with(word, keep)) is not None])


def with_words(line: Line, words: list[Word]) -> Line | None:
    """Return a line with ``words``, itself if these are its own; None if there are none."""
    if len(words) == len(line.words) and all(a is b for a, b in zip(words, line.words, strict=True)):
        return line
    return replace(line, box=Box.around([word.box for word in words]), words=tuple(words)) if words else None


def _word_with(word: Word, keep: Callable[[Character], bool]) -> Word | None:
    kept = tuple(c for c in word.characters if keep(c))
    if len(kept) == len(word.characters):
        return word
    return replace(word, box=Box.around([c.box for c in kept]), characters=kept) if kept else None
