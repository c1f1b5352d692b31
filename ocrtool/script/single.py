"""A picture of one character to the likeliest labels, by the evidence of every script's classifier."""

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

#: What two classifiers' odds count for when they tell the script (see `merged`): both are surer than they are right of
#: what they were not trained on. Chosen on EMNIST's training images, drawn characters of families held out, and samples
#: of photos62 and of real PHD08 files: figures of these two are not free of that choice.
SHARED_WEIGHT, REFUSAL_WEIGHT = 0.7, 0.5
#: Which of several views of a picture is taken: the one with the surest label, where so much is added to its logarithm
#: if all the border is paper, and taken off if something at the border is left out.
PAPER_BONUS, PART_PENALTY = 2.0, 0.5
#: Least probability of which a logarithm is taken.
LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class SingleReading:
    """What one character may be, likeliest first, and where it was found, in pixels. Without a box it is blank."""

    box: Box | None
    labels: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class Shares:
    """Probabilities of N characters.

    glyphs: what the columns are; shares: (N, glyphs) float64, each row summing to 1; refused: (N,) probability that it
    is no character of theirs.
    """

    glyphs: Sequence[str]
    shares: np.ndarray
    refused: np.ndarray


class SingleClassifier:
    """Reads characters that stand alone. Not to be shared between threads."""

    def __init__(self, classifiers: Sequence[tuple[Script, GlyphClassifier]]) -> None:
        """Scripts with their classifiers, at least one, by order."""
        if not classifiers:
            raise ValueError("no classifier to read with")
        self._classifiers = tuple(classifiers)

    def read(self, gray: np.ndarray, top: int) -> SingleReading:
        """The ``top`` likeliest labels of a picture (H, W) uint8 of one character, of any polarity and light."""
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
        """Probabilities of all labels. glyphs: (h, w) uint8 soft ink each, ink bright."""
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


def load_single_classifier(language: str = AUTO, weights: Path | None = None, threads: int = 1) -> SingleClassifier:
    """The classifiers of a language, or of all that ``language`` names.

    Raises ValueError for an unknown language, WeightsNotFound, WeightsRefused.
    """
    scripts = [load_script(name) for name in parse_languages(language)]
    return SingleClassifier([(script, script.open_classifier(weights, threads)) for script in scripts])


def _trust(view: View, shares: np.ndarray) -> float:
    sure = float(np.log(max(LEAST, shares.max())))
    return sure + PAPER_BONUS * view.paper_border - PART_PENALTY * (not view.whole)


def merged(base: Shares, other: Shares) -> Shares:
    """One distribution over the glyphs of both: those of ``base``, then those that only ``other`` has.

    Which side a character is on is asked of both. The other classifier may know glyphs of the base too, but less well
    (print only): the odds it gives its own ones. The base's knows nothing else, but was trained to refuse what is no
    character, and does so with most of them: its odds of a refusal. The two odds, each raised to its weight, are
    multiplied. On its side each classifier is then believed alone.
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
