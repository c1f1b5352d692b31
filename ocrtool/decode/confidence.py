"""How sure each read character and word is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ocrtool.decode.beam import Step
from ocrtool.decode.lattice import Lattice
from ocrtool.types import Alternative

#: Alternatives kept for a character.
MAX_ALTERNATIVES = 5
#: Alternatives less likely than this are left out.
LEAST_PROBABILITY = 1e-4


def character_posterior(step: Step, lattice: Lattice, lm_weight: float) -> dict[int, float]:
    """Probability of each label of a character's edge, given its shape, its geometry and the text before it.

    What the classifier holds for a bad cut is nobody's; nor has a label any that the edge does not list.
    """
    labels = lattice.labels[step.edge]
    total = lattice.log_probs[step.edge].astype(np.float64) + lm_weight * step.lm_log_probs
    total = np.where(labels >= 0, np.exp(total - total[labels >= 0].max()), 0.0)
    shares = total / total.sum() * (1.0 - np.exp(float(lattice.reject[step.edge])))
    return {int(k): float(p) for k, p in zip(labels, shares, strict=True) if k >= 0}


def alternatives(posterior: Mapping[int, float], chosen: int, glyphs: Sequence[str]) -> tuple[Alternative, ...]:
    """The likeliest labels, likeliest first; the chosen one is among them whatever its rank. glyphs: what they are."""
    order = sorted(posterior, key=lambda k: -posterior[k])[:MAX_ALTERNATIVES]
    if chosen not in order:
        order[-1] = chosen
    kept = [k for k in order if k == chosen or posterior[k] >= LEAST_PROBABILITY]
    return tuple(Alternative(glyphs[k], round(posterior[k], 4)) for k in kept)


def word_probability(characters: list[float], calibration: tuple[tuple[float, float], ...]) -> float:
    """Probability that a whole word is right.

    characters: probability of each; calibration: (raw, true) points, ascending, fitted on pages with known text: the
    characters of a word are not wrong independently of each other.
    """
    # characters go wrong together: a long word is about as sure as one of four characters with its mean certainty
    raw = float(np.exp(np.mean(np.log(np.maximum(characters, 1e-6))) * min(len(characters), 4)))
    points = np.array(calibration)
    return float(np.clip(np.interp(raw, points[:, 0], points[:, 1]), 0.0, 1.0))
