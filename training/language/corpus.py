"""What the training of a language model asks of the text of a language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from training.language.scores import HeldOutText
from training.language.vocabulary import Vocabulary


class Corpus(Protocol):
    """Text of one language, split into train, validation and test parts, and set in lines as it is printed."""

    @property
    def vocabulary(self) -> Vocabulary:
        """The symbols of the model."""

    def chunks(self, length: int) -> int:
        """Number of places, at least 1, that windows of ``length`` symbols start near, so that they cover the text."""

    def window(self, chunk: int, length: int, rng: np.random.Generator) -> np.ndarray:
        """(length + 1,) symbols of printed lines of the train part from near ``chunk`` on, first a line start."""

    def validation_windows(self, length: int, count: int) -> np.ndarray:
        """(count, length + 1) symbols of the validation part, evenly spread, the same at every call."""

    def held_out(self, limit: int | None = None) -> Mapping[str, HeldOutText]:
        """Texts of the test part by name, of each at most ``limit`` lines or windows; the first one decides."""

    def facts(self) -> dict[str, Any]:
        """What a manifest says of the text: "data" and "split"."""
