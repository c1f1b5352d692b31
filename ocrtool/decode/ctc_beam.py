"""Prefix beam search over the unsure places of a page's lines, with a character language model.

All windows of a page advance together, event by event, so that a step of the language model is one matrix product for
all of them. A hypothesis is a text; the probabilities of its alignments are added up, those that end in a blank apart
from those that end in its last character (Graves, "Sequence transduction with recurrent neural networks", 2012, and
Hannun et al., "First-pass large vocabulary continuous speech recognition using bi-directional recurrent DNNs", 2014,
who add the language model with a weight and a bonus for each word).

**The score** of a text y of the ink x is the log-linear model::

    log sum over alignments a of y of  prod over frames t of  p(a_t | x) ** (1 / u(x, t))
    + sum over characters of y of  lm * log p_lm(character | text before) + character [+ word for a space]

``u`` in (0, 1] is how unsure the ink is: ``min(1, (1 - p) / unsure_scale) ** power`` with p the probability of the best
path's text of the place that holds frame t. Exponents of a log-linear model may depend on x but not on y (Och & Ney,
"Discriminative training and maximum entropy models for statistical machine translation", 2002), and u is the same for
all that may be read at a place: no text, one character or two. So texts whose characters start at different frames are
compared fairly. Where u is small the ink outvotes the language model and both bonuses: dividing the ink by u is, at
one place, the same as multiplying them by u. But the language model keeps its full weight from one place to the next:
that "e" follows "th" well and "tl" badly is evidence of the unsure "h" however sure the "e" is. Weights on the
characters' own terms would throw it away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocrtool.decode.alphabet import Alphabet
from ocrtool.decode.ctc import UNSURE, Prior, Reading, find_peaks, greedy_at, reading
from ocrtool.decode.ctc_places import BLANK, Places, find_places, spikes
from ocrtool.decode.ctc_windows import LEAST_WEIGHT, Windows, build_windows
from ocrtool.decode.language_model import LanguageModel
from ocrtool.decode.settings import BeamSize, CtcWeights

#: The class of the space between words.
SPACE = 1
#: Multiplier of the rolling hash that identifies equal texts, and what sets those of different windows apart.
HASH_PRIME, HASH_WINDOW = np.int64(1_000_003), np.int64(0x1E3779B97F4A7C15)


def unsureness(probability: np.ndarray, weights: CtcWeights) -> np.ndarray:
    """Return u of places, (P,) float64. probability: (P,) of the best path's text of each."""
    doubt = np.clip((1.0 - probability) / weights.unsure_scale, 0.0, 1.0)
    return np.maximum(doubt**weights.power, LEAST_WEIGHT)


@dataclass(frozen=True, slots=True, eq=False)
class _Classes:
    """What the language model makes of the reader's classes: (C,) symbol of each, and what is added to its score."""

    symbol: np.ndarray
    share: np.ndarray
    bonus: np.ndarray

    @classmethod
    def of(cls, alphabet: Alphabet, weights: CtcWeights) -> _Classes:
        symbol = np.concatenate([[alphabet.space] * 2, alphabet.symbol_of]).astype(np.int32)
        share = np.concatenate([[0.0, 0.0], alphabet.share])
        bonus = np.full(len(symbol), weights.character)
        bonus[SPACE] += weights.word
        return cls(symbol, share, bonus)


@dataclass(slots=True)
class _Beam:
    """Hypotheses of all windows, those of a window in succession and its best one first; (n,) arrays.

    blank, label: ink's score of the alignments that end in a blank, in the last character; lm: the rest of the score;
    last: the last class; text: hash; ids: in the store; state (n, S), log_probs (n, symbols) after the last character.
    """

    window: np.ndarray
    blank: np.ndarray
    label: np.ndarray
    lm: np.ndarray
    last: np.ndarray
    text: np.ndarray
    ids: np.ndarray
    state: np.ndarray
    log_probs: np.ndarray

    def take(self, index: np.ndarray) -> _Beam:
        return _Beam(*(getattr(self, name)[index] for name in _Beam.__slots__))


