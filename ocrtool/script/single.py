"""Classification of a picture of one character, with the classifiers of all scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ocrtool.imaging.character import View, find_views
from ocrtool.recognize.crops import GEOMETRY_SIZE, isolated_image
from ocrtool.script.registry import AUTO, load_script, parse_languages
from ocrtool.script.script import GlyphClassifier, Script
from ocrtool.types import Alternative, Box
from ocrtool.weights.store import ANY

#: Exponents of two classifiers' odds in the choice of script (see `merged`): both are overconfident about what they
#: were not trained on. Chosen on EMNIST's training images, drawn characters of held-out families, and samples of
#: photos62 and of real PHD08 files, so figures on the last two are not independent of the choice.
SHARED_WEIGHT, REFUSAL_WEIGHT = 0.7, 0.5
#: The view with the most confident label is chosen, after adding a bonus to the log-probability for a border of paper,
#: and subtracting a penalty if components at the border were left out.
PAPER_BONUS, PART_PENALTY = 2.0, 0.5
#: Floor of probabilities before taking logarithms and quotients.
LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class SingleReading:
    """Labels of a single character, most likely first, and its box in pixels; None for a blank picture."""

    box: Box | None
    labels: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class Shares:
    """Probabilities of N characters.

    glyphs: labels of the columns; shares: (N, glyphs) float64, each row summing to 1; refused: (N,) probability of the
    reject class.
    """

    glyphs: Sequence[str]
    shares: np.ndarray
    refused: np.ndarray


class SingleClassifier:
    """Classifies isolated characters. Not to be shared between threads."""

    def __init__(self, classifiers: Sequence[tuple[Script, GlyphClassifier]]) -> None:
        """Take the classifiers of scripts, at least one, by order of the scripts."""
        if not classifiers:
            raise ValueError("no classifier to read with")
        self._classifiers = tuple(classifiers)

    def read(self, gray: np.ndarray, top: int) -> SingleReading:
        """Return the ``top`` most likely labels of a picture (H, W) uint8 of one character, any polarity and light."""
        views = find_views(gray)
        if not views:
            return SingleReading(None)
        found = self.probabilities([view.glyph for view in views])
        best = int(np.argmax([_trust(view, row) for view, row in zip(views, found.shares, strict=True)]))
        row = found.shares[best]
        order = np.argsort(-row, kind="stable")[:top]
        labels = tuple(Alternative(found.glyphs[i], float(row[i])) for i in order if row[i] > 0.0)
        return SingleReading(views[best].box, labels)

    def probabilities(self, glyphs: list[np.ndarray]) -> Shares:
        """Return the probabilities of all labels. glyphs: (h, w) uint8 soft ink each."""
        geometry = np.zeros((len(glyphs), GEOMETRY_SIZE), np.float32)
        found = []
        for script, classifier in self._classifiers:
            crops = np.stack([isolated_image(glyph, script.crop) for glyph in glyphs])
            shares, refused = classifier.probabilities(crops, geometry)
            found.append(Shares(script.glyphs, shares, refused))
        merged_shares = found[0]
        for other in found[1:]:
            merged_shares = merged(merged_shares, other)
        return merged_shares


def load_single_classifier(
    language: str = AUTO, weights: Path | None = None, threads: int = 1, model: str = ANY
) -> SingleClassifier:
    """Load the classifiers of all languages that ``language`` names.

    model: one of `ocrtool.weights.store.MODELS`. Raises ValueError for an unknown language or model, WeightsNotFound,
    WeightsRefused.
    """
    scripts = [load_script(name) for name in parse_languages(language)]
    return SingleClassifier([(script, script.open_classifier(weights, threads, model)) for script in scripts])


def _trust(view: View, shares: np.ndarray) -> float:
    sure = float(np.log(max(LEAST, shares.max())))
    return sure + PAPER_BONUS * view.paper_border - PART_PENALTY * (not view.whole)


def merged(base: Shares, other: Shares) -> Shares:
    """Merge two classifiers into one distribution over the glyphs of ``base``, then those that only ``other`` has.

    Both decide on whose glyph a character is. ``other`` may know glyphs of ``base`` too, but less well (print only):
    its evidence is the odds of the glyphs that only it has. ``base`` knows no others, but rejects most of them as
    non-characters: its evidence is the odds of its reject class. The two odds are raised to their weights and
    multiplied. Within its own glyphs, each classifier's distribution is used alone.
    """
    known = {glyph: k for k, glyph in enumerate(base.glyphs)}
    shared = np.array([glyph in known for glyph in other.glyphs])
    extra = np.flatnonzero(~shared)
    refused = np.clip(base.refused, LEAST, 1.0 - LEAST)
    shared_share = np.clip(other.shares[:, shared].sum(axis=1), LEAST, 1.0 - LEAST)
    odds = (1.0 / shared_share - 1.0) ** SHARED_WEIGHT * (refused / (1.0 - refused)) ** REFUSAL_WEIGHT
    other_side = odds / (1.0 + odds)
    extra_shares = other.shares[:, extra]
    scaled = extra_shares * (other_side / np.maximum(LEAST, extra_shares.sum(axis=1)))[:, None]
    shares = np.concatenate([base.shares * (1.0 - other_side)[:, None], scaled], axis=1)
    glyphs = (*base.glyphs, *(other.glyphs[k] for k in extra.tolist()))
    return Shares(glyphs, shares / shares.sum(axis=1, keepdims=True), np.minimum(base.refused, other.refused))
