"""The character LSTM of the suite: fitting it, measuring it, and its scores of what comes after a context."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from tqdm import tqdm

from ocrtool.errors import WeightsRefused
from ocrtool.models.lstm import LstmSpec, build_sequence_model
from training.emnist.loop import Run, fit
from training.evaluate import open_model
from training.fusion.stored import find_trained
from training.fusion.text import Alphabet
from training.fusion.windows import TextWindows, fixed_windows

#: Symbols before a character from which the LSTM, begun at zero, scores it. Longer contexts change its scores little.
CONTEXT = 48
#: Largest norm of a gradient: recurrent ones now and then explode.
GRADIENT_NORM = 1.0
#: Windows by which weights are chosen, and by which they are measured in the end.
CHOOSING_WINDOWS, TEST_WINDOWS = 320, 2000
#: Contexts that go through the LSTM at once.
BATCH = 512


@dataclass(frozen=True, slots=True)
class LanguageSettings:
    """How the LSTM is fitted. batch: windows of ``window`` symbols; rate: peak learning rate; level: share of windows
    drawn evenly by class; epochs: of ``steps_per_epoch`` batches; minutes: an end before them.
    """

    epochs: float = 10.0
    minutes: float = math.inf
    batch: int = 32
    window: int = 64
    rate: float = 8e-3
    level: float = 0.25
    steps_per_epoch: int = 500


def fit_language(
    spec: LstmSpec, settings: LanguageSettings, texts: dict[str, np.ndarray], classes: int, folder: Path, seed: int,
    resume: bool = False,
) -> tuple[keras.Model, Run]:  # fmt: skip
    """The LSTM fitted to ``texts["language"]``, with the weights that are best on ``texts["validation"]``."""
    on_tensorflow = keras.backend.backend() == "tensorflow"
    # Unrolled, TensorFlow on a CPU is several times as fast; JAX is not, and takes a minute more to compile.
    model = build_sequence_model(spec, settings.window, unroll=on_tensorflow)
    model.compile(
        optimizer=keras.optimizers.Adam(settings.rate, global_clipnorm=GRADIENT_NORM),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=not on_tensorflow,
    )
    windows = TextWindows(
        texts["language"], classes, settings.batch, settings.window, settings.steps_per_epoch, seed, settings.level
    )
    validating = fixed_windows(texts["validation"], settings.window, CHOOSING_WINDOWS)

    def score(fitted: keras.Model) -> dict[str, float]:
        scores = language_scores(fitted, *validating, classes)
        names = {"loss": "nats", "accuracy": "accuracy", "class_accuracy": "class_accuracy"}
        return {f"val_{key}": scores[name] for key, name in names.items()}

    run = fit(
        model,
        windows,
        score,
        folder,
        settings.epochs,
        settings.rate,
        settings.minutes,
        resume,  # type: ignore[arg-type]
    )
    bare = build_sequence_model(spec)
    bare.set_weights(model.get_weights())
    return bare, run


def language_scores(model: keras.Model, symbols: np.ndarray, following: np.ndarray, classes: int) -> dict[str, float]:
    """How well the symbols after ``symbols`` (N, T) are foretold.

    nats, bits_per_character, accuracy: over all symbols. among_classes: share right where the next symbol is a class
    and only classes are guessed; class_accuracy: the mean of that over the classes that occur.
    """
    logits = _predict(model, symbols).astype(np.float64)
    given = np.take_along_axis(log_softmax(logits), following[..., None], axis=-1)[..., 0]
    is_class = following < classes
    right = (logits[..., :classes].argmax(axis=-1) == following)[is_class]
    labels = following[is_class]
    hits = np.bincount(labels[right], minlength=classes) / np.maximum(1, np.bincount(labels, minlength=classes))
    present = np.unique(labels)
    return {
        "nats": float(-given.mean()),
        "bits_per_character": float(-given.mean()) / math.log(2),
        "accuracy": float(np.mean(logits.argmax(axis=-1) == following)),
        "among_classes": float(right.mean()) if len(right) else 0.0,
        "class_accuracy": float(hits[present].mean()) if len(present) else 0.0,
        "characters": int(following.size),
    }


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Natural log-probabilities over the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@dataclass(frozen=True, slots=True)
class Language:
    """A trained character LSTM. sha256: of its h5 file."""

    model: keras.Model
    alphabet: Alphabet
    context: int
    manifest: dict[str, Any]

    @property
    def sha256(self) -> str:
        """Of its weights."""
        return str(self.manifest["h5_sha256"])

    def class_scores(self, contexts: np.ndarray) -> np.ndarray:
        """Log-probabilities (N, C) float32 of the classes after ``contexts`` (N, T), marks out of the question."""
        after = keras.Model(self.model.input, self.model.output[:, -1])
        return log_softmax(_predict(after, contexts)[:, : len(self.alphabet.classes)]).astype(np.float32)


def load_language(folder: Path) -> Language:
    """The LSTM that `training.train_character_lstm` left in ``folder``. Raises WeightsNotFound, WeightsRefused."""
    weights = find_trained(folder, "character_lstm", "training.train_character_lstm")
    manifest = weights.manifest
    alphabet = Alphabet(tuple(manifest.get("classes", ())))
    if list(alphabet.symbols) != manifest["labels"]:
        raise WeightsRefused(f"{weights.name}.json has another alphabet than training.train_character_lstm")
    return Language(open_model(weights), alphabet, int(manifest["input"]["context"]), manifest)


def _predict(model: keras.Model, symbols: np.ndarray) -> np.ndarray:
    """Outputs for ``symbols`` (N, T); the last batch is filled up, so that nothing is compiled twice."""
    batch = min(BATCH, len(symbols))
    parts = []
    for first in tqdm(range(0, len(symbols), batch), unit="batch", disable=None, leave=False):
        rows = symbols[first : first + batch].astype(np.int32)
        filled = np.concatenate([rows, np.zeros((batch - len(rows), rows.shape[1]), np.int32)])
        parts.append(np.asarray(model.predict_on_batch(filled), np.float32)[: len(rows)])
    return np.concatenate(parts)