@dataclass(slots=True)
class _Appended:
    """Texts got by appending a label: (m,) row of the hypothesis extended, scores of ink and the rest, label, hash."""

    row: np.ndarray
    ink: np.ndarray
    lm: np.ndarray
    label: np.ndarray
    text: np.ndarray

    def take(self, index: np.ndarray) -> _Appended:
        return _Appended(*(getattr(self, name)[index] for name in _Appended.__slots__))


class _Store:
    """All hypotheses that appended a character: parent, event, label, and the language model's say before it."""

    def __init__(self) -> None:
        self.columns: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []
        self.size = 0

    def add(self, parent: np.ndarray, event: np.ndarray, label: np.ndarray, log_probs: np.ndarray) -> np.ndarray:
        self.columns.append((parent, event, label, log_probs.astype(np.float16)))
        self.size += len(parent)
        return np.arange(self.size - len(parent), self.size)

    def joined(self) -> tuple[np.ndarray, ...]:
        return tuple(np.concatenate(column) for column in zip(*self.columns, strict=True))


class _Search:
    """One search over the windows of a page. ended: the best hypothesis of each window, -1 for the empty text."""

    def __init__(self, windows: Windows, model: LanguageModel, weights: CtcWeights, beam: BeamSize, classes: _Classes):
        self.windows, self.model, self.weights, self.size, self.classes = windows, model, weights, beam, classes
        self.store = _Store()
        self.ended = np.full(len(windows.line), -1)

    def run(self, start: int) -> None:
        """Read all windows. start: symbol of the beginning of a line."""
        beam = self._start(start)
        step = 0
        while len(beam.window):
            beam = self._finish(self._advance(beam, step), step)
            step += 1

    def _start(self, start: int) -> _Beam:
        """Create the empty hypothesis of each window, with the language model advanced over the context."""
        context = self.windows.context
        count = len(context)
        lengths = np.array([len(labels) for labels in context])
        longest = int(lengths.max()) + 1
        symbols = np.full((count, longest), start, np.int32)
        for k, labels in enumerate(context):
            symbols[k, longest - len(labels) :] = self.classes.symbol[labels]
        state = self.model.start(count)
        log_probs = np.empty((count, len(self.model.symbols)), np.float32)
        for column in range(longest):
            rows = np.flatnonzero(lengths >= longest - 1 - column)
            log_probs[rows], state[rows] = self.model.step(symbols[rows, column], state[rows])
        window = np.arange(count)
        return _Beam(
            window=window,
            blank=np.zeros(count),
            label=np.full(count, -np.inf),
            lm=np.zeros(count),
            last=np.zeros(count, np.int64),
            text=(window + 1) * HASH_WINDOW,
            ids=np.full(count, -1),
            state=state,
            log_probs=log_probs,
        )

    def _advance(self, beam: _Beam, step: int) -> _Beam:
        """Read the next event of each window: keep hypotheses as they are, append each label tried, merge and prune."""
        event = self.windows.begin[beam.window] + step
        total = np.logaddexp(beam.blank, beam.label)
        stays = replace(
            beam,
            blank=total + self.windows.blank[event],
            label=beam.label + self._repeat(event, beam.last),
            ids=beam.ids.copy(),
        )
        appended = self._append(beam, stays, event, total)
        appended = appended.take(self._merge(beam, stays, event, appended))
        score = np.concatenate([np.logaddexp(stays.blank, stays.label) + beam.lm, appended.ink + appended.lm])
        window = np.concatenate([beam.window, beam.window[appended.row]])
        kept = _prune(window, score, self.size)
        following = self._join(beam, stays, appended, event, kept)
        new = kept >= len(event)
        goes_on = np.flatnonzero(new & (self.windows.length[following.window] > step + 1))
        if len(goes_on):
            symbols = self.classes.symbol[following.last[goes_on]]
            read = self.model.step(symbols, following.state[goes_on])
            following.log_probs[goes_on], following.state[goes_on] = read
        return following

    def _append(self, beam: _Beam, stays: _Beam, event: np.ndarray, total: np.ndarray) -> _Appended:
        """Append to each hypothesis each label tried, as far as the result may be within reach of the best."""
        labels = self.windows.labels[event]  # (n, K)
        from_ink = np.where(labels == beam.last[:, None], beam.blank[:, None], total[:, None])
        ink = from_ink + self.windows.scores[event]
        lm = beam.lm[:, None] + self._lm_scores(beam.log_probs, labels)
        starts = np.flatnonzero(np.diff(beam.window, prepend=-1))
        score = np.maximum(np.maximum(stays.blank, stays.label) + beam.lm, (ink + lm).max(axis=1))
        best = np.repeat(np.maximum.reduceat(score, starts), np.diff(np.append(starts, len(event))))
        row, column = np.nonzero(ink + lm >= (best - self.size.reach)[:, None])
        label = labels[row, column]
        text = beam.text[row] * HASH_PRIME + label
        return _Appended(row, ink[row, column], lm[row, column], label, text)

    def _merge(self, beam: _Beam, stays: _Beam, event: np.ndarray, appended: _Appended) -> np.ndarray:
        """Add to texts that are there already the alignments that reach them by appending; return which are new: (m,).

        A text whose last character is more likely to start here than before is taken to start here.
        """
        order = np.argsort(beam.text)
        found = order[np.minimum(np.searchsorted(beam.text, appended.text, sorter=order), len(order) - 1)]
        same = beam.text[found] == appended.text
        at, ink = found[same], appended.ink[same]
        starts_here = ink > np.logaddexp(stays.blank[at], stays.label[at])
        stays.label[at] = np.logaddexp(stays.label[at], ink)
        moved = appended.take(np.flatnonzero(same)[starts_here])
        stays.ids[at[starts_here]] = self._store(beam, event, moved)
        return np.flatnonzero(~same)

    def _join(self, beam: _Beam, stays: _Beam, appended: _Appended, event: np.ndarray, kept: np.ndarray) -> _Beam:
        """Join the hypotheses ``kept`` of those that stay and, numbered after them, those appended.

        The language model is still to be advanced over the appended characters.
        """
        count = len(event)
        row = np.concatenate([np.arange(count), appended.row])[kept]
        new = kept >= count
        ids = stays.ids[row]
        ids[new] = self._store(beam, event, appended.take(kept[new] - count))
        blank = np.concatenate([stays.blank, np.full(len(appended.row), -np.inf)])[kept]
        label = np.concatenate([stays.label, appended.ink])[kept]
        ends = self.windows.ends[event[row]]
        return _Beam(
            window=beam.window[row],
            blank=np.where(ends, np.logaddexp(blank, label), blank),
            label=np.where(ends, -np.inf, label),
            lm=np.concatenate([beam.lm, appended.lm])[kept],
            last=np.concatenate([beam.last, appended.label])[kept],
            text=np.concatenate([beam.text, appended.text])[kept],
            ids=ids,
            state=beam.state[row],
            log_probs=beam.log_probs[row],
        )

    def _store(self, beam: _Beam, event: np.ndarray, appended: _Appended) -> np.ndarray:
        row = appended.row
        return self.store.add(beam.ids[row], event[row], appended.label, beam.log_probs[row])

    def _repeat(self, event: np.ndarray, last: np.ndarray) -> np.ndarray:
        """What the ink says of the last character going on, (n,)."""
        row = self.windows.row[event]
        says = self.windows.log_probs[row, last] * self.windows.weight[event]
        return np.asarray(np.where((row < 0) | (last == BLANK), -np.inf, says))

    def _lm_scores(self, log_probs: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Score labels (n, K) after each hypothesis, its log_probs (n, symbols): the terms that are not the ink's."""
        says = log_probs[np.arange(len(labels))[:, None], self.classes.symbol[labels]]
        return np.asarray(self.weights.lm * (says + self.classes.share[labels]) + self.classes.bonus[labels])

    def _finish(self, beam: _Beam, step: int) -> _Beam:
        """Take out the windows that are read, or of which nothing is left to decide."""
        windows = self.windows
        starts = np.flatnonzero(np.diff(beam.window, prepend=-1))
        alone = np.diff(np.append(starts, len(beam.window))) == 1
        window = beam.window[starts]
        done = (windows.length[window] == step + 1) | (alone & windows.decided[windows.begin[window] + step])
        if not done.any():
            return beam
        self.ended[window[done]] = beam.ids[starts[done]]
        return beam.take(np.flatnonzero(~np.isin(beam.window, window[done])))


def _prune(window: np.ndarray, score: np.ndarray, size: BeamSize) -> np.ndarray:
    """Return the best hypotheses of each window, the windows in order, each best first."""
    order = np.lexsort((-score, window))
    sorted_window = window[order]
    starts = np.flatnonzero(np.diff(sorted_window, prepend=-1))
    group = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(order))))
    rank = np.arange(len(order)) - starts[group]
    kept = (rank < size.hypotheses) & (score[order] >= (score[order[starts]] - size.reach)[group])
    return np.asarray(order[kept])


