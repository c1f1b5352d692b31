"""Scores of a classifier from its probabilities and the labels, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

#: Least probability counted in the loss: the smallest normal float32, below which networks underflow to zero.
LEAST_PROBABILITY = float(np.finfo(np.float32).tiny)

#: Equal bins of confidence over which the calibration error is taken (Guo et al., "On calibration of modern neural
#: networks", 2017, use 15).
BINS = 15

#: Decimals of figures in a report: finer than one image in any test part of EMNIST.
DECIMALS = 5


def split_scores(probabilities: np.ndarray, labels: np.ndarray, classes: Sequence[str]) -> dict[str, Any]:
    """Scores of ``probabilities`` (N, C) float for ``labels`` (N,) of ``classes``; plain values for JSON.

    ``accuracy`` is over all images, ``class_accuracy`` the mean over the classes in ``labels``. ``loss`` is the mean of
    -log p of the true class, in nats. ``per_class`` has a row for every class, whose accuracy is None if it has no
    images. Raises ValueError for arrays that do not match.
    """
    check_scored(probabilities, labels, classes)
    matrix = confusion_matrix(labels, probabilities.argmax(axis=1), len(classes))
    true = probabilities[np.arange(len(labels)), labels]
    images, hits = matrix.sum(axis=1), np.diag(matrix)
    present = images > 0
    shares = hits / np.maximum(images, 1)
    return {
        "images": len(labels),
        "accuracy": rounded(hits.sum() / len(labels)),
        "class_accuracy": rounded(shares[present].mean()),
        "top3": rounded(np.mean(true_rank(probabilities, labels) < 3)),
        "loss": rounded(-np.log(np.maximum(true.astype(np.float64), LEAST_PROBABILITY)).mean()),
        "calibration_error": rounded(calibration_error(probabilities, labels)),
        "per_class": {
            name: {"images": int(count), "accuracy": rounded(share) if count else None}
            for name, count, share in zip(classes, images, shares, strict=True)
        },
    }


def check_scored(probabilities: np.ndarray, labels: np.ndarray, classes: Sequence[str]) -> None:
    """Raise ValueError unless there is a row of C probabilities for each label and every label is a class."""
    if len(labels) == 0:
        raise ValueError("there is no image to score")
    if probabilities.shape != (len(labels), len(classes)):
        raise ValueError(
            f"probabilities of shape {probabilities.shape} do not fit {len(labels)} labels of {len(classes)} classes"
        )
    if not 0 <= int(labels.min()) <= int(labels.max()) < len(classes):
        raise ValueError(f"labels {labels.min()} to {labels.max()} are not all among {len(classes)} classes")


def true_rank(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """How many classes are more likely than the true one: (N,) int, 0 = correct; of equal ones the first ranks higher.

    As argmax has it; scikit-learn's top-k accuracy ranks the last of equal ones higher.
    """
    true = probabilities[np.arange(len(labels)), labels][:, None]
    earlier = np.arange(probabilities.shape[1]) < labels[:, None]
    return np.asarray(np.sum((probabilities > true) | ((probabilities == true) & earlier), axis=1))


def calibration_error(probabilities: np.ndarray, labels: np.ndarray, bins: int = BINS) -> float:
    """Expected calibration error: mean gap between confidence and accuracy over equal bins of confidence."""
    predicted, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1).astype(np.float64)
    bin_of = np.clip((confidence * bins).astype(int), 0, bins - 1)
    gap = np.abs(np.bincount(bin_of, (predicted == labels) - confidence, bins))
    return float(gap.sum() / len(labels))


def confusion_matrix(labels: np.ndarray, predicted: np.ndarray, count: int) -> np.ndarray:
    """How often class i (row) was predicted as class j (column): (count, count) int64."""
    from sklearn import metrics

    return np.asarray(metrics.confusion_matrix(labels, predicted, labels=np.arange(count)), np.int64)


def worst_confusions(matrix: np.ndarray, classes: Sequence[str], most: int = 20) -> list[dict[str, Any]]:
    """The most frequent errors in ``matrix`` (C, C); ``share`` is of the images of the true class."""
    wrong = matrix * (1 - np.eye(len(matrix), dtype=matrix.dtype))
    images = matrix.sum(axis=1)
    shares = wrong / np.maximum(images, 1)[:, None]
    order = np.lexsort((-shares.ravel(), -wrong.ravel()))[:most]
    pairs = [(int(i) // len(matrix), int(i) % len(matrix)) for i in order]
    return [
        {
            "truth": classes[truth],
            "read": classes[read],
            "times": int(wrong[truth, read]),
            "share": rounded(shares[truth, read]),
        }
        for truth, read in pairs
        if wrong[truth, read]
    ]


def rounded(value: float | np.floating[Any]) -> float:
    """``value`` as a plain float with as many decimals as a report shows."""
    return round(float(value), DECIMALS)
