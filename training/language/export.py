"""Turn trained weights of the language model into the three shipped files: h5, compiled step, manifest."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import keras

from ocrtool.decode.language_model import CharacterLSTM
from ocrtool.weights.store import Weights
from training.fit.run import BEST
from training.language.scores import HeldOutText, sequence_log_probs, step_log_probs
from training.language.vocabulary import Vocabulary
from training.models.lstm import LstmSpec, build_sequence_model
from training.publish.compile_weights import compile_folder
from training.publish.manifest import write_manifest
from training.publish.publish import Card, Form, publish

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

    def measure(stored: keras.Model) -> dict[str, Any]:
        exact = {key: text.measure(partial(sequence_log_probs, stored)) for key, text in texts.items()}
        return {"scores": {"h5": exact}}

    about = {
        "input": {"shape": ["B"], "normalisation": "symbol numbers; a line starts with the line start, state zero"},
        "licence": plan.licence,
        **facts,
    }
    card = Card(plan.name, spec, vocabulary.labels, about)
    trained = load_sequence_model(spec, plan.folder / BEST)
    manifest = publish(trained, card, plan.folder, measure, Form(float16=plan.float16, compiled=False))
    manifest = _compile(plan, texts, manifest)
    write_manifest(plan.folder / f"{plan.name}.json", manifest)
    return manifest


def _compile(plan: Export, texts: Mapping[str, HeldOutText], manifest: dict[str, Any]) -> dict[str, Any]:
    """Write the compiled form, of 8 bits unless that costs too much. Returns the manifest with its scores and hash."""
    exact, first = manifest["scores"]["h5"], next(iter(texts))
    for int8 in (True, False):
        manifest = compile_folder(plan.folder, plan.name, int8)
        reading = CharacterLSTM(Weights(plan.name, plan.folder, manifest))
        scores = {key: text.measure(partial(step_log_probs, reading)) for key, text in texts.items()}
        loss = scores[first]["bits_per_character"] / exact[first]["bits_per_character"] - 1
        logger.info("%s costs %.2f %% of the bits per character", "int8" if int8 else "float32", 100 * loss)
        if loss < INT8_LOSS:
            break
    scores[first]["spaces_between"] = texts[first].spaces_between(reading)
    return {
        **manifest,
        "scores": {"h5": exact, "tflite": scores},
        "compiled": "int8 weights" if int8 else "float32",
    }
