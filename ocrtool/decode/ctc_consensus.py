"""One text of a line from several views of it.

The same line cut at other scales, or with its slant taken out, is read a little differently each time. The text that
all views together make the most likely is mostly better than any view's own (the views are an ensemble; N-best lists
are rescored so in speech recognition, Ostendorf et al., "Integration of diverse recognition methodologies through
reevaluation of N-best sentence hypotheses", 1991).

**The score** of a text y is ``sum over views v of w(v) * log p(y | v)``, p over all alignments, plus the language
model's part of `ocrtool.decode.ctc_beam`. ``w``, which sums to 1, falls by ``SHARPNESS`` for each nat by which the
characters of a view's best path are less likely in the mean. Texts are those read from the views, then those that
differ from the best in words that another has in their place, as long as the score rises.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from ocrtool.decode.ctc_beam import Classes
from ocrtool.decode.ctc_places import BLANK, BLANK_SURE, SPACE
from ocrtool.decode.ctc_reading import Reading
from ocrtool.decode.language_model import LanguageModel

#: How much less a view counts that is less sure: the exponent's factor of the mean log-probability of its characters.
SHARPNESS = 10.0
#: Rounds in which words are exchanged, and texts tried in each.
ROUNDS, MOST_TEXTS = 4, 24
#: Smallest probability of a character in the mean.
LEAST = 1e-4


@dataclass(frozen=True, slots=True)
class ReadWord:
    """A word of a reading. labels: its classes; reading: which one; first, end: its characters there."""

    labels: tuple[int, ...]
    reading: int
    first: int
    end: int


Text = tuple[ReadWord, ...]


def words_of(reading: Reading, number: int) -> Text:
    """Split a reading, the one of this number, into its words."""
    spaces = np.flatnonzero(reading.labels == SPACE).tolist()
    ends = zip([0, *(k + 1 for k in spaces)], [*spaces, len(reading.labels)], strict=True)
    return tuple(ReadWord(tuple(reading.labels[a:b].tolist()), number, a, b) for a, b in ends if b > a)


def agreements(text: Text, others: Sequence[Text]) -> list[float]:
    """Return the share of the other texts that have each word of a text in its place, 0..1."""
    words = [word.labels for word in text]
    counts = np.zeros(len(words))
    for other in others:
        for start, _, length in SequenceMatcher(
            None, words, [word.labels for word in other], autojunk=False
        ).get_matching_blocks():
            counts[start : start + length] += 1
    return [float(share) for share in counts / max(1, len(others))]


def mean_certainty(reading: Reading) -> float:
    """Return the mean natural logarithm of the probability of a reading's characters."""
    return float(np.log(np.maximum(reading.probability, LEAST)).mean()) if len(reading.labels) else float(np.log(LEAST))


class Consensus:
    """Finds the text that the views of a line make the most likely."""

    def __init__(self, model: LanguageModel, lm: float, classes: Classes, start: int) -> None:
        """lm: weight of the language model; classes: of the reader; start: symbol of the beginning of a line."""
        self.model, self.lm, self.classes, self.start = model, lm, classes, start

    def find(self, views: Sequence[np.ndarray], certainty: Sequence[float], readings: Sequence[Reading]) -> Text:
        """Return the words of the best text.

        views: (T, C) float32 each, log-probabilities; certainty: of each view, see `mean_certainty`; readings: the
        texts to choose from, at least one.
        """
        sure = np.array(certainty)
        share = np.exp(SHARPNESS * (sure - sure.max()))
        share /= share.sum()
        texts = list(
            {_labels(text): text for text in (words_of(r, k) for k, r in enumerate(readings)) if text}.values()
        )
        if not texts:
            return ()
        frames = Frames(views)
        scores = self._scores(texts, frames, share)
        best, score = texts[int(scores.argmax())], float(scores.max())
        known = {_labels(text) for text in texts}
        for _ in range(ROUNDS):
            tried = list({_labels(t): t for other in texts for t in _exchanges(best, other)}.items())
            fresh = [text for labels, text in tried if labels not in known][:MOST_TEXTS]
            if not fresh:
                break
            known.update(map(_labels, fresh))
            scores = self._scores(fresh, frames, share)
            if scores.max() <= score:
                break
            best, score = fresh[int(scores.argmax())], float(scores.max())
        return best

    def _scores(self, texts: Sequence[Text], frames: Frames, share: np.ndarray) -> np.ndarray:
        labels = [np.array(_labels(text), np.int64) for text in texts]
        bonus = np.array([self.classes.bonus[each].sum() for each in labels])
        guess = self.lm * self._language(labels) if self.lm else 0.0
        return np.asarray(frames.log_likelihood(labels) @ share + guess + bonus)

    def _language(self, texts: Sequence[np.ndarray]) -> np.ndarray:
        """Return the language model's log-probability of each text, (n,)."""
        lengths = np.array([len(text) for text in texts])
        symbols = np.zeros((len(texts), int(lengths.max())), np.int32)
        share = np.zeros(symbols.shape)
        for k, text in enumerate(texts):
            symbols[k, : len(text)], share[k, : len(text)] = self.classes.symbol[text], self.classes.share[text]
        total = share.sum(axis=1)
        state, before = self.model.start(len(texts)), np.full(len(texts), self.start, np.int32)
        for column in range(symbols.shape[1]):
            live = np.flatnonzero(lengths > column)
            log_probs, state[live] = self.model.step(before[live], state[live])
            before = symbols[:, column]
            total[live] += log_probs[np.arange(len(live)), before[live]]
        return np.asarray(total)


