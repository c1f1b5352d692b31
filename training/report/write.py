"""The report folder of a classifier: scores as JSON and CSV, and pictures."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ocrtool.files import atomic_write
from training.report.pictures import confusion_picture, curves
from training.report.scores import confusion_matrix, split_scores, worst_confusions
from training.report.sheets import error_sheets, worst_picture


def write_report(
    folder: Path,
    images: np.ndarray,
    labels: np.ndarray,
    classes: Sequence[str],
    probabilities: np.ndarray,
    history: Sequence[Mapping[str, float]] | None,
    extra: Mapping[str, Any],
) -> dict[str, Any]:
    """Write what ``probabilities`` (N, C) make of ``images`` (N, H, W) uint8, ink bright, and ``labels`` (N,) int64.

    ``folder`` is made and gets ``report.json``, ``confusion.csv`` (counts), ``confusion.png``, ``worst.png``,
    ``errors-*.png`` and, where there is a ``history`` of epochs, ``curves.png``; pictures of an earlier report that
    this one lacks are removed. ``extra`` goes into the report as it is. Returns the report. Raises ValueError for
    arrays that do not belong together and for keys of ``extra`` that the report has itself; OSError.
    """
    report = make_report(labels, classes, probabilities, extra)
    if len(images) != len(labels):
        raise ValueError(f"{len(images)} images do not fit {len(labels)} labels")
    folder.mkdir(parents=True, exist_ok=True)
    matrix = confusion_matrix(labels, probabilities.argmax(axis=1), len(classes))
    with (folder / "confusion.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["truth \\ read", *classes])
        rows.writerows([name, *row] for name, row in zip(classes, matrix.tolist(), strict=True))
    confusion_picture(matrix, classes, folder / "confusion.png")
    worst_picture(images, labels, probabilities, classes, folder / "worst.png")
    error_sheets(images, labels, probabilities, classes, folder)
    if history:
        curves(history, folder / "curves.png")
    else:
        (folder / "curves.png").unlink(missing_ok=True)
    write_json(folder / "report.json", report)
    return report


def make_report(
    labels: np.ndarray, classes: Sequence[str], probabilities: np.ndarray, extra: Mapping[str, Any]
) -> dict[str, Any]:
    """What ``report.json`` holds: ``extra``, then the scores and the worst confusions. Raises ValueError."""
    scores = split_scores(probabilities, labels, classes)
    matrix = confusion_matrix(labels, probabilities.argmax(axis=1), len(classes))
    report = {**scores, "worst_confusions": worst_confusions(matrix, classes)}
    if twice := sorted(set(extra) & set(report)):
        raise ValueError(f"the report has {', '.join(twice)} itself")
    return {**extra, **report}


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` to ``path``, whole or not at all. Raises OSError, and TypeError for what JSON cannot hold."""
    text = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    with atomic_write(path) as file:
        file.write(text.encode())
