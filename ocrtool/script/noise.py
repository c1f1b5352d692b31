"""Lines found in pictures, of which the line reader is not sure, several one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from ocrtool.script.orientation import LEAST_CERTAINTY, certainty
from ocrtool.script.strip_engine import StripLine

#: A line that the reader is less sure of may be none.
UNSURE = 0.7
#: Lines in succession are none if their mean probability is lower than LEAST_CERTAINTY on a page of which most ink is
#: no text; on others if they are so many, it is lower than this, and that of sure lines is at least the last. Of
#: pictures it is 0.4 to 0.55, of the hardest pages of handwriting 0.67.
FEWEST, LEAST_BESIDE, SURE_BESIDE = 3, 0.56, 0.8
#: So many lines in succession are none whatever stands beside them if it is lower than this: dots of a halftone.
NEVER_TEXT = 0.45


def are_noise(lines: Sequence[StripLine], blocks: Sequence[int], mostly_text: bool) -> list[bool]:
    """Return for each line whether it is one of several that are no text.

    blocks: the number of the block of each line; mostly_text: the page's ink is mostly that of characters.
    """
    found = [False] * len(lines)
    unsure = [line.sureness < UNSURE for line in lines]
    sure = [line for line, other in zip(lines, unsure, strict=True) if not other]
    for (_, doubtful), members in groupby(range(len(lines)), key=lambda k: (blocks[k], unsure[k])):
        run = list(members)
        if doubtful and _is_noise([lines[k] for k in run], sure, mostly_text):
            for k in run:
                found[k] = True
    return found


def _is_noise(run: Sequence[StripLine], sure: Sequence[StripLine], mostly_text: bool) -> bool:
    """Return True for lines in succession that are none. sure: the lines of the page that are text."""
    own = certainty(run).mean
    if not mostly_text:
        return own < LEAST_CERTAINTY
    if len(run) < FEWEST or own >= LEAST_BESIDE:
        return False
    return own < NEVER_TEXT or certainty(sure).mean >= SURE_BESIDE
