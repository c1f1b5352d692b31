"""Spaces of a CTC reader's line, weighed by the line's own gaps.

A line reader judges a space by what it sees near it. How wide the gaps between the words of this very line are, it sees
badly: a gap as wide as those where it is sure of a space is a space too, and one as narrow as those between letters is
none. Each pair of neighbouring characters gets the log-odds of a logistic model of what the reader says and of the
widths of gaps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocrtool.decode.ctc_places import BLANK, SPACE

#: Features of a gap: the reader's log-odds of a space; width of the gap, and of the line's other gaps between words and
#: between letters (columns of the strip); a constant.
FEATURES = ("log_odds", "width", "word_gap", "letter_gap", "constant")
#: Weights that leave the reader's word as it is.
NEUTRAL = (1.0, 0.0, 0.0, 0.0, 0.0)
#: Soft ink up to the first is paper, from the second on ink; between, a column counts in part.
PAPER, INK = 24.0, 96.0
#: Gaps from here on (columns) are those of a table, and say nothing of words; they are measured as this wide.
WIDEST = 16.0
#: Widths of gaps between words and letters before the line is seen (columns), and for how many gaps they count.
USUAL_WORD_GAP, USUAL_LETTER_GAP, USUAL_COUNT = 7.0, 2.5, 2.0
#: Log-odds of a space beyond which the reader is sure.
SURE = 7.0


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """Gaps between neighbouring characters of a line's best path.

    characters: (n + 1,) int64, their classes; first, end: (n,) int64 frames between them; features: (n, F) float64.
    """

    characters: np.ndarray
    first: np.ndarray
    end: np.ndarray
    features: np.ndarray


def find_gaps(log_probs: np.ndarray, soft: np.ndarray) -> Gaps:
    """Find the gaps of a line and measure them.

    log_probs: (T, C) float32, natural logarithms, class 0 the blank and class 1 the space; soft: (rows, W) uint8 soft
    ink of the strip.
    """
    best = log_probs.argmax(axis=1)
    printed = (best != BLANK) & (best != SPACE)
    begins = np.flatnonzero(printed & np.concatenate([[True], best[1:] != best[:-1]]))
    ends = np.flatnonzero(printed & np.concatenate([best[1:] != best[:-1], [True]]))
    first, end = ends[:-1] + 1, begins[1:]
    if not len(first):
        none = np.zeros(0, np.int64)
        return Gaps(best[begins], none, none, np.zeros((0, len(FEATURES))))
    odds = _log_odds(log_probs[:, SPACE], first, end)
    width = _widths(soft, (begins + 0.5) * (soft.shape[1] / len(log_probs)))
    space = 1.0 / (1.0 + np.exp(-odds))
    words = _others(width, np.where(width < WIDEST, space, 0.0), USUAL_WORD_GAP)
    letters = _others(width, 1.0 - space, USUAL_LETTER_GAP)
    return Gaps(best[begins], first, end, np.column_stack([odds, width, words, letters, np.ones(len(odds))]))


def _others(width: np.ndarray, counts: np.ndarray, usual: float) -> np.ndarray:
    """Return the mean width of a line's other gaps for each gap, (n,). counts: (n,) how much each is of their kind."""
    total = USUAL_COUNT * usual + (counts * width).sum() - counts * width
    return np.asarray(total / (USUAL_COUNT + counts.sum() - counts))


def weigh_gaps(log_probs: np.ndarray, soft: np.ndarray, weights: tuple[float, ...]) -> np.ndarray:
    """Return the frames of a line with the spaces that its gaps make likely: (T, C) float32, natural logarithms.

    log_probs, soft: as of `find_gaps`; weights: of FEATURES.
    """
    if weights == NEUTRAL:
        return log_probs
    gaps = find_gaps(log_probs, soft)
    odds = gaps.features[:, 0]
    unsure = np.flatnonzero(np.abs(odds) < SURE)
    if not len(unsure):
        return log_probs
    change = gaps.features[unsure] @ np.array(weights) - odds[unsure]
    frames = [np.arange(gaps.first[k], gaps.end[k]) for k in unsure]
    rows = np.concatenate(frames)
    more = np.repeat(change, [len(each) for each in frames])
    result: np.ndarray = log_probs.copy()
    result[rows, SPACE] += more
    space = np.exp(log_probs[rows, SPACE].astype(np.float64))
    result[rows] -= np.log1p(space * np.expm1(more))[:, None]
    return result


def _log_odds(space: np.ndarray, first: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return the log-odds of a space in any of the frames of each gap. space: (T,) log-probabilities."""
    none = np.log1p(-np.minimum(np.exp(space.astype(np.float64)), 1.0 - 1e-6))
    total = np.concatenate([[0.0], np.cumsum(none)])
    without = np.minimum(total[np.maximum(end, first)] - total[first], -1e-9)
    return np.asarray(np.clip(np.log(-np.expm1(without)) - without, -SURE - 1.0, SURE + 1.0))


def _widths(soft: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return the widest run of paper between neighbouring characters. columns: (n,) where these stand."""
    paper = 1.0 - np.clip((soft.max(axis=0) - PAPER) / (INK - PAPER), 0.0, 1.0)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], paper > 0.0, [False]])))
    starts, ends = edges[::2], edges[1::2]
    total = np.concatenate([[0.0], np.cumsum(paper)])
    between = np.searchsorted(columns, (starts + ends) / 2.0) - 1
    inside = (between >= 0) & (between < len(columns) - 1)
    widths = np.zeros(len(columns) - 1)
    np.maximum.at(widths, between[inside], (total[ends] - total[starts])[inside])
    return np.minimum(widths, WIDEST)
