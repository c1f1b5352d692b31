"""Publish a trained model: weights as numbers of 16 bits, manifest and compiled form, as `ocrtool` reads them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from ocrtool.weights.store import sha256
from training.fit import precision
from training.publish.architectures import build_spec, describe
from training.publish.compile_weights import compile_folder
from training.publish.float16 import store_float16
from training.publish.manifest import library_versions, training_command, write_manifest

#: Of the model as it is stored: what of the manifest can only be measured then, ``scores`` and a ``temperature``.
Measure = Callable[[keras.Model], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Form:
    """float16: numbers of 16 bits, which Keras reads into models of 32; compiled: also write the form that reading
    uses; architecture: also write architecture.json, the network for `keras.models.model_from_json`.
    """

    float16: bool = True
    compiled: bool = True
    architecture: bool = False


#: Weights of an experiment, before `training.publish.ship` measures what 16 and 8 bits cost.
EXPERIMENT = Form(float16=False, compiled=False, architecture=True)


@dataclass(frozen=True, slots=True)
class Card:
    """What a manifest says that only the training knows. spec: of an architecture in `ARCHITECTURES`; labels: in the
    order of the outputs; facts: input, data, split, seed and licence, scores unless they are measured, and more.
    """

    name: str
    spec: Any
    labels: Iterable[str]
    facts: Mapping[str, Any]


def publish(
    model: keras.Model, card: Card, folder: Path, measure: Measure | None = None, form: Form | None = None
) -> dict[str, Any]:
    """Write NAME.weights.h5, NAME.json and NAME.tflite to ``folder``. Returns the manifest.

    model: with the trained weights, of the architecture of the card's spec; it may be compiled for training. Raises
    ValueError if the manifest lacks a field or a number is too large for 16 bits.
    """
    form = form or Form()
    folder.mkdir(parents=True, exist_ok=True)
    architecture, parameters = describe(card.spec)
    h5 = folder / f"{card.name}.weights.h5"
    with precision():
        # never compiled: the optimizer's state would make the file three times as large
        stored = build_spec(card.spec)
        stored.set_weights(model.get_weights())
        save_weights(stored, h5, form.float16)
        stored.load_weights(h5)
        manifest = {
            "name": card.name,
            "architecture": architecture,
            "parameters": parameters,
            "parameters_total": stored.count_params(),
            "labels": list(card.labels),
            "temperature": 1.0,
            "versions": library_versions(),
            "command": training_command(),
            **card.facts,
            **(measure(stored) if measure is not None else {}),
            "h5_sha256": sha256(h5),
            "tflite_sha256": "",
        }
        write_manifest(folder / f"{card.name}.json", manifest)
        if form.architecture:
            (folder / "architecture.json").write_text(stored.to_json(indent=1) + "\n", encoding="utf-8")
        return compile_folder(folder, card.name) if form.compiled else manifest


def save_weights(model: keras.Model, path: Path, float16: bool = True) -> None:
    """Write the weights of ``model`` to ``path``, whole or not at all. Raises ValueError if 16 bits cannot hold one."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".saving-") as scratch:
        full = Path(scratch) / path.name
        model.save_weights(full)
        if float16:
            store_float16(full, path)
        else:
            full.replace(path)
