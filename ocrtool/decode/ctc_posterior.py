"""Probabilities of a line's characters, given the ink and the text on both sides of them.

The beam search finds the best text of a line; what each of its characters might be instead is found by putting the
alternatives in its place, with the rest of the text as it is. The weights are those of the beam search
(`ocrtool.decode.ctc_beam`), brought to the scale of the ink: the language model's terms times u of the place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocrtool.decode.ctc_beam import Classes
from ocrtool.decode.ctc_places import BLANK
from ocrtool.decode.ctc_reading import Ink
from ocrtool.decode.language_model import LanguageModel
from ocrtool.decode.settings import CtcWeights

#: Characters after one that are asked how they follow each alternative. What comes later says little more.
FOLLOWING = 3
#: Alternatives less likely than this, given the text before them, are not followed.
LEAST_PROBABILITY = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """The unsure characters of a page, by position in their line: (m,) line, position, u; choices, masses (m, K)."""

    line: np.ndarray
    position: np.ndarray
    doubt: np.ndarray
    choices: np.ndarray
    masses: np.ndarray


class Posterior:
    """Asks a language model of the characters of lines. start: its symbol of the beginning of a line."""

    def __init__(self, model: LanguageModel, weights: CtcWeights, classes: Classes, start: int) -> None:
        self.model, self.weights, self.classes, self.start = model, weights, classes, start

    def weigh(self, lines: Sequence[Ink], doubt: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Return the probabilities of the ink's choices in each line, (n, K).

        doubt: (n,) for each line: u of the character's place, 0 where the language model is not asked.
        """
        result = [ink.masses.copy() for ink in lines]
        asked = _gather(lines, doubt)
        if not len(asked.line):
            return result
        texts = _padded([self.classes.symbol[ink.labels] for ink in lines])
        before, state = self._read_before(texts, asked)
        nothing = np.maximum(1.0 - asked.masses.sum(axis=1, keepdims=True), 0.0)
        masses = np.append(asked.masses, nothing, axis=1)  # (m, K + 1), the last for no character
        log_scores = self._score(asked, before)
        followed = _weighed(masses, log_scores) >= LEAST_PROBABILITY
        followed[followed.sum(axis=1) == 1] = False
        log_scores += asked.doubt[:, None] * self._follow(texts, asked, before, state, followed)
        for line, position, weighed in zip(asked.line, asked.position, _weighed(masses, log_scores), strict=True):
            result[line][position] = weighed[:-1]
        return result

    def _score(self, asked: _Asked, before: np.ndarray) -> np.ndarray:
        """Score each choice and, last, no character after the text before it: (m, K + 1), -inf where there is none."""
        classes = self.classes
        rows = np.arange(len(before))
        says = before[rows[:, None], classes.symbol[asked.choices]] + classes.share[asked.choices]
        scores = asked.doubt[:, None] * (self.weights.lm * says + classes.bonus[asked.choices])
        scores[asked.choices == BLANK] = -np.inf
        return np.append(scores, np.zeros((len(rows), 1)), axis=1)

    def _read_before(self, texts: np.ndarray, asked: _Asked) -> tuple[np.ndarray, np.ndarray]:
        """Read the lines that are asked of: log-probabilities (m, symbols) and state (m, S) before each character."""
        lines, own = np.unique(asked.line, return_inverse=True)
        last = np.zeros(len(lines), np.int64)
        np.maximum.at(last, own, asked.position)
        states = self.model.start(len(lines))
        symbols = np.full(len(lines), self.start, np.int32)
        before = np.empty((len(own), len(self.model.symbols)), np.float32)
        state = self.model.start(len(own))
        bounds = np.searchsorted(asked.position, np.arange(int(last.max()) + 2))
        for position in range(int(last.max()) + 1):
            live = np.flatnonzero(last >= position)
            log_probs, states[live] = self.model.step(symbols[live], states[live])
            here = slice(bounds[position], bounds[position + 1])
            before[here] = log_probs[np.searchsorted(live, own[here])]
            state[here] = states[own[here]]
            symbols = texts[lines, position]
        return before, state

    def _follow(
        self, texts: np.ndarray, asked: _Asked, before: np.ndarray, state: np.ndarray, followed: np.ndarray
    ) -> np.ndarray:
        """Score how the next characters follow each choice and, last, no character: (m, K + 1).

        followed: (m, K + 1), the others get what the worst of these has.
        """
        row, column = np.nonzero(followed)
        score = np.zeros(len(row))
        choice = np.append(asked.choices, np.full((len(followed), 1), BLANK), axis=1)[row, column]
        log_probs, states = before[row], state[row]
        read = np.flatnonzero(choice != BLANK)
        if len(read):
            log_probs[read], states[read] = self.model.step(self.classes.symbol[choice[read]], states[read])
        position = asked.position[row] + 1
        for step in range(FOLLOWING):
            at = np.minimum(position + step, texts.shape[1] - 1)
            symbols = np.where(position + step < texts.shape[1], texts[asked.line[row], at], -1)
            live = np.flatnonzero(symbols >= 0)
            if not len(live):
                break
            score[live] += self.weights.lm * log_probs[live, symbols[live]]
            if step < FOLLOWING - 1:
                log_probs[live], states[live] = self.model.step(symbols[live].astype(np.int32), states[live])
        result = np.full(followed.shape, np.inf)
        result[row, column] = score
        worst = result.min(axis=1, keepdims=True)
        return np.where(np.isfinite(result), result, np.where(np.isfinite(worst), worst, 0.0))


def _gather(lines: Sequence[Ink], doubt: Sequence[np.ndarray]) -> _Asked:
    counts = [len(ink.labels) for ink in lines]
    line = np.repeat(np.arange(len(lines)), counts)
    position = np.concatenate([np.arange(count) for count in counts])
    all_doubt = np.concatenate(list(doubt))
    order = np.argsort(position, kind="stable")
    order = order[all_doubt[order] > 0.0]
    choices = np.concatenate([ink.choices for ink in lines])[order]
    masses = np.concatenate([ink.masses for ink in lines])[order]
    return _Asked(line[order], position[order], all_doubt[order], choices, masses)


def _padded(rows: Sequence[np.ndarray]) -> np.ndarray:
    """Join rows of different lengths, padded with -1: (B, longest) int32."""
    result = np.full((len(rows), max(map(len, rows))), -1, np.int32)
    for k, row in enumerate(rows):
        result[k, : len(row)] = row
    return result


def _weighed(masses: np.ndarray, log_scores: np.ndarray) -> np.ndarray:
    """Weigh probabilities (m, K) with scores in natural logarithms, so that they add up to 1."""
    weighed = masses * np.exp(log_scores - log_scores.max(axis=1, keepdims=True))
    return np.asarray(weighed / np.maximum(weighed.sum(axis=1, keepdims=True), np.finfo(float).tiny))
