"""Case of letters with one shape in both cases, decided by height on lines with both heights.

A single glyph is ambiguous: on a line of capitals, the x-height was measured on capitals. If the line has taller
letters too, letters as high as the x-height are small.
"""

from __future__ import annotations

import numpy as np

from ocrtool.charset import LATIN_CLASSES

#: Letters whose cases differ in size only, in print and in hand-printing.
ONE_SHAPE = "cosvwxz"
SMALL = np.array([LATIN_CLASSES.index(c) for c in ONE_SHAPE])
CAPITAL = np.array([LATIN_CLASSES.index(c.upper()) for c in ONE_SHAPE])
#: Classes whose shape alone makes them small letters, and capitals.
IS_SMALL = np.array([len(c) == 1 and c.islower() and c not in ONE_SHAPE for c in LATIN_CLASSES])
IS_CAPITAL = np.array([len(c) == 1 and c.isupper() and c.lower() not in ONE_SHAPE for c in LATIN_CLASSES])
#: Height (x-heights) of even odds of small and capital, and the change of height per unit of log-odds.
EVEN_HEIGHT, HEIGHT_STEP = 1.2, 0.08
#: Largest log-odds by height, and the weight of the classifier's own log-odds.
MOST_ODDS, CLASSIFIER_SHARE = 5.0, 0.3
#: A line has both heights if at least LEAST_TALL components, and a share TALL_SHARE, have tops between TALL and TALLEST
#: (x-heights above the baseline), and a share LOW_SHARE has tops within LOW.
TALL, TALLEST = 1.22, 2.6
LEAST_TALL, TALL_SHARE = 2, 0.1
LOW, LOW_SHARE = (0.75, 1.15), 0.25


def shows_both_heights(tops: np.ndarray) -> bool:
    """Return True if a line has low and tall letters. tops: (n,) of its components, x-heights above the baseline."""
    if len(tops) == 0:
        return False
    tall = int(np.count_nonzero((tops > TALL) & (tops < TALLEST)))
    low = int(np.count_nonzero((tops > LOW[0]) & (tops < LOW[1])))
    return tall >= LEAST_TALL and tall >= TALL_SHARE * len(tops) and low >= LOW_SHARE * len(tops)


def reads_small(scores: np.ndarray, heights: np.ndarray) -> bool:
    """Return True if the components as high as the x-height are read as small letters rather than capitals.

    scores: (n, 95) log-probabilities of a line's components; heights: (n,) in x-heights. Letters with one shape in both
    cases do not count, so that a line of capitals with taller initials is recognized by its other letters.
    """
    best = scores[(heights > LOW[0]) & (heights < LOW[1])].argmax(axis=1)
    return int(np.count_nonzero(IS_SMALL[best])) >= int(np.count_nonzero(IS_CAPITAL[best]))


def adjust_case(scores: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """Divide the probability of each letter with one shape between small and capital by height.

    scores: (E, 95) float32 log-probabilities; heights: (E,) of the glyphs in x-heights. Returns a new array.
    """
    out = scores.copy()
    small, capital = scores[:, SMALL], scores[:, CAPITAL]
    both = np.logaddexp(small, capital)
    height_odds = np.clip((heights - EVEN_HEIGHT) / HEIGHT_STEP, -MOST_ODDS, MOST_ODDS)[:, None]
    odds = CLASSIFIER_SHARE * (capital - small) + height_odds  # log-odds of capital
    out[:, CAPITAL] = both - np.logaddexp(0.0, -odds)
    out[:, SMALL] = both - np.logaddexp(0.0, odds)
    return np.asarray(out)
