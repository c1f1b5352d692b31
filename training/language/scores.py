"""Measure a character language model: bits per character, next characters guessed right, word spaces."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ocrtool.charset import LINE_START
from ocrtool.decode.language_model import LanguageModel
from ocrtool.recognize.network import log_softmax
from training.language.vocabulary import Vocabulary

if TYPE_CHECKING:
    import keras

#: Lines that go through a model at once: their scores of all symbols are held in memory.
ROWS = 128
#: A character that is there and has a smaller probability was thought impossible: a decoder might take it for another.
IMPROBABLE = 0.001


@dataclass(frozen=True, eq=False)
class HeldOutText:
    """Text never trained on, each row read from the zero state.

    symbols: (N, T) int32; targets: (N, T) int32, the symbols that follow them; counted: (N, T) bool, where these are
    measured; other_bits: added for each target that is the vocabulary's ``other``, so that vocabularies compare;
    subsets: (N, T) bool masks by name, whose bits are reported too.
    """

    symbols: np.ndarray
    targets: np.ndarray
    counted: np.ndarray
    vocabulary: Vocabulary
    other_bits: float = 0.0
    subsets: Mapping[str, np.ndarray] = field(default_factory=dict)

    @classmethod
    def windows(cls, windows: np.ndarray, vocabulary: Vocabulary) -> HeldOutText:
        """Windows (N, T + 1) of running text, all counted."""
        ids = windows.astype(np.int32)
        return cls(ids[:, :-1], ids[:, 1:], np.ones((len(ids), ids.shape[1] - 1), bool), vocabulary)

    @classmethod
    def lines(cls, lines: Sequence[str], vocabulary: Vocabulary, other_bits: float = 0.0) -> HeldOutText:
        """Each line by itself, from its first character to its end, which counts as one."""
        length = max(map(len, lines)) + 2
        ids = np.stack([vocabulary.encode(LINE_START + line + LINE_START * (length - 1 - len(line))) for line in lines])
        counted = np.arange(length - 1)[None] <= np.array([len(line) for line in lines])[:, None]
        return replace(cls.windows(ids, vocabulary), counted=counted, other_bits=other_bits)

    def with_subsets(self, subsets: Mapping[str, np.ndarray]) -> HeldOutText:
        """The same text with other ``subsets``."""
        return replace(self, subsets=subsets)

    def measure(self, log_probs_of: Callable[[np.ndarray], np.ndarray]) -> dict[str, Any]:
        """Scores of a model: ``log_probs_of`` symbols (N, T) are natural log-probabilities (N, T, symbols).

        improbable: share of the characters with a probability below `IMPROBABLE`.
        spaces_predicted: of the gaps behind visible characters; a space is predicted where its probability is above
        that of all visible characters together.
        """
        bits, right = np.zeros(self.targets.shape), np.zeros(self.targets.shape, bool)
        spaces = np.zeros(self.targets.shape, bool)
        visible = self._visible()
        for rows in self._rows():
            log_probs = log_probs_of(self.symbols[rows])
            given = np.take_along_axis(log_probs, self.targets[rows][..., None], axis=-1)[..., 0]
            bits[rows] = -given / math.log(2)
            right[rows] = log_probs.argmax(axis=-1) == self.targets[rows]
            any_visible = np.logaddexp.reduce(log_probs[..., visible], axis=-1)
            spaces[rows] = log_probs[..., self.vocabulary.number(" ")] > any_visible
        if self.vocabulary.other is not None:
            bits[self.targets == self.vocabulary.number(self.vocabulary.other)] += self.other_bits
        scores = {
            "bits_per_character": round(float(bits[self.counted].mean()), 4),
            "accuracy": round(float(right[self.counted].mean()), 4),
            "improbable": round(float((bits[self.counted] > -math.log2(IMPROBABLE)).mean()), 4),
            "characters": int(self.counted.sum()),
            "spaces_predicted": space_scores(self._has_space(), spaces, self.gaps()),
        }
        if self.subsets:
            scores["bits_by_subset"] = {name: round(float(bits[m].mean()), 4) for name, m in self.subsets.items()}
        return scores

    def gaps(self) -> np.ndarray:
        """(N, T) bool: a visible character stands here, and after it, maybe after a space, another one of its line."""
        visible = self._visible()
        ahead = np.concatenate([self.targets[:, 1:], np.full((len(self.targets), 1), self._line_start())], axis=1)
        following = np.where(self._has_space(), ahead, self.targets)
        counted_ahead = np.concatenate([self.counted[:, 1:], np.zeros((len(self.counted), 1), bool)], axis=1)
        known = np.where(self._has_space(), counted_ahead, self.counted)
        gaps: np.ndarray = known & visible[self.symbols] & visible[following]
        return gaps

    def _has_space(self) -> np.ndarray:
        space: np.ndarray = self.targets == self.vocabulary.number(" ")
        return space

    def _visible(self) -> np.ndarray:
        """(symbols,) bool: symbols that are neither a space nor a line start."""
        return np.array([symbol not in (" ", LINE_START) for symbol in self.vocabulary.labels])

    def _line_start(self) -> int:
        return self.vocabulary.number(LINE_START)

    def _rows(self) -> Iterator[slice]:
        return (slice(begin, begin + ROWS) for begin in range(0, len(self.symbols), ROWS))

    def spaces_between(self, model: LanguageModel) -> dict[str, Any]:
        """How well a model tells whether a space is between two known characters, as the beam search asks it.

        In each gap the two ways to the next character are compared, with a space and without, all before it given.
        """
        space, gaps, there = self.vocabulary.number(" "), self.gaps(), self._has_space()
        predicted = np.zeros(gaps.shape, bool)
        for rows in self._rows():
            state = model.start(len(self.symbols[rows]))
            for t in range(self.symbols.shape[1]):
                log_probs, state = model.step(self.symbols[rows, t], state)
                asked = np.flatnonzero(gaps[rows, t])
                if len(asked) == 0:
                    continue
                rows_asked = asked + rows.start
                following = self.targets[rows_asked, t + there[rows_asked, t]]
                spaced, _ = model.step(np.full(len(asked), space, np.int32), state[asked])
                index = np.arange(len(asked))
                with_space = log_probs[asked, space] + spaced[index, following]
                predicted[rows_asked, t] = with_space > log_probs[asked, following]
        return space_scores(there, predicted, gaps)


def space_scores(there: np.ndarray, predicted: np.ndarray, gaps: np.ndarray) -> dict[str, Any]:
    """Share right, precision and recall of spaces ``predicted``, at the ``gaps`` alone; all three (N, T) bool."""
    there, predicted = there[gaps], predicted[gaps]
    return {
        "right": round(float((there == predicted).mean()), 4) if len(there) else 0.0,
        "precision": round(float(there[predicted].mean()), 4) if predicted.any() else 0.0,
        "recall": round(float(predicted[there].mean()), 4) if there.any() else 0.0,
        "gaps": len(there),
        "with_space": int(there.sum()),
    }


def sequence_log_probs(model: keras.Model, symbols: np.ndarray, batch: int = 64) -> np.ndarray:
    """Natural log-probabilities (N, T, symbols) by the training form."""
    return np.asarray(log_softmax(model.predict(symbols, batch_size=batch, verbose=0)))


def step_log_probs(model: LanguageModel, symbols: np.ndarray) -> np.ndarray:
    """Natural log-probabilities (N, T, symbols) by the reading form, a column at a time."""
    state = model.start(len(symbols))
    result = np.empty((*symbols.shape, len(model.symbols)), np.float32)
    for t in range(symbols.shape[1]):
        result[:, t], state = model.step(symbols[:, t], state)
    return result
