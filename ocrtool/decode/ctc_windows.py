"""What is left to decide on a page's lines, as windows: stretches of unsure places with the sure characters among them.

Sure places are read along the best path, and a window takes their characters as given: those before it as the context
of the language model, those in it and a few behind it as evidence for what stands before them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocrtool.decode.ctc_places import BLANK, Places, Spikes, spikes
from ocrtool.decode.settings import CtcWeights

#: Sure characters given to the language model before a window.
CONTEXT = 40
#: Sure characters read behind an unsure place: what follows a word's end says little of the word.
FOLLOWING = 8
#: Unsure places with more sure characters than this between them are in windows of their own; reading on costs a step
#: for each hypothesis and character, a window of its own the context once.
APART = 16
#: Most labels tried in a frame, and the least share of the most likely class's probability that one of them has.
LABELS, LEAST_SHARE = 5, 0.005
#: Lowest weight of the language model: a bound of how much the ink of an unsure place can be sharpened.
LEAST_WEIGHT = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """The windows of a page and their events, those of a window in succession.

    line, begin, length: (W,) int64, the line of a window, its first event and number of events; context: the labels
    before each. Of the events, (E,) arrays: row: of ``log_probs``, -1 for a given character; source: index of the
    active frame, -1 for a given character; labels, scores: (E, K) classes tried and what the ink says, -inf for none;
    blank: what it says of the blank; weight: how much sharper the ink is than the reader has it; ends: the place ends;
    decided: nothing unsure follows in the window. log_probs: (R, C) float32 of the unsure frames.
    """

    line: np.ndarray
    begin: np.ndarray
    length: np.ndarray
    context: list[np.ndarray]
    row: np.ndarray
    source: np.ndarray
    labels: np.ndarray
    scores: np.ndarray
    blank: np.ndarray
    weight: np.ndarray
    ends: np.ndarray
    decided: np.ndarray
    log_probs: np.ndarray


@dataclass(slots=True)
class _Events:
    """Events of one window, before they are joined. given: label of a given character, or the blank."""

    source: list[np.ndarray]
    given: list[np.ndarray]
    weight: list[np.ndarray]
    ends: list[np.ndarray]

    def add_given(self, labels: np.ndarray) -> None:
        count = len(labels)
        self._add(np.full(count, -1), labels, 1.0, np.ones(count, bool))

    def add_place(self, first: int, end: int, weight: float) -> None:
        source = np.arange(first, end)
        self._add(source, np.full(len(source), BLANK), weight, source == end - 1)

    def _add(self, source: np.ndarray, given: np.ndarray, weight: float, ends: np.ndarray) -> None:
        self.source.append(source)
        self.given.append(given)
        self.weight.append(np.full(len(source), weight))
        self.ends.append(ends)


def unsureness(probability: np.ndarray, signs: np.ndarray, weights: CtcWeights) -> np.ndarray:
    """Return u of places, (P,) float64.

    probability: (P,) of the best path's text of each; signs: (P,) bool, whether that text has a sign in it.
    """
    doubt = np.clip((1.0 - probability) / weights.unsure_scale, 0.0, 1.0) ** weights.power
    return np.maximum(np.where(signs, weights.sign, 1.0) * doubt, LEAST_WEIGHT)


def build_windows(lines: Sequence[Places], unsure: Sequence[np.ndarray], sharpness: Sequence[np.ndarray]) -> Windows:
    """Lay out the windows of a page.

    unsure: for each line, (U,) int64 its unsure places, ascending; sharpness: (U,) float64 of these, what multiplies
    the ink's log-probabilities. At least one line has an unsure place.
    """
    line: list[int] = []
    context: list[np.ndarray] = []
    length: list[int] = []
    events = _Events([], [], [], [])
    lines_of: list[np.ndarray] = []
    decided: list[np.ndarray] = []
    for number, (places, which, sharp) in enumerate(zip(lines, unsure, sharpness, strict=True)):
        if not len(which):
            continue
        found = spikes(places)
        at = places.place[found.first]
        before, after = np.searchsorted(at, which), np.searchsorted(at, which, side="right")
        breaks = np.flatnonzero(before[1:] - after[:-1] > APART) + 1
        for group in np.split(np.arange(len(which)), breaks):
            parts = len(events.source)
            _lay_out(events, places, found, which[group], sharp[group], before[group], after[group])
            sources = np.concatenate(events.source[parts:])
            line.append(number)
            length.append(len(sources))
            context.append(found.labels[max(0, before[group[0]] - CONTEXT) : before[group[0]]])
            lines_of.append(np.full(len(sources), number))
            decided.append(np.arange(len(sources)) >= np.flatnonzero(sources >= 0)[-1])
    return _join(lines, line, length, context, events, np.concatenate(lines_of), np.concatenate(decided))


def _lay_out(
    events: _Events,
    places: Places,
    found: Spikes,
    which: np.ndarray,
    sharp: np.ndarray,
    before: np.ndarray,
    after: np.ndarray,
) -> None:
    """Add the events of one window: its places, the sure characters between them and those behind."""
    for k, place in enumerate(which):
        if k:
            events.add_given(found.labels[after[k - 1] : before[k]])
        events.add_place(int(places.first[place]), int(places.first[place + 1]), float(sharp[k]))
    events.add_given(found.labels[after[-1] : after[-1] + FOLLOWING])


def _join(
    lines: Sequence[Places],
    line: list[int],
    length: list[int],
    context: list[np.ndarray],
    events: _Events,
    line_of: np.ndarray,
    decided: np.ndarray,
) -> Windows:
    source, given, weight = (np.concatenate(x) for x in (events.source, events.given, events.weight))
    read = source >= 0
    log_probs = np.concatenate([lines[k].log_probs[source[read & (line_of == k)]] for k in sorted(set(line))])
    row = np.where(read, np.cumsum(read) - 1, -1)
    labels, scores = np.zeros((len(row), LABELS), np.int64), np.full((len(row), LABELS), -np.inf)
    labels[~read, 0], scores[~read, 0] = given[~read], 0.0
    labels[read], tried = _candidates(log_probs)
    scores[read] = tried * weight[read, None]
    blank = np.full(len(row), -np.inf)
    blank[read] = log_probs[:, BLANK] * weight[read]
    lengths = np.array(length)
    return Windows(
        line=np.array(line),
        begin=np.cumsum(lengths) - lengths,
        length=lengths,
        context=context,
        row=row,
        source=source,
        labels=labels,
        scores=scores,
        blank=blank,
        weight=weight,
        ends=np.concatenate(events.ends),
        decided=decided,
        log_probs=log_probs,
    )


def _candidates(log_probs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the most likely labels of frames and their log-probabilities, (R, LABELS); -inf where there is none."""
    least = log_probs.max(axis=1) + np.log(LEAST_SHARE)
    row, column = np.nonzero(log_probs[:, 1:] >= least[:, None])
    value = log_probs[row, column + 1]
    order = np.lexsort((-value, row))
    row, column, value = row[order], column[order], value[order]
    count = np.bincount(row, minlength=len(log_probs))
    rank = np.arange(len(row)) - (np.cumsum(count) - count)[row]
    kept = rank < LABELS
    labels, scores = np.zeros((len(log_probs), LABELS), np.int64), np.full((len(log_probs), LABELS), -np.inf)
    labels[row[kept], rank[kept]] = column[kept] + 1
    scores[row[kept], rank[kept]] = value[kept]
    return labels, scores
