"""The character LSTM of the suite: fit it, measure it, and score the classes that may follow a context."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ocrtool.errors import WeightsRefused
from ocrtool.recognize.network import log_softmax
from training.emnist.fit_classifier import RunOptions
from training.emnist.fusion.artifacts import find_trained
from training.emnist.fusion.text import FusionAlphabet
from training.emnist.fusion.windows import TextWindows, fixed_windows
from training.emnist.predict import in_batches
from training.emnist.trained_weights import open_model
from training.fit import Monitor, Plan, Run, Steps, compile_trainee, fit
from training.glyphs.scores import mean_class_accuracy
from training.models.lstm import LstmSpec, build_sequence_model

#: Symbols of context before a character, read from the zero state. Longer contexts change the scores little.
CONTEXT = 48
#: Largest norm of a gradient: those of recurrent layers occasionally explode.
GRADIENT_NORM = 1.0
#: Windows of text for choosing weights and for the final measurement.
VALIDATION_WINDOWS, TEST_WINDOWS = 320, 2000
#: Contexts per batch.
BATCH = 512


@dataclass(frozen=True, slots=True)
class LanguageSettings:
    """How the LSTM is fitted. batch: windows of ``window`` symbols; rate: peak learning rate; class_balanced: share
    of windows drawn with equal class frequencies; epochs: of ``steps_per_epoch`` batches; minutes: an end before them.
    """

    epochs: float = 10.0
    minutes: float = math.inf
    batch: int = 32
    window: int = 64
    rate: float = 8e-3
    class_balanced: float = 0.25
    steps_per_epoch: int = 500


def fit_language(
    spec: LstmSpec,
    settings: LanguageSettings,
    texts: dict[str, np.ndarray],
    classes: int,
    options: RunOptions,
) -> tuple[keras.Model, Run]:
    """The LSTM fitted to ``texts["language"]``, with the weights that are best on ``texts["validation"]``.

    The time limit is that of ``settings``.
    """
    on_tensorflow = keras.backend.backend() == "tensorflow"
    # Unrolled, TensorFlow on a CPU is several times as fast; JAX is not, and takes a minute more to compile.
    model = build_sequence_model(spec, settings.window, unroll=on_tensorflow)
    optimizer = keras.optimizers.Adam(settings.rate, global_clipnorm=GRADIENT_NORM)
    compile_trainee(model, optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    windows = TextWindows(texts["language"], classes, settings, options.seed)
    validating = fixed_windows(texts["validation"], settings.window, VALIDATION_WINDOWS)

    def score(fitted: keras.Model) -> dict[str, float]:
        scores = language_scores(fitted, *validating, classes)
        names = {"loss": "nats", "accuracy": "accuracy", "class_accuracy": "class_accuracy"}
        return {f"val_{key}": scores[name] for key, name in names.items()}

    stop = Steps.of_epochs(settings.epochs, settings.steps_per_epoch, settings.minutes)
    plan = Plan(options.folder, stop, settings.rate, Monitor("val_class_accuracy"), options.resume)
    run = fit(model, windows, plan, score)
    bare = build_sequence_model(spec)
    bare.set_weights(model.get_weights())
    return bare, run


def language_scores(model: keras.Model, symbols: np.ndarray, targets: np.ndarray, classes: int) -> dict[str, float]:
    """Scores of the predictions of ``targets`` (N, T), the symbols that follow ``symbols`` (N, T).

    nats, bits_per_character, accuracy: over all symbols. among_classes: accuracy where the target is a class and only
    classes are predicted; class_accuracy: the mean of that over the classes that occur.
    """
    logits = _predict(model, symbols).astype(np.float64)
    log_p = np.take_along_axis(log_softmax(logits), targets[..., None], axis=-1)[..., 0]
    is_class = targets < classes
    predicted, labels = logits[..., :classes].argmax(axis=-1)[is_class], targets[is_class]
    return {
        "nats": float(-log_p.mean()),
        "bits_per_character": float(-log_p.mean()) / math.log(2),
        "accuracy": float(np.mean(logits.argmax(axis=-1) == targets)),
        "among_classes": float(np.mean(predicted == labels)) if len(labels) else 0.0,
        "class_accuracy": mean_class_accuracy(labels, predicted) if len(labels) else 0.0,
        "characters": int(targets.size),
    }


@dataclass(frozen=True, slots=True)
class Language:
    """A trained character LSTM. sha256: of its h5 file."""

    model: keras.Model
    alphabet: FusionAlphabet
    context: int
    manifest: dict[str, Any]

    @property
    def sha256(self) -> str:
        """Of its weights."""
        return str(self.manifest["h5_sha256"])

    def class_scores(self, contexts: np.ndarray) -> np.ndarray:
        """Log-probabilities (N, C) float32 of the classes after ``contexts`` (N, T), normalised over the classes."""
        after = keras.Model(self.model.input, self.model.output[:, -1])
        return log_softmax(_predict(after, contexts)[:, : len(self.alphabet.classes)]).astype(np.float32)


def load_language(folder: Path) -> Language:
    """The LSTM that `train_character_lstm` left in ``folder``. Raises WeightsNotFound, WeightsRefused."""
    weights = find_trained(folder, "character_lstm", "training.emnist.train_character_lstm")
    manifest = weights.manifest
    alphabet = FusionAlphabet(tuple(manifest.get("classes", ())))
    if list(alphabet.symbols) != manifest["labels"]:
        raise WeightsRefused(f"{weights.name}.json has another alphabet than training.emnist.train_character_lstm")
    return Language(open_model(weights), alphabet, int(manifest["input"]["context"]), manifest)


def _predict(model: keras.Model, symbols: np.ndarray) -> np.ndarray:
    """Outputs for ``symbols`` (N, T)."""
    run, rows = model.predict_on_batch, symbols.astype(np.int32)
    return in_batches(lambda inputs: run(inputs[0]), lambda chosen: [rows[chosen]], len(symbols), BATCH)[0]
