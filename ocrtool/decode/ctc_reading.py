"""The reading of a line from a CTC reader: its characters, where they stand, and how probable they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocrtool.decode.ctc_places import BLANK, Places, spikes

#: Number of alternatives of a character.
ALTERNATIVES = 5


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """The characters of a line.

    labels: (n,) int32 classes, never the blank; frames: (n,) int32, where each is the most likely, ascending; first,
    last: (n,) int32, first and last frame that may belong to it; probability: (n,) float32, that the label is right;
    ink: (n,) float32, the same by the ink alone, without the language model; alternative_labels: (n, 5) int32, the most
    likely first, 0 for none; alternative_probabilities: (n, 5) float32. What these lack to 1 is the probability of no
    character, or of one that is not among them. agreement: (n,) float32, the share of the views of the line whose texts
    have the character's word in that place; NaN where the line was read in one view only.
    """

    labels: np.ndarray
    frames: np.ndarray
    first: np.ndarray
    last: np.ndarray
    probability: np.ndarray
    ink: np.ndarray
    alternative_labels: np.ndarray
    alternative_probabilities: np.ndarray
    agreement: np.ndarray

    def alternatives(self, index: int) -> list[tuple[int, float]]:
        """Return the labels that a character may have, with their probabilities, the most likely first."""
        pairs = zip(self.alternative_labels[index], self.alternative_probabilities[index], strict=True)
        return [(int(label), float(p)) for label, p in pairs if label != BLANK]

    def weighed(self, factors: np.ndarray) -> Reading:
        """Return the reading with its alternatives' probabilities times ``factors`` (n, 5), each sum as before.

        The most likely alternative becomes the label.
        """
        before = self.alternative_probabilities
        after = before * factors
        after *= before.sum(axis=1, keepdims=True) / np.maximum(after.sum(axis=1, keepdims=True), 1e-12)
        order = np.argsort(-after, axis=1, kind="stable")
        after = np.take_along_axis(after, order, axis=1).astype(np.float32)
        found = np.take_along_axis(self.alternative_labels, order, axis=1)
        changed = (factors != factors[:, :1]).any(axis=1)
        return replace(
            self,
            labels=np.where(changed, found[:, 0], self.labels),
            probability=np.where(changed, after[:, 0], self.probability),
            alternative_labels=np.where(changed[:, None], found, self.alternative_labels),
            alternative_probabilities=np.where(changed[:, None], after, before),
        )

    def text(self, characters: Sequence[str]) -> str:
        """Return the text. characters: class k is ``characters[k - 1]``."""
        return "".join(characters[label - 1] for label in self.labels)


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """What the ink says of the characters of a line.

    labels: (n,) int64 classes; peaks, first, end: (n,) int64, indices of the active frames where each is the most
    likely and of those that may belong to it; choices: (n, K) int64, its label and the most likely others, the blank
    for none; masses: (n, K) float64, their probabilities.
    """

    labels: np.ndarray
    peaks: np.ndarray
    first: np.ndarray
    end: np.ndarray
    choices: np.ndarray
    masses: np.ndarray


def best_path(places: Places) -> Reading:
    """Read a line along its best path."""
    found = spikes(places)
    ink = ask_ink(places, found.labels, _peaks(places, found.labels, found.first, found.last + 1))
    return describe(places, ink, ink.masses)


def ask_ink(places: Places, labels: np.ndarray, peaks: np.ndarray) -> Ink:
    """Ask the ink of the characters of a line.

    labels, peaks: (n,) classes and indices of the active frames where they stand, ascending.
    """
    if not len(labels):
        none = np.zeros(0, np.int64)
        return Ink(none, none, none, none, np.zeros((0, ALTERNATIVES), np.int64), np.zeros((0, ALTERNATIVES)))
    first, end = _spans(places, peaks)
    choices = _choices(places.log_probs[peaks], labels)
    return Ink(labels, peaks, first, end, choices, _masses(places, labels, first, end, choices))


def describe(places: Places, ink: Ink, probabilities: np.ndarray) -> Reading:
    """Describe the characters of a line. probabilities: (n, K) of the ink's choices."""
    order = np.argsort(-probabilities, axis=1, kind="stable")
    return Reading(
        labels=ink.labels.astype(np.int32),
        frames=places.frames[ink.peaks].astype(np.int32),
        first=places.frames[ink.first].astype(np.int32),
        last=places.frames[ink.end - 1].astype(np.int32),
        probability=probabilities[:, 0].astype(np.float32),
        ink=ink.masses[:, 0].astype(np.float32),
        alternative_labels=np.take_along_axis(ink.choices, order, axis=1).astype(np.int32),
        alternative_probabilities=np.take_along_axis(probabilities, order, axis=1).astype(np.float32),
        agreement=np.full(len(ink.labels), np.nan, np.float32),
    )


