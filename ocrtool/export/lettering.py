"""Shared by all plots: colours, the font that comes with Pillow, stacking of parts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageFont

#: Colours: of the ground and of text, of quiet text and of frames.
PAPER, INK, QUIET, FAINT = "#ffffff", "#1f2328", "#6b7280", "#eef0f3"
#: Size of text in pixels.
TEXT_SIZE = 13
#: Maximum length of a name; longer ones are truncated at the front.
NAME_LENGTH = 60


def stacked_png(parts: Sequence[Image.Image]) -> bytes:
    """Stack all parts, at least one, in a PNG file."""
    sheet = Image.new("RGB", (max(part.width for part in parts), sum(part.height for part in parts)), PAPER)
    y = 0
    for part in parts:
        sheet.paste(part, (0, y))
        y += part.height
    file = BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()


def shortened(name: str, length: int = NAME_LENGTH) -> str:
    """Truncate a name at the front; characters that the font lacks become question marks."""
    return drawable(name if len(name) <= length else "…" + name[1 - length :])


def drawable(text: str) -> str:
    """Replace the characters of ``text`` that the font lacks by question marks."""
    return "".join(character if has(plain(TEXT_SIZE), character) else "?" for character in text)


@lru_cache(maxsize=4)
def plain(size: int) -> ImageFont.FreeTypeFont:
    """Load the font that comes with Pillow: Latin only."""
    return ImageFont.load_default(size)  # type: ignore[return-value]


@lru_cache(maxsize=4096)
def has(font: ImageFont.FreeTypeFont, character: str) -> bool:
    """Return True if a font has a glyph for the character, other than its glyph for missing ones."""
    picture = font.getmask(character)
    return character == " " or (picture.getbbox() is not None and bytes(picture) != bytes(font.getmask("\uffff")))
