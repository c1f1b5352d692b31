"""Capital or small: for letters of one shape in both cases, settled by height where the line shows both heights.

A glyph alone cannot tell: on a line of capitals the capitals are what the x-height was measured on. The line can: where
it has tall letters besides, letters as high as the x-height are small.
"""

from __future__ import annotations

import numpy as np

from ocrtool.charset import LATIN_CLASSES

#: Letters that differ in size only, in print and in hand-printing.
ONE_SHAPE = "cosvwxz"
SMALL = np.array([LATIN_CLASSES.index(c) for c in ONE_SHAPE])
CAPITAL = np.array([LATIN_CLASSES.index(c.upper()) for c in ONE_SHAPE])
#: Classes that are small letters, and capitals, by their shape.
IS_SMALL = np.array([len(c) == 1 and c.islower() and c not in ONE_SHAPE for c in LATIN_CLASSES])
IS_CAPITAL = np.array([len(c) == 1 and c.isupper() and c.lower() not in ONE_SHAPE for c in LATIN_CLASSES])
#: Height (x-heights) at which small and capital are equally likely, and the height that makes odds of e.
EVEN_HEIGHT, HEIGHT_STEP = 1.2, 0.08
#: Log-odds that height can give at most, and what is left of the classifier's own.
MOST_ODDS, CLASSIFIER_SHARE = 5.0, 0.3
#: A line shows both heights if at least so many, and such a share, of its parts rise between the first and the second
#: (x-heights above the baseline), and such a share stays near the x-height.
TALL, TALLEST = 1.22, 2.6
LEAST_TALL, TALL_SHARE = 2, 0.1
LOW, LOW_SHARE = (0.75, 1.15), 0.25


def shows_both_heights(tops: np.ndarray) -> bool:
    """True if a line has small letters and tall ones. tops: (n,) of its components, x-heights above the baseline."""
    if len(tops) == 0:
        return False
    tall = int(np.count_nonzero((tops > TALL) & (tops < TALLEST)))
    low = int(np.count_nonzero((tops > LOW[0]) & (tops < LOW[1])))
    return tall >= LEAST_TALL and tall >= TALL_SHARE * len(tops) and low >= LOW_SHARE * len(tops)


def reads_small(scores: np.ndarray, heights: np.ndarray) -> bool:
    """True if the parts as high as the x-height are read as small letters rather than capitals.

    scores: (n, 95) log-probabilities of a line's components; heights: (n,) in x-heights. Letters of one shape in both
    cases have no vote: on a line of capitals with taller initials the others tell.
    """
    best = scores[(heights > LOW[0]) & (heights < LOW[1])].argmax(axis=1)
    return int(np.count_nonzero(IS_SMALL[best])) >= int(np.count_nonzero(IS_CAPITAL[best]))


def adjust_case(scores: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """Log-probabilities with the share of small and capital of one shape set by height; their sum stays.

    scores: (E, 95) float32; heights: (E,) of the glyphs in x-heights. Returns a new array.
    """
    out = scores.copy()
    small, capital = scores[:, SMALL], scores[:, CAPITAL]
    both = np.logaddexp(small, capital)
    height_odds = np.clip((heights - EVEN_HEIGHT) / HEIGHT_STEP, -MOST_ODDS, MOST_ODDS)[:, None]
    odds = CLASSIFIER_SHARE * (capital - small) + height_odds  # log-odds of capital
    out[:, CAPITAL] = both - np.logaddexp(0.0, -odds)
    out[:, SMALL] = both - np.logaddexp(0.0, odds)
    return np.asarray(out)
