"""Weights that a training left in its folder, made sure to be of the kind that is wanted."""

from __future__ import annotations

from pathlib import Path

from ocrtool.errors import WeightsRefused
from ocrtool.weights.store import Weights
from training.emnist.trained_weights import find_weights


def find_trained(path: Path, architecture: str, made_by: str) -> Weights:
    """The weights in the folder ``path``, or the h5 file it names, if their manifest says ``architecture``.

    Raises WeightsNotFound, and WeightsRefused for weights of another kind, naming the command that makes the right
    ones, ``made_by``.
    """
    weights = find_weights(path)
    if weights.manifest.get("architecture") != architecture:
        raise WeightsRefused(f"{weights.h5_path} was not made by {made_by}")
    return weights
