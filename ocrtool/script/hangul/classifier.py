"""The Korean glyph classifier: crops with geometry features to the most likely syllables and marks."""

from __future__ import annotations

import math

import numpy as np

from ocrtool.errors import WeightsRefused
from ocrtool.recognize.candidates import Candidates
from ocrtool.recognize.network import GlyphNetwork, log_softmax
from ocrtool.script.hangul.charset import FINALS, FIRST_MARK, INITIALS, KINDS, MARKS, REJECT_KIND, SYLLABLE_KIND, VOWELS
from ocrtool.weights.store import Weights, read_as, temperature

#: Sizes of the four heads: kind, initial, vowel, final.
HEADS = (len(KINDS), len(INITIALS), len(VOWELS), len(FINALS))
#: Number of most likely letters of each head that are combined to syllables, and of marks kept beside them.
BEST_LETTERS, BEST_MARKS = 3, 5
#: Maximum number of labels of an edge.
MOST_LABELS = 8
#: Floor of divisors.
LEAST = 1e-6


class HangulClassifier:
    """Runs the compiled classifier. Not to be shared between threads."""

    def __init__(self, weights: Weights, threads: int = 1) -> None:
        """Open the network. Raises WeightsRefused if the weights are of another kind or for other labels."""
        with read_as("a classifier of Korean characters", weights.name):
            labels = list(weights.manifest["labels"])
            self._temperatures = [temperature(t) for t in weights.manifest["temperature"]]
        if labels != list(KINDS):
            raise WeightsRefused(f"{weights.name} was trained for other labels than this program reads")
        if len(self._temperatures) != len(HEADS):
            raise WeightsRefused(f"{weights.name} needs {len(HEADS)} temperatures")
        self._network = GlyphNetwork(weights, threads)

    def heads(self, images: np.ndarray, geometry: np.ndarray) -> list[np.ndarray]:
        """Return the log-probabilities of each head: (E, 267), (E, 19), (E, 21), (E, 28) float32.

        images: (E, 40, 40, 2) uint8; geometry: (E, 8) float32.
        """
        logits = self._network.logits(images, geometry, sum(HEADS))
        parts = np.split(logits, np.cumsum(HEADS)[:-1], axis=1)
        return [log_softmax(part / t) for part, t in zip(parts, self._temperatures, strict=True)]

    def probabilities(self, images: np.ndarray, geometry: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Classify isolated characters: (N, GLYPHS) float64, rows summing to 1, and (N,) of the reject class."""
        kind, initial, vowel, final = (np.exp(head.astype(np.float64)) for head in self.heads(images, geometry))
        return _all_labels(kind, initial, vowel, final), kind[:, REJECT_KIND]

    def candidates(self, images: np.ndarray, geometry: np.ndarray) -> Candidates:
        """Return the most likely labels of each crop, as indices into GLYPHS."""
        return combine(*self.heads(images, geometry))


def combine(kind: np.ndarray, initial: np.ndarray, vowel: np.ndarray, final: np.ndarray) -> Candidates:
    """Combine the heads' log-probabilities, (E, 267), (E, 19), (E, 21), (E, 28), into candidates.

    The probability of a syllable is that of the syllable kind times those of its letters, which are taken to be
    independent given the crop.
    """
    rows, choices = len(kind), BEST_LETTERS**3  # no rows if all characters were accepted early
    best = [np.argpartition(-head, BEST_LETTERS, axis=1)[:, :BEST_LETTERS] for head in (initial, vowel, final)]
    scores = [np.take_along_axis(head, top, axis=1) for head, top in zip((initial, vowel, final), best, strict=True)]
    joint = scores[0][:, :, None, None] + scores[1][:, None, :, None] + scores[2][:, None, None, :]
    number = (best[0][:, :, None, None] * len(VOWELS) + best[1][:, None, :, None]) * len(FINALS)
    number = number + best[2][:, None, None, :] + len(MARKS)
    syllables = joint.reshape(rows, choices) + kind[:, SYLLABLE_KIND : SYLLABLE_KIND + 1]
    marks = kind[:, FIRST_MARK:REJECT_KIND]
    top = np.argpartition(-marks, BEST_MARKS, axis=1)[:, :BEST_MARKS]
    labels = np.concatenate([number.reshape(rows, choices), top], axis=1)
    log_probs = np.concatenate([syllables, np.take_along_axis(marks, top, axis=1)], axis=1)
    kept = np.argpartition(-log_probs, MOST_LABELS, axis=1)[:, :MOST_LABELS]
    return Candidates.ordered(
        np.take_along_axis(labels, kept, axis=1), np.take_along_axis(log_probs, kept, axis=1), kind[:, REJECT_KIND]
    )


def _all_labels(kind: np.ndarray, initial: np.ndarray, vowel: np.ndarray, final: np.ndarray) -> np.ndarray:
    """Return the probabilities (N, GLYPHS) of characters from those of the heads, the reject class excluded."""
    letters = initial[:, :, None, None] * vowel[:, None, :, None] * final[:, None, None, :]
    syllables = kind[:, SYLLABLE_KIND, None] * letters.reshape(len(kind), math.prod(letters.shape[1:]))
    shares = np.concatenate([kind[:, FIRST_MARK:REJECT_KIND], syllables], axis=1)
    return np.asarray(shares / np.maximum(LEAST, shares.sum(axis=1, keepdims=True)))
