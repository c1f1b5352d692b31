"""Weights of a network with other labels as the start of a new one."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import keras
import numpy as np

from training.publish.architectures import build

#: Bias of the output for a label that the earlier network lacks: seldom at first.
NEW_BIAS = -5.0


def load_start(model: keras.Model, weights: Path, labels: Iterable[str]) -> None:
    """Set the weights of ``model``, whose outputs are ``labels``, from those of an earlier network.

    If the manifest beside ``weights`` has other labels, the outputs of the labels that both have are kept, and the new
    ones start at random. Raises OSError, and ValueError if the networks differ in more than that.
    """
    name, wanted = weights.name.removesuffix(".weights.h5"), list(labels)
    manifest_path = weights.with_name(f"{name}.json")
    manifest = json.loads(manifest_path.read_text(encoding="utf-8")) if manifest_path.is_file() else {}
    known = list(manifest.get("labels", wanted))
    if known == wanted:
        model.load_weights(weights)
        return
    earlier = build(manifest["architecture"], manifest["parameters"])
    earlier.load_weights(weights)
    common = [label for label in wanted if label in set(known)]
    new, old = ([row.index(label) for label in common] for row in (wanted, known))
    for layer in model.layers:
        start = earlier.get_layer(layer.name).get_weights()
        if [array.shape for array in start] != [array.shape for array in layer.get_weights()]:
            start = _widened(layer, start, [(len(wanted), new), (len(known), old)])
        layer.set_weights(start)


def _widened(layer: keras.Layer, earlier: list[np.ndarray], columns: list[tuple[int, list[int]]]) -> list[np.ndarray]:
    """Return the weights of the output layer of the labels.

    columns: number of labels, and columns of those that both networks have, of the new one and of the earlier one.
    """
    (wanted, new), (known, old) = columns
    weights = layer.get_weights()
    if [array.shape[-1] for array in (*weights, *earlier)] != [wanted, wanted, known, known]:
        raise ValueError(f"the networks differ in the layer {layer.name}, not only in their labels")
    kernel, bias = weights
    bias[:] = NEW_BIAS
    kernel[:, new], bias[new] = earlier[0][:, old], earlier[1][old]
    return [kernel, bias]