def find_peaks(places: Places, labels: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Find the frame where each character is the most likely, from where it starts to the next or its place's end.

    labels, starts: (n,) classes and indices of active frames, ascending. Returns (n,) indices of active frames.
    """
    ends = places.first[places.place[starts] + 1]
    ends[:-1] = np.minimum(ends[:-1], starts[1:])
    return _peaks(places, labels, starts, np.maximum(ends, starts + 1))


def _peaks(places: Places, labels: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    if not len(labels):
        return starts
    row, owner, offset = _rows(starts, ends)
    values = places.log_probs[row, labels[owner]]
    highest = np.flatnonzero(values == np.maximum.reduceat(values, offset)[owner])
    return np.asarray(row[highest[np.searchsorted(owner[highest], np.arange(len(labels)))]])


def _rows(starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Enumerate the indices of runs: each index, its run, and where each run begins among them."""
    lengths = ends - starts
    offset = np.cumsum(lengths) - lengths
    owner = np.repeat(np.arange(len(starts)), lengths)
    return starts[owner] + np.arange(len(owner)) - offset[owner], owner, offset


def _spans(places: Places, peaks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Share a place's frames among its characters: half-way between their peaks. Returns first and end indices."""
    place = places.place[peaks]
    first, end = places.first[place], places.first[place + 1]
    shared = np.flatnonzero(place[1:] == place[:-1])
    border = (peaks[shared] + peaks[shared + 1] + 1) // 2
    first[shared + 1] = end[shared] = border
    return first, end


def _choices(log_probs: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the label of each frame and the four most likely others, (n, 5); blanks where there are fewer classes."""
    others = log_probs[:, 1:].copy()
    rows = np.arange(len(labels))
    others[rows, labels - 1] = -np.inf
    wanted = min(ALTERNATIVES - 1, others.shape[1] - 1)
    choices = np.full((len(labels), ALTERNATIVES), BLANK, np.int64)
    choices[:, 0] = labels
    if wanted:
        choices[:, 1 : wanted + 1] = np.argpartition(-others, wanted - 1, axis=1)[:, :wanted] + 1
    return choices


def _masses(places: Places, labels: np.ndarray, first: np.ndarray, end: np.ndarray, choices: np.ndarray) -> np.ndarray:
    """Return the probability that frames hold one label alone, for each choice: (n, K), 0 for the blank.

    Frames of a CTC reader are independent: a run holds only blanks and the label k with probability
    ``prod(p_blank + p_k)``, only blanks with ``prod(p_blank)``. A neighbour in the same place counts as blank.
    """
    row, owner, offset = _rows(first, end)
    nothing = np.exp(places.log_probs[row, BLANK].astype(np.float64))
    place = places.place[first]
    for step in (-1, 1):
        beside = np.zeros(len(labels), np.int64)
        near, far = (slice(1, None), slice(None, -1)) if step < 0 else (slice(None, -1), slice(1, None))
        beside[near] = np.where((place[near] == place[far]) & (labels[near] != labels[far]), labels[far], BLANK)
        mine = beside[owner]
        nothing += np.where(mine != BLANK, np.exp(places.log_probs[row, mine]), 0.0)
    each = np.exp(places.log_probs[row[:, None], choices[owner]].astype(np.float64))
    none = np.multiply.reduceat(nothing, offset)
    either = np.multiply.reduceat(np.minimum(nothing[:, None] + each, 1.0), offset, axis=0)
    masses = np.where(choices == BLANK, 0.0, np.maximum(either - none[:, None], 0.0))
    return np.asarray(masses / np.maximum(masses.sum(axis=1, keepdims=True), 1.0))
