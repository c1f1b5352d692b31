"""Pair images with positions in books where the next character is the one in the image."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ocrtool.files import atomic_write
from training.emnist.fusion.language import Language
from training.emnist.fusion.text import PARTS, book_parts, load_text
from training.emnist.fusion.windows import class_positions


@dataclass(frozen=True, slots=True)
class Contexts:
    """positions: (N,) int64, of each image in the part's text; scores: (N, C) float32, log-probabilities of the classes
    given the text before it; positions_of_class: (C,) int64, number of positions of each class in the text.
    """

    positions: np.ndarray
    scores: np.ndarray
    positions_of_class: np.ndarray


def draw_positions(text: np.ndarray, labels: np.ndarray, classes: Sequence[str], context: int, seed: int) -> np.ndarray:
    """For each label a position of ``text`` with that class, ``context`` symbols or more from the start: (N,) int64.

    Each position of a class is as likely as any other; those of a rare class are drawn several times. Raises ValueError
    naming a class that has labels but no position.
    """
    rng = np.random.default_rng(seed)
    positions = np.empty(len(labels), np.int64)
    for number, found in enumerate(class_positions(text, len(classes))):
        found = found[found >= context]
        wanted = np.flatnonzero(labels == number)
        if len(wanted) and not len(found):
            raise ValueError(f"no context for class {classes[number]}: the text does not have it")
        if len(wanted):
            positions[wanted] = found[rng.integers(len(found), size=len(wanted))]
    return positions


def context_windows(text: np.ndarray, positions: np.ndarray, context: int) -> np.ndarray:
    """The symbols before each position: (N, context) int32."""
    return text[positions[:, None] + np.arange(-context, 0)].astype(np.int32)


def pair(language: Language, text: np.ndarray, labels: np.ndarray, seed: int) -> Contexts:
    """A context for each label, and its scores by the LSTM. Raises ValueError for a class without a position."""
    classes = language.alphabet.classes
    positions = draw_positions(text, labels, classes, language.context, seed)
    scores = language.class_scores(context_windows(text, positions, language.context))
    counts = np.array([np.sum(found >= language.context) for found in class_positions(text, len(classes))])
    return Contexts(positions, scores, counts)


class ContextStore:
    """Contexts from the books of ``data``; cached in ``folder``, as scoring takes minutes."""

    def __init__(self, language: Language, data: Path, folder: Path) -> None:
        self._language, self._books, self._folder = language, book_parts(data), folder
        self._texts: dict[str, np.ndarray] = {}

    def paired(self, part: str, labels: np.ndarray, seed: int) -> Contexts:
        """Contexts of a part of the books (`PARTS`) for labels (N,). Raises ValueError, OSError."""
        path = self._folder / f"contexts-{part}-{self._key(part, labels, seed)}.npz"
        if path.is_file():
            with np.load(path) as stored:
                return Contexts(stored["places"], stored["scores"], stored["places_of_class"])
        try:
            contexts = pair(self._language, self._text(part), labels, seed)
        except ValueError as error:
            raise ValueError(f"books of the part {part} ({PARTS[part]}): {error}") from error
        self._folder.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as file:
            np.savez(
                file, places=contexts.positions, scores=contexts.scores, places_of_class=contexts.positions_of_class
            )
        return contexts

    def book_names(self) -> dict[str, list[str]]:
        """Names of the books of each part."""
        return {part: [path.name for path in books] for part, books in self._books.items()}

    def _text(self, part: str) -> np.ndarray:
        if part not in self._texts:
            self._texts[part] = load_text(self._books[part], self._language.alphabet)
        return self._texts[part]

    def _key(self, part: str, labels: np.ndarray, seed: int) -> str:
        """Hash of everything that determines the contexts."""
        digest = hashlib.sha256(np.ascontiguousarray(labels, np.int64).tobytes())
        sizes = [(path.name, path.stat().st_size) for path in self._books[part]]
        digest.update(repr((self._language.sha256, self._language.context, sizes, seed)).encode())
        return digest.hexdigest()[:16]
