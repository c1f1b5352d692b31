"""Colours of pictures and the font that Pillow brings, for all pictures alike."""

from __future__ import annotations

from functools import lru_cache

from PIL import ImageFont

#: Colours: of the ground and of text, of quiet text and of frames.
PAPER, INK, QUIET, FAINT = "#ffffff", "#1f2328", "#6b7280", "#eef0f3"
#: Size of text in pixels.
TEXT_SIZE = 13
#: Longer names are cut at the front.
NAME_LENGTH = 60


def shortened(name: str, length: int = NAME_LENGTH) -> str:
    """The end of a name, with a question mark for what the font does not have."""
    return drawable(name if len(name) <= length else "…" + name[1 - length :])


def drawable(text: str) -> str:
    """``text`` with a question mark for what the font does not have."""
    return "".join(character if has(plain(TEXT_SIZE), character) else "?" for character in text)


@lru_cache(maxsize=4)
def plain(size: int) -> ImageFont.FreeTypeFont:
    """The font that comes with Pillow: Latin only."""
    return ImageFont.load_default(size)  # type: ignore[return-value]


@lru_cache(maxsize=4096)
def has(font: ImageFont.FreeTypeFont, character: str) -> bool:
    """Whether a font has a picture of the character, other than that of what is missing."""
    picture = font.getmask(character)
    return character == " " or (picture.getbbox() is not None and bytes(picture) != bytes(font.getmask("\uffff")))
