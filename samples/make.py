"""Draw the sample pages and write their text beside them: ``python samples/make.py FONTS [FOLDER]``.

FONTS holds Fontsource families, as ``python -m training.synthesis.fetch_fonts --fonts FONTS`` leaves them;
samples/README.md says which are used. The same fonts and versions of Pillow and NumPy give the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image
from sheet import Face, Sheet, few_grays, one_bit, scanned, write_page

SEED = 1887

LETTER_HEAD = ("The Hollow Lane Allotment Society", "14 Hollow Lane, Wexcombe", "3 March 2024")
LETTER = (
    "Dear Mrs. Fenwick,",
    "Thank you for your letter of 19 February about plot 27. The committee met on Tuesday and I am glad to say that we "
    "can offer you the plot from the first of April, at a yearly rent of 36 pounds (water included).",
    "The shed stands, but its roof does not: two panes are broken and the door has lost a hinge. Mr. Quigley, who "
    "dug there until last year, has left you a water butt, forty feet of hose & a good deal of rhubarb. He asks "
    'only that somebody "keep an eye on the quince", which he planted himself in 1998.',
    "Keys may be had from me on any weekday between 9:30 and 12. Please bring this letter, and a deposit of 5 pounds "
    "for it; questions can be sent to plots@hollowlane.example in the meantime.",
    "Yours sincerely,",
    "J. B. Oxley",
    "Honorary Secretary",
)

FORM_TITLE = "WEXCOMBE PUBLIC LIBRARY"
FORM_SUBTITLE = "Application for a reader's ticket"
FORM = (
    ("Surname", "HARGREAVES"),
    ("First names", "EDITH MAY"),
    ("Date of birth", "14/03/1962"),
    ("Street", "7 MILL BANK ROAD"),
    ("Town", "WEXCOMBE"),
    ("Telephone", "01632 960845"),
    ("Occupation", "Piano tuner"),
    ("Interests", "Old maps, birds and jazz"),
    ("Remarks", "Please ring after six"),
)

ARTICLE_TITLE = "On the Keeping of Weather Diaries"
ARTICLE = (
    "It is a common thing to find, among the papers of a country house, a small book in which somebody has written "
    "down the weather. The hand is seldom that of the owner. It is as a rule the gardener's, or the steward's, or "
    "that of a younger son with nothing else to do; and it goes on for years.",
    "Such a book has few readers. There is in it no event, no person, and hardly a verb. Wind west, rain before "
    "noon. Frost, the pond bears. Yet whoever reads on will find, after an hour, that he has been told a great deal, "
    "and by a very honest man.",
    "For the weather cannot be flattered. A traveller improves his inn, and a soldier his battle, but nobody ever "
    "gained by writing that it rained in Leeds on the ninth of May. He wrote it down since it did; and having begun, "
    "he could not well leave off.",
    "The best of these diaries known to me was kept from 1781 to 1823 by one Abel Judd, who had the care of a lock "
    "upon the canal. He had a glass, which he did not trust, and a cock upon the chapel roof, which he did. Of the "
    "great frost of 1814 he says only that the ducks walked.",
    "I have often wished to know what he made of the rest of it: of the wars, of the new engines, of the price of "
    "bread. There is one line, and one only, that looks beyond the sky. On the day when his wife was buried he has "
    "put: fine, and very still.",
    "The entry for the next day is in the same hand. Wind south, and a little rain toward evening; and so he "
    "goes on, with ten more winters, and the last page is not quite full.",
)

MEMO = (
    "MEMORANDUM",
    "To:    All keepers of the north shore lights",
    "From:  Superintendent's office, pier 4",
    "Date:  21 October 1957",
    "",
    "1. Lamps are to be lit at 17:45 from Monday next",
    "   and not, as some have it, when it is dark.",
    "2. Oil was drawn in September as follows: Gull Rock",
    "   118 gallons, Beacon Head 96, Saint Olave 131.",
    "   The last figure is too high by a quarter.",
    "3. Whoever has borrowed the large jack and the box",
    "   of size 8 keys will please bring them back; no",
    "   questions will be asked.",
    "4. The supply boat calls on the 2nd and the 16th,",
    "   weather permitting. Lists must be with us five",
    "   days before, typed or in clear capitals.",
    "",
    "W. Kazimierz, Superintendent",
)


def letter(fonts: Path) -> tuple[Image.Image, list[str]]:
    """A printed letter: as wide as A4, 300 dpi, black and white."""
    sheet, face = Sheet(210, 185, 300), Face(font(fonts, "noto-serif"), 11)
    text, y = [], 32.0
    for line in LETTER_HEAD:
        sheet.print(120, y, line, face)
        y += 6
    text.append("\n".join(LETTER_HEAD))
    for paragraph in LETTER:
        y += 5
        lines = sheet.broken(paragraph, face, 160)
        for line in lines:
            sheet.print(25, y, line, face)
            y += 6
        text.append("\n".join(lines))
    return one_bit(sheet.image), text


def form(fonts: Path) -> tuple[Image.Image, list[str]]:
    """A form filled in by hand, in capitals and in small letters: A5, 200 dpi, 16 greys."""
    random = np.random.default_rng(SEED)
    sheet = Sheet(148, 170, 200)
    label, hand = Face(font(fonts, "roboto-condensed"), 10), Face(font(fonts, "handlee"), 16)
    sheet.print(12, 18, FORM_TITLE, Face(font(fonts, "roboto-condensed", 700), 15))
    sheet.print(12, 25, FORM_SUBTITLE, Face(font(fonts, "roboto-condensed"), 11))
    sheet.rule(12, 29, 124, 0.5)
    text, y = [FORM_TITLE, FORM_SUBTITLE], 42.0
    for i, (name, entry) in enumerate(FORM):
        sheet.print(12, y, name, label)
        if i < 6:
            sheet.box(40, y - 8, 96, 11)
        else:
            sheet.rule(40, y + 2.2, 96)
        sheet.write(43, y, entry, hand, random)
        text.append(f"{name} {entry}")
        y += 14
    return few_grays(sheet.image, 16), text


def columns(fonts: Path) -> tuple[Image.Image, list[str]]:
    """Part of a page of a journal, in two columns: as wide as A4, 300 dpi, black and white."""
    sheet, face = Sheet(210, 170, 300), Face(font(fonts, "sorts-mill-goudy"), 12)
    title = Face(face.path, 20)
    sheet.print((210 - sheet.width_of(ARTICLE_TITLE, title)) / 2, 35, ARTICLE_TITLE, title)
    width, indent, top, bottom = 77.0, 4.0, 52.0, 149.0
    x, y, text = 22.0, top, [ARTICLE_TITLE]
    for paragraph in ARTICLE:
        lines = sheet.broken(paragraph, face, width, indent)
        for i, line in enumerate(lines):
            if y > bottom:
                x, y = 111.0, top
            begin = indent if i == 0 else 0.0
            if i < len(lines) - 1:
                sheet.print_justified(x + begin, y, width - begin, line, face)
            else:
                sheet.print(x + begin, y, line, face)
            y += 5.4
        text.append("\n".join(lines))
    return one_bit(sheet.image), text


def scan(fonts: Path) -> tuple[Image.Image, list[str]]:
    """A typed memorandum, badly scanned: 3.4 degrees askew, soft, noisy, unevenly lit; 200 dpi, 5 greys."""
    sheet, face = Sheet(160, 130, 200), Face(font(fonts, "courier-prime"), 12)
    for i, line in enumerate(MEMO):
        sheet.print(16, 18 + 5.6 * i, line, face)
    image = scanned(sheet.image, np.random.default_rng(SEED), 3.4)
    return few_grays(image, 5), [" ".join(line.split()) for line in MEMO if line]


def font(fonts: Path, family: str, weight: int = 400) -> Path:
    """The Latin file of a Fontsource family."""
    return fonts / family / "files" / f"{family}-latin-{weight}-normal.woff"


def main(fonts: Path, folder: Path) -> None:
    """Write NAME.png and NAME.txt for each page."""
    for draw in (letter, form, columns, scan):
        image, text = draw(fonts)
        dpi = 300 if draw in (letter, columns) else 200
        write_page(folder / draw.__name__, image, text, dpi)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parent)
