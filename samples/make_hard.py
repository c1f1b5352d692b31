"""Draw two harder sample pages and write their text beside them: ``python samples/make_hard.py FONTS [FOLDER]``.

FONTS holds Fontsource families, as ``python -m training.synthesis.fetch_fonts --fonts FONTS`` leaves them;
samples/README.md says which are used. The same fonts and versions of Pillow and NumPy give the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from sheet import INK, PAPER, Face, Sheet, one_bit, write_page

SEED = 1911
#: How far the strokes of `slanted` lean beyond their italics: columns gained per row upward.
LEAN = 0.2
#: Specks of `slanted`: how many are tried, and their least and greatest side in mm. They are smaller than a letter and
#: larger than dust: 0.2 to 0.4 x-heights.
SPECKS, SPECK_SIDES = 900, (0.35, 0.68)
#: How far specks keep from text beside them, from text over or under them, and from each other, in mm.
SPECKS_BESIDE, SPECKS_OVER, SPECKS_APART = 4.5, 1.9, 0.4

PROGRAMME = (
    "Wexcombe Musical Union",
    "An Evening of Songs & Trios",
    "in the Corn Exchange, at eight o'clock",
    "MRS. CAROLINE ASHWORTH, alto",
    "MR. C. W. COZENS OF STOWE, bass",
    "THE MISSES SCOVELL, viols",
    "I. Six Scottish catches, collected by Mr. Cozens",
    "II. Trio in E flat, op. 12 (1794)",
    "III. The Fox, a round in seven voices; the",
    "house is asked to join",
    "Tickets at 2s. 6d. from Messrs. Oswick & Sons, Fore",
    "Street, or at the door. Carriages at ten. Ladies are",
    "begged to leave their hats below, and gentlemen not",
    "to beat time upon the floor.",
)

DIRECTORY_TITLE = "Trades & Titles of the Town"
DIRECTORY = (
    (
        "VOSS & COX, SAWYERS",
        "WOOD SOLD BY THE CORD",
        "Coves Wharf. Open on six days",
        "COZENS, S. W., SADDLER",
        "SCISSORS GROUND, SAWS SET",
        "The Square, next to the bank",
        "WOZENCROFT, CLOCKS",
        "OXEN SHOD ALSO. VOICE OR WIRE",
        "Cross Row, over the saw pit",
        "SCOVELL, V., COVERS BOXES",
        "ZINC, WAX, COSTS ON ASKING",
        "Rear of Swan Court, one flight",
    ),
    (
        "CROWS & SWIVES, WINES",
        "VICTUALS SERVED TO NINE",
        "South Cove, by the sluice",
        "OSWICK & SONS, MUSIC",
        "VIOLS, VOICES, SCORES LENT",
        "Fore Street, first floor front",
        "SWOX, Z., CORSETS & COWLS",
        "WOVEN TO ORDER, NO CREDIT",
        "Vicars Close, knock twice",
        "CROZIER'S COACH SERVICE",
        "COXWOLD AND ROSS, TWICE WEEKLY",
        "Coach House, Zion Row",
    ),
)


def slanted(fonts: Path) -> tuple[Image.Image, list[str]]:
    """A concert bill in leaning italics on specked paper: 300 dpi, black and white."""
    sheet = Sheet(140, 148, 300)
    face, title = Face(italic(fonts, "noto-serif"), 12), Face(italic(fonts, "noto-serif"), 20)
    for i, line in enumerate(PROGRAMME):
        sheet.print(16, 18 + 9.0 * i, line, face if i else title)
    sheet.image = leaning(sheet.image, LEAN)
    specked(sheet.image, sheet, np.random.default_rng(SEED))
    return one_bit(sheet.image), list(PROGRAMME)


def capitals(fonts: Path) -> tuple[Image.Image, list[str]]:
    """A directory in two columns, mostly in capitals, under a heading with a crack: 200 dpi, black and white."""
    sheet = Sheet(170, 110, 200)
    heading, face = Face(font(fonts, "roboto-condensed", 700), 38), Face(font(fonts, "prata"), 11)
    left = (170 - sheet.width_of(DIRECTORY_TITLE, heading)) / 2
    sheet.print(left, 25, DIRECTORY_TITLE, heading)
    crack = [(sheet.pixels(x), sheet.pixels(17.3)) for x in (left, left + 75)]
    sheet.draw.line(crack, PAPER, sheet.pixels(0.4))  # under the bars of the first two T
    for x, column in zip((12, 92), DIRECTORY, strict=True):
        for i, line in enumerate(column):
            sheet.print(x, 40 + 5.6 * i, line, face)
    return one_bit(sheet.image), [DIRECTORY_TITLE, *DIRECTORY[0], *DIRECTORY[1]]


def leaning(image: Image.Image, lean: float) -> Image.Image:
    """A page sheared so that upright strokes lean forward by ``lean`` columns per row."""
    matrix = (1, lean, -lean * image.height / 2, 0, 1, 0)
    return image.transform(image.size, Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC, fillcolor=PAPER)


def specked(image: Image.Image, sheet: Sheet, random: np.random.Generator) -> None:
    """Specks all over a page, but not near its text nor near each other, in place."""
    draw = ImageDraw.Draw(image)
    text = np.asarray(image) < PAPER / 2
    specks = np.zeros_like(text)
    beside, over, apart = (sheet.pixels(mm) for mm in (SPECKS_BESIDE, SPECKS_OVER, SPECKS_APART))
    for _ in range(SPECKS):
        width, height = (sheet.pixels(side) for side in random.uniform(*SPECK_SIDES, 2))
        x, y = int(random.integers(image.width - width)), int(random.integers(image.height - height))
        near_text = text[max(0, y - over) : y + height + over, max(0, x - beside) : x + width + beside].any()
        near_speck = specks[max(0, y - apart) : y + height + apart, max(0, x - apart) : x + width + apart].any()
        if not near_text and not near_speck:
            draw.ellipse((x, y, x + width, y + height), fill=INK)
            specks[y : y + height, x : x + width] = True


def font(fonts: Path, family: str, weight: int = 400) -> Path:
    """The upright Latin file of a Fontsource family."""
    return fonts / family / "files" / f"{family}-latin-{weight}-normal.woff"


def italic(fonts: Path, family: str) -> Path:
    """The italic Latin file of a Fontsource family."""
    return fonts / family / "files" / f"{family}-latin-400-italic.woff"


def main(fonts: Path, folder: Path) -> None:
    """Write NAME.png and NAME.txt for each page."""
    for draw, dpi in ((slanted, 300), (capitals, 200)):
        image, text = draw(fonts)
        write_page(folder / draw.__name__, image, text, dpi)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parent)
