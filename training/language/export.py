"""Turn trained weights of the language model into the three shipped files: h5, compiled step, manifest."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import keras

from ocrtool.decode.language_model import LanguageModel
from ocrtool.weights.store import Weights
from training.language.scores import HeldOutText, sequence_log_probs, step_log_probs
from training.language.vocabulary import Vocabulary
from training.models.lstm import LstmSpec, build_sequence_model, build_step_model
from training.publish.float16 import store_float16
from training.publish.manifest import library_versions, sha256, training_command, write_manifest

logger = logging.getLogger(__name__)

#: int8 is shipped if it costs less than this share of the bits per character.
INT8_LOSS = 0.005


@dataclass(frozen=True, slots=True)
class Export:
    """name: of the files; folder: holds the best.weights.h5 of a run and gets the files; float16: of the weights."""

    name: str
    folder: Path
    float16: bool
    licence: str

    @property
    def h5(self) -> Path:
        """The shipped weights."""
        return self.folder / f"{self.name}.weights.h5"


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
    plan: Export,
    spec: LstmSpec,
    vocabulary: Vocabulary,
    texts: Mapping[str, HeldOutText],
    facts: Mapping[str, Any],
) -> dict[str, Any]:
    """Write NAME.weights.h5, NAME.tflite and NAME.json of a finished run, both forms measured on ``texts``.

    facts: the manifest's data, split and seed, and what it has beyond. The first of the texts decides whether the
    compiled form has weights of 8 bits; on it the word spaces are measured too. Returns the manifest.
    """
    model = _store_weights(plan, spec)
    manifest: dict[str, Any] = {
        "name": plan.name,
        "architecture": "character_lstm",
        "parameters": asdict(spec),
        "labels": list(vocabulary.labels),
        "input": {"shape": ["B"], "normalisation": "symbol numbers; a line starts with the line start, state zero"},
        "temperature": 1.0,
        "licence": plan.licence,
        "versions": library_versions(),
        "command": training_command(),
        **facts,
    }
    compiled = Weights(plan.name, plan.folder, manifest)
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
    scores[first]["spaces_between"] = texts[first].spaces_between(reading)
    manifest |= {"scores": {"h5": exact, "tflite": scores}, "compiled": "int8 weights" if int8 else "float32"}
    manifest |= {"h5_sha256": sha256(plan.h5), "tflite_sha256": sha256(compiled.tflite_path)}
    write_manifest(plan.folder / f"{plan.name}.json", manifest)
    return manifest


def _store_weights(plan: Export, spec: LstmSpec) -> keras.Model:
    """Write the shipped weights, without the optimizer's part, two thirds of the file; the model with just these."""
    model = load_sequence_model(spec, plan.folder / "best.weights.h5")
    model.save_weights(plan.h5)
    if plan.float16:
        store_float16(plan.h5, plan.h5)
        model.load_weights(plan.h5)
    return model
