"""Samples of the eight syllables of PHD08's published example, in substitutes of its fonts and in held-out fonts."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from training.emnist.labelled import LabelledImages
from training.phd08.counterparts import COUNTERPARTS, draw_like
from training.phd08.generate import draw_sample
from training.phd08.resize import to_size
from training.synthesis.hangul_fonts import KoreanFont
from training.synthesis.phd08_variations import all_variations

#: The classes of the example, in its order.
CLASSES = "라호댜밟자꺅갠아"
#: As reports name them: charts are set in a font without Hangul.
CLASS_NAMES = tuple(unicodedata.name(character).removeprefix("HANGUL SYLLABLE ") for character in CLASSES)
#: Blur before resizing, in pixels, as in the known script.
SIGMA = 0.3


@dataclass(frozen=True, slots=True)
class Samples:
    """images: N pictures (H, W) uint8, 1 = ink, in the sizes they were drawn; labels: (N,) int64, index in CLASSES;
    fonts: (N,) names.
    """

    images: tuple[np.ndarray, ...]
    labels: np.ndarray
    fonts: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, mask: np.ndarray) -> Samples:
        """The samples selected by a mask (N,)."""
        chosen = np.flatnonzero(mask)
        return Samples(tuple(self.images[i] for i in chosen), self.labels[chosen], self.fonts[chosen])

    def labelled(self) -> LabelledImages:
        """As input of the network: converted as by ``python -m training.phd08 convert``."""
        return LabelledImages(to_size(self.images, 28, 28, SIGMA), self.labels, CLASS_NAMES)


def like_phd08(fonts: Sequence[KoreanFont], variations: int, seed: int) -> Samples:
    """Each syllable with so many variations in the substitute of each of PHD08's nine fonts, named as those.

    Raises ValueError if a font is missing.
    """
    keys = [
        (character, name, variation)
        for name in COUNTERPARTS
        for number, character in enumerate(CLASSES)
        for variation in _chosen(variations, (seed, number, len(name)))
    ]
    images = draw_like(keys, fonts, seed)
    labels = np.array([CLASSES.index(character) for character, _, _ in keys], np.int64)
    return Samples(tuple(images), labels, np.array([name for _, name, _ in keys]))


def in_families(
    fonts: Sequence[KoreanFont], variations: int, seed: int, advance: Callable[[], None] = lambda: None
) -> Samples:
    """Each syllable with so many variations in each of ``fonts``, named by family.

    Raises ValueError if a font lacks a syllable.
    """
    images, labels, names = [], [], []
    for font in fonts:
        for number, character in enumerate(CLASSES):
            for variation in _chosen(variations, (seed, number)):
                images.append(draw_sample(font, character, variation, seed))
                labels.append(number)
                names.append(font.family)
        advance()
    return Samples(tuple(images), np.array(labels, np.int64), np.array(names))


def _chosen(count: int, seed: tuple[int, ...]) -> list[tuple[int, ...]]:
    """``count`` of the 243 variations at random, at most all."""
    everything = all_variations()
    if count >= len(everything):
        return list(everything)
    chosen = np.random.default_rng(seed).choice(len(everything), count, replace=False)
    return [everything[i] for i in np.sort(chosen)]
