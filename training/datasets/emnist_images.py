"""EMNIST images (Cohen et al., "EMNIST: an extension of MNIST to handwritten letters", 2017), upright and labelled."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ocrtool.charset import LATIN
from training.emnist.idx import read_idx
from training.emnist.mapping import BALANCED, BYCLASS

#: Letters whose balanced class holds one case only, so that it gives the very character.
ONE_CASE = "0123456789ABDEFGHNQRTabdefghnqrt"


@dataclass(frozen=True, slots=True)
class Emnist:
    """images: (N, 28, 28) uint8, upright, ink bright; byclass, balanced: (N,) uint8, 255 = no label."""

    images: np.ndarray
    byclass: np.ndarray
    balanced: np.ndarray


def load(folder: Path, part: str) -> Emnist:
    """The ``train`` or ``test`` part of ``folder``, each image transposed back to upright."""

    def read(name: str) -> np.ndarray:
        return read_idx(folder / f"emnist-pool-{part}-{name}-ubyte.gz")

    images = np.ascontiguousarray(read("images-idx3").transpose(0, 2, 1))
    return Emnist(images, read("byclass-labels-idx1"), read("balanced-labels-idx1"))


def character_labels(data: Emnist, byclass_only: bool = False) -> np.ndarray:
    """Index into `LATIN` of each image whose very character is known, -1 for the others: (N,) int16.

    A byclass label gives it; a balanced one only for letters that are not merged with their other case, and not at all
    if ``byclass_only``.
    """
    by_class = np.full(256, -1, np.int16)
    by_class[: len(BYCLASS)] = [LATIN.index(c) for c in BYCLASS]
    by_balanced = np.full(256, -1, np.int16)
    by_balanced[: len(BALANCED)] = [LATIN.index(c) if c in ONE_CASE else -1 for c in BALANCED]
    labels: np.ndarray = by_class[data.byclass]
    if not byclass_only:
        labels = np.where(labels < 0, by_balanced[data.balanced], labels)
    return labels