def search(
    lines: Sequence[np.ndarray],
    model: LanguageModel,
    weights: CtcWeights,
    beam: BeamSize,
    alphabet: Alphabet,
    unsure: float = UNSURE,
) -> list[Reading]:
    """Read the lines of a page; the language model is asked of unsure places alone.

    lines: (T, C) float32 each, natural logarithms, class 0 the blank, 1 the space, and k + 2 ``alphabet.glyphs[k]``;
    unsure: a place whose best path is wrong with more than this probability is searched.
    """
    places = [find_places(line) for line in lines]
    which = [np.flatnonzero(found.probability < 1.0 - unsure) for found in places]
    if not any(len(x) for x in which):
        return [greedy_at(found) for found in places]
    doubt = [unsureness(found.probability[x], weights) for found, x in zip(places, which, strict=True)]
    windows = build_windows(places, which, [1.0 / u for u in doubt])
    classes = _Classes.of(alphabet, weights)
    found = _Search(windows, model, weights, beam, classes)
    found.run(alphabet.start)
    decided = _decided(windows, found)
    return [
        _reading(line, x, decided[k], weights, classes) if len(x) else greedy_at(line)
        for k, (line, x) in enumerate(zip(places, which, strict=True))
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _Decided:
    """Characters read at the unsure places of a line, ascending: (m,) class, active frame where it starts, u of its
    place, and (m, symbols) what the language model says there."""

    labels: np.ndarray
    starts: np.ndarray
    doubt: np.ndarray
    log_probs: np.ndarray


def _decided(windows: Windows, found: _Search) -> dict[int, _Decided]:
    """Trace back the best hypothesis of each window; the characters of each line that has one."""
    columns = found.store.joined() if found.store.size else None
    kept: dict[int, list[int]] = {int(line): [] for line in windows.line}
    if columns is None:
        return {}
    parent, event, label, log_probs = columns
    for line, hypothesis in zip(windows.line.tolist(), found.ended.tolist(), strict=True):
        path = []
        while hypothesis >= 0:
            path.append(hypothesis)
            hypothesis = int(parent[hypothesis])
        kept[line] += reversed(path)
    result = {}
    for line, path in kept.items():
        ids = np.array(path, np.int64)
        ids = ids[windows.source[event[ids]] >= 0]
        at = event[ids]
        result[line] = _Decided(label[ids], windows.source[at], 1.0 / windows.weight[at], log_probs[ids])
    return result


def _reading(places: Places, unsure: np.ndarray, decided: _Decided, weights: CtcWeights, classes: _Classes) -> Reading:
    """Join the sure characters of a line and those decided."""
    path = spikes(places)
    sure = ~np.isin(places.place[path.first], unsure)
    labels = np.concatenate([path.labels[sure], decided.labels])
    starts = np.concatenate([path.first[sure], decided.starts])
    order = np.argsort(starts, kind="stable")
    scores = np.zeros((len(labels), len(classes.symbol)))
    says = weights.lm * (decided.log_probs[:, classes.symbol] + classes.share) + classes.bonus
    scores[np.count_nonzero(sure) :] = decided.doubt[:, None] * says
    labels, starts = labels[order], starts[order]
    return reading(places, labels, find_peaks(places, labels, starts), Prior(scores[order]))
