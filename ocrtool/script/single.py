"""A picture of one character to the likeliest labels, by the evidence of both classifiers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocrtool.charset import LATIN
from ocrtool.imaging.character import Look, looks
from ocrtool.recognize.crops import GEOMETRY_SIZE, HANGUL_CROP, LATIN_CROP, isolated_image
from ocrtool.script.hangul.charset import FIRST_MARK, GLYPHS, MARKS, REJECT_KIND, SYLLABLE_KIND
from ocrtool.script.hangul.classifier import HangulClassifier
from ocrtool.script.latin.classifier import LatinClassifier
from ocrtool.types import Alternative, Box

#: What the two classifiers' odds count for when they tell the script (see `merged`): both are surer than they are right
#: of what they were not taught. Chosen on EMNIST's training images, drawn characters of families held out, and samples
#: of photos62 and of real PHD08 files: figures of these two are not free of that choice.
KOREAN_WEIGHT, LATIN_WEIGHT = 0.7, 0.5
#: Which of several looks at a picture is taken: the one with the surest label, where so much is added to its logarithm
#: if all the border is paper, and taken off if something at the border is left out.
PAPER_BONUS, PART_PENALTY = 2.0, 0.5
#: Least probability of which a logarithm is taken.
LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Reading:
    """What one character may be, likeliest first, and where it was found, in pixels. Without a box it is blank."""

    box: Box | None
    labels: tuple[Alternative, ...] = ()


class SingleClassifier:
    """Reads characters that stand alone. Not to be shared between threads."""

    def __init__(self, latin: LatinClassifier | None, korean: HangulClassifier | None) -> None:
        """One of them may be None: then the other decides alone."""
        if latin is None and korean is None:
            raise ValueError("no classifier to read with")
        self._latin, self._korean = latin, korean

    def read(self, gray: np.ndarray, top: int) -> Reading:
        """The ``top`` likeliest labels of a picture (H, W) uint8 of one character, of any polarity and light."""
        found = looks(gray)
        if not found:
            return Reading(None)
        shares = self.probabilities([look.glyph for look in found])
        best = int(np.argmax([_trust(look, row) for look, row in zip(found, shares, strict=True)]))
        order = np.argsort(-shares[best], kind="stable")[:top]
        labels = tuple(Alternative(GLYPHS[i], float(shares[best, i])) for i in order if shares[best, i] > 0.0)
        return Reading(found[best].box, labels)

    def probabilities(self, glyphs: list[np.ndarray]) -> np.ndarray:
        """(N, labels) float64 by place in GLYPHS, each row summing to 1. glyphs: (h, w) uint8 soft ink, ink bright."""
        place = np.zeros((len(glyphs), GEOMETRY_SIZE), np.float32)
        latin = korean = None
        if self._latin is not None:
            crops = np.stack([isolated_image(glyph, LATIN_CROP) for glyph in glyphs])
            latin = np.exp(self._latin.log_probs(crops, place).astype(np.float64))
        if self._korean is not None:
            crops = np.stack([isolated_image(glyph, HANGUL_CROP) for glyph in glyphs])
            heads = self._korean.heads(crops, place)
            korean = _all_labels(*(np.exp(head.astype(np.float64)) for head in heads))
        return merged(latin, korean)


def _trust(look: Look, shares: np.ndarray) -> float:
    sure = float(np.log(max(LEAST, shares.max())))
    return sure + PAPER_BONUS * look.paper_border - PART_PENALTY * (not look.whole)


def _all_labels(kind: np.ndarray, initial: np.ndarray, vowel: np.ndarray, final: np.ndarray) -> np.ndarray:
    """Probabilities (N, labels) of all GLYPHS from those of the heads: it is one character, so no bad cut."""
    letters = initial[:, :, None, None] * vowel[:, None, :, None] * final[:, None, None, :]
    syllables = kind[:, SYLLABLE_KIND, None] * letters.reshape(len(kind), -1)
    shares = np.concatenate([kind[:, FIRST_MARK:REJECT_KIND], syllables], axis=1)
    return shares / np.maximum(LEAST, shares.sum(axis=1, keepdims=True))


def merged(latin: np.ndarray | None, korean: np.ndarray | None) -> np.ndarray:
    """One distribution (N, labels) over GLYPHS. latin: (N, 95), a bad cut last; korean: (N, labels), as GLYPHS.

    Which side it is, ASCII or Hangul with the marks of Korean print, is asked of both. The Korean classifier knows all
    labels, but ASCII as print only: its odds of the Hangul side. The Latin one knows ASCII only, but was taught to
    refuse what is no character, and does so with most syllables: its odds of a refusal. The two odds, each raised to
    its weight, are multiplied. On its side each classifier is then believed alone: the Latin one among ASCII, since it
    knows hand-printing too, the Korean one among the rest.
    """
    if korean is None:
        if latin is None:
            raise ValueError("nothing to merge")
        shares = np.zeros((len(latin), len(GLYPHS)))
        shares[:, : len(LATIN)] = latin[:, :-1] / np.maximum(LEAST, latin[:, :-1].sum(axis=1, keepdims=True))
        return shares
    if latin is None:
        return korean
    refused = np.clip(latin[:, -1], LEAST, 1.0 - LEAST)
    ascii_share = np.clip(korean[:, : len(LATIN)].sum(axis=1), LEAST, 1.0 - LEAST)
    odds = (1.0 / ascii_share - 1.0) ** KOREAN_WEIGHT * (refused / (1.0 - refused)) ** LATIN_WEIGHT
    hangul_side = odds / (1.0 + odds)
    shares = merged(latin, None) * (1.0 - hangul_side)[:, None]
    rest = korean[:, len(LATIN) :]
    shares[:, len(LATIN) :] = rest * (hangul_side / np.maximum(LEAST, rest.sum(axis=1)))[:, None]
    return shares / shares.sum(axis=1, keepdims=True)


assert MARKS.startswith(LATIN) and GLYPHS.startswith(MARKS)
