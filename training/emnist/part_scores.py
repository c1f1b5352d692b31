"""Scores of weights, as h5 or compiled, on the test part of the split they were trained on."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from ocrtool.errors import WeightsRefused
from ocrtool.weights.store import Weights
from training.emnist.artifacts import headline
from training.emnist.splits import LabelledImages, load_split
from training.emnist.trained_weights import run_classifier, with_labels_of
from training.report.scores import split_scores

#: From weights, folder of the data, and whether to run the compiled form, to the scores that go into a manifest.
Scorer = Callable[[Weights, Path, bool], dict[str, Any]]


@lru_cache(maxsize=2)
def load_test(folder: Path, split: str) -> LabelledImages:
    """The test part of a split in ``folder``, kept for the next weights. Raises ValueError and OSError."""
    return load_split(folder, split, "test")


def emnist_scores(weights: Weights, folder: Path, compiled: bool) -> dict[str, Any]:
    """Scores on single images. Raises OcrToolError, ValueError and OSError."""
    data = with_labels_of(weights, load_test(folder, str(weights.manifest.get("split"))))
    probabilities, _ = run_classifier(weights, data, compiled)
    return headline(split_scores(probabilities, data.labels, data.classes))


def fusion_scores(weights: Weights, folder: Path, compiled: bool) -> dict[str, Any]:
    """Scores on single images, each with the text before it. Raises as `emnist_scores`."""
    from training.emnist.fusion import scoring

    return scoring.fusion_scores(weights, folder, compiled)


def lstm_scores(weights: Weights, folder: Path, compiled: bool) -> dict[str, Any]:
    """Scores of a fusion network's LSTM on the test books. Raises as `emnist_scores`."""
    from training.emnist.fusion import scoring

    return scoring.lstm_scores(weights, folder, compiled)


#: Architecture in a manifest -> how its weights are scored.
SCORERS: dict[str, Scorer] = {"emnist": emnist_scores, "fusion": fusion_scores, "character_lstm": lstm_scores}
#: Architectures that have a compiled form to be scored.
COMPILED = frozenset(("emnist",))


def part_scores(weights: Weights, folder: Path, compiled: bool) -> dict[str, Any]:
    """Scores of ``weights`` on the test part in the folder of data. Raises OcrToolError, ValueError and OSError."""
    architecture = str(weights.manifest.get("architecture"))
    if architecture not in SCORERS:
        raise WeightsRefused(f"{weights.name} is no model of the suite: its architecture is {architecture}")
    return SCORERS[architecture](weights, folder, compiled)
