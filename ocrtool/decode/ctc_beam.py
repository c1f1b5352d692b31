"""Prefix beam search over the unsure places of a page's lines, with a character language model.

All windows of a page advance together, event by event, so that a step of the language model is one matrix product for
all of them. A hypothesis is a text; the probabilities of its alignments are added up, those that end in a blank apart
from those that end in its last character (Graves, "Sequence transduction with recurrent neural networks", 2012, and
Hannun et al., "First-pass large vocabulary continuous speech recognition using bi-directional recurrent DNNs", 2014,
who add the language model with a weight and a bonus for each word).

**The score** of a text y of the ink x is the log-linear model::

    log sum over alignments a of y of  prod over frames t of  p(a_t | x) ** (1 / u(x, t))
    + sum over characters of y of  lm * log p_lm(character | text before) + character [+ word for a space]

``u`` in (0, 1] is how unsure the ink is: ``min(1, (1 - p) / unsure_scale) ** power`` with p the probability of the
best path's text of the place that holds frame t, times ``sign`` where that text has a sign in it: whether a page has
curly quotation marks or straight ones, dashes long or short, its text does not tell. Exponents of a log-linear model
may depend on x but not on y (Och & Ney, "Discriminative training and maximum entropy models for statistical machine
translation", 2002), and u is the same for all that may be read at a place: no text, one character or two. So texts
whose characters start at different frames are compared fairly. Where u is small the ink outvotes the language model
and both bonuses: dividing the ink by u is, at one place, the same as multiplying them by u. But the language model
keeps its full weight from one place to the next: that "e" follows "th" well and "tl" badly is evidence of the unsure
"h" however sure the "e" is. Weights on the characters' own terms would throw it away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ocrtool.decode.alphabet import Alphabet
from ocrtool.decode.ctc_hypotheses import Appended, Beam, Store, group_starts, prune
from ocrtool.decode.ctc_places import BLANK, SPACE
from ocrtool.decode.ctc_windows import Windows
from ocrtool.decode.language_model import LanguageModel
from ocrtool.decode.settings import BeamSize, CtcWeights

#: Multiplier of the rolling hash that identifies equal texts, and what sets those of different windows apart.
HASH_PRIME, HASH_WINDOW = np.int64(1_000_003), np.int64(0x1E3779B97F4A7C15)


@dataclass(frozen=True, slots=True, eq=False)
class Classes:
    """What the language model makes of the reader's classes: (C,) symbol of each, and what is added to its score."""

    symbol: np.ndarray
    share: np.ndarray
    bonus: np.ndarray

    @classmethod
    def of(cls, alphabet: Alphabet, weights: CtcWeights) -> Classes:
        symbol = np.concatenate([[alphabet.space] * 2, alphabet.symbol_of]).astype(np.int32)
        share = np.concatenate([[0.0, 0.0], alphabet.share])
        bonus = np.full(len(symbol), weights.character)
        bonus[SPACE] += weights.word
        return cls(symbol, share, bonus)


class Search:
    """One search over the windows of a page. ended: the best hypothesis of each window, -1 for the empty text."""

    def __init__(self, windows: Windows, model: LanguageModel, weights: CtcWeights, beam: BeamSize, classes: Classes):
        self.windows, self.model, self.weights, self.size, self.classes = windows, model, weights, beam, classes
        self.store = Store()
        self.ended = np.full(len(windows.line), -1)

    def run(self, start: int) -> None:
        """Read all windows. start: symbol of the beginning of a line."""
        beam = self._start(start)
        step = 0
        while len(beam.window):
            beam = self._finish(self._advance(beam, step), step)
            step += 1

    def _start(self, start: int) -> Beam:
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
        return Beam(
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

    def _advance(self, beam: Beam, step: int) -> Beam:
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
        kept = prune(window, score, self.size)
        following = self._join(beam, stays, appended, event, kept)
        new = kept >= len(event)
        goes_on = np.flatnonzero(new & (self.windows.length[following.window] > step + 1))
        if len(goes_on):
            symbols = self.classes.symbol[following.last[goes_on]]
            read = self.model.step(symbols, following.state[goes_on])
            following.log_probs[goes_on], following.state[goes_on] = read
        return following

    def _append(self, beam: Beam, stays: Beam, event: np.ndarray, total: np.ndarray) -> Appended:
        """Append to each hypothesis each label tried, as far as the result may be within reach of the best."""
        labels = self.windows.labels[event]  # (n, K)
        from_ink = np.where(labels == beam.last[:, None], beam.blank[:, None], total[:, None])
        ink = from_ink + self.windows.scores[event]
        lm = beam.lm[:, None] + self._lm_scores(beam.log_probs, labels)
        starts = group_starts(beam.window)
        score = np.maximum(np.maximum(stays.blank, stays.label) + beam.lm, (ink + lm).max(axis=1))
        best = np.repeat(np.maximum.reduceat(score, starts), np.diff(np.append(starts, len(event))))
        row, column = np.nonzero(ink + lm >= (best - self.size.reach)[:, None])
        label = labels[row, column]
        text = beam.text[row] * HASH_PRIME + label
        return Appended(row, ink[row, column], lm[row, column], label, text)

    def _merge(self, beam: Beam, stays: Beam, event: np.ndarray, appended: Appended) -> np.ndarray:
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

    def _join(self, beam: Beam, stays: Beam, appended: Appended, event: np.ndarray, kept: np.ndarray) -> Beam:
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
        return Beam(
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

    def _store(self, beam: Beam, event: np.ndarray, appended: Appended) -> np.ndarray:
        row = appended.row
        return self.store.add(beam.ids[row], event[row], appended.label)

    def _repeat(self, event: np.ndarray, last: np.ndarray) -> np.ndarray:
        """What the ink says of the last character going on, (n,)."""
        row = self.windows.row[event]
        says = self.windows.log_probs[row, last] * self.windows.weight[event]
        return np.asarray(np.where((row < 0) | (last == BLANK), -np.inf, says))

    def _lm_scores(self, log_probs: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Score labels (n, K) after each hypothesis, its log_probs (n, symbols): the terms that are not the ink's."""
        says = log_probs[np.arange(len(labels))[:, None], self.classes.symbol[labels]]
        return np.asarray(self.weights.lm * (says + self.classes.share[labels]) + self.classes.bonus[labels])

    def _finish(self, beam: Beam, step: int) -> Beam:
        """Take out the windows that are read, or of which nothing is left to decide."""
        windows = self.windows
        starts = group_starts(beam.window)
        alone = np.diff(np.append(starts, len(beam.window))) == 1
        window = beam.window[starts]
        done = (windows.length[window] == step + 1) | (alone & windows.decided[windows.begin[window] + step])
        if not done.any():
            return beam
        self.ended[window[done]] = beam.ids[starts[done]]
        return beam.take(np.flatnonzero(~np.isin(beam.window, window[done])))
