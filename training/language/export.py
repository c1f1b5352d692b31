"""Turn trained weights of the language model into the three shipped files: h5, compiled step, manifest."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np

from ocrtool.charset import ENGLISH
from ocrtool.decode.language_model import LanguageModel
from ocrtool.weights.store import Weights
from training.language.scores import sequence_log_probs, step_log_probs
from training.models.lstm import LstmSpec, build_sequence_model, build_step_model
from training.publish.manifest import library_versions, sha256, training_command, write_manifest

logger = logging.getLogger(__name__)

#: int8 is shipped if it costs less than this share of the bits per character.
INT8_LOSS = 0.005

LICENCE = (
    "Weights: Apache-2.0 as far as this project holds rights. Trained on Project Gutenberg books (public domain in the "
    "US), on transcripts of IAM handwriting pages (non-commercial research use only: this note travels with the "
    "weights), on names from hand-printed forms (CC0), on SROIE receipts and on text made by faker (MIT)."
)


class Measured(Protocol):
    """Text that a model is measured on."""

    def measure(self, log_probs_of: Callable[[np.ndarray], np.ndarray]) -> dict[str, Any]:
        """Scores, "bits_per_character" among them; the argument turns symbols (N, T) into log-probabilities."""


def load_sequence_model(spec: LstmSpec, h5: Path) -> keras.Model:
    """The training form with the weights of ``h5``, for a sequence of any length. Raises ValueError, OSError."""
    model = build_sequence_model(spec)
    model.load_weights(h5)
    return model


def compile_step(spec: LstmSpec, model: keras.Model, path: Path, int8: bool = True) -> None:
    """Write the reading form of ``model`` to ``path`` as LiteRT, any number of rows; ``int8``: weights of 8 bits."""
    options: dict[str, Any] = {}
    if int8:
        from tensorflow import lite

        options["optimizations"] = [lite.Optimize.DEFAULT]
    build_step_model(spec, model).export(path, format="litert", verbose=False, **options)


def export(
    name: str,
    spec: LstmSpec,
    trained: Path,
    folder: Path,
    texts: Mapping[str, Measured],
    facts: Mapping[str, Any],
    labels: Sequence[str] = ENGLISH,
    licence: str = LICENCE,
) -> dict[str, Any]:
    """Write ``name``.weights.h5, .tflite and .json to ``folder`` and measure both forms on ``texts``.

    trained: weights file of the fit; facts: the manifest's data, split and seed, and what it has beyond; labels: the
    symbols in order. The first of the texts decides whether the compiled form has weights of 8 bits. Returns the
    manifest.
    """
    folder.mkdir(parents=True, exist_ok=True)
    model = load_sequence_model(spec, trained)
    h5 = folder / f"{name}.weights.h5"
    model.save_weights(h5)  # without the optimizer's part, two thirds of the file
    manifest: dict[str, Any] = {
        "name": name,
        "architecture": "character_lstm",
        "parameters": asdict(spec),
        "labels": list(labels),
        "input": {"shape": ["B"], "normalisation": "symbol numbers; a line starts with the line start, state zero"},
        "temperature": 1.0,
        "licence": licence,
        "versions": library_versions(),
        "command": training_command(),
        **facts,
    }
    compiled = Weights(name, folder, manifest)
    exact = {key: text.measure(partial(sequence_log_probs, model)) for key, text in texts.items()}
    first = next(iter(texts))
    for int8 in (True, False):
        compile_step(spec, model, compiled.tflite_path, int8)
        reading = LanguageModel(compiled)
        scores = {key: text.measure(partial(step_log_probs, reading)) for key, text in texts.items()}
        loss = scores[first]["bits_per_character"] / exact[first]["bits_per_character"] - 1
        logger.info("%s costs %.2f %% of the bits per character", "int8" if int8 else "float32", 100 * loss)
        if loss < INT8_LOSS:
            break
    manifest |= {"scores": {"h5": exact, "tflite": scores}, "compiled": "int8 weights" if int8 else "float32"}
    manifest |= {"h5_sha256": sha256(h5), "tflite_sha256": sha256(compiled.tflite_path)}
    write_manifest(folder / f"{name}.json", manifest)
    return manifest
