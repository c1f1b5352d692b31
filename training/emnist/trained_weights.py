"""Trained classifiers on disk: find one by its folder or file, rebuild its model, and run it on labelled images."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ocrtool.errors import WeightsNotFound, WeightsRefused
from ocrtool.weights.store import Weights, read_manifest, verify
from training.emnist.labelled import LabelledImages
from training.emnist.predict import check_inputs, compiled_run, keras_run, predict, tempered

if TYPE_CHECKING:
    import keras

#: What the name of a weight file ends with.
H5, COMPILED = ".weights.h5", ".tflite"


def find_weights(path: Path, suffix: str = H5) -> Weights:
    """The weights that ``path`` names: the file itself, or the only file in a folder that ends with ``suffix``.

    In a folder, files without a manifest (checkpoints of a training) are ignored if others have one. Nothing is
    verified yet. Raises WeightsNotFound and WeightsRefused, one sentence each.
    """
    if path.is_dir():
        candidates = sorted(path.glob("*" + suffix))
        finished = [file for file in candidates if (path / f"{file.name.removesuffix(suffix)}.json").is_file()]
        found = finished or candidates
        if len(found) != 1:
            names = ", ".join(file.name for file in found)
            raise WeightsNotFound(
                f"{path} holds several weights, name one: {names}" if found else f"{path} holds no NAME{suffix}"
            )
        folder, name = path, found[0].name.removesuffix(suffix)
    elif not path.is_file():
        raise WeightsNotFound(f"no such file or folder: {path}")
    elif not path.name.endswith(H5):
        raise WeightsRefused(f"{path} is not a weight file: its name must end with {H5}")
    else:
        folder, name = path.parent, path.name.removesuffix(H5)
    if not (folder / f"{name}.json").is_file():
        raise WeightsNotFound(f"{folder / name}{suffix} has no manifest: {name}.json must stand beside it")
    return Weights(name, folder, read_manifest(name, folder))


def open_model(weights: Weights) -> keras.Model:
    """The model that a manifest describes, with the weights of its h5 file. Raises WeightsRefused."""
    from training.publish.architectures import build

    manifest = weights.manifest
    verify(weights.h5_path, manifest.get("h5_sha256"))
    try:
        model = build(manifest["architecture"], manifest["parameters"])
    except (KeyError, TypeError, ValueError) as error:
        fault = f"missing or unknown {error}" if isinstance(error, KeyError) else str(error)
        raise WeightsRefused(f"{weights.name}.json describes no model that can be built: {fault}") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras warns of each layer before it raises
            model.load_weights(weights.h5_path)
    except (KeyError, OSError, ValueError) as error:
        raise WeightsRefused(f"{weights.h5_path} does not fit the model that its manifest describes") from error
    return model


def with_labels_of(weights: Weights, data: LabelledImages) -> LabelledImages:
    """``data`` with its labels renumbered as those of ``weights``: the same classes, or digits among other classes.

    Raises WeightsRefused where a class of one means something else in the other.
    """
    known = tuple(weights.manifest.get("labels", ()))
    if set(data.classes) != set(known) and not (set(data.classes) <= set(known) and "".join(data.classes).isdigit()):
        raise WeightsRefused(
            f"{weights.name} has {len(known)} classes ({_abbreviated(known)}), "
            f"the labels have {len(data.classes)} others ({_abbreviated(data.classes)}): see --split"
        )
    numbers = np.array([known.index(name) for name in data.classes], np.int64)
    return LabelledImages(data.images, numbers[data.labels], known)


def _abbreviated(names: Sequence[str]) -> str:
    return " ".join(names) if len(names) <= 4 else f"{names[0]} {names[1]} … {names[-1]}"


def run_classifier(weights: Weights, data: LabelledImages, compiled: bool) -> tuple[np.ndarray, float]:
    """Probabilities (N, C) of ``data`` at the weights' temperature, and images classified per second.

    compiled: run the compiled form instead of the h5 file. Raises WeightsRefused for weights that do not take such
    images.
    """
    shape = data.images.shape[1:]
    if compiled:
        run = compiled_run(weights, shape)
    else:
        model = open_model(weights)
        check_inputs(weights.name, [tuple(tensor.shape[1:]) for tensor in model.inputs], shape)
        run = keras_run(model)
    probabilities, rate = predict(run, data.images)
    if probabilities.ndim != 2 or probabilities.shape[1] != len(data.classes):
        raise WeightsRefused(f"{weights.name} gives {probabilities.shape[1:]} scores for {len(data.classes)} classes")
    return tempered(probabilities, float(weights.manifest.get("temperature", 1.0))), rate
