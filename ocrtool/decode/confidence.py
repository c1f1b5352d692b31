"""How sure each read character and word is."""

from __future__ import annotations

import numpy as np

from ocrtool.charset import LATIN
from ocrtool.decode.beam import FIRST_GLYPH_SYMBOL, Step
from ocrtool.types import Alternative

#: Alternatives kept for a character.
MAX_ALTERNATIVES = 5
#: Alternatives less likely than this are not told.
LEAST_PROBABILITY = 1e-4


def character_posterior(step: Step, scores: np.ndarray, lm_weight: float) -> np.ndarray:
    """Probability of each label for one character, given its shape, its place and the text before it: (94,) float.

    scores: (95,) log-probabilities of the classifier, reject last: what it holds for a bad cut is nobody's.
    """
    total = scores[: len(LATIN)].astype(np.float64) + lm_weight * step.context[FIRST_GLYPH_SYMBOL:]
    total = np.exp(total - total.max())
    return total / total.sum() * (1.0 - np.exp(float(scores[len(LATIN)])))


def alternatives(posterior: np.ndarray, chosen: int) -> tuple[Alternative, ...]:
    """The likeliest labels, likeliest first; the chosen one is among them whatever its rank."""
    order = [int(k) for k in np.argsort(-posterior, kind="stable")[:MAX_ALTERNATIVES]]
    if chosen not in order:
        order[-1] = chosen
    kept = [k for k in order if k == chosen or posterior[k] >= LEAST_PROBABILITY]
    return tuple(Alternative(LATIN[k], round(float(posterior[k]), 4)) for k in kept)


def word_probability(characters: list[float], calibration: tuple[tuple[float, float], ...]) -> float:
    """Probability that a whole word is right.

    characters: probability of each; calibration: (raw, true) points, ascending, fitted on pages with known text: the
    characters of a word are not wrong independently of each other.
    """
    # characters go wrong together: a long word is about as sure as one of four characters with its mean certainty
    raw = float(np.exp(np.mean(np.log(np.maximum(characters, 1e-6))) * min(len(characters), 4)))
    points = np.array(calibration)
    return float(np.clip(np.interp(raw, points[:, 0], points[:, 1]), 0.0, 1.0))
