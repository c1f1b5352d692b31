"""Places of a line: runs of frames of a CTC reader that can be read apart from the rest of the line.

A frame where the blank is sure separates what stands before it from what follows, and so does the border of two
frames of which neither lets the other's label in. The probability of a line's text is then the product of those of
its places, and each place is sure or unsure on its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: The blank class, and that of the space between words.
BLANK, SPACE = 0, 1
#: Frames with a blank above this probability cannot hold a character. Between characters the blank has 0.99 and more,
#: so that a lower bound would lose faint characters; a higher one only adds frames to look at.
BLANK_SURE = 0.9995
#: A label below this probability in the frame beside its own does not reach over the border.
CROSSING = 0.02
#: Places longer than this many frames, or with more characters, are smears: no reading of them is taken as sure.
LONGEST, MOST_CHARACTERS = 64, 12


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The places of a line and its best path.

    frames: (A,) int64, the frames that may hold a character; log_probs: (A, C) float32 of these; best: (A,) int64 the
    best class of each, blank included; place: (A,) int64, place of each; first: (P + 1,) int64, index of the first of
    a place's frames; probability: (P,) float64, that the best path's text of the place is right, over all alignments.
    """

    frames: np.ndarray
    log_probs: np.ndarray
    best: np.ndarray
    place: np.ndarray
    first: np.ndarray
    probability: np.ndarray

    @property
    def read(self) -> np.ndarray:
        """Probability of each frame that has a character on the best path: (n,), as of `read_probabilities`."""
        with_character = np.flatnonzero(self.best != BLANK)
        return np.asarray(np.exp(self.log_probs[with_character, self.best[with_character]]))

    def any_of(self, chosen: np.ndarray) -> np.ndarray:
        """Return whether the best path has a chosen class at each place: (P,) bool. chosen: (C,) bool."""
        counts = np.concatenate([[0], np.cumsum(chosen[self.best])])
        return np.asarray(np.diff(counts[self.first]) > 0)


@dataclass(frozen=True, slots=True, eq=False)
class Spikes:
    """Runs of one label in the best path: (n,) int64 labels, and indices of the first and last active frame."""

    labels: np.ndarray
    first: np.ndarray
    last: np.ndarray


def read_probabilities(log_probs: np.ndarray) -> np.ndarray:
    """Return the probability of each frame that has a character on the best path: (n,). log_probs: (T, C) float32."""
    best = log_probs.argmax(axis=1)
    read = np.flatnonzero(best != BLANK)
    return np.asarray(np.exp(log_probs[read, best[read]]))


def find_places(log_probs: np.ndarray) -> Places:
    """Find the places of a line. log_probs: (T, C) float32, natural logarithms, class 0 the blank."""
    frames = np.flatnonzero(log_probs[:, BLANK] < np.log(BLANK_SURE))
    active = log_probs[frames]
    count = len(frames)
    if not count:
        none = np.zeros(0, np.int64)
        return Places(frames, active, none, none, np.zeros(1, np.int64), np.zeros(0))
    row = np.arange(count)
    label = active[:, 1:].argmax(axis=1) + 1
    top = active[row, label]
    best = np.where(top > active[:, BLANK], label, BLANK)
    reaches = np.log(CROSSING)
    left, right = label[:-1], label[1:]
    crosses = (active[row[1:], left] >= reaches) | (active[row[:-1], right] >= reaches)
    cut = (np.diff(frames) > 1) | ((left != right) & ~crosses)
    starts = np.concatenate([[0], np.flatnonzero(cut) + 1])
    place = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, count)))
    first = np.append(starts, count)
    probability = np.exp(np.add.reduceat(np.maximum(top, active[:, BLANK]).astype(np.float64), starts))
    places = Places(frames, active, best, place, first, probability)
    several = np.flatnonzero((np.diff(first) > 1) & (probability < 1.0 - 1e-4))
    if len(several):
        probability[several] = _text_probability(places, several)
    return places


def spikes(places: Places) -> Spikes:
    """Find the characters of the best path."""
    best, place = places.best, places.place
    begins = np.ones(len(best), bool)
    begins[1:] = (best[1:] != best[:-1]) | (place[1:] != place[:-1])
    starts = np.flatnonzero(begins)
    ends = np.append(starts[1:], len(best)) - 1
    read = best[starts] != BLANK
    return Spikes(best[starts][read], starts[read], ends[read])


def _text_probability(places: Places, which: np.ndarray) -> np.ndarray:
    """Return the probability of the best path's text at the places ``which``, over all alignments: (len(which),).

    The forward recursion of CTC (Graves et al., "Connectionist temporal classification", 2006, section 4.1), for all
    places at once. Smears get 0.
    """
    lengths = np.diff(places.first)[which]
    found = spikes(places)
    at = places.place[found.first]
    count = np.bincount(at, minlength=len(places.first) - 1)
    short = (lengths <= LONGEST) & (count[which] <= MOST_CHARACTERS)
    result = np.zeros(len(which))
    if not short.any():
        return result
    which, lengths = which[short], lengths[short]
    widest = int(count[which].max())
    begin = np.cumsum(count) - count
    column = np.arange(widest)
    known = column < count[which][:, None]  # (m, n)
    padded = np.append(found.labels, BLANK)
    text = np.where(known, padded[np.minimum(begin[which][:, None] + column, len(found.labels))], BLANK)
    apart = np.ones(text.shape, bool)  # differs from the character before
    apart[:, 1:] = text[:, 1:] != text[:, :-1]
    blank = np.zeros((len(which), widest + 1))  # the first j characters read, then a blank
    blank[:, 0] = 1.0
    label = np.zeros_like(blank)  # the first j characters read, the last still going on
    for step in range(int(lengths.max())):
        live = np.flatnonzero(lengths > step)
        row = places.first[which[live]] + step
        p_blank = np.exp(places.log_probs[row, BLANK].astype(np.float64))
        p_label = np.exp(places.log_probs[row[:, None], text[live]].astype(np.float64))
        b, a = blank[live], label[live]
        blank[live] = p_blank[:, None] * (b + a)
        label[live, 1:] = p_label * (a[:, 1:] + b[:, :-1] + np.where(apart[live], a[:, :-1], 0.0))
    last = count[which]
    rows = np.arange(len(which))
    result[short] = blank[rows, last] + label[rows, last]
    return result
