"""Training examples of the glyph classifier: arrays, and the shards they are kept in."""

from __future__ import annotations

import glob
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ocrtool.charset import LATIN_CLASSES, REJECT

#: Label of the reject class.
REJECT_LABEL = LATIN_CLASSES.index(REJECT)


@dataclass(frozen=True, slots=True)
class Examples:
    """N training examples.

    images: (N, S, S, 2) uint8, S the side of the script's crops; geometry: (N, 8) float32 features, all 0 if unknown;
    labels: (N,) int16, the last one for the reject class; sources: (N,) str.
    """

    images: np.ndarray
    geometry: np.ndarray
    labels: np.ndarray
    sources: np.ndarray

    def __post_init__(self) -> None:
        if not len(self.images) == len(self.geometry) == len(self.labels) == len(self.sources):
            raise ValueError("images, geometry, labels and sources differ in length")

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, index: np.ndarray) -> Examples:
        """Select the examples at ``index`` (integers or a mask)."""
        return Examples(self.images[index], self.geometry[index], self.labels[index], self.sources[index])

    def save(self, path: Path) -> None:
        """Write an .npz shard, uncompressed for fast loading."""
        np.savez(path, images=self.images, place=self.geometry, labels=self.labels, source=self.sources)


def alone(images: np.ndarray, labels: np.ndarray, source: str) -> Examples:
    """Make examples of isolated characters, of unknown geometry. images: (N, 32, 32, 2) uint8; labels: (N,)."""
    geometry = np.zeros((len(images), 8), np.float32)
    return Examples(images, geometry, np.asarray(labels, np.int16), np.full(len(images), source))


def no_examples(side: int = 32) -> Examples:
    """Return an empty set of examples. side: of the crops, in pixels."""
    images = np.zeros((0, side, side, 2), np.uint8)
    return Examples(images, np.zeros((0, 8), np.float32), np.zeros(0, np.int16), np.zeros(0, "U1"))


def load(path: Path) -> Examples:
    """Read a shard. Raises FileNotFoundError; KeyError if it is not a shard."""
    with np.load(path, allow_pickle=False) as data:
        sources = np.broadcast_to(data["source"].astype(str), (len(data["labels"]),))
        return Examples(data["images"], data["place"].astype(np.float32), data["labels"].astype(np.int16), sources)


def join(parts: Iterable[Examples]) -> Examples:
    """Concatenate all parts. Raises ValueError if there are none."""
    parts = list(parts)
    if not parts:
        raise ValueError("no examples: name shards of training.glyphs.make")
    return Examples(
        np.concatenate([p.images for p in parts]),
        np.concatenate([p.geometry for p in parts]),
        np.concatenate([p.labels for p in parts]),
        np.concatenate([p.sources for p in parts]),
    )


def find_shards(patterns: Iterable[str]) -> list[Path]:
    """Files that match any of the patterns, sorted. Raises FileNotFoundError for a pattern that matches none."""
    found: set[Path] = set()
    for pattern in patterns:
        matches = glob.glob(pattern)  # noqa: PTH207 - patterns are whole paths, absolute ones too
        if not matches:
            raise FileNotFoundError(f"no shard matches {pattern}")
        found |= {Path(m) for m in matches}
    return sorted(found)


def sample(data: Examples, most: int, rng: np.random.Generator) -> Examples:
    """``most`` of the examples, chosen by chance and in their order; all if there are no more."""
    if len(data) <= most:
        return data
    return data.take(np.sort(rng.choice(len(data), most, replace=False)))


def source_counts(data: Examples) -> dict[str, int]:
    """How many examples are of each source."""
    names, counts = np.unique(data.sources, return_counts=True)
    return {str(name): int(count) for name, count in zip(names, counts, strict=True)}
