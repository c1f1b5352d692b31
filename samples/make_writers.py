"""Draw pages in six hands: ``python -m samples.make_writers FONTS [FOLDER]``, from the root of the checkout.

FONTS holds Fontsource families, as ``python -m training.synthesis.fetch_fonts --fonts FONTS`` leaves them;
samples/README.md says which are used. The same fonts and versions of Pillow, NumPy and OpenCV give the same bytes.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from training.synthesis.fonts import FontFile
from training.writer.pages import Setting, set_page, soaked
from training.writer.writer_font import Habit, WriterFont

SEED = 1912


@dataclass(frozen=True, slots=True)
class Person:
    """Who writes: with which font, in what manner, and what. asked: a loose page in this hand and its text."""

    name: str
    family: str
    habit: Habit
    setting: Setting
    pages: tuple[str, ...]
    asked: tuple[str, str] | None


def _setting(width: float, room: float, space: float, slope: float) -> Setting:
    return Setting(30.0, width, room, space, 0.15, 0.3, 0.06, slope)


#: Five people whose hands are known, and one who only wrote a loose page. 30 pixels of x-height: about 250 dpi.
PEOPLE = (
    Person(
        "abel",
        "handlee",
        Habit(0.02, 1.0, 0.13, 0.05, 0.06, 0.04, 0.02, 11),
        _setting(40, 1.25, 1.1, 0.004),
        (
            "Lock gates greased on Monday. The upper sluice still lets by more than it should and I have told the "
            "company so twice. Nine boats up, six down, one of them with a piano on deck that somebody played as far "
            "as the bridge. Wind west, dry.",
            "The ducks have a nest behind the coal shed again. Water low for the time of year. A young man came to "
            "ask how deep the cut is at Quigley's bend; I said deep enough for him, and lent him a coat afterwards. "
            "Seven boats, all late.",
            "Frost in the night, the paddles stiff. Took the long pole to the ice about the gates before six. No "
            "boats until noon and then four at once, each of them first by his own account. I let them through by "
            "the alphabet, which pleased the Atkins brothers only.",
        ),
        (
            "note-3",
            "Heavy rain since Friday and the towpath is under water by the willow. Two barges tied up here "
            "until it drops; their men mended my gate for something to do, and "
            "hung it the wrong way round. Wind south, "
            "no boats, kettle never off the stove.",
        ),
    ),
    Person(
        "dora",
        "gochi-hand",
        Habit(-0.05, 1.08, 0.15, 0.06, 0.05, 0.04, 0.03, 12),
        _setting(42, 1.15, 1.0, -0.003),
        (
            "Please bring to the hall before Thursday: forty cups, the big urn, both trestle tables and every chair "
            "that will still bear a person. Mrs. Fenwick lends the bunting. The band want lemonade and a dry place "
            "for the tuba. No dogs on the stage this year!",
            "Raffle so far: a ham, six jars of quince jelly, a barometer that says fair whatever happens, and a very "
            "small rug. We need two more good prizes, and someone to read the numbers who does not laugh. Would you "
            "ask your uncle? He has the voice for it.",
        ),
        (
            "note-4",
            "Thank you all for Saturday. We took 36 pounds and lost one teaspoon. The jelly went first, the "
            "barometer last; the vicar has it now and is expecting sunshine. Chairs are to be fetched from the hall by "
            "Wednesday, please, and the bunting washed.",
        ),
    ),
    Person(
        "edith",
        "over-the-rainbow",
        Habit(0.1, 1.12, 0.11, 0.03, 0.06, 0.045, 0.02, 13),
        _setting(44, 1.1, 1.2, 0.0),
        (
            "Dear Kate, the new piano has come and it is a good one, though it took five men, a canal boat and most "
            "of a window to bring it in. I tuned it on Tuesday and again today. It does not like the damp any more "
            "than I do. Come and try it before the frost.",
            "You ask about the maps. I have eleven of the county now, the oldest from 1724 with a whale drawn where "
            "the marsh is. The man in Market Street wants four pounds for another. I said three and looked out of "
            "the window; we shall see which of us is better at waiting.",
            "The jazz club meets over the bakery, so that one comes home smelling of rolls. Six of us, and only one "
            "drum. Last week we played until the baker began his day and knocked on the ceiling with a broom, in "
            "quite good time. I enjoyed it very much.",
        ),
        (
            "note-1",
            "Dear Kate, he took three pounds ten, so I have the map and no new gloves. It shows your house as "
            "a mill and mine as a wood. I mean to have it framed and to hang it "
            "over the piano, where the wall is worst. "
            "Bring your flute on Sunday, if it is dry.",
        ),
    ),
    Person(
        "george",
        "zeyada",
        Habit(0.0, 1.1, 0.12, 0.04, 0.05, 0.04, 0.02, 14),
        _setting(38, 1.1, 1.0, 0.006),
        (
            "Plot 27: dug the west half, two spades deep, and found the door handle, a clay pipe and no end of "
            "bindweed. Rhubarb moved nearer the butt. Sowed broad beans in two rows. The quince has a good shape but "
            "wants thinning; I will keep an eye on it, as promised.",
            "Beans up, all but seven. Something has been at the lettuce and left a note of its teeth. Put wire round "
            "the bed, then fell over the wire. Mr. Oxley came by with keys for the shed and stayed to talk about "
            "slugs until it was too dark to see any.",
        ),
        (
            "note-5",
            "First quinces, nineteen of them, hard as doors. Gave six to Dora for her jelly and kept one in "
            "the shed for the smell. Beans over; dug them in. The wire has caught a hedgehog, two gloves and myself "
            "again, so I have taken it up for the winter.",
        ),
    ),
    Person(
        "mabel",
        "mynerve",
        Habit(0.05, 1.0, 0.12, 0.05, 0.05, 0.04, 0.025, 15),
        _setting(41, 1.2, 1.1, -0.005),
        (
            "Returned today: one atlas, wet; three novels with the last page turned down; a cookery book with a "
            "pressed kipper in it. Fines come to two shillings. The reading room was full from four until six, "
            "mostly with people who were waiting for the rain to stop.",
            "A gentleman asked for a book that he read as a boy. It was blue, he said, and about a lighthouse, and "
            "somebody in it was called Jim. We found nine. He took them all and sat by the window, and at closing "
            "time he had not yet opened the second.",
            "The blue book turned up after all, behind the radiator, where it must have been since before the war. "
            "Jim is a goat. I have sent the gentleman a card. Fines this week one and fourpence; the kipper is still "
            "under discussion with the committee.",
        ),
        None,
    ),
    Person(
        "somebody else",
        "league-script",
        Habit(0.05, 1.15, 0.12, 0.0, 0.04, 0.04, 0.015, 16),
        _setting(48, 1.1, 1.7, 0.0),
        (),
        (
            "note-2",
            "Sir, I found your umbrella on the seat of the last train and left it with the porter at "
            "Wexcombe, who has hung it up beside four others of the same sort. Yours has a duck for a handle. He will "
            "not part with it unless you can say which way the duck is looking.",
        ),
    ),
)


def draw(person: Person, fonts: Path, text: str, number: int) -> Image.Image:
    """A page of ``text`` in a person's hand, black and white. number: of the page, so that no two are drawn alike."""
    path = fonts / person.family / "files" / f"{person.family}-latin-400-normal.woff"
    random = np.random.default_rng([SEED, person.habit.seed, number])
    hand = WriterFont(FontFile(path, person.family, "hand"), person.habit)
    words = [hand.word(word, person.setting.x_height, random) for word in text.split()]
    ink, _ = set_page([word for word in words if word is not None], person.setting, random)
    return Image.fromarray(np.where(soaked(ink, random) > 0.5, 0, 255).astype(np.uint8)).convert("1")


def main(fonts: Path, folder: Path) -> None:
    """Write the known pages to folders by name, and the pages to ask about beside them."""
    for person in PEOPLE:
        for number, text in enumerate(person.pages, start=1):
            (folder / person.name).mkdir(parents=True, exist_ok=True)
            draw(person, fonts, text, number).save(folder / person.name / f"{number}.png", optimize=True)
        if person.asked:
            name, text = person.asked
            draw(person, fonts, text, 0).save(folder / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parent / "writers")
