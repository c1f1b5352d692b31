"""Confidence of characters and words."""

from __future__ import annotations

import bisect
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ocrtool.decode.ctc_words import LENGTH
from ocrtool.types import Alternative

if TYPE_CHECKING:
    from ocrtool.decode.beam import Step
    from ocrtool.decode.lattice import Lattice

#: Maximum number of alternatives of a character.
MAX_ALTERNATIVES = 5
#: Less likely alternatives are dropped.
LEAST_PROBABILITY = 1e-4


def character_posterior(step: Step, lattice: Lattice, lm_weight: float) -> dict[int, float]:
    """Posterior of each label of a character's edge, given its shape, its geometry and the text before it.

    The labels share what the classifier does not give to the reject class; labels that the edge lacks have none.
    """
    labels = lattice.labels[step.edge]
    total = lattice.log_probs[step.edge].astype(np.float64) + lm_weight * step.lm_log_probs
    total = np.where(labels >= 0, np.exp(total - total[labels >= 0].max()), 0.0)
    shares = total / total.sum() * (1.0 - np.exp(float(lattice.reject[step.edge])))
    return {int(k): float(p) for k, p in zip(labels, shares, strict=True) if k >= 0}


def alternatives(posterior: Mapping[int, float], chosen: int, glyphs: Sequence[str]) -> tuple[Alternative, ...]:
    """Return the most likely labels, best first, always including the chosen one. glyphs: their characters."""
    order = sorted(posterior, key=lambda k: -posterior[k])[:MAX_ALTERNATIVES]
    if chosen not in order:
        order[-1] = chosen
    kept = [k for k in order if k == chosen or posterior[k] >= LEAST_PROBABILITY]
    return tuple(Alternative(glyphs[k], round(posterior[k], 4)) for k in kept)


def word_probability(characters: list[float], calibration: tuple[tuple[float, float], ...]) -> float:
    """Estimate the probability that a whole word is right.

    characters: probability of each; calibration: (raw, true) points, ascending, fitted on transcribed pages.
    """
    mean = math.fsum(math.log(max(p, 1e-6)) for p in characters) / len(characters)
    raw = math.exp(mean * min(len(characters), LENGTH))
    return min(1.0, max(0.0, _interpolated(raw, calibration)))


def _interpolated(x: float, points: Sequence[tuple[float, float]]) -> float:
    """Interpolate linearly between points ascending in x, level beyond them; for one number faster than NumPy."""
    k = bisect.bisect_right(points, x, key=lambda point: point[0])
    if k == 0 or k == len(points):
        return points[min(k, len(points) - 1)][1]
    (x0, y0), (x1, y1) = points[k - 1], points[k]
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