class Frames:
    """The frames of all views of a line, to ask how likely texts are. Runs of frames that are surely blank are one."""

    def __init__(self, views: Sequence[np.ndarray]) -> None:
        self.kept: list[np.ndarray] = []
        self.base = np.zeros(len(views))
        for k, rows in enumerate(views):
            sure = rows[:, BLANK] >= np.log(BLANK_SURE)
            again = sure & np.concatenate([[False], sure[:-1]])
            self.base[k] = rows[again, BLANK].sum()
            self.kept.append(rows[~again])

    def log_likelihood(self, texts: Sequence[np.ndarray]) -> np.ndarray:
        """Return the log-probability of each text in each view, over all alignments: (n, views).

        The forward recursion of CTC (Graves et al., "Connectionist temporal classification", 2006, section 4.1), for
        all texts and views at once. texts: (L,) classes each, at least one class.
        """
        longest = max(map(len, texts))
        path = np.zeros((len(texts), 2 * longest + 1), np.int64)  # blank, label, blank, ...
        for k, text in enumerate(texts):
            path[k, 1 : 2 * len(text) : 2] = text
        skips = np.zeros(path.shape)
        skips[:, 2:] = (path[:, 2:] != BLANK) & (path[:, 2:] != path[:, :-2])
        used, column = np.unique(path, return_inverse=True)
        column = column.reshape(path.shape)
        result = np.empty((len(texts), len(self.kept)))
        rows, end = np.arange(len(texts)), np.array([2 * len(text) for text in texts])
        for k, kept in enumerate(self.kept):
            reached, scale = np.zeros(path.shape), np.zeros(len(texts))
            reached[:, 0] = 1.0
            for frame in np.exp(kept[:, used].astype(np.float64)):
                following = reached.copy()
                following[:, 1:] += reached[:, :-1]
                following[:, 2:] += skips[:, 2:] * reached[:, :-2]
                following *= frame[column]
                highest = np.maximum(following.max(axis=1), 1e-300)
                reached = following / highest[:, None]
                scale += np.log(highest)
            ended = reached[rows, end] + reached[rows, end - 1]
            result[:, k] = np.log(np.maximum(ended, 1e-300)) + scale + self.base[k]
        return result


def _labels(text: Text) -> tuple[int, ...]:
    """Return the classes of a text, a space between words."""
    return tuple(label for k, word in enumerate(text) for label in ((SPACE,) if k else ()) + word.labels)


def _exchanges(best: Text, other: Text) -> Iterator[Text]:
    """Yield the texts that have words of the other where it differs from the best, one place at a time."""
    matcher = SequenceMatcher(None, [w.labels for w in best], [w.labels for w in other], autojunk=False)
    for tag, a0, a1, b0, b1 in matcher.get_opcodes():
        if tag == "equal":
            continue
        yield best[:a0] + other[b0:b1] + best[a1:]
        if a1 - a0 == b1 - b0 > 1:
            for k in range(a1 - a0):
                yield (*best[: a0 + k], other[b0 + k], *best[a0 + k + 1 :])
