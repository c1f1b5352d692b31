"""Text/non-text filter of read lines: hatching, foliage and blots yield lines of low and scattered probabilities."""

from __future__ import annotations

import numpy as np

from ocrtool.charset import UNKNOWN
from ocrtool.decode.lone import twins
from ocrtool.recognize.network import sigmoid
from ocrtool.segment.quantiles import weighted_median
from ocrtool.types import Line

FEATURES = (
    "mean log probability",
    "mean probability",
    "share of letters and digits",
    "log of the number of characters",
    "octaves from the page's x-height",
    "mean length of words",
    "one",
)
#: The mean word length is clipped to this; longer means do occur in text.
LONGEST_MEAN = 8.0


#: A line of so many of these and of nothing else is the dots of a printed picture.
SPOTS, FEWEST_SPOTS = frozenset("■▪●•□○·"), 2
#: A line is surely read if it has so many letters and digits, the form of each and each other character of these
#: probabilities, and differs from the page's x-height by no more than this (octaves).
SURE_FEWEST, SURE, SURE_MARK, SURE_OCTAVES = 2, 0.85, 0.5, 0.75
#: Up to so many octaves larger, such as the kind of a document or its year beside its title, it is one if surer than
#: this and not of strokes and rings alone, which things in pictures are too.
LARGER, LARGE_SURE, SIMPLE = 2.5, 0.9, frozenset("Il1iOo0Cc")
#: With fewer lines the common x-height is not reliable: the remains of another line may outweigh the only one.
LEAST_LINES = 5


def median_x_height(lines: list[Line]) -> float | None:
    """Return the median x-height of the page's characters in input pixels; None if there are too few lines."""
    if len(lines) < LEAST_LINES:
        return None
    each = np.array([line.x_height for line in lines])
    counts = np.array([sum(len(word.characters) for word in line.words) for line in lines])
    return weighted_median(each, counts)


def is_spots(line: Line) -> bool:
    """Return True for a line of nothing but squares and discs."""
    labels = [c.label for word in line.words for c in word.characters]
    return len(labels) >= FEWEST_SPOTS and SPOTS.issuperset(labels)


def is_surely_read(line: Line, x_height: float | None) -> bool:
    """Return True for a line of the page's size all of whose characters are sure, such as the number of a page.

    x_height: the page's median. What stands between dashes or before a colon has too few letters to look like text.
    """
    octaves = np.log2(max(line.x_height, 1e-3) / x_height) if x_height else -np.inf
    if not -SURE_OCTAVES <= octaves <= LARGER:
        return False
    characters = [c for word in line.words for c in word.characters]
    alnum = [c for c in characters if c.label.isalnum()]
    marks = [c.probability for c in characters if not c.label.isalnum()]
    if octaves > SURE_OCTAVES and SIMPLE.issuperset(c.label for c in alnum):
        return False
    least = LARGE_SURE if octaves > SURE_OCTAVES else SURE
    return (
        len(alnum) >= SURE_FEWEST
        and min(max(c.probability, sum(each.probability for each in twins(c))) for c in alnum) >= least
        and min(marks, default=1.0) >= SURE_MARK
    )


def line_features(line: Line, x_height: float | None) -> np.ndarray:
    """Compute the features (len(FEATURES),) float64 of a read line. x_height: the page's median, None if unknown."""
    characters = [c for word in line.words for c in word.characters]
    probability = np.array([max(c.probability, 1e-4) for c in characters])
    alnum = np.mean([c.label.isalnum() or c.label == UNKNOWN for c in characters])  # most unknown ones are letters
    octaves = abs(np.log2(max(line.x_height, 1e-3) / max(x_height, 1e-3))) if x_height else 0.0
    mean_word = min(LONGEST_MEAN, len(characters) / len(line.words))
    return np.array(
        [np.log(probability).mean(), probability.mean(), alnum, np.log(len(characters)), octaves, mean_word, 1.0]
    )


def is_text_probability(line: Line, x_height: float | None, weights: tuple[float, ...]) -> float:
    """Return the probability that a line is text. weights: (len(FEATURES),), fitted on text and on non-text."""
    return float(sigmoid(line_features(line, x_height) @ np.array(weights)))
