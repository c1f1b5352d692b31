"""Colours of pictures, the font that Pillow brings, and sheets of parts, for all pictures alike."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageFont

#: Colours: of the ground and of text, of quiet text and of frames.
PAPER, INK, QUIET, FAINT = "#ffffff", "#1f2328", "#6b7280", "#eef0f3"
#: Size of text in pixels.
TEXT_SIZE = 13
#: Longer names are cut at the front.
NAME_LENGTH = 60


def stacked_png(parts: Sequence[Image.Image]) -> bytes:
    """All parts below each other; at least one."""
    sheet = Image.new("RGB", (max(part.width for part in parts), sum(part.height for part in parts)), PAPER)
    y = 0
    for part in parts:
        sheet.paste(part, (0, y))
        y += part.height
    file = BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()


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
