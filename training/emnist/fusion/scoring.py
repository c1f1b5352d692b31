"""Scores of stored weights of the fusion kind on the test part: of the whole network, and of the LSTM alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ocrtool.errors import WeightsNotFound, WeightsRefused
from ocrtool.weights.store import Weights, packaged_folder
from training.datasets.cache import cache_folder
from training.emnist.artifacts import headline
from training.emnist.fusion.contexts import ContextStore
from training.emnist.fusion.examples import Paired
from training.emnist.fusion.language import TEST_WINDOWS, Language, language_scores, load_language
from training.emnist.fusion.network import predict_pairs
from training.emnist.fusion.run import MEASURING_SEED
from training.emnist.fusion.text import book_parts, load_text
from training.emnist.fusion.windows import fixed_windows
from training.emnist.labelled import LabelledImages
from training.emnist.splits import load_split
from training.emnist.trained_weights import open_model, with_labels_of
from training.report.scores import split_scores


def fusion_scores(weights: Weights, data: Path, compiled: bool) -> dict[str, Any]:
    """Scores of a fusion network on the test images, each with its context.

    The LSTM named in its manifest is searched for beside the weights, in the folder above and in ``weights/emnist``.
    Raises OcrToolError, ValueError and OSError; WeightsRefused for a compiled form, of which there is none.
    """
    _only_h5(weights, compiled)
    images = with_labels_of(weights, load_split(data, str(weights.manifest.get("split")), "test"))
    probabilities = fusion_probabilities(weights, find_language(weights), images, data, cache_folder())
    return headline(split_scores(probabilities, images.labels, images.classes))


def fusion_probabilities(
    weights: Weights, language: Language, images: LabelledImages, data: Path, cache: Path
) -> np.ndarray:
    """Probabilities (N, C) of test images with the contexts that all fusion networks are measured on."""
    contexts = ContextStore(language, data, cache).paired("test", images.labels, MEASURING_SEED)
    return predict_pairs(open_model(weights), Paired(images.images, contexts.scores, images.labels))


def lstm_scores(weights: Weights, data: Path, compiled: bool) -> dict[str, Any]:
    """Scores of the character LSTM on the test books. Raises as `fusion_scores` does."""
    _only_h5(weights, compiled)
    language = load_language(weights.h5_path)
    text = load_text(book_parts(data)["test"], language.alphabet)
    windows = fixed_windows(text, 2 * language.context, TEST_WINDOWS)
    scores = language_scores(language.model, *windows, len(language.alphabet.classes))
    return {name: round(value, 5) for name, value in scores.items()}


def find_language(weights: Weights) -> Language:
    """The LSTM that a fusion network was trained with. Raises WeightsNotFound."""
    name = str(weights.manifest["training"]["language"]["name"])
    for folder in (weights.folder, weights.folder.parent, packaged_folder() / "emnist"):
        if (folder / f"{name}.weights.h5").is_file() and (folder / f"{name}.json").is_file():
            return load_language(folder / f"{name}.weights.h5")
    raise WeightsNotFound(f"{weights.name} needs {name}.weights.h5 and {name}.json beside it or in the folder above")


def _only_h5(weights: Weights, compiled: bool) -> None:
    if compiled:
        raise WeightsRefused(f"{weights.name}: weights of its kind are measured as h5 alone")
