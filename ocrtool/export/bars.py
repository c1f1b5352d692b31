"""Plot of single characters: each picture beside bars of the probabilities of its labels."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocrtool.errors import printable
from ocrtool.export.documents import CharacterImage
from ocrtool.export.lettering import FAINT, INK, PAPER, QUIET, TEXT_SIZE, has, plain, shortened, stacked_png
from ocrtool.text import is_syllable

#: Lengths in pixels: side of the picture, margins, height of a bar with the space below it, and size of labels.
SIDE, MARGIN, STEP, BAR = 160, 14, 28, 18
LABEL_SIZE = 20
#: Widths in pixels: of a label, of a spelled-out label, of the longest bar, and of the number after it.
LABEL_ROOM, SPELLED_ROOM, BAR_ROOM, NUMBER_ROOM = 40, 150, 260, 64
#: Colours: of the first bar and the others, and of the frame around the character found.
FIRST, OTHERS, BOX = "#1f6fb4", "#a9c8e4", "#1a7f4b"
#: Common font files with Hangul on Linux, Windows and macOS, which Pillow finds in the system's font folders; and the
#: index of the font in the file.
HANGUL_FONTS = (
    ("NotoSansCJK-Regular.ttc", 1),
    ("NotoSansKR-Regular.otf", 0),
    ("NotoSansKR-Regular.ttf", 0),
    ("NotoSansKR-VF.ttf", 0),
    ("NanumGothic.ttf", 0),
    ("NanumBarunGothic.ttf", 0),
    ("NanumSquareR.ttf", 0),
    ("UnDotum.ttf", 0),
    ("dotum.ttf", 0),
    ("DroidSansFallbackFull.ttf", 0),
    ("malgun.ttf", 0),
    ("gulim.ttc", 0),
    ("AppleSDGothicNeo.ttc", 0),
    ("AppleGothic.ttf", 0),
)


def draw_row(picture: CharacterImage) -> Image.Image:
    """Draw one image, which must have been kept, and the bars of its labels."""
    labels = picture.alternatives
    room = LABEL_ROOM if all(_font_of(label.label) for label in labels) else SPELLED_ROOM
    left = SIDE + 2 * MARGIN
    width = left + room + BAR_ROOM + NUMBER_ROOM + MARGIN
    height = max(SIDE, TEXT_SIZE + 10 + STEP * len(labels)) + 2 * MARGIN
    row = Image.new("RGB", (width, height), PAPER)
    pen = ImageDraw.Draw(row)
    _put_picture(row, pen, picture)
    pen.text((left, MARGIN), shortened(printable(picture.label)), QUIET, plain(TEXT_SIZE))
    y = MARGIN + TEXT_SIZE + 10
    if not labels:
        pen.text((left, y), "blank", INK, plain(LABEL_SIZE))
    for rank, label in enumerate(labels):
        middle = y + rank * STEP + BAR // 2
        font = _font_of(label.label)
        pen.text(
            (left, middle),
            label.label if font else spelled(label.label),
            INK,
            font or plain(TEXT_SIZE),
            anchor="lm",
        )
        x = left + room
        pen.rectangle((x, middle - BAR // 2, x + BAR_ROOM, middle + BAR // 2), FAINT)
        pen.rectangle(
            (x, middle - BAR // 2, x + round(BAR_ROOM * label.probability), middle + BAR // 2),
            OTHERS if rank else FIRST,
        )
        pen.text((x + BAR_ROOM + 8, middle), f"{100 * label.probability:.1f} %", INK, plain(TEXT_SIZE), anchor="lm")
    return row


def thumbnail(gray: np.ndarray) -> np.ndarray:
    """Scale an image, (H, W) uint8, to the size in which it is drawn: a page is not kept for its picture."""
    shown = Image.fromarray(gray)
    scale = SIDE / max(shown.size)
    size = (max(1, round(shown.width * scale)), max(1, round(shown.height * scale)))
    resampling = Image.Resampling.LANCZOS if scale < 1.0 else Image.Resampling.NEAREST
    return np.asarray(shown.resize(size, resampling))


def as_png(rows: Sequence[Image.Image]) -> bytes:
    """Stack all rows, at least one, in a PNG file."""
    return stacked_png(rows)


def spelled(label: str) -> str:
    """Spell a label without a font: its code point, for a syllable with its Unicode name: U+BC1F BALB."""
    name = unicodedata.name(label, "") if is_syllable(label) else ""
    return f"U+{ord(label):04X} {name.removeprefix('HANGUL SYLLABLE ')}".rstrip()


def _put_picture(row: Image.Image, pen: ImageDraw.ImageDraw, picture: CharacterImage) -> None:
    """Draw the image with a frame around the character found."""
    assert picture.gray is not None
    scale = SIDE / max(picture.size)
    shown = Image.fromarray(picture.gray)
    size = shown.size
    x, y = MARGIN + (SIDE - size[0]) // 2, MARGIN + (SIDE - size[1]) // 2
    row.paste(shown, (x, y))
    pen.rectangle((x - 1, y - 1, x + size[0], y + size[1]), outline=FAINT)
    if (box := picture.box) is not None:
        x0, y0, x1, y1 = (round(edge * scale) for edge in (box.x0, box.y0, box.x1, box.y1))
        pen.rectangle((x + x0 - 1, y + y0 - 1, x + x1, y + y1), outline=BOX)


def _font_of(label: str) -> ImageFont.FreeTypeFont | None:
    """Return a font that has the label: Pillow's own, else one with Hangul; None if there is none."""
    latin, korean = plain(LABEL_SIZE), _hangul_font()
    return latin if has(latin, label) else korean if korean is not None and has(korean, label) else None


@lru_cache(maxsize=1)
def _hangul_font() -> ImageFont.FreeTypeFont | None:
    for name, index in HANGUL_FONTS:
        try:
            font = ImageFont.truetype(name, LABEL_SIZE, index)
        except OSError:
            continue
        if has(font, "가") and has(font, "힣"):
            return font
    return None
