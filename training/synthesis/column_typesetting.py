"""Text set in columns, letter-spaced heads, and heads of small capitals."""

from __future__ import annotations

from training.synthesis.office_type import Type
from training.synthesis.page_canvas import Canvas, broken

#: Leading in em; widest space of justified text in em.
LEADING, WIDEST_SPACE = 1.3, 1.5
#: White between words of spaced text, as a multiple of that between letters.
WORD_TRACKING = 3.0


def wrapped(text: str, face: Type, width: float) -> list[str]:
    """Break a text into lines of at most ``width`` pixels, within words that are wider, such as addresses."""
    return broken(" ".join(part for word in text.split() for part in _fitting(word, face, width)), face, width)


def _fitting(word: str, face: Type, width: float) -> list[str]:
    """Part a word where it is wider than ``width`` pixels."""
    parts = [""]
    for character in word:
        if parts[-1] and face.length(parts[-1] + character) > width:
            parts.append("")
        parts[-1] += character
    return parts


def set_column(
    canvas: Canvas, text: str, face: Type, place: tuple[float, float, float], ragged: bool = False
) -> tuple[float, list[str]]:
    """Set text at a place: left, top and width; justified unless ``ragged``. Returns where it ends, and its lines."""
    left, y, width = place
    lines = wrapped(text, face, width)
    for k, line in enumerate(lines):
        y += LEADING * face.size
        words = line.split()
        lengths = [face.length(word) for word in words]
        full = k < len(lines) - 1 and not ragged
        space = (width - sum(lengths)) / max(1, len(words) - 1) if full else face.length(" ")
        x = left
        for word, length in zip(words, lengths, strict=True):
            canvas.text(face, x, y, word)
            x += length + min(space, WIDEST_SPACE * face.size)
    return y, lines


def spaced(canvas: Canvas, face: Type, place: tuple[float, float, float], text: str, tracking: float) -> None:
    """Set a text with white between its letters: ``tracking`` em, or what fits. place: left, baseline and width."""
    x, baseline, width = place
    spaces = text.count(" ")
    room = (width - face.length(text)) / (len(text) - 1 - spaces + WORD_TRACKING * spaces)
    step = min(tracking * face.size, room)
    for character in text:
        if character == " ":
            x += WORD_TRACKING * step + face.length(" ")
        else:
            canvas.text(face, x, baseline, character)
            x += face.length(character) + step


def small_capitals(canvas: Canvas, face: Type, small: Type, place: tuple[float, float], text: str) -> None:
    """Set a text in capitals, those of small letters in a smaller face. place: left, baseline."""
    x, baseline = place
    for character in text:
        own = small if character.islower() else face
        canvas.text(own, x, baseline, character.upper())
        x += own.length(character.upper())
