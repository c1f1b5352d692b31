"""Drawn lines of all kinds, by which a fit to one kind of page sees what it forgets.

They are drawn in fonts, as those that the line reader was trained on, and say made-up text: no data is needed, only
some of the fonts of `training.lines.families`.
"""

from __future__ import annotations

from functools import partial
from itertools import islice

import numpy as np

from training.lines.families import find_faces
from training.lines.make_lines import LONGEST, samples
from training.lines.pages import Sample
from training.lines.printed import PrintedLines
from training.lines.text import LineText
from training.synthesis.fonts import default_fonts_folder

#: Families at most.
FAMILIES = 100


def draw_others(count: int, seed: int) -> list[Sample]:
    """So many lines in families to train on, by lot; none where no font of these is there."""
    try:
        faces = find_faces(default_fonts_folder(), "train", FAMILIES)
    except ValueError:
        return []
    printed = PrintedLines(faces, partial(LineText().draw, longest=LONGEST))
    return list(islice(samples(printed.page, np.random.default_rng(seed)), count))
